//! The key database: wrapped keys in, wrapped keys out. Nothing here can unwrap one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sea_orm::{DatabaseConnection, DatabaseExecutor, TransactionTrait, Value};
use zelo_model::{OwnerId, TenantId, Timestamp};
use zelo_vault::{SharedPurpose, Wrapped, WrappedKek, WrappedShared};

use crate::bulk::Bulk;
use crate::error::{Result, StoreError};
use crate::sql::{Reading, among, blob, get, get16};

/// An owner's key, durable before anything is sealed under it.
#[derive(Debug, Clone)]
pub struct NewOwnerKey {
    /// Whose log, index and KEK.
    pub tenant: TenantId,
    /// The owner.
    pub owner: OwnerId,
    /// The key, wrapped under the tenant's KEK.
    pub wrapped: Wrapped,
    /// Which of the owner's keys it is: the generation in force in the tenant.
    pub generation: u32,
}

/// What the key database says of an owner.
#[derive(Debug, Clone)]
pub enum FetchedKey {
    /// The wrapped key, its generation, and the one that is to take its place, while it does.
    Key(OwnerId, u32, Wrapped, Option<(u32, Wrapped)>),
    /// The key was destroyed by the tenant's erasure of this number.
    Erased(OwnerId, i64),
}

const OWNER_KEYS: Bulk = Bulk {
    table: "owner_key",
    columns: &[
        ("tenant", "bytea"),
        ("owner", "bytea"),
        ("kek_version", "integer"),
        ("wrapped", "bytea"),
        ("commitment", "bytea"),
        ("generation", "integer"),
    ],
    conflict: "",
};

/// The KEKs under which keys were left out, because they are not their tenant's newest any more.
pub(crate) type Outdated = Arc<BTreeSet<(TenantId, u32)>>;

/// Inserts owners' keys in one transaction. Those of a tenant that has been dropped are left out: its passages are
/// refused when they come to write. So are those wrapped under a KEK that is about to go; their passages are told, and
/// wrap them anew.
pub(crate) async fn insert_owner_keys(keys: &DatabaseConnection, rows: Vec<NewOwnerKey>) -> Result<Outdated> {
    let row = |new: NewOwnerKey| {
        vec![
            blob(new.tenant.0),
            blob(new.owner.0),
            version(new.wrapped.version),
            new.wrapped.bytes.into(),
            blob(new.wrapped.commitment),
            version(new.generation),
        ]
    };
    let txn = keys.begin().await?;
    let reading = Reading { db: DatabaseExecutor::Transaction(&txn) };
    let newest = newest_keks(&reading, &rows).await?;
    let (mut kept, mut outdated) = (Vec::with_capacity(rows.len()), BTreeSet::new());
    for new in rows {
        match newest.get(&new.tenant) {
            Some(newest) if *newest == new.wrapped.version => kept.push(row(new)),
            Some(_) => drop(outdated.insert((new.tenant, new.wrapped.version))),
            None => {}
        }
    }
    OWNER_KEYS.insert(&reading, kept).await?;
    drop(reading);
    txn.commit().await?;
    Ok(Arc::new(outdated))
}

/// The newest KEK of each of the tenants that still have one; none of theirs goes before the transaction ends.
async fn newest_keks(db: &Reading<'_>, rows: &[NewOwnerKey]) -> Result<BTreeMap<TenantId, u32>> {
    let tenants: BTreeSet<TenantId> = rows.iter().map(|new| new.tenant).collect();
    let mut values = Vec::new();
    let list = tenants.iter().map(|tenant| blob(tenant.0)).collect();
    let condition = among(db.is_postgres(), "tenant", list, &mut values);
    if db.is_postgres() {
        // Locked first and looked at afterwards: whoever takes a KEK away has by then, or waits.
        db.all(format!("select 1 from kek where {condition} for share"), values.clone()).await?;
    }
    let sql = format!("select tenant, max(version) from kek where {condition} group by tenant");
    let found = db.all(sql, values).await?;
    found.iter().map(|row| Ok((TenantId(get16(row, 0, "kek")?), unsigned(get(row, 1)?)?))).collect()
}

