//! From sealed rows to a view: opens what may be seen, folds the records by survivorship.

use zelo_model::{Field, Handle, IdentifierKind, OwnerId, RecordBody, Timestamp};
use zelo_policy::Closed;
use zelo_resolve::survive;
use zelo_store::{EventRow, FoundProfile};
use zelo_vault::place::{EVENT_BODY, RECORD_BODY};

use super::consents::{consent_events, consents};
use super::gate::{Gate, whoever};
use super::groups::{GROUPS, groups};
use super::notices::notices;
use super::sees::{Sees, category_of};
use super::{AttributeView, EventBody, EventKind, EventView, EventsView, IdentifierView, ProfileView};
use crate::blob::{StoredEvent, decode_record};
use crate::error::{Error, Result};
use crate::keyring::Keyring;
use crate::tx::{Read, Sealed, Tx, Whose};

/// A record opened.
struct Opened {
    id: OwnerId,
    source: i64,
    body: RecordBody,
}

pub(crate) async fn view(
    tx: &mut Tx<'_, Read>,
    profile: &FoundProfile,
    sees: &Sees,
    events: Option<Field<Vec<EventRow>>>,
) -> Result<ProfileView> {
    let whose = profile.handle.ok_or_else(|| Error::internal("a living profile has no audit handle"))?;
    tx.notes.shown_to(whose);
    let gate = Gate::of(tx, &profile.said)?;
    let mut closed = gate.closed(tx)?;
    // What must be known of somebody to tell whether they may be seen is opened for that alone.
    let open = closed.whole.is_none();
    let asks = open && sees.shows_people() && gate.asks_who(tx)?;
    let opens = open && (asks || sees.opens_records() || events.as_ref().is_some_and(has_bodies));
    let owners: Vec<OwnerId> = profile.members.iter().map(|member| member.id16).collect();
    let keys = if opens { tx.keys(&owners).await? } else { Keyring::default() };
    let to = if sees.opens_records() { Whose::Shown(whose) } else { Whose::Processed };
    let records = if opens { open_records(tx, &keys, profile, to)? } else { Vec::new() };
    if asks {
        let whoever = whoever(tx, members(tx, &records));
        closed = gate.closed_for(tx, &whoever)?;
    }
    let shut = closed.whole;
    let less = (closed != Closed::default()).then(|| Sees::of_person(tx, sees.wants, closed)).transpose()?;
    let sees = less.as_ref().unwrap_or(sees);
    let events = match (events, sees.events) {
        (None, _) => None,
        (Some(Field::Withheld(reason)), _) | (Some(_), Some(reason)) => Some(Field::Withheld(reason)),
        (Some(Field::Shown(rows)), None) => {
            Some(Field::Shown(open_events(tx, &keys, profile, sees, rows, whose)?))
        }
    };
    let consents = consents(tx, profile, sees).await?;
    let consent_events = consent_events(tx, profile, sees, whose).await?;
    let notices = notices(tx, profile, sees).await?;
    Ok(ProfileView {
        id: profile.id16,
        created_at: profile.created,
        last_seen_at: profile.last_seen,
        identifiers: sees.wants.identifiers.then(|| match sees.identifiers {
            Some(reason) => Field::Withheld(reason),
            None => Field::Shown(identifiers(tx, &records, sees)),
        }),
        attributes: match (sees.wants.attributes, sees.attributes) {
            (false, _) => None,
            (true, Some(_)) => Some(Vec::new()),
            (true, None) => Some(attributes(tx, &records, sees).await?),
        },
        events,
        consents,
        consent_events,
        notices,
        closed: shut,
        omitted: sees.omissions(),
    })
}

/// What of the purpose is closed for somebody who is not shown themselves; what must be known of them to tell is opened for
/// that alone.
pub(super) async fn closed(tx: &mut Tx<'_, Read>, profile: &FoundProfile) -> Result<Closed> {
    let gate = Gate::of(tx, &profile.said)?;
    let closed = gate.closed(tx)?;
    if closed.whole.is_some() || !gate.asks_who(tx)? {
        return Ok(closed);
    }
    let owners: Vec<OwnerId> = profile.members.iter().map(|member| member.id16).collect();
    let keys = tx.keys(&owners).await?;
    let records = open_records(tx, &keys, profile, Whose::Processed)?;
    let whoever = whoever(tx, members(tx, &records));
    gate.closed_for(tx, &whoever)
}

fn has_bodies(events: &Field<Vec<EventRow>>) -> bool {
    events.shown().is_some_and(|rows| rows.iter().any(|row| row.body.is_some()))
}

fn open_records(
    tx: &mut Tx<'_, Read>,
    keys: &Keyring,
    profile: &FoundProfile,
    whose: Whose,
) -> Result<Vec<Opened>> {
    let mut records = Vec::with_capacity(profile.members.len());
    for member in &profile.members {
        let Some(bytes) = &member.body else { continue };
        let sealed = Sealed {
            owner: member.id16,
            place: RECORD_BODY,
            row: member.id16.0,
            version: member.seal_version,
            bytes,
        };
        let body = decode_record(&tx.open(keys, &sealed, whose)?)?;
        records.push(Opened { id: member.id16, source: member.source, body });
    }
    Ok(records)
}

