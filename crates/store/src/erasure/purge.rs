//! Deleting what an erasure has made unreadable, in chunks that keep no writer waiting, and closing it.

use zelo_model::{EntryId, ErasureState, ProfileState, Timestamp};

use super::OwnerKind;
use crate::error::{Result, StoreError};
use crate::sql::{blob, get};
use crate::writer::Writing;

impl Writing<'_> {
    /// Notes that an erasure has come further; `false` when it had already.
    pub async fn advance_erasure(
        &self,
        tenant: i64,
        n: i64,
        to: ErasureState,
        at: Timestamp,
    ) -> Result<bool> {
        let sql = "update erasure set state = $1,
                     effective_at = case when $1 = 2 then $2 else effective_at end
                   where tenant = $3 and n = $4 and state < $1";
        let values = vec![to.number().into(), at.micros().into(), tenant.into(), n.into()];
        Ok(self.execute(sql, values).await?.rows_affected() == 1)
    }

    /// Deletes at most so many events of an erasure's owners, then their other rows; says how many rows went, and
    /// whether any are left.
    pub async fn purge_erased(&self, tenant: i64, n: i64, most: i64) -> Result<(u64, bool)> {
        let (mut gone, mut left) = (0_u64, most);
        let owners = self.erased_owners(tenant, n).await?;
        let of_kind = |kind| owners.iter().filter(move |owner| owner.kind == kind).map(|owner| owner.id);
        let records: Vec<i64> = of_kind(OwnerKind::Record).collect();
        for record in &records {
            if left <= 0 {
                return Ok((gone, true));
            }
            let sql = "delete from event where tenant = $1 and owner = $2 and id in (
                         select id from event where tenant = $1 and owner = $2 order by id limit cast($3 as bigint))";
            let values = vec![tenant.into(), (*record).into(), left.into()];
            let deleted = self.execute(sql, values).await?.rows_affected();
            gone += deleted;
            left -= i64::try_from(deleted).unwrap_or(left);
        }
        if left <= 0 {
            return Ok((gone, true));
        }
        let held: Vec<i64> = of_kind(OwnerKind::Quarantine).collect();
        self.unlink(tenant, &records, &held).await?;
        gone += self.of("delete from quarantine where true", "id", tenant, &held).await?;
        gone += self.delete_records(tenant, &records).await?;
        Ok((gone, false))
    }

    /// Closes an erasure whose rows are gone: who belonged to whom goes, and what led from the log to the person; the
    /// profile answers `erased` for ever. `Stale` when it is closed already or not yet effective.
    pub async fn close_erasure(&self, tenant: i64, n: i64, entry: EntryId, at: Timestamp) -> Result<()> {
        let sql = "update erasure set state = 3, done_at = $1, done_entry = $2
                   where tenant = $3 and n = $4 and state = 2 returning profile";
        let values = vec![at.micros().into(), blob(entry.0), tenant.into(), n.into()];
        let row = self.one(sql, values).await?.ok_or(StoreError::Stale)?;
        let profile: i64 = get(&row, 0)?;
        let owners = self.erased_owners(tenant, n).await?;
        let records: Vec<i64> =
            owners.iter().filter(|owner| owner.kind == OwnerKind::Record).map(|owner| owner.id).collect();
        self.of("delete from membership where true", "record", tenant, &records).await?;
        let people = self.aliases(tenant, profile).await?;
        self.of("update profile set handle = null where true", "id", tenant, &people).await?;
        self.of("update merge_journal set evidence = '[]' where true", "kept", tenant, &people).await?;
        if self.is_postgres() {
            let sql = "delete from erasure_ack where tenant = $1 and n = $2";
            self.execute(sql, vec![tenant.into(), n.into()]).await?;
        }
        let sql = "update profile set state = $1 where tenant = $2 and id = $3";
        let values = vec![ProfileState::Erased.number().into(), tenant.into(), profile.into()];
        self.execute(sql, values).await?;
        Ok(())
    }
}
