//! What a law keeps: fields, never whole records, sealed anew under a key for each law and each end, so that it can go
//! when its time has come and is found by nothing until then (LGPD art. 16 I, GDPR art. 17(3)).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zelo_model::{OwnerId, Timestamp};
use zelo_policy::{Jurisdiction, Retention};
use zelo_resolve::survive;
use zelo_store::{FoundProfile, NamedEvent, NewRetainedSet};
use zelo_vault::place::{EVENT_BODY, RETAINED_FIELDS};
use zeroize::Zeroizing;

use super::gather::Opened;
use crate::blob::StoredEvent;
use crate::error::{Error, Result};
use crate::keyring::Keyring;
use crate::tx::{Read, Sealed, Tx, Whose};

/// The laws that keep something in this tenant.
pub(super) struct Keepers<'p> {
    home: Jurisdiction,
    laws: Vec<&'p Retention>,
}

/// One row of what is kept, as it is sealed: a byte of version, then this as JSON.
#[derive(Serialize)]
#[serde(tag = "what", rename_all = "lowercase")]
enum Row<'a> {
    Event { name: &'a str, occurred: String, properties: BTreeMap<&'a str, &'a RawValue> },
    Attributes { attributes: BTreeMap<&'a str, &'a serde_json::Value> },
}

const VERSION: u8 = 1;

/// Kept rows in plain, by the law and the end of each.
type Plain<'p> = BTreeMap<(&'p str, Timestamp), Vec<Zeroizing<Vec<u8>>>>;

impl<'p> Keepers<'p> {
    pub(super) fn of(tx: &Tx<'p, Read>) -> Result<Self> {
        let controller = tx.policy.controller(&tx.tenant.row.controller);
        let home = controller.ok_or_else(|| Error::internal("the tenant's controller is not declared"))?.home;
        let laws = tx.policy.retentions().iter().filter(|law| law.laws.contains_key(&home)).collect();
        Ok(Self { home, laws })
    }

    /// The events they speak of.
    pub(super) fn names(&self) -> Vec<String> {
        let names: BTreeSet<&String> = self.laws.iter().flat_map(|law| law.events.keys()).collect();
        names.into_iter().cloned().collect()
    }
}

/// Opens what the laws speak of and seals the kept fields under fresh keys, which are durable when this returns.
pub(super) async fn seal(
    tx: &mut Tx<'_, Read>,
    keys: &mut Keyring,
    keepers: &Keepers<'_>,
    profile: &FoundProfile,
    opened: &[Opened],
    events: Vec<NamedEvent>,
) -> Result<Vec<NewRetainedSet>> {
    let mut plain = Plain::new();
    for event in events {
        let member = profile.members.iter().find(|member| member.record == event.owner);
        let owner = member.ok_or_else(|| Error::internal("an event of no member"))?.id16;
        let sealed = Sealed { owner, place: EVENT_BODY, row: event.id.0, version: 1, bytes: &event.body };
        let body = tx.open(keys, &sealed, Whose::Processed)?;
        for law in &keepers.laws {
            if let Some(wanted) = law.events.get(&event.name)
                && let Some(until) = law.until(keepers.home, event.occurred, tx.now)
            {
                plain.entry((&law.key, until)).or_default().push(fields(&event, &body, wanted)?);
            }
        }
    }
    for ((key, _), rows) in &mut plain {
        let law = keepers.laws.iter().find(|law| law.key == *key);
        rows.extend(attributes(tx, opened, law.map_or(&[], |law| law.attributes.as_slice()))?);
    }
    let owners: Vec<OwnerId> = plain.iter().map(|_| OwnerId(tx.ids.random())).collect();
    keys.create(tx.inner, tx.tenant, &owners, tx.now).await?;
    let mut sets = Vec::with_capacity(owners.len());
    for (((key, until), rows), id16) in plain.into_iter().zip(owners) {
        let law = keepers.laws.iter().find(|law| law.key == key);
        let law = law.ok_or_else(|| Error::internal("fields kept by no law"))?;
        let mut sealed = Vec::with_capacity(rows.len());
        for row in rows {
            let row16 = tx.ids.random();
            sealed.push((row16, tx.seal(keys, id16, (RETAINED_FIELDS, row16, 1), &row)?));
        }
        sets.push(NewRetainedSet {
            id: 0,
            id16,
            policy: key.to_owned(),
            ground: law.ground.slug().to_owned(),
            law: law.laws[&keepers.home].citation.clone(),
            until,
            rows: sealed,
        });
    }
    Ok(sets)
}

/// What is kept of an event: the named properties, as they were received.
fn fields(event: &NamedEvent, body: &[u8], wanted: &[String]) -> Result<Zeroizing<Vec<u8>>> {
    #[derive(Deserialize)]
    struct Item<'a> {
        #[serde(borrow, default)]
        properties: Option<BTreeMap<String, &'a RawValue>>,
    }
    let stored = StoredEvent::decode(body)?;
    let item: Item<'_> =
        serde_json::from_str(stored.item.get()).map_err(|_| Error::internal("an event of no known shape"))?;
    let properties = item.properties.unwrap_or_default();
    let kept = wanted.iter().filter_map(|name| Some((name.as_str(), *properties.get(name)?)));
    encode(&Row::Event {
        name: &event.name,
        occurred: event.occurred.to_string(),
        properties: kept.collect(),
    })
}

/// What is kept of the person, where sources differ by the usual rule.
fn attributes(tx: &Tx<'_, Read>, opened: &[Opened], wanted: &[String]) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let members = opened.iter().map(|record| zelo_resolve::Member {
        record: record.id,
        source: record.source,
        priority: tx.tenant.sources.get(&record.source).map_or(0, |source| source.priority),
        body: &record.body,
    });
    let winners = survive(members);
    let kept: BTreeMap<&str, &serde_json::Value> = winners
        .into_iter()
        .filter(|(name, _)| wanted.iter().any(|wanted| wanted == name))
        .map(|(name, winner)| (name, winner.value))
        .collect();
    if kept.is_empty() { Ok(None) } else { encode(&Row::Attributes { attributes: kept }).map(Some) }
}

fn encode(row: &Row<'_>) -> Result<Zeroizing<Vec<u8>>> {
    let mut plain = Zeroizing::new(vec![VERSION]);
    serde_json::to_writer(&mut *plain, row).map_err(Error::internal)?;
    Ok(plain)
}
