//! Records that a steward keeps in two profiles, and what it takes to bring them there.

use zelo_model::{IdentifierKind, JournalId, ProfileState, Timestamp};

use crate::bulk::Bulk;
use crate::error::{Result, StoreError};
use crate::sql::{Reading, among, blob, get};
use crate::writer::Writing;

/// A link of a record, as it is told apart by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordLink {
    /// The record.
    pub record: i64,
    /// The identifier's surrogate.
    pub identifier: i64,
    /// Its kind.
    pub kind: IdentifierKind,
    /// Whether it is the record's local key.
    pub is_local_key: bool,
    /// Whether it is only kept, not matched on.
    pub demoted: bool,
    /// When the link was first seen.
    pub first_seen: Timestamp,
}

const APART: Bulk = Bulk {
    table: "cannot_link",
    columns: &[
        ("tenant", "bigint"),
        ("low", "bigint"),
        ("high", "bigint"),
        ("at", "bigint"),
        ("line", "bytea"),
    ],
    conflict: "on conflict do nothing",
};

impl Reading<'_> {
    /// Pairs of records, the lower first, that are kept apart and of which one is in these profiles now.
    pub async fn apart(&self, tenant: i64, profiles: &[i64]) -> Result<Vec<(i64, i64)>> {
        if profiles.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = profiles.iter().map(|profile| (*profile).into()).collect();
        let condition = among(self.is_postgres(), "m.profile", list, &mut values);
        let sql = format!(
            "select c.low, c.high from membership m
             join cannot_link c on c.tenant = m.tenant and c.low = m.record
             where m.tenant = $1 and m.until is null and {condition} order by c.low, c.high"
        );
        self.all(sql, values).await?.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect()
    }

    /// Every identifier link of these records.
    pub async fn links_of(&self, tenant: i64, records: &[i64]) -> Result<Vec<RecordLink>> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = records.iter().map(|record| (*record).into()).collect();
        let condition = among(self.is_postgres(), "record", list, &mut values);
        let sql = format!(
            "select record, identifier, kind, is_local_key, demoted, first_seen from identifier_link
             where tenant = $1 and {condition} order by record, identifier"
        );
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(RecordLink {
                    record: get(row, 0)?,
                    identifier: get(row, 1)?,
                    kind: IdentifierKind::from_number(get(row, 2)?)
                        .ok_or(StoreError::Corrupt("identifier_link"))?,
                    is_local_key: get::<i16>(row, 3)? != 0,
                    demoted: get::<i16>(row, 4)? != 0,
                    first_seen: Timestamp::from_micros(get(row, 5)?),
                })
            })
            .collect()
    }

    /// Where records were before they came to where they are: (record, profile it came from).
    pub async fn came_from(&self, tenant: i64, records: &[i64]) -> Result<Vec<(i64, i64)>> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = records.iter().map(|record| (*record).into()).collect();
        let condition = among(self.is_postgres(), "o.record", list, &mut values);
        let sql = format!(
            "select o.record, b.profile from membership o
             join membership b on b.tenant = o.tenant and b.record = o.record and b.until = o.since
             where o.tenant = $1 and o.until is null and {condition} order by o.record"
        );
        self.all(sql, values).await?.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect()
    }

    /// Profiles by surrogate with their state and the profile they were merged into.
    pub async fn states(
        &self,
        tenant: i64,
        profiles: &[i64],
    ) -> Result<Vec<(i64, ProfileState, Option<i64>)>> {
        let standing = self.standing(tenant, profiles).await?;
        let mut states: Vec<_> =
            standing.into_iter().map(|one| (one.id, one.state, one.merged_into)).collect();
        states.sort_unstable_by_key(|(id, ..)| *id);
        Ok(states)
    }
}

impl Writing<'_> {
    /// Keeps pairs of records apart, the lower first; who is apart already stays so.
    pub async fn keep_apart(
        &self,
        tenant: i64,
        pairs: &[(i64, i64)],
        at: Timestamp,
        line: JournalId,
    ) -> Result<()> {
        let row = |(low, high): &(i64, i64)| {
            vec![tenant.into(), (*low).into(), (*high).into(), at.micros().into(), blob(line.0)]
        };
        APART.insert(self, pairs.iter().map(row).collect()).await?;
        Ok(())
    }

    /// Lets pairs be one person again; `Stale` when one is no longer there.
    pub async fn lift_apart(&self, tenant: i64, pairs: &[(i64, i64)]) -> Result<()> {
        for (low, high) in pairs {
            let sql = "delete from cannot_link where tenant = $1 and low = $2 and high = $3";
            let values = vec![tenant.into(), (*low).into(), (*high).into()];
            if self.execute(sql, values).await?.rows_affected() != 1 {
                return Err(StoreError::Stale);
            }
        }
        Ok(())
    }

    /// How many pairs that are kept apart stand in one profile after these records have moved: none, or the move must
    /// not be.
    pub(crate) async fn torn_pairs(&self, tenant: i64, records: &[i64]) -> Result<i64> {
        let mut count = 0;
        for end in ["low", "high"] {
            let mut values = vec![tenant.into()];
            let list = records.iter().map(|record| (*record).into()).collect();
            let condition = among(self.is_postgres(), &format!("c.{end}"), list, &mut values);
            let sql = format!(
                "select count(*) from cannot_link c
                 join membership l on l.tenant = c.tenant and l.record = c.low and l.until is null
                 join membership h on h.tenant = c.tenant and h.record = c.high and h.until is null
                 where c.tenant = $1 and {condition} and l.profile = h.profile"
            );
            let row = self.one(sql, values).await?.ok_or(StoreError::Corrupt("cannot_link"))?;
            count += get::<i64>(&row, 0)?;
        }
        Ok(count)
    }

    /// Brings an alias back to life; `Stale` when it is none, or leads elsewhere.
    pub async fn revive_profile(&self, tenant: i64, profile: i64) -> Result<()> {
        let sql =
            "update profile set state = 0, merged_into = null where tenant = $1 and id = $2 and state = 1";
        let done = self.execute(sql, vec![tenant.into(), profile.into()]).await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Lets an alias lead to another profile; `Stale` when it no longer leads to `from`.
    pub async fn repoint_alias(&self, tenant: i64, profile: i64, from: i64, to: i64) -> Result<()> {
        let sql = "update profile set merged_into = $1
                   where tenant = $2 and id = $3 and merged_into = $4 and state = 1";
        let done = self.execute(sql, vec![to.into(), tenant.into(), profile.into(), from.into()]).await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Keeps links without matching on them: (identifier, record).
    pub async fn demote_links(&self, tenant: i64, links: &[(i64, i64)]) -> Result<()> {
        for (identifier, record) in links {
            let sql = "update identifier_link set demoted = 1 where tenant = $1 and identifier = $2 and record = $3";
            self.execute(sql, vec![tenant.into(), (*identifier).into(), (*record).into()]).await?;
        }
        Ok(())
    }

    /// Says of profiles whose records have come or gone when they were last seen: when the last of their records was.
    pub async fn recount_seen(&self, tenant: i64, profiles: &[i64]) -> Result<()> {
        for profile in profiles {
            let sql = "update profile set last_seen = coalesce((
                         select max(r.last_seen) from membership m
                         join record r on r.tenant = m.tenant and r.id = m.record
                         where m.tenant = $1 and m.profile = $2 and m.until is null and r.kind <> 2), last_seen)
                       where tenant = $1 and id = $2";
            self.execute(sql, vec![tenant.into(), (*profile).into()]).await?;
        }
        Ok(())
    }
}
