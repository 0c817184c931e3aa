//! Groups people belong to; their traits are sealed under the tenant's own key.

use zelo_model::Timestamp;

use crate::bulk::Bulk;
use crate::error::{Result, StoreError};
use crate::sql::{Reading, among, blob, get, get16};
use crate::writer::Writing;

/// A group as stored.
#[derive(Debug)]
pub struct GroupRow {
    /// Keyed digest of its source and the source's id for it.
    pub id16: [u8; 16],
    /// How often its blob was written.
    pub seal_version: u64,
    /// The sealed body.
    pub body: Vec<u8>,
}

/// A group to insert, or to write anew when its seal version is one above the stored one.
#[derive(Debug)]
pub struct GroupWrite {
    /// Keyed digest of its source and the source's id for it.
    pub id16: [u8; 16],
    /// Whom we got it from.
    pub source: i64,
    /// Now.
    pub at: Timestamp,
    /// The new version of the blob; 1 for a new group.
    pub seal_version: u64,
    /// The sealed body.
    pub body: Vec<u8>,
}

const GROUPS: Bulk = Bulk {
    table: "customer_group",
    columns: &[
        ("tenant", "bigint"),
        ("id16", "bytea"),
        ("source", "bigint"),
        ("created", "bigint"),
        ("seal_version", "bigint"),
        ("body", "bytea"),
    ],
    conflict: "on conflict (tenant, id16) do update set
        body = excluded.body, seal_version = excluded.seal_version
        where customer_group.seal_version = excluded.seal_version - 1",
};

impl Reading<'_> {
    /// Those of these groups that are known.
    pub async fn groups(&self, tenant: i64, ids: &[[u8; 16]]) -> Result<Vec<GroupRow>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = ids.iter().map(|id| blob(*id)).collect();
        let condition = among(self.is_postgres(), "id16", list, &mut values);
        let sql =
            format!("select id16, seal_version, body from customer_group where tenant = $1 and {condition}");
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(GroupRow {
                    id16: get16(row, 0, "customer_group")?,
                    seal_version: u64::try_from(get::<i64>(row, 1)?)
                        .map_err(|_| StoreError::Corrupt("customer_group"))?,
                    body: get(row, 2)?,
                })
            })
            .collect()
    }
}

impl Writing<'_> {
    /// Inserts groups or writes their bodies anew; `Stale` when one has moved on.
    pub async fn write_groups(&self, tenant: i64, mut groups: Vec<GroupWrite>) -> Result<()> {
        groups.sort_by_key(|group| group.id16);
        let expected = groups.len() as u64;
        let row = |group: GroupWrite| {
            vec![
                tenant.into(),
                blob(group.id16),
                group.source.into(),
                group.at.micros().into(),
                i64::try_from(group.seal_version).unwrap_or(i64::MAX).into(),
                group.body.into(),
            ]
        };
        let affected = GROUPS.insert(self, groups.into_iter().map(row).collect()).await?;
        if affected == expected { Ok(()) } else { Err(StoreError::Stale) }
    }
}
