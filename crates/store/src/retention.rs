//! What schedules speak of: events by name and time, people by when they were last heard of, and the counts that are left.

use std::fmt::Write as _;

use sea_orm::{QueryResult, Value};
use zelo_model::{ConsentKind, IdentifierKind, ProfileId, Timestamp};

use crate::bulk::Bulk;
use crate::error::{Result, StoreError};
use crate::sql::{Reading, among, array, get, get16};
use crate::writer::Writing;

/// Events of a tenant by what stands in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSlice {
    /// Of these names; pages and screens, which have none, when it is empty.
    pub names: Vec<String>,
    /// That happened at this or later.
    pub since: Timestamp,
    /// That happened before this.
    pub before: Timestamp,
    /// Of people last heard of before this.
    pub idle: Option<Timestamp>,
}

/// Of which records.
#[derive(Debug, Clone, Copy)]
pub enum Owners<'a> {
    /// Of these.
    Of(&'a [i64]),
    /// Of all but these.
    AllBut(&'a [i64]),
}

/// An event that was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoneEvent {
    /// 0 track, 1 page, 2 screen.
    pub kind: i16,
    /// Its name.
    pub name: Option<String>,
    /// When it happened.
    pub occurred: Timestamp,
}

/// How many events of a name there were on a day, of nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCount {
    /// Days since 1970, UTC.
    pub day: i64,
    /// The name.
    pub name: String,
    /// How many.
    pub n: i64,
}

/// When people must have been last heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idle {
    /// Before this.
    pub before: Timestamp,
    /// Or at the first or later, but before the second.
    pub or_between: (Timestamp, Timestamp),
}

/// A living profile that was not heard of for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdlePerson {
    /// Its surrogate.
    pub profile: i64,
    /// Its id.
    pub id16: ProfileId,
    /// When it was last heard of.
    pub last_seen: Timestamp,
}

const COUNTS: Bulk = Bulk {
    table: "event_count",
    columns: &[("tenant", "bigint"), ("day", "bigint"), ("name", "text"), ("n", "bigint")],
    conflict: "on conflict (tenant, day, name) do update set n = event_count.n + excluded.n",
};

impl EventSlice {
    /// The condition on `event e`; the values it needs are appended, the tenant is the first of them.
    fn condition(&self, owners: Owners<'_>, postgres: bool, values: &mut Vec<Value>) -> String {
        let mut sql = "e.tenant = $1 and ".to_owned();
        if self.names.is_empty() {
            sql.push_str("e.name is null");
        } else {
            let names = self.names.iter().map(|name| name.as_str().into()).collect();
            sql.push_str(&among(postgres, "e.name", names, values));
        }
        let mut bind = |value: Value| {
            values.push(value);
            values.len()
        };
        let (since, before) = (bind(self.since.micros().into()), bind(self.before.micros().into()));
        let _ = write!(sql, " and e.occurred >= ${since} and e.occurred < ${before}");
        if let Some(idle) = self.idle {
            let idle = bind(idle.micros().into());
            let _ = write!(
                sql,
                " and exists (select 1 from membership m
                    join profile p on p.tenant = m.tenant and p.id = m.profile and p.last_seen < ${idle}
                    where m.tenant = e.tenant and m.record = e.owner and m.until is null)"
            );
        }
        let (not, list) = match owners {
            Owners::AllBut([]) => return sql,
            Owners::AllBut(list) => ("not ", list),
            Owners::Of(list) => ("", list),
        };
        let _ = write!(sql, " and {not}({})", in_list(postgres, "e.owner", list, values));
        sql
    }
}

/// The condition `column in (…)` for a list that may be longer than a statement has parameters: one bind.
fn in_list(postgres: bool, column: &str, list: &[i64], values: &mut Vec<Value>) -> String {
    if postgres {
        values.push(array(list.iter().map(|id| (*id).into()).collect()));
        return format!("{column} = any(${})", values.len());
    }
    let text: Vec<String> = list.iter().map(i64::to_string).collect();
    values.push(format!("[{}]", text.join(",")).into());
    format!("{column} in (select value from json_each(${}))", values.len())
}

