//! Events: immutable facts of one record, inserted once however often they are sent.

use sea_orm::{QueryResult, Value};
use zelo_model::{EventId, OwnerId, Timestamp};

use crate::bulk::{Bulk, MAYBE};
use crate::error::Result;
use crate::sql::{Reading, among, blob, get, get16};
use crate::writer::Writing;

/// An event to store; its body is sealed under its record's key.
#[derive(Debug)]
pub struct NewEvent {
    /// The record's surrogate.
    pub owner: i64,
    /// Client time and keyed digest of the message.
    pub id: EventId,
    /// The source's surrogate.
    pub source: i64,
    /// 0 track, 1 page, 2 screen.
    pub kind: i16,
    /// The event name; in the clear by decision (the data map says so). `None` for pages and screens.
    pub name: Option<String>,
    /// When it happened, corrected for the client's clock.
    pub occurred: Timestamp,
    /// When it arrived.
    pub received: Timestamp,
    /// The sealed body.
    pub body: Vec<u8>,
}

/// An event as stored.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// The record's surrogate.
    pub owner: i64,
    /// Its id.
    pub id: EventId,
    /// 0 track, 1 page, 2 screen.
    pub kind: i16,
    /// The event name.
    pub name: Option<String>,
    /// When it happened.
    pub occurred: Timestamp,
    /// When it arrived.
    pub received: Timestamp,
    /// The sealed body, unless it was not asked for.
    pub body: Option<Vec<u8>>,
}

/// Which events of a profile: the newest `limit` before a cursor.
#[derive(Debug, Clone, Copy)]
pub struct EventPage {
    /// How many at most.
    pub limit: i64,
    /// Only events whose id is smaller.
    pub before: Option<EventId>,
    /// Whether bodies are wanted.
    pub bodies: bool,
}

const EVENTS: Bulk = Bulk {
    table: "event",
    columns: &[
        ("tenant", "bigint"),
        ("owner", "bigint"),
        ("id", "bytea"),
        ("source", "bigint"),
        ("kind", "smallint"),
        ("name", MAYBE),
        ("occurred", "bigint"),
        ("received", "bigint"),
        ("body", "bytea"),
    ],
    conflict: "on conflict do nothing",
};

const SEEN: Bulk = Bulk {
    table: "message_seen",
    columns: &[("tenant", "bigint"), ("mid16", "bytea"), ("day", "bigint")],
    conflict: "on conflict do nothing",
};

impl Writing<'_> {
    /// Inserts events; those that are there already (a retried batch) are left as they are. Says how many were new.
    pub async fn insert_events(&self, tenant: i64, events: Vec<NewEvent>) -> Result<u64> {
        let row = |event: NewEvent| {
            vec![
                tenant.into(),
                event.owner.into(),
                blob(event.id.0),
                event.source.into(),
                event.kind.into(),
                event.name.into(),
                event.occurred.micros().into(),
                event.received.micros().into(),
                event.body.into(),
            ]
        };
        EVENTS.insert(self, events.into_iter().map(row).collect()).await
    }

    /// Notes messages that carry no time of their own; fewer new ones than asked means that another passage was
    /// first.
    pub async fn insert_seen(&self, tenant: i64, messages: &[[u8; 16]], day: i64) -> Result<u64> {
        let rows = messages.iter().map(|mid| vec![tenant.into(), blob(*mid), day.into()]).collect();
        SEEN.insert(self, rows).await
    }
}

