//! Destroying keys: tombstones in their place, in the order of the erasures, and nothing left in the file.

use sea_orm::{DatabaseConnection, DatabaseExecutor, TransactionTrait};
use zelo_model::{OwnerId, TenantId};

use crate::bulk::Bulk;
use crate::error::{Result, StoreError};
use crate::sql::{Reading, among, blob, get};

const TOMBSTONES: Bulk = Bulk {
    table: "tombstone",
    columns: &[("tenant", "bytea"), ("owner", "bytea"), ("n", "bigint")],
    conflict: "on conflict do nothing",
};

/// How often emptying SQLite's log is tried while somebody else reads the file.
const TRIES: u32 = 50;
/// How long in between.
const BETWEEN: std::time::Duration = std::time::Duration::from_millis(100);

/// Destroys the keys of erasure `n`, which must follow the last one, and empties SQLite's log of them. Doing it again
/// changes nothing, but empties the log if a crash came between.
pub(crate) async fn owner_keys(
    keys: &DatabaseConnection,
    tenant: TenantId,
    n: i64,
    owners: &[OwnerId],
) -> Result<()> {
    let txn = keys.begin().await?;
    let db = Reading { db: DatabaseExecutor::Transaction(&txn) };
    db.execute(
        "insert into last_erasure (tenant, n) values ($1, 0) on conflict do nothing",
        vec![blob(tenant.0)],
    )
    .await?;
    let lock = if db.is_postgres() { " for update" } else { "" };
    let sql = format!("select n from last_erasure where tenant = $1{lock}");
    let row = db.one(sql, vec![blob(tenant.0)]).await?.ok_or(StoreError::Corrupt("last_erasure"))?;
    let last: i64 = get(&row, 0)?;
    if last + 1 < n {
        drop(db);
        txn.rollback().await?;
        return Err(StoreError::Stale);
    }
    if last < n {
        if !owners.is_empty() {
            let mut named = vec![blob(tenant.0)];
            let ids = owners.iter().map(|owner| blob(owner.0)).collect();
            let condition = among(db.is_postgres(), "owner", ids, &mut named);
            db.execute(format!("delete from owner_key where tenant = $1 and {condition}"), named).await?;
        }
        let tombs = owners.iter().map(|owner| vec![blob(tenant.0), blob(owner.0), n.into()]);
        TOMBSTONES.insert(&db, tombs.collect()).await?;
        db.execute("update last_erasure set n = $1 where tenant = $2", vec![n.into(), blob(tenant.0)])
            .await?;
    }
    drop(db);
    txn.commit().await?;
    forget_pages(keys).await
}

/// Overwritten pages still stand in SQLite's log until it is emptied; that works only outside a transaction, and while
/// nobody else reads the file.
pub(crate) async fn forget_pages(keys: &DatabaseConnection) -> Result<()> {
    let db = Reading { db: DatabaseExecutor::Connection(keys) };
    if db.is_postgres() {
        return Ok(());
    }
    for _ in 0..TRIES {
        let row = db.one("pragma wal_checkpoint(truncate)", Vec::new()).await?;
        if row.map_or(Ok(0_i64), |row| get(&row, 0))? == 0 {
            return Ok(());
        }
        tokio::time::sleep(BETWEEN).await;
    }
    Err(StoreError::KeysRead)
}

/// The newest erasure of a tenant whose keys are destroyed.
pub(crate) async fn last_erasure(db: &Reading<'_>, tenant: TenantId) -> Result<i64> {
    let row = db.one("select n from last_erasure where tenant = $1", vec![blob(tenant.0)]).await?;
    row.map_or(Ok(0), |row| get(&row, 0))
}
