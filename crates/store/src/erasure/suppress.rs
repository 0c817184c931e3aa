//! Suppressed identifiers: kept at an erasure, asked by every way in, lifted when the person is back.

use zelo_model::{IdentifierKind, Timestamp};

use super::{Suppressed, SuppressedRow};
use crate::error::{Result, StoreError};
use crate::sql::{Reading, among, blob, get, get16};
use crate::writer::Writing;

impl Reading<'_> {
    /// Whether a tenant suppresses anybody at all: most batches need to ask no more.
    pub async fn suppresses(&self, tenant: i64) -> Result<bool> {
        Ok(self
            .one("select 1 from suppression where tenant = $1 limit 1", vec![tenant.into()])
            .await?
            .is_some())
    }

    /// Those of these digests under the suppression key that are suppressed.
    pub async fn suppressed(&self, tenant: i64, digests: &[[u8; 16]]) -> Result<Vec<Suppressed>> {
        if digests.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = digests.iter().map(|digest| blob(*digest)).collect();
        let condition = among(self.is_postgres(), "s.digest", list, &mut values);
        let sql = format!(
            "select s.digest, s.n, e.begun_at from suppression s
             join erasure e on e.tenant = s.tenant and e.n = s.n where s.tenant = $1 and {condition}"
        );
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                let since = Timestamp::from_micros(get(row, 2)?);
                Ok(Suppressed { digest: get16(row, 0, "suppression")?, n: get(row, 1)?, since })
            })
            .collect()
    }

    /// What an erasure suppresses.
    pub async fn suppressed_by(&self, tenant: i64, n: i64) -> Result<Vec<SuppressedRow>> {
        let sql =
            "select kind, digest, day, reason from suppression where tenant = $1 and n = $2 order by digest";
        let rows = self.all(sql, vec![tenant.into(), n.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(SuppressedRow {
                    kind: IdentifierKind::from_number(get(row, 0)?)
                        .ok_or(StoreError::Corrupt("suppression"))?,
                    digest: get16(row, 1, "suppression")?,
                    day: get(row, 2)?,
                    reason: get(row, 3)?,
                })
            })
            .collect()
    }

    /// Whether a record has an event of one of these names that happened later.
    pub async fn has_event_since(
        &self,
        tenant: i64,
        owner: i64,
        names: &[&str],
        since: Timestamp,
    ) -> Result<bool> {
        let mut values = vec![tenant.into(), owner.into(), since.micros().into()];
        let list = names.iter().map(|name| (*name).into()).collect();
        let condition = among(self.is_postgres(), "name", list, &mut values);
        let sql = format!(
            "select 1 from event where tenant = $1 and owner = $2 and occurred > $3 and {condition} limit 1"
        );
        Ok(self.one(sql, values).await?.is_some())
    }
}

impl Writing<'_> {
    /// Lets somebody come back: nothing that one erasure suppressed is suppressed any more. Says how many identifiers
    /// that were.
    pub async fn lift_suppression(&self, tenant: i64, n: i64) -> Result<u64> {
        let sql = "delete from suppression where tenant = $1 and n = $2";
        Ok(self.execute(sql, vec![tenant.into(), n.into()]).await?.rows_affected())
    }
}
