//! Who knocks: a secret becomes a credential, a credential with a purpose becomes an actor.

use std::num::NonZeroU32;

use zelo_model::{Actor, Purpose, Role, Via};
use zelo_vault::sha256;

use crate::app::App;
use crate::credentials::Credential;
use crate::error::{Error, Result};
use crate::refusals::TurnedAway;

impl App {
    /// A credential at the door, for the purpose it names, as [`Credential::actor`]; a purpose it has not is a refusal
    /// like any other, and the log has it. What was named is not entered: it is a stranger's text.
    pub async fn admit(&self, credential: &Credential, purpose: Option<&str>, via: Via) -> Result<Actor> {
        let admitted = credential.actor(purpose, via);
        if let Err(refused) = &admitted {
            let tenant = self.tenant(credential.tenant).await?.row.id;
            let who = TurnedAway {
                tenant,
                actor: credential.id.to_string(),
                purpose: String::new(),
                via,
                op: "purpose",
                reason: refused.code(),
            };
            self.inner.turn_away(who).await?;
        }
        admitted
    }

    /// The credential with this secret; `Unauthenticated` when there is none or it was revoked.
    pub async fn authenticate(&self, secret: &str) -> Result<Credential> {
        let hash = sha256(secret.as_bytes());
        if let Some(known) = self.inner.known.get(&hash) {
            return Ok(known);
        }
        let found = self.inner.store.reading().credential_by_hash(hash).await?;
        let row = found.filter(|row| row.revoked.is_none()).ok_or(Error::Unauthenticated)?;
        let tenants = self.inner.store.reading().tenants().await?;
        let tenant =
            tenants.into_iter().find(|tenant| tenant.id == row.tenant).ok_or(Error::Unauthenticated)?;
        let tenant = self.tenant(tenant.id16).await?;
        let source = row.source.and_then(|id| tenant.sources.get(&id)).map(|source| source.id16);
        let credential = Credential {
            tenant: tenant.row.id16,
            id: row.id16,
            role: row.role,
            purposes: row.purposes,
            source,
        };
        self.inner.known.put(hash, credential.clone());
        Ok(credential)
    }

    /// The controller of its tenant.
    pub async fn controller_of(&self, credential: &Credential) -> Result<String> {
        Ok(self.tenant(credential.tenant).await?.row.controller.clone())
    }

    /// The installation's own hand, in the tenant of this name or, without one, in the installation itself. Who may
    /// call it is decided by file permission: the command line and its socket.
    pub async fn operator(&self, tenant: Option<&str>, via: Via) -> Result<Actor> {
        let tenants = self.inner.store.reading().tenants().await?;
        let found = tenants
            .into_iter()
            .find(|row| tenant.map_or(row.id == 0, |slug| row.slug == slug && row.id != 0));
        let tenant = found.ok_or(Error::NotFound)?.id16;
        let purpose: Purpose = "administration".parse().map_err(Error::internal)?;
        Ok(Actor { tenant, role: Role::Operator, purpose, credential: None, source: None, via })
    }

    /// Lets each credential look people up by identifier so many times a second, and twice as many at once; `None`
    /// as often as it likes.
    pub fn limit_lookups(&self, a_second: Option<NonZeroU32>) {
        self.inner.lookups.limit(a_second);
    }
}