/// The wrapped keys of these owners, tombstones included; owners without either are left out.
pub(crate) async fn owner_keys(
    db: &Reading<'_>,
    tenant: TenantId,
    owners: &[OwnerId],
) -> Result<Vec<FetchedKey>> {
    if owners.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = vec![blob(tenant.0)];
    let list = owners.iter().map(|owner| blob(owner.0)).collect();
    let condition = among(db.is_postgres(), "owner", list, &mut values);
    let sql = format!(
        "select owner, kek_version, wrapped, commitment, null, generation, next_generation, next_kek_version,
           next_wrapped, next_commitment
         from owner_key where tenant = $1 and {condition}
         union all select owner, null, null, null, n, null, null, null, null, null
         from tombstone where tenant = $1 and {condition}"
    );
    let rows = db.all(sql, values).await?;
    rows.iter()
        .map(|row| {
            let owner = OwnerId(get16(row, 0, "owner_key")?);
            if let Some(n) = get::<Option<i64>>(row, 4)? {
                return Ok(FetchedKey::Erased(owner, n));
            }
            let wrapped = |at| -> Result<Wrapped> {
                let (version, bytes) = (unsigned(get(row, at)?)?, get(row, at + 1)?);
                Ok(Wrapped { version, bytes, commitment: get32(row, at + 2)? })
            };
            let next = match get::<Option<i32>>(row, 6)? {
                Some(generation) => Some((unsigned(generation)?, wrapped(7)?)),
                None => None,
            };
            Ok(FetchedKey::Key(owner, unsigned(get(row, 5)?)?, wrapped(1)?, next))
        })
        .collect()
}

/// A tenant's own keys, as wrapped.
pub(crate) async fn tenant_keys(
    db: &Reading<'_>,
    tenant: TenantId,
) -> Result<(Vec<WrappedKek>, Vec<WrappedShared>)> {
    let keks = db
        .all(
            "select version, root_epoch, wrapped, commitment from kek where tenant = $1 order by version",
            vec![blob(tenant.0)],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(WrappedKek {
                version: unsigned(get(row, 0)?)?,
                root_epoch: unsigned(get(row, 1)?)?,
                bytes: get(row, 2)?,
                commitment: get32(row, 3)?,
            })
        })
        .collect::<Result<_>>()?;
    let shared = db
        .all(
            "select purpose, epoch, kek_version, wrapped, commitment from tenant_key where tenant = $1",
            vec![blob(tenant.0)],
        )
        .await?
        .iter()
        .map(|row| {
            let purpose = u8::try_from(get::<i16>(row, 0)?).ok().and_then(SharedPurpose::from_number);
            Ok(WrappedShared {
                purpose: purpose.ok_or(StoreError::Corrupt("tenant_key"))?,
                epoch: unsigned(get(row, 1)?)?,
                wrapped: Wrapped {
                    version: unsigned(get(row, 2)?)?,
                    bytes: get(row, 3)?,
                    commitment: get32(row, 4)?,
                },
            })
        })
        .collect::<Result<_>>()?;
    Ok((keks, shared))
}

/// Inserts a new tenant's own keys; `Stale` when the root its KEK is wrapped by is not the newest any more.
pub(crate) async fn insert_tenant_keys(
    keys: &DatabaseConnection,
    tenant: TenantId,
    kek: WrappedKek,
    shared: Vec<WrappedShared>,
) -> Result<()> {
    let txn = keys.begin().await?;
    let db = Reading { db: DatabaseExecutor::Transaction(&txn) };
    insert_kek(&db, tenant, kek).await?;
    for row in shared {
        insert_shared(&db, tenant, row).await?;
    }
    drop(db);
    txn.commit().await?;
    Ok(())
}

/// Inserts a KEK, unless one of its version is there; `Stale` when its root is not the newest any more.
pub(crate) async fn insert_kek(db: &Reading<'_>, tenant: TenantId, kek: WrappedKek) -> Result<()> {
    let root = vec![version(kek.root_epoch)];
    if db.is_postgres() {
        // Locked first and looked at afterwards: whoever destroys a root has by then, or waits.
        db.all("select 1 from root_epoch where epoch = $1 for share", root.clone()).await?;
    }
    let newest = "select 1 from (select max(epoch) as epoch from root_epoch) newest where epoch = $1";
    if db.one(newest, root).await?.is_none() {
        return Err(StoreError::Stale);
    }
    let sql = "insert into kek (tenant, version, root_epoch, wrapped, commitment) values ($1, $2, $3, $4, $5)
               on conflict do nothing";
    let values = vec![
        blob(tenant.0),
        version(kek.version),
        version(kek.root_epoch),
        kek.bytes.into(),
        blob(kek.commitment),
    ];
    db.execute(sql, values).await?;
    Ok(())
}