impl Reading<'_> {
    /// How many events there are, and when the last of them happened.
    pub async fn count_slice(
        &self,
        tenant: i64,
        slice: &EventSlice,
        owners: Owners<'_>,
    ) -> Result<(u64, Option<Timestamp>)> {
        let mut values = vec![tenant.into()];
        let condition = slice.condition(owners, self.is_postgres(), &mut values);
        let sql = format!("select count(*), max(e.occurred) from event e where {condition}");
        let row = self.one(sql, values).await?.ok_or(StoreError::Corrupt("event"))?;
        let last = get::<Option<i64>>(&row, 1)?.map(Timestamp::from_micros);
        Ok((u64::try_from(get::<i64>(&row, 0)?)?, last))
    }

    /// The records that own the first so many of these events.
    pub async fn slice_owners(
        &self,
        tenant: i64,
        slice: &EventSlice,
        owners: Owners<'_>,
        most: i64,
    ) -> Result<Vec<i64>> {
        let mut values = vec![tenant.into()];
        let condition = slice.condition(owners, self.is_postgres(), &mut values);
        values.push(most.into());
        let sql = format!(
            "select distinct due.owner from
               (select e.owner from event e where {condition} limit cast(${} as bigint)) due order by due.owner",
            values.len()
        );
        self.all(sql, values).await?.iter().map(|row| get(row, 0)).collect()
    }

    /// The records, of these if named, of which processing was once restricted.
    pub async fn restricting(&self, tenant: i64, records: Option<&[i64]>) -> Result<Vec<i64>> {
        let mut values = vec![tenant.into()];
        let these = records.map_or(String::new(), |records| {
            format!(" and {}", in_list(self.is_postgres(), "owner", records, &mut values))
        });
        // As the index says it.
        let kind = ConsentKind::Restrict.number();
        let sql = format!(
            "select distinct owner from consent_event where tenant = $1 and kind = {kind}{these} order by owner"
        );
        self.all(sql, values).await?.iter().map(|row| get(row, 0)).collect()
    }

    /// The profiles these records belong to now: (record, profile).
    pub async fn profiles_of(&self, tenant: i64, records: &[i64]) -> Result<Vec<(i64, i64)>> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let these = in_list(self.is_postgres(), "record", records, &mut values);
        let sql = format!(
            "select record, profile from membership where tenant = $1 and until is null and {these}
             order by record"
        );
        self.all(sql, values).await?.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect()
    }

    /// Living profiles behind one, in the order of their surrogates, that were last heard of then and are known by more
    /// than a browser: whom nobody ever signed in as, `expiry.yaml` speaks of.
    pub async fn idle_people(
        &self,
        tenant: i64,
        idle: Idle,
        after: i64,
        most: i64,
    ) -> Result<Vec<IdlePerson>> {
        let sql = format!("{IDLE} and p.id > $6 order by p.id limit cast($7 as bigint)");
        let mut values = idle.values(tenant);
        values.extend([after.into(), most.into()]);
        self.all(sql, values).await?.iter().map(idle_person).collect()
    }

    /// The same for one profile: it, if it is like that.
    pub async fn idle_person(&self, tenant: i64, idle: Idle, profile: i64) -> Result<Option<IdlePerson>> {
        let mut values = idle.values(tenant);
        values.push(profile.into());
        self.one(format!("{IDLE} and p.id = $6"), values).await?.as_ref().map(idle_person).transpose()
    }

    /// The newest event of each of these names that each of these records has: (record, name, when it happened).
    pub async fn newest_named(
        &self,
        tenant: i64,
        records: &[i64],
        names: &[&str],
    ) -> Result<Vec<(i64, String, Timestamp)>> {
        if records.is_empty() || names.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = records.iter().map(|record| (*record).into()).collect();
        let of_records = among(self.is_postgres(), "owner", list, &mut values);
        let list = names.iter().map(|name| (*name).into()).collect();
        let of_names = among(self.is_postgres(), "name", list, &mut values);
        let sql = format!(
            "select owner, name, max(occurred) from event where tenant = $1 and {of_records} and {of_names}
             group by owner, name order by owner, name"
        );
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| Ok((get(row, 0)?, get(row, 1)?, Timestamp::from_micros(get(row, 2)?))))
            .collect()
    }
}

/// It walks the profiles of a tenant, which are narrow rows: an index over when people were last heard of would have to be
/// moved in whenever they are.
const IDLE: &str = "select p.id, p.id16, p.last_seen from profile p
    where p.tenant = $1 and p.state = 0 and p.merged_into is null
      and (p.last_seen < $2 or (p.last_seen >= $3 and p.last_seen < $4))
      and exists (select 1 from membership m
        join identifier_link l on l.tenant = m.tenant and l.record = m.record and l.kind <> $5
        where m.tenant = p.tenant and m.profile = p.id and m.until is null)";

impl Idle {
    fn values(self, tenant: i64) -> Vec<Value> {
        let (since, before) = self.or_between;
        vec![
            tenant.into(),
            self.before.micros().into(),
            since.micros().into(),
            before.micros().into(),
            IdentifierKind::AnonymousId.number().into(),
        ]
    }
}

fn idle_person(row: &QueryResult) -> Result<IdlePerson> {
    Ok(IdlePerson {
        profile: get(row, 0)?,
        id16: ProfileId(get16(row, 1, "profile")?),
        last_seen: Timestamp::from_micros(get(row, 2)?),
    })
}

impl Writing<'_> {
    /// Deletes at most so many of these events, and says what they were.
    pub async fn delete_slice(
        &self,
        tenant: i64,
        slice: &EventSlice,
        owners: Owners<'_>,
        most: i64,
    ) -> Result<Vec<GoneEvent>> {
        let mut values = vec![tenant.into()];
        let condition = slice.condition(owners, self.is_postgres(), &mut values);
        values.push(most.into());
        let row = if self.is_postgres() { "ctid" } else { "rowid" };
        let sql = format!(
            "delete from event where {row} in (
               select e.{row} from event e where {condition} limit cast(${} as bigint))
             returning kind, name, occurred",
            values.len()
        );
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                let occurred = Timestamp::from_micros(get(row, 2)?);
                Ok(GoneEvent { kind: get(row, 0)?, name: get(row, 1)?, occurred })
            })
            .collect()
    }

    /// Adds to the counts of a tenant; each day and name once.
    pub async fn add_counts(&self, tenant: i64, counts: Vec<DayCount>) -> Result<()> {
        let row = |count: DayCount| vec![tenant.into(), count.day.into(), count.name.into(), count.n.into()];
        COUNTS.insert(self, counts.into_iter().map(row).collect()).await.map(drop)
    }
}
