//! Writing people in bulk; whatever somebody else moved first says `Stale`.

use sea_orm::Value;
use zelo_model::{ProfileState, Timestamp};

use super::{MembershipMove, NewIdentifier, NewLink, NewProfile, RecordWrite, Touch};
use crate::bulk::Bulk;
use crate::error::{Result, StoreError};
use crate::sql::{among, blob, get};
use crate::writer::Writing;

const RECORDS: Bulk = Bulk {
    table: "record",
    columns: &[
        ("tenant", "bigint"),
        ("id", "bigint"),
        ("id16", "bytea"),
        ("source", "bigint"),
        ("kind", "smallint"),
        ("created", "bigint"),
        ("last_seen", "bigint"),
        ("seal_version", "bigint"),
        ("body", "bytea"),
    ],
    conflict: "on conflict (tenant, id) do update set
        body = excluded.body, seal_version = excluded.seal_version, last_seen = excluded.last_seen
        where record.seal_version = excluded.seal_version - 1",
};

const PROFILES: Bulk = Bulk {
    table: "profile",
    columns: &[
        ("tenant", "bigint"),
        ("id", "bigint"),
        ("id16", "bytea"),
        ("state", "smallint"),
        ("created", "bigint"),
        ("last_seen", "bigint"),
        ("handle", "bytea"),
    ],
    conflict: "",
};

const MEMBERSHIPS: Bulk = Bulk {
    table: "membership",
    columns: &[
        ("tenant", "bigint"),
        ("record", "bigint"),
        ("since", "bigint"),
        ("profile", "bigint"),
        ("cause", "text"),
    ],
    conflict: "",
};

pub(crate) const IDENTIFIER_COLUMNS: &[(&str, &str)] = &[
    ("tenant", "bigint"),
    ("epoch", "integer"),
    ("kind", "smallint"),
    ("digest", "bytea"),
    ("id", "bigint"),
];

const IDENTIFIERS: Bulk =
    Bulk { table: "identifier", columns: IDENTIFIER_COLUMNS, conflict: "on conflict do nothing" };

const LINKS: Bulk = Bulk {
    table: "identifier_link",
    columns: &[
        ("tenant", "bigint"),
        ("identifier", "bigint"),
        ("record", "bigint"),
        ("source", "bigint"),
        ("kind", "smallint"),
        ("is_local_key", "smallint"),
        ("demoted", "smallint"),
        ("first_seen", "bigint"),
        ("last_seen", "bigint"),
    ],
    conflict: "on conflict (tenant, identifier, record) do update set
        last_seen = excluded.last_seen, demoted = excluded.demoted",
};

pub(crate) fn identifier_row(tenant: i64, new: &NewIdentifier) -> Vec<Value> {
    let epoch = i32::try_from(new.epoch).unwrap_or(i32::MAX);
    vec![tenant.into(), epoch.into(), new.kind.number().into(), blob(new.digest), new.id.into()]
}