/// Inserts a shared key, unless one of its purpose and epoch is there.
pub(crate) async fn insert_shared(db: &Reading<'_>, tenant: TenantId, row: WrappedShared) -> Result<()> {
    let sql = "insert into tenant_key (tenant, purpose, epoch, kek_version, wrapped, commitment)
               values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    let values = vec![
        blob(tenant.0),
        i16::from(row.purpose.number()).into(),
        version(row.epoch),
        version(row.wrapped.version),
        row.wrapped.bytes.into(),
        blob(row.wrapped.commitment),
    ];
    db.execute(sql, values).await?;
    Ok(())
}

/// Destroys every key of a tenant. On SQLite the deleted pages are overwritten and the log emptied, so that the
/// file keeps nothing of them.
pub(crate) async fn delete_tenant_keys(keys: &DatabaseConnection, tenant: TenantId) -> Result<()> {
    let txn = keys.begin().await?;
    let db = Reading { db: DatabaseExecutor::Transaction(&txn) };
    // The KEK first: whoever is keeping new owner keys holds it, and whoever comes later finds none. Only then are all
    // owner keys there to be deleted.
    for table in ["kek", "tenant_key", "owner_key", "tombstone", "last_erasure"] {
        db.execute(format!("delete from {table} where tenant = $1"), vec![blob(tenant.0)]).await?;
    }
    drop(db);
    txn.commit().await?;
    crate::shred::forget_pages(keys).await
}

/// Destroys the keys of owners that time has taken; no tombstone, for nobody asked. On SQLite the deleted pages are
/// overwritten and the log emptied.
pub(crate) async fn delete_owner_keys(
    keys: &DatabaseConnection,
    tenant: TenantId,
    owners: &[OwnerId],
) -> Result<()> {
    let db = Reading { db: DatabaseExecutor::Connection(keys) };
    let mut values = vec![blob(tenant.0)];
    let list = owners.iter().map(|owner| blob(owner.0)).collect();
    let condition = among(db.is_postgres(), "owner", list, &mut values);
    db.execute(format!("delete from owner_key where tenant = $1 and {condition}"), values).await?;
    if !db.is_postgres() {
        db.all("pragma wal_checkpoint(truncate)", Vec::new()).await?;
    }
    Ok(())
}

/// When the last of the roots made until then was destroyed, if all of them are.
pub(crate) async fn roots_gone(db: &Reading<'_>, at: Timestamp) -> Result<Option<Timestamp>> {
    let sql = "select max(destroyed), count(*) - count(destroyed) from root_epoch where created <= $1";
    let row = db.one(sql, vec![at.micros().into()]).await?.ok_or(StoreError::Corrupt("root_epoch"))?;
    let gone = get::<Option<i64>>(&row, 0)?.map(Timestamp::from_micros);
    Ok(gone.filter(|_| get::<i64>(&row, 1).is_ok_and(|left| left == 0)))
}

/// The roots that stand in the key database and are not destroyed: epoch and canary, the newest last.
pub(crate) async fn roots(db: &Reading<'_>) -> Result<Vec<(u32, Vec<u8>)>> {
    let sql = "select epoch, canary from root_epoch where destroyed is null order by epoch";
    let rows = db.all(sql, Vec::new()).await?;
    rows.iter().map(|row| Ok((unsigned(get(row, 0)?)?, get(row, 1)?))).collect()
}

/// Notes a new root, unless it is noted.
pub(crate) async fn insert_root(db: &Reading<'_>, epoch: u32, canary: Vec<u8>, at: Timestamp) -> Result<()> {
    let sql = "insert into root_epoch (epoch, created, canary) values ($1, $2, $3) on conflict do nothing";
    db.execute(sql, vec![version(epoch), at.micros().into(), canary.into()]).await?;
    Ok(())
}

/// Notes that a root is made by the development profile.
pub(crate) async fn mark_development(db: &Reading<'_>, epoch: u32) -> Result<()> {
    let sql = "insert into development_root (epoch) values ($1) on conflict do nothing";
    db.execute(sql, vec![version(epoch)]).await.map(drop)
}

/// Whether a root was made by the development profile.
pub(crate) async fn is_development(db: &Reading<'_>, epoch: u32) -> Result<bool> {
    let sql = "select 1 from development_root where epoch = $1";
    Ok(db.one(sql, vec![version(epoch)]).await?.is_some())
}

pub(crate) fn version(number: u32) -> Value {
    i32::try_from(number).unwrap_or(i32::MAX).into()
}

pub(crate) fn unsigned(number: i32) -> Result<u32> {
    u32::try_from(number).map_err(|_| StoreError::Corrupt("a key's version"))
}

pub(crate) fn get32(row: &sea_orm::QueryResult, at: usize) -> Result<[u8; 32]> {
    get::<Vec<u8>>(row, at)?.try_into().map_err(|_| StoreError::Corrupt("a key's commitment"))
}
