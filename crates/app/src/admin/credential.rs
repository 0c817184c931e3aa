//! Credentials: random secrets, stored hashed, shown once, revoked at once.

use zelo_ledger::Class;
use zelo_model::{CredentialId, Problem, Purpose, Role, Timestamp};
use zelo_policy::Bundle;
use zelo_store::{CredentialRow, NewCredential};
use zelo_vault::sha256;

use super::name;
use crate::declared::declared;
use crate::error::{Error, Result};
use crate::house;
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// A credential without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialInfo {
    /// Its id.
    pub id: CredentialId,
    /// What people call it.
    pub name: String,
    /// Its one role.
    pub role: Role,
    /// What it may be used for.
    pub purposes: Vec<Purpose>,
    /// The source a write key speaks for.
    pub source: Option<String>,
    /// When it was created.
    pub created: Timestamp,
    /// Since when it is refused.
    pub revoked: Option<Timestamp>,
}

/// A new credential with its secret, which is shown this once.
#[derive(Clone)]
pub struct NewSecret {
    /// The credential.
    pub info: CredentialInfo,
    /// The secret.
    pub secret: String,
}

/// Creates a credential.
pub struct CreateCredential {
    /// What people call it.
    pub name: String,
    /// Its one role.
    pub role: Role,
    /// What it may be used for; at least one.
    pub purposes: Vec<Purpose>,
    /// The source a write key speaks for, by name; for the role `source` and no other.
    pub source: Option<String>,
}

impl CreateCredential {
    fn check(&self, policy: &Bundle, installation: bool) -> Result<()> {
        let mut problems: Vec<Problem> = declared("purposes", &self.purposes, policy).into_iter().collect();
        if self.role == Role::Operator {
            problems.push(Problem::new("role", "the operator is the command line and has no key"));
        }
        if installation && self.role != Role::Officer {
            problems.push(Problem::new(
                "role",
                "a key of the installation itself is an `officer`'s, who works on its policies; any other is a tenant's",
            ));
        }
        if (self.role == Role::Source) != self.source.is_some() {
            problems.push(Problem::new(
                "source",
                "a key of role `source` names one source, any other key names none",
            ));
        }
        if problems.is_empty() { name("name", &self.name) } else { Err(Error::Invalid(problems)) }
    }
}

impl Operation for CreateCredential {
    const NAME: &'static str = "credential.create";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Write;
    type Ready = (NewCredential, String);
    type Output = NewSecret;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<(NewCredential, String)> {
        self.check(tx.policy, tx.tenant.row.id == 0)?;
        let mut source = None;
        if let Some(slug) = &self.source {
            let sources = tx.rows.sources(tx.tenant.row.id).await?;
            // Nobody sends as the house itself.
            let found = sources.iter().find(|row| row.slug == *slug && row.kind != house::SOURCE);
            source =
                Some(found.ok_or_else(|| Error::invalid("source", "there is no source of this name"))?.id);
        }
        let mut random = CredentialId([0; 16]);
        tx.rng().fill(&mut random.0);
        let mut more = CredentialId([0; 16]);
        tx.rng().fill(&mut more.0);
        let text = |id: &CredentialId| id.to_string().trim_start_matches(CredentialId::PREFIX).to_owned();
        let secret = format!("zelo_{}{}", text(&random), text(&more));
        let row = CredentialRow {
            tenant: tx.tenant.row.id,
            id16: CredentialId(tx.ids.sorted(tx.now)),
            name: self.name.clone(),
            role: self.role,
            purposes: self.purposes.clone(),
            source,
            created: tx.now,
            revoked: None,
        };
        Ok((NewCredential { row, secret_hash: sha256(secret.as_bytes()) }, secret))
    }

    async fn run(&self, (new, secret): (NewCredential, String), tx: &mut Tx<'_, Write>) -> Result<NewSecret> {
        tx.rows.insert_credential(&new).await?;
        Ok(NewSecret { info: info(new.row, self.source.clone()), secret })
    }
}

/// Lists a tenant's credentials, revoked ones too.
pub struct ListCredentials;

impl Operation for ListCredentials {
    const NAME: &'static str = "credential.list";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Read;
    type Ready = ();
    type Output = Vec<CredentialInfo>;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Vec<CredentialInfo>> {
        let sources = tx.rows.sources(tx.tenant.row.id).await?;
        let slug = |id: i64| sources.iter().find(|source| source.id == id).map(|source| source.slug.clone());
        let rows = tx.rows.credentials(tx.tenant.row.id).await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let source = row.source.and_then(slug);
                info(row, source)
            })
            .collect())
    }
}

/// Revokes a credential; the next request with it is refused.
pub struct RevokeCredential {
    /// The credential.
    pub id: CredentialId,
}

impl Operation for RevokeCredential {
    const NAME: &'static str = "credential.revoke";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Write;
    type Ready = ();
    type Output = ();

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<()> {
        let credentials = tx.rows.credentials(tx.tenant.row.id).await?;
        let found = credentials.iter().find(|row| row.id16 == self.id).ok_or(Error::NotFound)?;
        if found.revoked.is_some() { Err(Error::Conflict("this key is revoked already")) } else { Ok(()) }
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Write>) -> Result<()> {
        if !tx.rows.revoke_credential(tx.tenant.row.id, self.id, tx.now).await? {
            return Err(Error::Stale);
        }
        tx.inner.known.revoke(self.id);
        Ok(())
    }
}

fn info(row: CredentialRow, source: Option<String>) -> CredentialInfo {
    let CredentialRow { id16, name, role, purposes, created, revoked, .. } = row;
    CredentialInfo { id: id16, name, role, purposes, source, created, revoked }
}
