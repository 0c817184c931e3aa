//! Tenants, their sources and their credentials.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult,
};
use zelo_model::{CredentialId, Purpose, Role, SourceId, TenantId, Timestamp};

use crate::entity::{credential, source, tenant};
use crate::error::{Result, StoreError};
use crate::keys::unsigned;
use crate::sql::{Reading, get};
use crate::writer::Writing;

/// What a tenant can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantState {
    /// At work.
    Active,
    /// Its keys and rows are being deleted; rolled forward after a crash.
    Dropping,
    /// Only its name in the log is left.
    Dropped,
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRow {
    /// Its surrogate; 0 is the installation itself.
    pub id: i64,
    /// Its id.
    pub id16: TenantId,
    /// Its name on the command line.
    pub slug: String,
    /// The controller of `policies/controller.yaml` it stands for.
    pub controller: String,
    /// Whether its people are made up.
    pub sample: bool,
    /// What it can be.
    pub state: TenantState,
    /// When it was created.
    pub created: Timestamp,
    /// Which of its keys rows are written under.
    pub keys: KeysInForce,
}

/// Which keys of a tenant its rows are written under. They stand in the data, so that a write learns of a change in the
/// transaction it would be wrong in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeysInForce {
    /// The epoch of the index that is matched on.
    pub index: u32,
    /// The epoch that is written beside it, while the index rotates.
    pub index_next: Option<u32>,
    /// Which generation of owners' keys seals.
    pub generation: u32,
}

impl Default for KeysInForce {
    fn default() -> Self {
        Self { index: 1, index_next: None, generation: 1 }
    }
}

/// A source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// Its surrogate.
    pub id: i64,
    /// Its id.
    pub id16: SourceId,
    /// Its name within the tenant.
    pub slug: String,
    /// What it is: `sdk`, `import`, `zelo`.
    pub kind: String,
    /// The id space its user ids live in.
    pub space: String,
    /// Whose value wins: the higher.
    pub priority: i32,
    /// Where its people are, when known.
    pub jurisdiction: Option<String>,
    /// What it collects for.
    pub collects_for: Vec<String>,
    /// When it was created.
    pub created: Timestamp,
}

/// A credential, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    /// The tenant's surrogate.
    pub tenant: i64,
    /// Its id.
    pub id16: CredentialId,
    /// What people call it.
    pub name: String,
    /// Its one role.
    pub role: Role,
    /// What it may be used for.
    pub purposes: Vec<Purpose>,
    /// The source a write key speaks for.
    pub source: Option<i64>,
    /// When it was created.
    pub created: Timestamp,
    /// Since when it is refused.
    pub revoked: Option<Timestamp>,
}

/// A tenant to create.
pub type NewTenant = TenantRow;
/// A source to create.
pub type NewSource = SourceRow;

/// A credential to create.
#[derive(Debug)]
pub struct NewCredential {
    /// Everything but the secret.
    pub row: CredentialRow,
    /// SHA-256 of the secret.
    pub secret_hash: [u8; 32],
}

impl Reading<'_> {
    /// All tenants, the installation first.
    pub async fn tenants(&self) -> Result<Vec<TenantRow>> {
        let rows = tenant::Entity::find().order_by_asc(tenant::Column::Id).all(&self.db).await?;
        rows.into_iter().map(TenantRow::try_from).collect()
    }

    /// The keys in force in a tenant, as this view has them.
    pub async fn keys_in_force(&self, tenant: i64) -> Result<KeysInForce> {
        let sql = "select index_epoch, index_next, generation from tenant where id = $1";
        let row = self.one(sql, vec![tenant.into()]).await?.ok_or(StoreError::Corrupt("tenant"))?;
        keys_in_force(&row)
    }

    /// The sources of a tenant.
    pub async fn sources(&self, tenant: i64) -> Result<Vec<SourceRow>> {
        let rows = source::Entity::find()
            .filter(source::Column::Tenant.eq(tenant))
            .order_by_asc(source::Column::Id)
            .all(&self.db)
            .await?;
        rows.into_iter().map(SourceRow::try_from).collect()
    }

    /// The credentials of a tenant, revoked ones too.
    pub async fn credentials(&self, tenant: i64) -> Result<Vec<CredentialRow>> {
        let rows = credential::Entity::find()
            .filter(credential::Column::Tenant.eq(tenant))
            .order_by_asc(credential::Column::Created)
            .order_by_asc(credential::Column::Id16)
            .all(&self.db)
            .await?;
        rows.into_iter().map(CredentialRow::try_from).collect()
    }

    /// The credential whose secret has this SHA-256.
    pub async fn credential_by_hash(&self, hash: [u8; 32]) -> Result<Option<CredentialRow>> {
        let found = credential::Entity::find()
            .filter(credential::Column::SecretHash.eq(hash.to_vec()))
            .one(&self.db)
            .await?;
        found.map(CredentialRow::try_from).transpose()
    }
}

