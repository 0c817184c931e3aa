//! Replacing keys in the key database: everything here is found, changed where it still is what was found, and can be
//! done again. A row that is gone stays gone: nothing here inserts an owner.

use sea_orm::{DatabaseExecutor, TransactionTrait, Value};
use zelo_model::{OwnerId, TenantId, Timestamp};
use zelo_vault::{Wrapped, WrappedKek, WrappedShared};

use crate::error::{Result, StoreError};
use crate::keys::{get32, insert_kek, insert_shared, unsigned, version};
use crate::sql::{Reading, blob, get, get16};
use crate::store::Store;

/// A tenant's KEK.
#[derive(Debug, Clone)]
pub struct KekRow {
    /// Whose.
    pub tenant: TenantId,
    /// The KEK, wrapped by a root.
    pub kek: WrappedKek,
}

impl Store {
    /// KEKs of any tenant that are wrapped by another root than this one, the first `limit` of them.
    pub async fn keks_under_other_roots(&self, root: u32, limit: i64) -> Result<Vec<KekRow>> {
        let sql = "select tenant, version, root_epoch, wrapped, commitment from kek
                   where root_epoch <> $1 order by tenant, version limit cast($2 as bigint)";
        let rows = self.keys().all(sql, vec![version(root), limit.into()]).await?;
        rows.iter()
            .map(|row| {
                let kek = WrappedKek {
                    version: unsigned(get(row, 1)?)?,
                    root_epoch: unsigned(get(row, 2)?)?,
                    bytes: get(row, 3)?,
                    commitment: get32(row, 4)?,
                };
                Ok(KekRow { tenant: TenantId(get16(row, 0, "kek")?), kek })
            })
            .collect()
    }

    /// How many KEKs there are.
    pub async fn count_keks(&self) -> Result<i64> {
        self.count("select count(*) from kek", Vec::new()).await
    }

    /// Puts KEKs wrapped by a newer root in the place of the same keys wrapped by an older one.
    pub async fn rewrap_keks(&self, rows: Vec<KekRow>) -> Result<()> {
        let txn = self.key_database().begin().await?;
        let db = Reading { db: DatabaseExecutor::Transaction(&txn) };
        for KekRow { tenant, kek } in rows {
            let sql = "update kek set root_epoch = $1, wrapped = $2
                       where tenant = $3 and version = $4 and commitment = $5 and root_epoch < $1";
            let values = vec![
                version(kek.root_epoch),
                kek.bytes.into(),
                blob(tenant.0),
                version(kek.version),
                blob(kek.commitment),
            ];
            db.execute(sql, values).await?;
        }
        drop(db);
        Ok(txn.commit().await?)
    }

    /// Whether nothing is wrapped by this older root, nor ever will be.
    pub async fn is_root_idle(&self, root: u32) -> Result<bool> {
        let txn = self.key_database().begin().await?;
        let db = Reading { db: DatabaseExecutor::Transaction(&txn) };
        if db.is_postgres() {
            // Whoever is keeping a new KEK under it holds it; whoever comes later finds a newer one.
            db.all("select 1 from root_epoch where epoch = $1 for update", vec![version(root)]).await?;
        }
        let used = db.one("select 1 from kek where root_epoch = $1 limit 1", vec![version(root)]).await?;
        drop(db);
        txn.commit().await?;
        Ok(used.is_none())
    }

    /// Notes that a root is destroyed.
    pub async fn root_destroyed(&self, root: u32, at: Timestamp) -> Result<()> {
        let sql = "update root_epoch set destroyed = $1 where epoch = $2 and destroyed is null";
        self.keys().execute(sql, vec![at.micros().into(), version(root)]).await?;
        self.forget_deleted_keys().await
    }

    /// The epochs of the roots that KEKs are wrapped by.
    pub async fn root_epochs_in_use(&self) -> Result<Vec<u32>> {
        let rows = self.keys().all("select distinct root_epoch from kek order by 1", Vec::new()).await?;
        rows.iter().map(|row| unsigned(get(row, 0)?)).collect()
    }

    /// Keeps a tenant's next KEK, unless one of its version is there; `Stale` when its root is not the newest any more.
    pub async fn keep_kek(&self, tenant: TenantId, kek: WrappedKek) -> Result<()> {
        let txn = self.key_database().begin().await?;
        let db = Reading { db: DatabaseExecutor::Transaction(&txn) };
        insert_kek(&db, tenant, kek).await?;
        drop(db);
        Ok(txn.commit().await?)
    }

    /// Keeps a further shared key of a tenant, unless one of its purpose and epoch is there.
    pub async fn keep_shared(&self, tenant: TenantId, row: WrappedShared) -> Result<()> {
        insert_shared(&self.keys(), tenant, row).await
    }