impl Reading<'_> {
    /// One event of a record that is somebody's who lives.
    pub async fn event_of(&self, tenant: i64, owner: OwnerId, event: EventId) -> Result<Option<EventRow>> {
        let sql = "select e.owner, e.id, e.kind, e.name, e.occurred, e.received, e.body from record r
                   join membership m on m.tenant = r.tenant and m.record = r.id and m.until is null
                   join profile p on p.tenant = m.tenant and p.id = m.profile and p.state = 0
                   join event e on e.tenant = r.tenant and e.owner = r.id and e.id = $3
                   where r.tenant = $1 and r.id16 = $2";
        let row = self.one(sql, vec![tenant.into(), blob(owner.0), blob(event.0)]).await?;
        row.map(|row| {
            Ok(EventRow {
                owner: get(&row, 0)?,
                id: EventId(get16(&row, 1, "event")?),
                kind: get(&row, 2)?,
                name: get(&row, 3)?,
                occurred: Timestamp::from_micros(get(&row, 4)?),
                received: Timestamp::from_micros(get(&row, 5)?),
                body: Some(get(&row, 6)?),
            })
        })
        .transpose()
    }

    /// What happened and when, by an event of one of these records: its name, if it has one, and its time. `None` when none of them has
    /// one with this id.
    pub async fn named_event(
        &self,
        tenant: i64,
        records: &[i64],
        event: EventId,
    ) -> Result<Option<(Option<String>, Timestamp)>> {
        if records.is_empty() {
            return Ok(None);
        }
        let mut values = vec![tenant.into(), blob(event.0)];
        let list = records.iter().map(|record| (*record).into()).collect();
        let condition = among(self.is_postgres(), "owner", list, &mut values);
        let sql = format!("select name, occurred from event where tenant = $1 and id = $2 and {condition}");
        let row = self.one(sql, values).await?;
        row.map(|row| Ok((get(&row, 0)?, Timestamp::from_micros(get(&row, 1)?)))).transpose()
    }

    /// Which of these messages were seen before.
    pub async fn seen(&self, tenant: i64, messages: &[[u8; 16]]) -> Result<Vec<[u8; 16]>> {
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = messages.iter().map(|mid| blob(*mid)).collect();
        let condition = among(self.is_postgres(), "mid16", list, &mut values);
        let sql = format!("select mid16 from message_seen where tenant = $1 and {condition}");
        self.all(sql, values).await?.iter().map(|row| get16(row, 0, "message_seen")).collect()
    }
}

/// What is read of a person, as a list that rows of events can be told in as well: the last two columns say whether it
/// is one, and its name.
const PEOPLE: &str = "id, id16, state, merged_into, created, last_seen, handle, made,
    record, record16, source, kind, seal_version, body, said";

impl EventPage {
    /// The statement that reads people and this page of their records' events: one statement sees one instant, and one
    /// way to the database costs less than the four of a transaction.
    pub(crate) fn beside(self, postgres: bool, people: &str, values: &mut Vec<Value>) -> String {
        values.push(self.before.map_or(vec![0xff; 17], |id| id.0.to_vec()).into());
        values.push(self.limit.into());
        let (before, limit) = (values.len() - 1, values.len());
        let newest = format!(
            "from event x where x.tenant = $1 and x.owner = found.record and x.id < ${before}
             order by x.id desc limit cast(${limit} as bigint)"
        );
        let each = if postgres {
            format!("cross join lateral (select * {newest}) e")
        } else {
            // A cross join keeps its order: the people first, and of each the rows that are theirs.
            format!("cross join event e on e.rowid in (select x.rowid {newest})")
        };
        let body = if self.bodies { "page.body" } else { "null" };
        format!(
            "with found ({PEOPLE}) as materialized ({people})
             select {PEOPLE}, 0, null from found
             union all
             select page.owner, page.id, page.kind, null, page.occurred, page.received, {body}, null,
                    null, null, null, null, null, null, null, 1, page.name
             from (select e.* from found {each} order by e.id desc limit cast(${limit} as bigint)) page"
        )
    }
}

impl EventRow {
    /// Whether a row is an event's and not a person's.
    pub(crate) fn stands_in(row: &QueryResult) -> Result<bool> {
        Ok(get::<i32>(row, 15)? == 1)
    }

    pub(crate) fn read(row: &QueryResult) -> Result<Self> {
        Ok(Self {
            owner: get(row, 0)?,
            id: EventId(get16(row, 1, "event")?),
            kind: get(row, 2)?,
            name: get(row, 16)?,
            occurred: Timestamp::from_micros(get(row, 4)?),
            received: Timestamp::from_micros(get(row, 5)?),
            body: get(row, 6)?,
        })
    }
}
