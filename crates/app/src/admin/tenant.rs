//! Tenants: created with keys of their own, dropped keys first.

use std::time::Duration;

use zelo_ledger::Class;
use zelo_model::{TenantId, Timestamp};
use zelo_store::{KeysInForce, TenantRow, TenantState};

use super::name;
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tenant::create_keys;
use crate::tx::{Read, Tx, Write};

/// A tenant, as the command line shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantInfo {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub slug: String,
    /// The controller it stands for.
    pub controller: String,
    /// Whether its people are made up.
    pub sample: bool,
    /// When it was created.
    pub created: Timestamp,
}

impl From<TenantRow> for TenantInfo {
    fn from(row: TenantRow) -> Self {
        let TenantRow { id16, slug, controller, sample, created, .. } = row;
        Self { id: id16, slug, controller, sample, created }
    }
}

/// Creates a tenant: one controller (GDPR art. 4(7), LGPD art. 5 VI), with keys, index and log of its own.
pub struct CreateTenant {
    /// Its name on the command line.
    pub slug: String,
    /// The controller it stands for.
    pub controller: String,
    /// Whether its people are made up.
    pub sample: bool,
}

impl Operation for CreateTenant {
    const NAME: &'static str = "tenant.create";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    type Access = Write;
    type Ready = TenantRow;
    type Output = TenantInfo;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<TenantRow> {
        tx.in_installation()?;
        name("slug", &self.slug)?;
        if tx.policy.controller(&self.controller).is_none() {
            let known: Vec<_> = tx.policy.controllers().iter().map(|one| one.id.as_str()).collect();
            let message = format!("the controllers of policies/controller.yaml are {}", known.join(", "));
            return Err(Error::invalid("controller", message));
        }
        if tx.rows.tenants().await?.iter().any(|tenant| tenant.slug == self.slug) {
            return Err(Error::Conflict("a tenant of this name exists already"));
        }
        let id16 = TenantId(tx.ids.random());
        create_keys(&tx.inner.store, tx.inner.kms(), tx.rng(), id16).await?;
        Ok(TenantRow {
            id: -1,
            id16,
            slug: self.slug.clone(),
            controller: self.controller.clone(),
            sample: self.sample,
            state: TenantState::Active,
            created: tx.now,
            keys: KeysInForce::default(),
        })
    }

    async fn run(&self, mut row: TenantRow, tx: &mut Tx<'_, Write>) -> Result<TenantInfo> {
        row.id = tx.surrogate().await?;
        tx.rows.insert_tenant(&row).await?;
        Ok(row.into())
    }
}

/// Lists the tenants.
pub struct ListTenants {
    /// Those that are being dropped or were, instead of those at work: their ids and logs are what is left of them.
    pub dropped: bool,
}

impl Operation for ListTenants {
    const NAME: &'static str = "tenant.list";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    type Access = Read;
    type Ready = ();
    type Output = Vec<TenantInfo>;

    fn pinned(&self) -> bool {
        false
    }

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Vec<TenantInfo>> {
        tx.in_installation()?;
        let tenants = tx.rows.tenants().await?;
        let shown = |row: &TenantRow| row.id != 0 && (row.state != TenantState::Active) == self.dropped;
        Ok(tenants.into_iter().filter(shown).map(TenantInfo::from).collect())
    }
}

/// Begins to drop a tenant: from its commit on the tenant is refused everywhere. [`crate::App::drop_tenant`] does
/// all of it.
pub struct BeginTenantDrop {
    /// Its name.
    pub slug: String,
}

impl Operation for BeginTenantDrop {
    const NAME: &'static str = "tenant.drop";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    type Access = Write;
    type Ready = TenantRow;
    type Output = TenantId;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<TenantRow> {
        tx.in_installation()?;
        let tenants = tx.rows.tenants().await?;
        let found =
            |row: &TenantRow| row.id != 0 && row.slug == self.slug && row.state == TenantState::Active;
        tenants.into_iter().find(found).ok_or(Error::NotFound)
    }

    async fn run(&self, row: TenantRow, tx: &mut Tx<'_, Write>) -> Result<TenantId> {
        tx.rows.begin_drop(row.id).await?;
        Ok(row.id16)
    }
}

/// Deletes the rows of a tenant whose keys are gone; its entries in the log stay.
pub struct FinishTenantDrop {
    /// The tenant.
    pub id: TenantId,
}

impl Operation for FinishTenantDrop {
    const NAME: &'static str = "tenant.purge";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    /// A tenant may have millions of rows, and half of them deleted would be none.
    const LONGEST: Duration = Duration::from_hours(6);
    type Access = Write;
    type Ready = i64;
    type Output = ();

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<i64> {
        tx.in_installation()?;
        let (keks, _) = tx.inner.store.tenant_keys(self.id).await?;
        let tenants = tx.rows.tenants().await?;
        let row = tenants.into_iter().find(|row| row.id16 == self.id).ok_or(Error::NotFound)?;
        if row.state != TenantState::Dropping || !keks.is_empty() {
            return Err(Error::Conflict("a tenant's rows go only after its keys"));
        }
        Ok(row.id)
    }

    async fn run(&self, tenant: i64, tx: &mut Tx<'_, Write>) -> Result<()> {
        Ok(tx.rows.finish_drop(tenant).await?)
    }
}
