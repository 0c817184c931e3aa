//! Giving owners a key of the next generation: beside the present one while what is sealed under that is sealed anew, then
//! in its place. Nothing here inserts an owner, so one that was forgotten stays forgotten.

use sea_orm::{DatabaseExecutor, TransactionTrait};
use zelo_model::{OwnerId, TenantId};
use zelo_vault::{SharedPurpose, Wrapped};

use crate::error::Result;
use crate::keys::version;
use crate::sql::{Reading, blob, get16};
use crate::store::Store;

impl Store {
    /// Keeps keys of this generation beside owners' present ones; owners that have one already keep that. Durable when
    /// this returns.
    pub async fn keep_next_owner_keys(
        &self,
        tenant: TenantId,
        generation: u32,
        keys: Vec<(OwnerId, Wrapped)>,
    ) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let txn = self.key_database().begin().await?;
        let db = Reading { db: DatabaseExecutor::Transaction(&txn) };
        for (owner, wrapped) in keys {
            let sql = "update owner_key set next_generation = $1, next_kek_version = $2, next_wrapped = $3,
                         next_commitment = $4
                       where tenant = $5 and owner = $6 and generation < $1 and next_wrapped is null";
            let values = vec![
                version(generation),
                version(wrapped.version),
                wrapped.bytes.into(),
                blob(wrapped.commitment),
                blob(tenant.0),
                blob(owner.0),
            ];
            db.execute(sql, values).await?;
        }
        drop(db);
        Ok(txn.commit().await?)
    }

    /// Owners whose key is of an older generation than this one, those behind `after`.
    pub async fn older_owners(
        &self,
        tenant: TenantId,
        generation: u32,
        after: &[u8],
        limit: i64,
    ) -> Result<Vec<OwnerId>> {
        let sql = "select owner from owner_key
                   where tenant = $1 and owner > $2 and generation < $3 order by owner limit cast($4 as bigint)";
        let values = vec![blob(tenant.0), blob(after), version(generation), limit.into()];
        let rows = self.keys().all(sql, values).await?;
        rows.iter().map(|row| Ok(OwnerId(get16(row, 0, "owner_key")?))).collect()
    }

    /// Puts the keys of this generation, known by their commitments, in the place of the older ones of these owners, which
    /// are gone for ever.
    pub async fn promote_owner_keys(
        &self,
        tenant: TenantId,
        generation: u32,
        owners: &[(OwnerId, [u8; 32])],
    ) -> Result<()> {
        if owners.is_empty() {
            return Ok(());
        }
        let txn = self.key_database().begin().await?;
        let db = Reading { db: DatabaseExecutor::Transaction(&txn) };
        for (owner, commitment) in owners {
            let sql = "update owner_key set generation = next_generation, kek_version = next_kek_version,
                         wrapped = next_wrapped, commitment = next_commitment, next_generation = null,
                         next_kek_version = null, next_wrapped = null, next_commitment = null
                       where tenant = $1 and owner = $2 and next_generation = $3 and next_commitment = $4";
            let values = vec![blob(tenant.0), blob(owner.0), version(generation), blob(*commitment)];
            db.execute(sql, values).await?;
        }
        drop(db);
        Ok(txn.commit().await?)
    }

    /// Deletes the index keys of a tenant older than this epoch.
    pub async fn drop_older_index_keys(&self, tenant: TenantId, epoch: u32) -> Result<()> {
        let sql = "delete from tenant_key where tenant = $1 and purpose = $2 and epoch < $3";
        let purpose = i16::from(SharedPurpose::Index.number());
        self.keys().execute(sql, vec![blob(tenant.0), purpose.into(), version(epoch)]).await?;
        self.forget_deleted_keys().await
    }
}
