//! What the plain server reads: one statement a person, one more for a page of events.

use async_graphql::{ID, Json, Result};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use zelo_model::{EventId, IdentifierKind, OwnerId, ProfileId, RecordBody, Timestamp};

use crate::shape::{Attribute, Event, Identifier, Profile};

const SOURCE: &str = "web";

const PERSON: &str = "select p.id16, p.created, p.last_seen, r.id, r.id16, r.body from (
       select f.profile from identifier i
       join identifier_link l on l.tenant = i.tenant and l.identifier = i.id
       join membership f on f.tenant = l.tenant and f.record = l.record and f.until is null
       where i.tenant = 1 and i.kind = $1 and i.value = $2
       order by l.is_local_key desc, l.first_seen, l.record limit 1) q
     join profile p on p.tenant = 1 and p.id = q.profile
     join membership m on m.tenant = p.tenant and m.profile = p.id and m.until is null
     join record r on r.tenant = m.tenant and r.id = m.record order by r.id";

const EVENTS: &str = "select id, name, occurred, received, body from event
     where tenant = 1 and owner = $1 order by id desc limit cast($2 as bigint)";

/// One person, without their events.
pub(crate) async fn person(
    db: &DatabaseConnection,
    kind: IdentifierKind,
    value: String,
) -> Result<Option<Profile>> {
    let values = [kind.number().into(), value.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), PERSON, values);
    let rows = db.query_all_raw(statement).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let id: Vec<u8> = first.try_get_by_index(0)?;
    let mut profile = Profile {
        id: ID(ProfileId::from_slice(&id).ok_or("an id")?.to_string()),
        created_at: time(first.try_get_by_index(1)?),
        last_seen_at: time(first.try_get_by_index(2)?),
        identifiers: Vec::new(),
        attributes: Vec::new(),
        records: Vec::new(),
    };
    for row in &rows {
        let (id, id16, body): (i64, Vec<u8>, String) =
            (row.try_get_by_index(3)?, row.try_get_by_index(4)?, row.try_get_by_index(5)?);
        let record = OwnerId::from_slice(&id16).ok_or("an id")?.to_string();
        let body: RecordBody = serde_json::from_str(&body)?;
        profile.records.push(id);
        profile.identifiers.extend(body.identifiers.into_iter().map(|known| Identifier {
            kind: known.kind.to_uppercase(),
            space: Some(known.space).filter(|space| !space.is_empty()),
            value: known.value,
            source: SOURCE,
            first_seen_at: time(known.first),
        }));
        profile.attributes.extend(body.traits.into_iter().map(|(name, held)| Attribute {
            name,
            value: Json(held.value),
            source: SOURCE,
            record: ID(record.clone()),
            at: time(held.at),
        }));
    }
    Ok(Some(profile))
}

/// The newest events of a person, and whether there are older ones.
pub(crate) async fn events(
    db: &DatabaseConnection,
    records: &[i64],
    first: i64,
) -> Result<(Vec<Event>, bool)> {
    let mut events = Vec::new();
    for record in records {
        let values = [(*record).into(), (first + 1).into()];
        let statement = Statement::from_sql_and_values(db.get_database_backend(), EVENTS, values);
        for row in db.query_all_raw(statement).await? {
            let (id, body): (Vec<u8>, String) = (row.try_get_by_index(0)?, row.try_get_by_index(4)?);
            let mut item: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&body)?;
            events.push(Event {
                id: ID(EventId::from_slice(&id).ok_or("an id")?.to_string()),
                name: row.try_get_by_index(1)?,
                occurred_at: time(row.try_get_by_index(2)?),
                received_at: time(row.try_get_by_index(3)?),
                source: SOURCE,
                properties: item.remove("properties").map(Json),
                context: item.remove("context").map(Json),
            });
        }
    }
    let size = usize::try_from(first)?;
    let more = events.len() > size;
    events.truncate(size);
    Ok((events, more))
}

fn time(micros: i64) -> String {
    Timestamp::from_micros(micros).to_string()
}
