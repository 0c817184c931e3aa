//! The graph a message touches: identifiers, the records they reach, and the profiles those belong to.

use zelo_model::{IdentifierKind, OwnerId, ProfileId, ProfileState, Timestamp};

use crate::error::{Result, StoreError};
use crate::sql::{Reading, among, blob, get, get16};
use crate::writer::Writing;

/// One link of an identifier, with the record and the profile behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundLink {
    /// The identifier's blind index.
    pub digest: [u8; 16],
    /// The identifier's surrogate.
    pub identifier: i64,
    /// Whether this is the record's local key.
    pub is_local_key: bool,
    /// Whether a limit was broken: kept, but not matched on.
    pub demoted: bool,
    /// The source of the link's record.
    pub source: i64,
    /// When the link was last seen.
    pub link_seen: Timestamp,
    /// The record.
    pub record: i64,
    /// The record's owner id.
    pub record_id16: OwnerId,
    /// How often the record's blob was written.
    pub seal_version: u64,
    /// When the record was last seen.
    pub record_seen: Timestamp,
    /// Since when the record belongs to the profile.
    pub since: Timestamp,
    /// The profile.
    pub profile: i64,
    /// The profile's id.
    pub profile_id16: ProfileId,
    /// Its state.
    pub state: ProfileState,
    /// When it was created: the older survives a merge.
    pub profile_created: Timestamp,
    /// When it was last seen.
    pub profile_seen: Timestamp,
}

/// One identifier of a profile, as limits count it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The profile.
    pub profile: i64,
    /// The record.
    pub record: i64,
    /// The identifier's blind index.
    pub digest: [u8; 16],
    /// The kind.
    pub kind: IdentifierKind,
    /// The id space of the source it came from.
    pub space: String,
    /// Whether it is only kept, not matched on.
    pub demoted: bool,
    /// When the link was last seen, for limits with a window.
    pub last_seen: Timestamp,
}

impl Reading<'_> {
    /// Everything these blind indexes reach, in a fixed order.
    pub async fn links(&self, tenant: i64, epoch: u32, digests: &[[u8; 16]]) -> Result<Vec<FoundLink>> {
        if digests.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into(), i64::from(epoch).into()];
        let list = digests.iter().map(|digest| blob(*digest)).collect();
        let condition = among(self.is_postgres(), "i.digest", list, &mut values);
        let sql = format!(
            "select i.digest, i.id, l.is_local_key, l.demoted, l.source, l.last_seen,
                    r.id, r.id16, r.seal_version, r.last_seen, m.since,
                    p.id, p.id16, p.state, p.created, p.last_seen
             from identifier i
             join identifier_link l on l.tenant = i.tenant and l.identifier = i.id
             join record r on r.tenant = l.tenant and r.id = l.record
             join membership m on m.tenant = l.tenant and m.record = l.record and m.until is null
             join profile p on p.tenant = m.tenant and p.id = m.profile
             where i.tenant = $1 and i.epoch = $2 and {condition}
             order by i.digest, r.id"
        );
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(FoundLink {
                    digest: get16(row, 0, "identifier")?,
                    identifier: get(row, 1)?,
                    is_local_key: get::<i16>(row, 2)? != 0,
                    demoted: get::<i16>(row, 3)? != 0,
                    source: get(row, 4)?,
                    link_seen: Timestamp::from_micros(get(row, 5)?),
                    record: get(row, 6)?,
                    record_id16: OwnerId(get16(row, 7, "record")?),
                    seal_version: u64::try_from(get::<i64>(row, 8)?)
                        .map_err(|_| StoreError::Corrupt("record"))?,
                    record_seen: Timestamp::from_micros(get(row, 9)?),
                    since: Timestamp::from_micros(get(row, 10)?),
                    profile: get(row, 11)?,
                    profile_id16: ProfileId(get16(row, 12, "profile")?),
                    state: ProfileState::from_number(get(row, 13)?).ok_or(StoreError::Corrupt("profile"))?,
                    profile_created: Timestamp::from_micros(get(row, 14)?),
                    profile_seen: Timestamp::from_micros(get(row, 15)?),
                })
            })
            .collect()
    }

    /// The blind index of an identifier in an epoch; `None` where it has none there.
    pub async fn digest_of(&self, tenant: i64, epoch: u32, identifier: i64) -> Result<Option<[u8; 16]>> {
        let sql = "select digest from identifier where tenant = $1 and id = $2 and epoch = $3";
        let row = self.one(sql, vec![tenant.into(), identifier.into(), i64::from(epoch).into()]).await?;
        row.map(|row| get16(&row, 0, "identifier")).transpose()
    }

    /// The identifiers of these indexes that exist, also those that no link uses.
    pub async fn identifiers(
        &self,
        tenant: i64,
        epoch: u32,
        digests: &[[u8; 16]],
    ) -> Result<Vec<([u8; 16], i64)>> {
        if digests.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into(), i64::from(epoch).into()];
        let list = digests.iter().map(|digest| blob(*digest)).collect();
        let condition = among(self.is_postgres(), "digest", list, &mut values);
        let sql =
            format!("select digest, id from identifier where tenant = $1 and epoch = $2 and {condition}");
        let rows = self.all(sql, values).await?;
        rows.iter().map(|row| Ok((get16(row, 0, "identifier")?, get(row, 1)?))).collect()
    }

    /// Every identifier link of these profiles, for limits.
    pub async fn summaries(&self, tenant: i64, profiles: &[i64]) -> Result<Vec<Summary>> {
        if profiles.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = profiles.iter().map(|profile| (*profile).into()).collect();
        let condition = among(self.is_postgres(), "m.profile", list, &mut values);
        let sql = format!(
            "select m.profile, m.record, i.digest, l.kind, s.space, l.demoted, l.last_seen
             from membership m
             join identifier_link l on l.tenant = m.tenant and l.record = m.record
             join identifier i on i.tenant = l.tenant and i.id = l.identifier
               and i.epoch = (select t.index_epoch from tenant t where t.id = $1)
             join source s on s.tenant = l.tenant and s.id = l.source
             where m.tenant = $1 and m.until is null and {condition}
             order by m.profile, m.record, i.digest"
        );
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(Summary {
                    profile: get(row, 0)?,
                    record: get(row, 1)?,
                    digest: get16(row, 2, "identifier")?,
                    kind: IdentifierKind::from_number(get(row, 3)?)
                        .ok_or(StoreError::Corrupt("identifier_link"))?,
                    space: get(row, 4)?,
                    demoted: get::<i16>(row, 5)? != 0,
                    last_seen: Timestamp::from_micros(get(row, 6)?),
                })
            })
            .collect()
    }
}