    /// How many owners of a tenant have a key.
    pub async fn count_owner_keys(&self, tenant: TenantId) -> Result<i64> {
        self.count("select count(*) from owner_key where tenant = $1", vec![blob(tenant.0)]).await
    }

    /// Keys of a tenant's owners that are wrapped under another KEK than this one, by owner, those behind `after`.
    pub async fn owner_keys_under_other_keks(
        &self,
        tenant: TenantId,
        kek: u32,
        after: &[u8],
        limit: i64,
    ) -> Result<Vec<(OwnerId, Wrapped)>> {
        let sql = "select owner, kek_version, wrapped, commitment from owner_key
                   where tenant = $1 and owner > $2 and kek_version <> $3 order by owner limit cast($4 as bigint)";
        let values = vec![blob(tenant.0), blob(after), version(kek), limit.into()];
        let rows = self.keys().all(sql, values).await?;
        rows.iter()
            .map(|row| {
                let wrapped = Wrapped {
                    version: unsigned(get(row, 1)?)?,
                    bytes: get(row, 2)?,
                    commitment: get32(row, 3)?,
                };
                Ok((OwnerId(get16(row, 0, "owner_key")?), wrapped))
            })
            .collect()
    }

    /// Puts owners' keys wrapped under a newer KEK in the place of the same keys wrapped under an older one.
    pub async fn rewrap_owner_keys(&self, tenant: TenantId, rows: Vec<(OwnerId, Wrapped)>) -> Result<()> {
        let txn = self.key_database().begin().await?;
        let db = Reading { db: DatabaseExecutor::Transaction(&txn) };
        for (owner, wrapped) in rows {
            let sql = "update owner_key set kek_version = $1, wrapped = $2
                       where tenant = $3 and owner = $4 and commitment = $5 and kek_version < $1";
            let values = vec![
                version(wrapped.version),
                wrapped.bytes.into(),
                blob(tenant.0),
                blob(owner.0),
                blob(wrapped.commitment),
            ];
            db.execute(sql, values).await?;
        }
        drop(db);
        Ok(txn.commit().await?)
    }

    /// Puts a tenant's shared keys wrapped under a newer KEK in the place of the same keys wrapped under an older one.
    pub async fn rewrap_shared(&self, tenant: TenantId, rows: Vec<WrappedShared>) -> Result<()> {
        let txn = self.key_database().begin().await?;
        let db = Reading { db: DatabaseExecutor::Transaction(&txn) };
        for WrappedShared { purpose, epoch, wrapped } in rows {
            let sql = "update tenant_key set kek_version = $1, wrapped = $2
                       where tenant = $3 and purpose = $4 and epoch = $5 and commitment = $6 and kek_version < $1";
            let values = vec![
                version(wrapped.version),
                wrapped.bytes.into(),
                blob(tenant.0),
                i16::from(purpose.number()).into(),
                version(epoch),
                blob(wrapped.commitment),
            ];
            db.execute(sql, values).await?;
        }
        drop(db);
        Ok(txn.commit().await?)
    }

    /// Deletes a tenant's KEKs older than this one; `Stale` when something is still wrapped under one of them.
    pub async fn drop_older_keks(&self, tenant: TenantId, newest: u32) -> Result<()> {
        let txn = self.key_database().begin().await?;
        let db = Reading { db: DatabaseExecutor::Transaction(&txn) };
        let values = vec![blob(tenant.0), version(newest)];
        if db.is_postgres() {
            // Whoever is keeping owners' keys under one of them holds it; whoever comes later finds a newer one.
            let lock = "select 1 from kek where tenant = $1 and version < $2 for update";
            db.all(lock, values.clone()).await?;
        }
        for table in ["owner_key", "tenant_key"] {
            let sql = format!("select 1 from {table} where tenant = $1 and kek_version < $2 limit 1");
            if db.one(sql, values.clone()).await?.is_some() {
                return Err(StoreError::Stale);
            }
        }
        let waiting = "select 1 from owner_key where tenant = $1 and next_kek_version < $2 limit 1";
        if db.one(waiting, values.clone()).await?.is_some() {
            return Err(StoreError::Stale);
        }
        db.execute("delete from kek where tenant = $1 and version < $2", values).await?;
        drop(db);
        txn.commit().await?;
        self.forget_deleted_keys().await
    }

    /// On SQLite, empties the key database's log of what stood in it; its pages were overwritten.
    pub async fn forget_deleted_keys(&self) -> Result<()> {
        let db = self.keys();
        if !db.is_postgres() {
            db.all("pragma wal_checkpoint(truncate)", Vec::new()).await?;
        }
        Ok(())
    }

    async fn count(&self, sql: &str, values: Vec<Value>) -> Result<i64> {
        let row = self.keys().one(sql, values).await?.ok_or(StoreError::Corrupt("a count"))?;
        get(&row, 0)
    }
}
