//! Deleting what records and held messages own, whoever asks for it: an erasure, or time.

use crate::error::Result;
use crate::sql::{among, get};
use crate::writer::Writing;

impl Writing<'_> {
    /// Takes every identifier off these records and held messages; one that nothing uses any more dies with its last
    /// link, in every epoch of the index.
    pub async fn unlink(&self, tenant: i64, records: &[i64], held: &[i64]) -> Result<()> {
        let mut loose = self.identifiers_in("identifier_link", "record", tenant, records).await?;
        loose.extend(self.identifiers_in("quarantine_link", "quarantine", tenant, held).await?);
        loose.sort_unstable();
        loose.dedup();
        self.of("delete from identifier_link where true", "record", tenant, records).await?;
        self.of("delete from quarantine_link where true", "quarantine", tenant, held).await?;
        let unused = "delete from identifier where
            not exists (select 1 from identifier_link l where l.tenant = $1 and l.identifier = identifier.id)
            and not exists (select 1 from quarantine_link q where q.tenant = $1 and q.identifier = identifier.id)";
        self.of(unused, "id", tenant, &loose).await.map(drop)
    }

    /// Deletes records and every row they own but their events, which are many and go in chunks before; says how many.
    pub(crate) async fn delete_records(&self, tenant: i64, records: &[i64]) -> Result<u64> {
        let mut gone = self.of("delete from consent_event where true", "owner", tenant, records).await?;
        gone += self.of("delete from cannot_link where true", "low", tenant, records).await?;
        gone += self.of("delete from cannot_link where true", "high", tenant, records).await?;
        Ok(gone + self.of("delete from record where true", "id", tenant, records).await?)
    }

    /// A statement that ends in a condition, for these of a tenant; says how many rows it took.
    pub(crate) async fn of(&self, sql: &str, column: &str, tenant: i64, ids: &[i64]) -> Result<u64> {
        if ids.is_empty() {
            return Ok(0);
        }
        let mut values = vec![tenant.into()];
        let list = ids.iter().map(|id| (*id).into()).collect();
        let condition = among(self.is_postgres(), column, list, &mut values);
        let done = self.execute(format!("{sql} and tenant = $1 and {condition}"), values).await?;
        Ok(done.rows_affected())
    }

    async fn identifiers_in(&self, table: &str, column: &str, tenant: i64, ids: &[i64]) -> Result<Vec<i64>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = ids.iter().map(|id| (*id).into()).collect();
        let condition = among(self.is_postgres(), column, list, &mut values);
        let sql = format!("select distinct identifier from {table} where tenant = $1 and {condition}");
        self.all(sql, values).await?.iter().map(|row| get(row, 0)).collect()
    }
}