impl Writing<'_> {
    /// Locks identifiers in the order of their digests, so that two processes cannot wait for each other. SQLite has
    /// one writer and needs no lock.
    pub async fn lock_identifiers(&self, tenant: i64, epoch: u32, digests: &[[u8; 16]]) -> Result<()> {
        if digests.is_empty() || !self.is_postgres() {
            return Ok(());
        }
        let mut values = vec![tenant.into(), i64::from(epoch).into()];
        let condition =
            among(true, "digest", digests.iter().map(|digest| blob(*digest)).collect(), &mut values);
        let sql = format!(
            "select 1 from identifier where tenant = $1 and epoch = $2 and {condition} order by digest for update"
        );
        self.all(sql, values).await?;
        Ok(())
    }

    /// Locks profiles in the order of their surrogates, so that nobody joins, leaves or merges them meanwhile. SQLite
    /// has one writer and needs no lock.
    pub async fn lock_profiles(&self, tenant: i64, profiles: &[i64]) -> Result<()> {
        if profiles.is_empty() || !self.is_postgres() {
            return Ok(());
        }
        let mut values = vec![tenant.into()];
        let condition =
            among(true, "id", profiles.iter().map(|profile| (*profile).into()).collect(), &mut values);
        let sql = format!("select 1 from profile where tenant = $1 and {condition} order by id for update");
        self.all(sql, values).await?;
        Ok(())
    }

    /// How many of these records belong to a living profile, locked against an erasure on PostgreSQL.
    pub async fn living(&self, tenant: i64, records: &[i64]) -> Result<usize> {
        if records.is_empty() {
            return Ok(0);
        }
        let mut values = vec![tenant.into()];
        let list = records.iter().map(|record| (*record).into()).collect();
        let condition = among(self.is_postgres(), "m.record", list, &mut values);
        let lock = if self.is_postgres() { " order by p.id for share of p" } else { "" };
        let sql = format!(
            "select count(*) from (
               select 1 from membership m
               join profile p on p.tenant = m.tenant and p.id = m.profile
               where m.tenant = $1 and m.until is null and p.state = 0 and {condition}{lock}) living"
        );
        let row = self.one(sql, values).await?.ok_or(StoreError::Corrupt("membership"))?;
        Ok(usize::try_from(get::<i64>(&row, 0)?)?)
    }
}
