//! Giving identifiers a digest of the next epoch beside the one that is matched on. An identifier keeps its surrogate, so
//! everything that leads to it stays as it is.

use std::collections::BTreeSet;

use zelo_model::{OwnerId, Timestamp};

use crate::bulk::Bulk;
use crate::error::{Result, StoreError};
use crate::people::{IDENTIFIER_COLUMNS, NewIdentifier, identifier_row};
use crate::sql::{Reading, among, blob, get, get16};
use crate::writer::Writing;

/// A digest whose identifier has died may have been left behind; the surrogate in force is the one that is matched on.
const BESIDE: Bulk = Bulk {
    table: "identifier",
    columns: IDENTIFIER_COLUMNS,
    conflict: "on conflict (tenant, epoch, digest) do update set id = excluded.id where identifier.id <> excluded.id",
};

/// A sealed body that holds the values of identifiers.
#[derive(Debug)]
pub struct BodyRow {
    /// Its surrogate.
    pub id: i64,
    /// Whose.
    pub id16: OwnerId,
    /// The source it came from.
    pub source: i64,
    /// Which writing.
    pub version: u64,
    /// As sealed.
    pub body: Vec<u8>,
}

/// An identifier of the epoch that is matched on.
#[derive(Debug)]
pub struct Digested {
    /// Its digest there.
    pub digest: [u8; 16],
    /// Its surrogate.
    pub id: i64,
    /// Whether it has a digest of the next epoch, or nothing leads to it.
    pub is_settled: bool,
}

impl Reading<'_> {
    /// How many records a tenant has.
    pub async fn count_records(&self, tenant: i64) -> Result<i64> {
        let sql = "select count(*) from record where tenant = $1 and id > 0";
        let row = self.one(sql, vec![tenant.into()]).await?.ok_or(StoreError::Corrupt("a count"))?;
        get(&row, 0)
    }

    /// Records behind this surrogate, in its order, that are not younger than this.
    pub async fn records_after(
        &self,
        tenant: i64,
        after: i64,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<BodyRow>> {
        let sql = "select id, id16, source, seal_version, body from record
                   where tenant = $1 and id > $2 and created <= $3 order by id limit cast($4 as bigint)";
        let values = vec![tenant.into(), after.into(), until.micros().into(), limit.into()];
        body_rows(&self.all(sql, values).await?)
    }

    /// What is held behind this surrogate, in its order.
    pub async fn held_after(&self, tenant: i64, after: i64, limit: i64) -> Result<Vec<BodyRow>> {
        let sql = "select id, id16, source, seal_version, body from quarantine
                   where tenant = $1 and id > $2 order by id limit cast($3 as bigint)";
        body_rows(&self.all(sql, vec![tenant.into(), after.into(), limit.into()]).await?)
    }

    /// The records that lead to these identifiers.
    pub async fn records_of(&self, tenant: i64, identifiers: &[i64]) -> Result<Vec<BodyRow>> {
        if identifiers.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = identifiers.iter().map(|id| (*id).into()).collect();
        let condition = among(self.is_postgres(), "identifier", list, &mut values);
        let sql = format!(
            "select id, id16, source, seal_version, body from record where tenant = $1 and id in (
               select record from identifier_link where tenant = $1 and {condition}) order by id"
        );
        body_rows(&self.all(sql, values).await?)
    }

    /// Identifiers of an epoch behind this digest, in its order, and whether they are done with it.
    pub async fn digests_after(
        &self,
        tenant: i64,
        (epoch, next): (u32, u32),
        after: &[u8],
        limit: i64,
    ) -> Result<Vec<Digested>> {
        let sql = "select i.digest, i.id, case when
               exists (select 1 from identifier n where n.tenant = $1 and n.id = i.id and n.epoch = $2) or not (
                 exists (select 1 from identifier_link l where l.tenant = $1 and l.identifier = i.id) or
                 exists (select 1 from quarantine_link q where q.tenant = $1 and q.identifier = i.id))
               then 1 else 0 end
             from identifier i where i.tenant = $1 and i.epoch = $3 and i.digest > $4
             order by i.digest limit cast($5 as bigint)";
        let values =
            vec![tenant.into(), i64::from(next).into(), i64::from(epoch).into(), blob(after), limit.into()];
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(Digested {
                    digest: get16(row, 0, "identifier")?,
                    id: get(row, 1)?,
                    is_settled: get::<i32>(row, 2)? == 1,
                })
            })
            .collect()
    }
}

fn body_rows(rows: &[sea_orm::QueryResult]) -> Result<Vec<BodyRow>> {
    rows.iter()
        .map(|row| {
            Ok(BodyRow {
                id: get(row, 0)?,
                id16: OwnerId(get16(row, 1, "a sealed body")?),
                source: get(row, 2)?,
                version: u64::try_from(get::<i64>(row, 3)?).map_err(|_| StoreError::Corrupt("record"))?,
                body: get(row, 4)?,
            })
        })
        .collect()
}

impl Writing<'_> {
    /// Which of these identifiers are still there in an epoch. They stay until this transaction ends.
    pub async fn lock_ids(&self, tenant: i64, epoch: u32, ids: &[i64]) -> Result<BTreeSet<i64>> {
        if ids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut values = vec![tenant.into(), i64::from(epoch).into()];
        let list = ids.iter().map(|id| (*id).into()).collect();
        let condition = among(self.is_postgres(), "id", list, &mut values);
        let lock = if self.is_postgres() { " order by digest for share" } else { "" };
        let sql = format!("select id from identifier where tenant = $1 and epoch = $2 and {condition}{lock}");
        self.all(sql, values).await?.iter().map(|row| get(row, 0)).collect()
    }

    /// Gives identifiers their digest of the epoch that is written beside the one matched on.
    pub async fn write_beside(&self, tenant: i64, mut identifiers: Vec<NewIdentifier>) -> Result<()> {
        identifiers.sort_by_key(|identifier| identifier.digest);
        identifiers.dedup_by_key(|identifier| identifier.digest);
        let rows = identifiers.iter().map(|new| identifier_row(tenant, new)).collect();
        BESIDE.insert(self, rows).await?;
        Ok(())
    }

    /// Deletes digests older than this epoch, at most so many; how many it were.
    pub async fn drop_digests(&self, tenant: i64, epoch: u32, limit: i64) -> Result<u64> {
        let sql = "delete from identifier where tenant = $1 and epoch < $2 and (epoch, digest) in (
                     select epoch, digest from identifier where tenant = $1 and epoch < $2 limit cast($3 as bigint))";
        let done = self.execute(sql, vec![tenant.into(), i64::from(epoch).into(), limit.into()]).await?;
        Ok(done.rows_affected())
    }
}