fn identifiers(tx: &mut Tx<'_, Read>, records: &[Opened], sees: &Sees) -> Vec<IdentifierView> {
    let mut found: Vec<IdentifierView> = Vec::new();
    for record in records {
        for known in &record.body.identifiers {
            let Ok(kind) = known.kind.parse::<IdentifierKind>() else { continue };
            if !sees.shows(kind) {
                continue;
            }
            let space = kind.is_spaced().then(|| known.space.clone());
            let same = |other: &IdentifierView| {
                (other.kind, &other.space, &other.value) == (kind, &space, &known.value)
            };
            if found.iter().any(same) {
                continue;
            }
            tx.notes.shows(category_of(kind));
            found.push(IdentifierView {
                kind,
                space,
                value: known.value.clone(),
                source: tx.tenant.source_name(record.source).to_owned(),
                first_seen_at: Timestamp::from_micros(known.first),
            });
        }
    }
    found.sort_by(|a, b| (a.kind, a.first_seen_at, &a.value).cmp(&(b.kind, b.first_seen_at, &b.value)));
    found
}

/// The records as survivorship takes them.
fn members<'r>(tx: &Tx<'_, Read>, records: &'r [Opened]) -> Vec<zelo_resolve::Member<'r, i64>> {
    let member = |record: &'r Opened| zelo_resolve::Member {
        record: record.id,
        source: record.source,
        priority: tx.tenant.sources.get(&record.source).map_or(0, |source| source.priority),
        body: &record.body,
    };
    records.iter().map(member).collect()
}

async fn attributes(tx: &mut Tx<'_, Read>, records: &[Opened], sees: &Sees) -> Result<Vec<AttributeView>> {
    let winners = survive(members(tx, records));
    let mut attributes = Vec::with_capacity(winners.len());
    for (name, winner) in winners {
        let category = tx.policy.category_of_trait(name);
        let value = if let Some(reason) = sees.withholds(tx, category.id) {
            Field::Withheld(reason)
        } else {
            tx.notes.shows(&category.key);
            Field::Shown(winner.value.clone())
        };
        attributes.push(AttributeView {
            name: name.to_owned(),
            category: category.key.clone(),
            value,
            source: tx.tenant.source_name(winner.source).to_owned(),
            record: winner.record,
            at: winner.at,
        });
    }
    if attributes.iter().all(|one| one.name != GROUPS) {
        let bodies = records.iter().map(|record| (record.id, record.source, &record.body));
        attributes.extend(groups(tx, bodies, sees).await?);
    }
    Ok(attributes)
}

fn open_events(
    tx: &mut Tx<'_, Read>,
    keys: &Keyring,
    profile: &FoundProfile,
    sees: &Sees,
    mut rows: Vec<EventRow>,
    whose: Handle,
) -> Result<EventsView> {
    let first = sees.wants.events.map_or(0, |wanted| wanted.first);
    let has_next = rows.len() > first;
    rows.truncate(first);
    for category in sees.of_events(tx) {
        tx.notes.shows(&tx.policy.category_of(category).key);
    }
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let member = profile.members.iter().find(|member| member.record == row.owner);
        let member = member.ok_or_else(|| Error::internal("an event of no member"))?;
        let body = match &row.body {
            Some(bytes) if sees.opens_events() => {
                let sealed =
                    Sealed { owner: member.id16, place: EVENT_BODY, row: row.id.0, version: 1, bytes };
                Some(event_body(row.kind, &tx.open(keys, &sealed, Whose::Shown(whose))?)?)
            }
            _ => None,
        };
        events.push(EventView {
            id: row.id,
            kind: EventKind::from_number(row.kind)
                .ok_or_else(|| Error::internal("an event of no kind we know"))?,
            name: row.name,
            occurred_at: row.occurred,
            received_at: row.received,
            source: tx.tenant.source_name(member.source).to_owned(),
            body,
        });
    }
    Ok(EventsView { events, has_next })
}

/// The item as received, the batch's context merged under its own.
fn event_body(kind: i16, plain: &[u8]) -> Result<EventBody> {
    use serde_json::{Map, Value};
    let stored = StoredEvent::decode(plain)?;
    let parse = |raw: &serde_json::value::RawValue| {
        serde_json::from_str::<Map<String, Value>>(raw.get())
            .map_err(|_| Error::internal("an event of no known shape"))
    };
    let mut item = parse(stored.item)?;
    let mut context = stored.context.map(parse).transpose()?.unwrap_or_default();
    if let Some(Value::Object(own)) = item.remove("context") {
        context.extend(own);
    }
    let message_id = item.remove("messageId").and_then(|id| id.as_str().map(str::to_owned));
    // What a `track` is called stands in `event`.
    let page_name = item.remove("name").filter(|_| kind != 0);
    let page_name = page_name.and_then(|name| name.as_str().map(str::to_owned));
    let properties = item.remove("properties").filter(|value| !value.is_null());
    Ok(EventBody {
        message_id,
        plan_version: stored.version,
        page_name,
        properties: properties.unwrap_or_else(|| Value::Object(Map::new())),
        context: Value::Object(context),
    })
}
