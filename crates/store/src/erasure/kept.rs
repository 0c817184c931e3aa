//! What a law kept, when its time has come.

use zelo_model::{OwnerId, Timestamp};

use super::EndedSet;
use crate::error::Result;
use crate::sql::{Reading, get, get16};
use crate::writer::Writing;

impl Reading<'_> {
    /// Sets whose day has come and that still hold rows, at most so many.
    pub async fn ended_sets(&self, tenant: i64, now: Timestamp, most: i64) -> Result<Vec<EndedSet>> {
        let sql = "select s.id, s.id16, s.n from retained_set s where s.tenant = $1 and s.until <= $2
                     and exists (select 1 from retained_row r where r.tenant = s.tenant and r.owner = s.id)
                   order by s.n, s.id limit cast($3 as bigint)";
        let rows = self.all(sql, vec![tenant.into(), now.micros().into(), most.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(EndedSet {
                    id: get(row, 0)?,
                    id16: OwnerId(get16(row, 1, "retained_set")?),
                    n: get(row, 2)?,
                })
            })
            .collect()
    }
}

impl Writing<'_> {
    /// Deletes the rows of sets. That they were kept, by what law and until when stays, as what was done.
    pub async fn delete_kept(&self, tenant: i64, sets: &[EndedSet]) -> Result<u64> {
        let ids: Vec<i64> = sets.iter().map(|set| set.id).collect();
        self.of("delete from retained_row where true", "owner", tenant, &ids).await
    }
}
