//! Reading erasures, and what must be known of a person to begin one.

use sea_orm::QueryResult;
use zelo_model::{EntryId, ErasureState, EventId, OwnerId, ProfileId, Timestamp};

use super::{ErasedOwner, ErasureRow, OwnerKind, RetainedSet};
use crate::error::{Result, StoreError};
use crate::sql::{Reading, among, blob, get, get16};

/// A sealed event of a name that was asked for.
#[derive(Debug)]
pub struct NamedEvent {
    /// The record's surrogate.
    pub owner: i64,
    /// Its id.
    pub id: EventId,
    /// Its name.
    pub name: String,
    /// When it happened.
    pub occurred: Timestamp,
    /// The sealed body.
    pub body: Vec<u8>,
}

const COLUMNS: &str = "e.n, e.profile, p.id16, e.state, e.ground, e.begun_at, e.effective_at, e.done_at,
    e.begin_entry, e.done_entry";

impl Reading<'_> {
    /// The erasures of a tenant that are not done, in the order of their numbers.
    pub async fn open_erasures(&self, tenant: i64) -> Result<Vec<ErasureRow>> {
        let sql = format!(
            "select {COLUMNS} from erasure e join profile p on p.tenant = e.tenant and p.id = e.profile
             where e.tenant = $1 and e.state < 3 order by e.n"
        );
        self.all(sql, vec![tenant.into()]).await?.iter().map(erasure).collect()
    }

    /// Erasures past their first step that left something a law keeps, with numbers above `after`, in their order.
    pub async fn erasures_keeping(&self, tenant: i64, after: i64, most: i64) -> Result<Vec<ErasureRow>> {
        let sql = format!(
            "select {COLUMNS} from erasure e join profile p on p.tenant = e.tenant and p.id = e.profile
             where e.tenant = $1 and e.n > $2 and e.state > 0
               and exists (select 1 from retained_set s where s.tenant = e.tenant and s.n = e.n)
             order by e.n limit cast($3 as bigint)"
        );
        self.all(sql, vec![tenant.into(), after.into(), most.into()]).await?.iter().map(erasure).collect()
    }

    /// Tenants with erasures that are not done.
    pub async fn tenants_with_open_erasures(&self) -> Result<Vec<i64>> {
        let sql = "select distinct tenant from erasure where state < 3 order by tenant";
        self.all(sql, Vec::new()).await?.iter().map(|row| get(row, 0)).collect()
    }

    /// One erasure.
    pub async fn erasure(&self, tenant: i64, n: i64) -> Result<Option<ErasureRow>> {
        let sql = format!(
            "select {COLUMNS} from erasure e join profile p on p.tenant = e.tenant and p.id = e.profile
             where e.tenant = $1 and e.n = $2"
        );
        self.one(sql, vec![tenant.into(), n.into()]).await?.as_ref().map(erasure).transpose()
    }

    /// The number of the erasure of a profile.
    pub async fn erasure_of(&self, tenant: i64, profile: i64) -> Result<Option<i64>> {
        let sql = "select n from erasure where tenant = $1 and profile = $2";
        self.one(sql, vec![tenant.into(), profile.into()]).await?.map(|row| get(&row, 0)).transpose()
    }

    /// Whose keys an erasure destroys.
    pub async fn erased_owners(&self, tenant: i64, n: i64) -> Result<Vec<ErasedOwner>> {
        let sql = "select id, id16, kind from erasure_owner where tenant = $1 and n = $2 order by id";
        let rows = self.all(sql, vec![tenant.into(), n.into()]).await?;
        rows.iter()
            .map(|row| {
                let kind =
                    OwnerKind::from_number(get(row, 2)?).ok_or(StoreError::Corrupt("erasure_owner"))?;
                Ok(ErasedOwner { id: get(row, 0)?, id16: OwnerId(get16(row, 1, "erasure_owner")?), kind })
            })
            .collect()
    }

    /// What a law keeps of somebody.
    pub async fn retained_sets(&self, tenant: i64, n: i64) -> Result<Vec<RetainedSet>> {
        let sql = "select s.id16, s.policy, s.ground, s.law, s.until,
                     (select count(*) from retained_row r where r.tenant = s.tenant and r.owner = s.id)
                   from retained_set s where s.tenant = $1 and s.n = $2 order by s.id";
        let rows = self.all(sql, vec![tenant.into(), n.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(RetainedSet {
                    id16: OwnerId(get16(row, 0, "retained_set")?),
                    policy: get(row, 1)?,
                    ground: get(row, 2)?,
                    law: get(row, 3)?,
                    until: Timestamp::from_micros(get(row, 4)?),
                    rows: get(row, 5)?,
                })
            })
            .collect()
    }

    /// The sealed rows of what is kept, by their set: (set, row id, body).
    pub async fn retained_rows(&self, tenant: i64, n: i64) -> Result<Vec<(OwnerId, [u8; 16], Vec<u8>)>> {
        let sql = "select s.id16, r.id16, r.body from retained_set s
                   join retained_row r on r.tenant = s.tenant and r.owner = s.id
                   where s.tenant = $1 and s.n = $2 order by s.id, r.id16";
        let rows = self.all(sql, vec![tenant.into(), n.into()]).await?;
        rows.iter()
            .map(|row| {
                let set = OwnerId(get16(row, 0, "retained_set")?);
                Ok((set, get16(row, 1, "retained_row")?, get(row, 2)?))
            })
            .collect()
    }

    /// A profile and all that were merged into it, directly or through others.
    pub async fn aliases(&self, tenant: i64, profile: i64) -> Result<Vec<i64>> {
        let sql = "with recursive merged(id) as (
                     values ($2) union
                     select p.id from merged m join profile p on p.tenant = $1 and p.merged_into = m.id)
                   select id from merged order by id";
        let sql =
            if self.is_postgres() { sql.replace("values ($2)", "values ($2::bigint)") } else { sql.into() };
        self.all(sql, vec![tenant.into(), profile.into()]).await?.iter().map(|row| get(row, 0)).collect()
    }

    /// The ids of profiles.
    pub async fn profile_ids(&self, tenant: i64, profiles: &[i64]) -> Result<Vec<ProfileId>> {
        let mut values = vec![tenant.into()];
        let list = profiles.iter().map(|id| (*id).into()).collect();
        let condition = among(self.is_postgres(), "id", list, &mut values);
        let sql = format!("select id16 from profile where tenant = $1 and {condition} order by id");
        let rows = self.all(sql, values).await?;
        rows.iter().map(|row| Ok(ProfileId(get16(row, 0, "profile")?))).collect()
    }

    /// Those of these identifiers that also lead to a record of another living profile.
    pub async fn shared_identifiers(
        &self,
        tenant: i64,
        profile: i64,
        epoch: u32,
        digests: &[[u8; 16]],
    ) -> Result<Vec<[u8; 16]>> {
        if digests.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into(), i64::from(epoch).into(), profile.into()];
        let list = digests.iter().map(|digest| blob(*digest)).collect();
        let condition = among(self.is_postgres(), "i.digest", list, &mut values);
        let sql = format!(
            "select distinct i.digest from identifier i
             join identifier_link l on l.tenant = i.tenant and l.identifier = i.id
             join membership m on m.tenant = l.tenant and m.record = l.record and m.until is null
             join profile p on p.tenant = m.tenant and p.id = m.profile
             where i.tenant = $1 and i.epoch = $2 and p.id <> $3 and p.state = 0 and {condition}
             order by i.digest"
        );
        self.all(sql, values).await?.iter().map(|row| get16(row, 0, "identifier")).collect()
    }

    /// Messages in quarantine that carry one of these identifiers: surrogate and owner id.
    pub async fn held_with(
        &self,
        tenant: i64,
        epoch: u32,
        digests: &[[u8; 16]],
    ) -> Result<Vec<(i64, OwnerId)>> {
        if digests.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into(), i64::from(epoch).into()];
        let list = digests.iter().map(|digest| blob(*digest)).collect();
        let condition = among(self.is_postgres(), "i.digest", list, &mut values);
        let sql = format!(
            "select distinct q.id, q.id16 from identifier i
             join quarantine_link l on l.tenant = i.tenant and l.identifier = i.id
             join quarantine q on q.tenant = l.tenant and q.id = l.quarantine
             where i.tenant = $1 and i.epoch = $2 and {condition} order by q.id"
        );
        let rows = self.all(sql, values).await?;
        rows.iter().map(|row| Ok((get(row, 0)?, OwnerId(get16(row, 1, "quarantine")?)))).collect()
    }

    /// The events of some records that have one of these names, bodies and all.
    pub async fn events_named(&self, tenant: i64, owners: &[i64], names: &[&str]) -> Result<Vec<NamedEvent>> {
        if owners.is_empty() || names.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = owners.iter().map(|owner| (*owner).into()).collect();
        let of_owners = among(self.is_postgres(), "owner", list, &mut values);
        let list = names.iter().map(|name| (*name).into()).collect();
        let of_names = among(self.is_postgres(), "name", list, &mut values);
        let sql = format!(
            "select owner, id, name, occurred, body from event
             where tenant = $1 and {of_owners} and {of_names} order by owner, id"
        );
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(NamedEvent {
                    owner: get(row, 0)?,
                    id: EventId(get16(row, 1, "event")?),
                    name: get(row, 2)?,
                    occurred: Timestamp::from_micros(get(row, 3)?),
                    body: get(row, 4)?,
                })
            })
            .collect()
    }

    /// How many events of these names some records have.
    pub async fn count_events_named(&self, tenant: i64, owners: &[i64], names: &[&str]) -> Result<usize> {
        if owners.is_empty() || names.is_empty() {
            return Ok(0);
        }
        let mut values = vec![tenant.into()];
        let list = owners.iter().map(|owner| (*owner).into()).collect();
        let of_owners = among(self.is_postgres(), "owner", list, &mut values);
        let list = names.iter().map(|name| (*name).into()).collect();
        let of_names = among(self.is_postgres(), "name", list, &mut values);
        let sql = format!("select count(*) from event where tenant = $1 and {of_owners} and {of_names}");
        let row = self.one(sql, values).await?.ok_or(StoreError::Corrupt("event"))?;
        Ok(usize::try_from(get::<i64>(&row, 0)?)?)
    }
}

fn erasure(row: &QueryResult) -> Result<ErasureRow> {
    let time = |at| Ok::<_, StoreError>(get::<Option<i64>>(row, at)?.map(Timestamp::from_micros));
    let done: Option<Vec<u8>> = get(row, 9)?;
    Ok(ErasureRow {
        n: get(row, 0)?,
        profile: get(row, 1)?,
        profile_id16: ProfileId(get16(row, 2, "profile")?),
        state: ErasureState::from_number(get(row, 3)?).ok_or(StoreError::Corrupt("erasure"))?,
        ground: get(row, 4)?,
        begun_at: Timestamp::from_micros(get(row, 5)?),
        effective_at: time(6)?,
        done_at: time(7)?,
        begin_entry: EntryId(get16(row, 8, "erasure")?),
        done_entry: done.and_then(|bytes| EntryId::from_slice(&bytes)),
    })
}
