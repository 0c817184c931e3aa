//! Who knocks: a secret becomes a credential, a credential with a purpose becomes an actor.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use zelo_model::{Actor, CredentialId, Purpose, Role, SourceId, TenantId, Via};
use zelo_vault::sha256;

use crate::app::App;
use crate::error::{Error, Result};
use crate::refusals::TurnedAway;

/// Somebody authenticated, who has not yet said what for.
#[derive(Debug, Clone)]
pub struct Credential {
    tenant: TenantId,
    id: CredentialId,
    role: Role,
    purposes: Vec<Purpose>,
    source: Option<SourceId>,
}

impl Credential {
    /// Its one role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What it may be used for.
    pub fn purposes(&self) -> &[Purpose] {
        &self.purposes
    }

    /// This credential at the door, for a purpose. A single purpose is implied; of several one must be named; an
    /// undeclared one is never defaulted.
    pub fn actor(&self, purpose: Option<&str>, via: Via) -> Result<Actor> {
        let purpose = match (purpose, self.purposes.as_slice()) {
            (None, [only]) => only.clone(),
            (None, _) => return Err(Error::PurposeRequired(self.purposes.clone())),
            (Some(named), all) => {
                all.iter().find(|one| one.as_str() == named).cloned().ok_or(Error::Forbidden)?
            }
        };
        Ok(Actor {
            tenant: self.tenant,
            role: self.role,
            purpose,
            credential: Some(self.id),
            source: self.source,
            via,
        })
    }
}

/// Credentials seen lately, by the hash of their secret. One revoked here is never held again; another process learns
/// of it within a second.
#[derive(Default)]
pub(crate) struct Known(Mutex<Held>);

#[derive(Default)]
struct Held {
    fresh: HashMap<[u8; 32], (Instant, Credential)>,
    revoked: HashSet<CredentialId>,
}

const FRESH: Duration = Duration::from_secs(1);
const MOST: usize = 10_000;

impl Known {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, hash: &[u8; 32]) -> Option<Credential> {
        let held = self.held();
        let known = held.fresh.get(hash);
        known.filter(|(since, _)| since.elapsed() < FRESH).map(|(_, credential)| credential.clone())
    }

    fn put(&self, hash: [u8; 32], credential: Credential) {
        let mut held = self.held();
        if held.fresh.len() >= MOST {
            held.fresh.retain(|_, (since, _)| since.elapsed() < FRESH);
        }
        if !held.revoked.contains(&credential.id) {
            held.fresh.insert(hash, (Instant::now(), credential));
        }
    }

    /// Forgets a credential and never holds it again: its row may be read once more before the revocation commits.
    pub(crate) fn revoke(&self, id: CredentialId) {
        let mut held = self.held();
        held.fresh.retain(|_, (_, credential)| credential.id != id);
        held.revoked.insert(id);
    }

    pub(crate) fn clear(&self) {
        self.held().fresh.clear();
    }
}

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
}