impl Writing<'_> {
    /// Fresh surrogates, as many as asked for.
    pub async fn surrogates(&self, count: usize) -> Result<Vec<i64>> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        if count == 0 {
            return Ok(Vec::new());
        }
        if self.is_postgres() {
            let sql = "select nextval('surrogate') from generate_series(1, $1)";
            return self.all(sql, vec![count.into()]).await?.iter().map(|row| get(row, 0)).collect();
        }
        let sql = "update surrogate set last = last + $1 where name = 'all' returning last";
        let row = self.one(sql, vec![count.into()]).await?.ok_or(StoreError::Corrupt("surrogate"))?;
        let last: i64 = get(&row, 0)?;
        Ok((last - count + 1..=last).collect())
    }

    /// Inserts identifiers; `Stale` when another passage was first.
    pub async fn insert_identifiers(&self, tenant: i64, mut identifiers: Vec<NewIdentifier>) -> Result<()> {
        identifiers.sort_by_key(|identifier| identifier.digest);
        let expected = identifiers.len() as u64;
        let rows = identifiers.iter().map(|new| identifier_row(tenant, new)).collect();
        let affected = IDENTIFIERS.insert(self, rows).await?;
        if affected == expected { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Inserts links, or notes that they were seen again.
    pub async fn write_links(&self, tenant: i64, links: Vec<NewLink>) -> Result<()> {
        let row = |link: NewLink| {
            vec![
                tenant.into(),
                link.identifier.into(),
                link.record.into(),
                link.source.into(),
                link.kind.number().into(),
                i16::from(link.is_local_key).into(),
                i16::from(link.demoted).into(),
                link.at.micros().into(),
                link.at.micros().into(),
            ]
        };
        LINKS.insert(self, links.into_iter().map(row).collect()).await?;
        Ok(())
    }

    /// Inserts records or writes their bodies anew; `Stale` when one has moved on.
    pub async fn write_records(&self, tenant: i64, records: Vec<RecordWrite>) -> Result<()> {
        let expected = records.len() as u64;
        let row = |record: RecordWrite| {
            let version = i64::try_from(record.seal_version).unwrap_or(i64::MAX);
            vec![
                tenant.into(),
                record.id.into(),
                blob(record.id16.0),
                record.source.into(),
                record.kind.number().into(),
                record.at.micros().into(),
                record.at.micros().into(),
                version.into(),
                record.body.into(),
            ]
        };
        let affected = RECORDS.insert(self, records.into_iter().map(row).collect()).await?;
        if affected == expected { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Opens profiles.
    pub async fn insert_profiles(&self, tenant: i64, profiles: Vec<NewProfile>) -> Result<()> {
        let row = |profile: NewProfile| {
            vec![
                tenant.into(),
                profile.id.into(),
                blob(profile.id16.0),
                ProfileState::Active.number().into(),
                profile.at.micros().into(),
                profile.at.micros().into(),
                blob(profile.handle.0),
            ]
        };
        PROFILES.insert(self, profiles.into_iter().map(row).collect()).await?;
        Ok(())
    }

    /// Closes and opens memberships; no ciphertext moves. `Stale` when a record is not where it was, or would come
    /// together with one it is kept apart from.
    pub async fn move_records(&self, tenant: i64, moves: Vec<MembershipMove>) -> Result<()> {
        let known: Vec<i64> =
            moves.iter().filter(|step| step.from.is_some()).map(|step| step.record).collect();
        for step in &moves {
            let Some(from) = step.from else { continue };
            let sql = "update membership set until = $1
                       where tenant = $2 and record = $3 and profile = $4 and until is null and since < $1";
            let values = vec![step.at.micros().into(), tenant.into(), step.record.into(), from.into()];
            if self.execute(sql, values).await?.rows_affected() != 1 {
                return Err(StoreError::Stale);
            }
        }
        let row = |step: MembershipMove| {
            vec![
                tenant.into(),
                step.record.into(),
                step.at.micros().into(),
                step.to.into(),
                step.cause.into(),
            ]
        };
        MEMBERSHIPS.insert(self, moves.into_iter().map(row).collect()).await?;
        // Whoever decided on this has looked already; this is for whoever has not.
        let torn = if known.is_empty() { 0 } else { self.torn_pairs(tenant, &known).await? };
        if torn == 0 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Makes a profile, whose records have all left it, an alias of another; `Stale` when it is no longer active or
    /// somebody has come.
    pub async fn alias_profile(&self, tenant: i64, profile: i64, into: i64) -> Result<()> {
        let sql = "update profile set state = 1, merged_into = $1 where tenant = $2 and id = $3 and state = 0
                   and not exists (select 1 from membership m
                     where m.tenant = $2 and m.profile = $3 and m.until is null)";
        let done = self.execute(sql, vec![into.into(), tenant.into(), profile.into()]).await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Notes that records, profiles or links were seen; the caller asks only when a minute has passed.
    pub async fn touch(&self, tenant: i64, table: Touch, ids: &[i64], at: Timestamp) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut values = vec![tenant.into(), at.micros().into()];
        let list = ids.iter().map(|id| (*id).into()).collect();
        let condition = among(self.is_postgres(), "id", list, &mut values);
        let table = match table {
            Touch::Records => "record",
            Touch::Profiles => "profile",
        };
        let sql =
            format!("update {table} set last_seen = $2 where tenant = $1 and last_seen < $2 and {condition}");
        self.execute(sql, values).await?;
        Ok(())
    }
}