impl Writing<'_> {
    /// Creates a tenant; `Stale` when id or name are taken.
    pub async fn insert_tenant(&self, new: &NewTenant) -> Result<()> {
        let row = tenant::ActiveModel {
            id: Set(new.id),
            id16: Set(new.id16.0.to_vec()),
            slug: Set(new.slug.clone()),
            controller: Set(new.controller.clone()),
            sample: Set(i16::from(new.sample)),
            state: Set(new.state as i16),
            made: Set(0),
            created: Set(new.created.micros()),
            index_epoch: Set(number(new.keys.index)?),
            index_next: Set(new.keys.index_next.map(number).transpose()?),
            generation: Set(number(new.keys.generation)?),
        };
        row.insert(&self.db).await?;
        Ok(())
    }

    /// Creates a source; `Stale` when its name is taken.
    pub async fn insert_source(&self, tenant: i64, new: &NewSource) -> Result<()> {
        let row = source::ActiveModel {
            tenant: Set(tenant),
            id: Set(new.id),
            id16: Set(new.id16.0.to_vec()),
            slug: Set(new.slug.clone()),
            kind: Set(new.kind.clone()),
            space: Set(new.space.clone()),
            priority: Set(new.priority),
            jurisdiction: Set(new.jurisdiction.clone()),
            collects_for: Set(new.collects_for.join(" ")),
            created: Set(new.created.micros()),
        };
        row.insert(&self.db).await?;
        Ok(())
    }

    /// Creates a credential.
    pub async fn insert_credential(&self, new: &NewCredential) -> Result<()> {
        let purposes: Vec<&str> = new.row.purposes.iter().map(Purpose::as_str).collect();
        let row = credential::ActiveModel {
            tenant: Set(new.row.tenant),
            id16: Set(new.row.id16.0.to_vec()),
            name: Set(new.row.name.clone()),
            role: Set(new.row.role.slug().to_owned()),
            purposes: Set(purposes.join(" ")),
            source: Set(new.row.source),
            secret_hash: Set(new.secret_hash.to_vec()),
            created: Set(new.row.created.micros()),
            revoked: Set(None),
        };
        row.insert(&self.db).await?;
        Ok(())
    }

    /// Revokes a credential; `false` when there is no such living one.
    pub async fn revoke_credential(&self, tenant: i64, id: CredentialId, at: Timestamp) -> Result<bool> {
        let done = credential::Entity::update_many()
            .col_expr(credential::Column::Revoked, at.micros().into())
            .filter(credential::Column::Tenant.eq(tenant))
            .filter(credential::Column::Id16.eq(id.0.to_vec()))
            .filter(credential::Column::Revoked.is_null())
            .exec(&self.db)
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// The keys in force in a tenant that is not being dropped. Neither changes before this transaction ends: what was
    /// prepared before a drop, or under other keys, must not be written after it.
    pub async fn at_work(&self, tenant: i64) -> Result<Option<KeysInForce>> {
        // Beginning a drop changes the unique name, and keys are changed under a lock of the whole row: this one holds
        // off both.
        let lock = if self.is_postgres() { " for key share" } else { "" };
        let sql = format!(
            "select index_epoch, index_next, generation from tenant where id = $1 and state = 0{lock}"
        );
        self.one(sql, vec![tenant.into()]).await?.as_ref().map(keys_in_force).transpose()
    }

    /// Puts other keys in force, once every write under the present ones has ended; `Stale` when those are not `from`.
    pub async fn change_keys(&self, tenant: i64, from: KeysInForce, to: KeysInForce) -> Result<()> {
        if self.is_postgres() {
            self.all("select 1 from tenant where id = $1 for update", vec![tenant.into()]).await?;
        }
        let sql = "update tenant set index_epoch = $1, index_next = $2, generation = $3
                   where id = $4 and state = 0 and index_epoch = $5 and coalesce(index_next, 0) = $6
                     and generation = $7";
        let values = vec![
            number(to.index)?.into(),
            to.index_next.map(number).transpose()?.into(),
            number(to.generation)?.into(),
            tenant.into(),
            number(from.index)?.into(),
            number(from.index_next.unwrap_or(0))?.into(),
            number(from.generation)?.into(),
        ];
        let done = self.execute(sql, values).await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Begins to drop a tenant: from here on it is refused everywhere, and its name is free again.
    pub async fn begin_drop(&self, tenant: i64) -> Result<()> {
        let sql = "update tenant set state = 1, slug = $1 where id = $2 and state = 0";
        let done = self.execute(sql, vec![format!("~{tenant}").into(), tenant.into()]).await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Deletes every row of a dropped tenant, except the entries of the log and the line that names it there.
    pub async fn finish_drop(&self, tenant: i64) -> Result<()> {
        for table in OWNED {
            self.execute(format!("delete from {table} where tenant = $1"), vec![tenant.into()]).await?;
        }
        self.execute("update tenant set state = 2 where id = $1 and state = 1", vec![tenant.into()]).await?;
        Ok(())
    }
}

/// Every table a tenant's rows stand in; the entries of the log stay.
pub(crate) const OWNED: [&str; 24] = [
    "rotation",
    "event_count",
    "export_job",
    "customer_group",
    "expiring",
    "consent_event",
    "event",
    "message_seen",
    "quarantine_link",
    "quarantine",
    "identifier_link",
    "identifier",
    "merge_journal",
    "cannot_link",
    "membership",
    "record",
    "profile",
    "credential",
    "source",
    "erasure",
    "erasure_owner",
    "suppression",
    "retained_row",
    "retained_set",
];

fn keys_in_force(row: &QueryResult) -> Result<KeysInForce> {
    let next: Option<i32> = get(row, 1)?;
    Ok(KeysInForce {
        index: unsigned(get(row, 0)?)?,
        index_next: next.map(unsigned).transpose()?,
        generation: unsigned(get(row, 2)?)?,
    })
}

fn number(version: u32) -> Result<i32> {
    i32::try_from(version).map_err(|_| StoreError::Corrupt("tenant"))
}

fn id16<T>(bytes: &[u8], from: fn([u8; 16]) -> T, table: &'static str) -> Result<T> {
    bytes.try_into().map(from).map_err(|_| StoreError::Corrupt(table))
}

impl TryFrom<tenant::Model> for TenantRow {
    type Error = StoreError;

    fn try_from(row: tenant::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            id16: id16(&row.id16, TenantId, "tenant")?,
            slug: row.slug,
            controller: row.controller,
            sample: row.sample != 0,
            state: match row.state {
                0 => TenantState::Active,
                1 => TenantState::Dropping,
                2 => TenantState::Dropped,
                _ => return Err(StoreError::Corrupt("tenant")),
            },
            created: Timestamp::from_micros(row.created),
            keys: KeysInForce {
                index: unsigned(row.index_epoch)?,
                index_next: row.index_next.map(unsigned).transpose()?,
                generation: unsigned(row.generation)?,
            },
        })
    }
}

impl TryFrom<source::Model> for SourceRow {
    type Error = StoreError;

    fn try_from(row: source::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            id16: id16(&row.id16, SourceId, "source")?,
            slug: row.slug,
            kind: row.kind,
            space: row.space,
            priority: row.priority,
            jurisdiction: row.jurisdiction,
            collects_for: row.collects_for.split_whitespace().map(str::to_owned).collect(),
            created: Timestamp::from_micros(row.created),
        })
    }
}

impl TryFrom<credential::Model> for CredentialRow {
    type Error = StoreError;

    fn try_from(row: credential::Model) -> Result<Self> {
        let purposes = row.purposes.split_whitespace().map(str::parse).collect::<std::result::Result<_, _>>();
        Ok(Self {
            tenant: row.tenant,
            id16: id16(&row.id16, CredentialId, "credential")?,
            name: row.name,
            role: Role::from_slug(&row.role).ok_or(StoreError::Corrupt("credential"))?,
            purposes: purposes.map_err(|_| StoreError::Corrupt("credential"))?,
            source: row.source,
            created: Timestamp::from_micros(row.created),
            revoked: row.revoked.map(Timestamp::from_micros),
        })
    }
}
