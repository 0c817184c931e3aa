//! What a law keeps: fields, never whole records, sealed anew under a key for each law and each end, so that it can go
//! when its time has come and is found by nothing until then (LGPD art. 16 I, GDPR art. 17(3)).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zelo_model::{OwnerId, Timestamp};
use zelo_policy::{Jurisdiction, Proof, Retention};
use zelo_resolve::survive;
use zelo_store::{ConsentProof, ConsentRow, FoundProfile, NamedEvent, NewRetainedSet};
use zelo_vault::place::{CONSENT_EVIDENCE, EVENT_BODY, RETAINED_FIELDS};
use zeroize::Zeroizing;

use super::gather::Opened;
use crate::blob::{Evidence, StoredEvent};
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
    Consent(Said<'a>),
}

/// What was said to a purpose: what, when and to which text, and of how it was said what the law asks for.
#[derive(Serialize)]
struct Said<'a> {
    purpose: &'a str,
    recipient: &'a str,
    word: &'static str,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
    proof: BTreeMap<&'static str, String>,
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

    /// Whether any of them keeps what was said to purposes.
    pub(super) fn keeps_consents(&self) -> bool {
        self.laws.iter().any(|law| !law.consents.is_empty())
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
    (events, said): (Vec<NamedEvent>, &[ConsentProof]),
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
    for proof in said {
        let member = profile.members.iter().find(|member| member.record == proof.row.owner);
        let owner = member.ok_or_else(|| Error::internal("a consent of no member"))?.id16;
        let (row, version, bytes) = (proof.row.id.0, proof.seal_version, proof.evidence.as_slice());
        let sealed = Sealed { owner, place: CONSENT_EVIDENCE, row, version, bytes };
        let evidence = Evidence::decode(&tx.open(keys, &sealed, Whose::Processed)?)?;
        for law in keepers.laws.iter().filter(|law| !law.consents.is_empty()) {
            if let Some(until) = law.until(keepers.home, proof.row.at, tx.now) {
                plain.entry((&law.key, until)).or_default().push(consent(
                    &proof.row,
                    &evidence,
                    &law.consents,
                )?);
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

/// What is kept of something said to a purpose.
fn consent(row: &ConsentRow, evidence: &Evidence, wanted: &[Proof]) -> Result<Zeroizing<Vec<u8>>> {
    let part = |proof: &Proof| match proof {
        Proof::Channel => Some(("channel", evidence.channel.clone())),
        Proof::Language => Some(("language", evidence.language.clone()?)),
        Proof::Note => Some(("note", evidence.note.clone()?)),
        Proof::Actor => Some(("actor", evidence.actor.clone())),
    };
    encode(&Row::Consent(Said {
        purpose: &row.purpose,
        recipient: &row.recipient,
        word: row.kind.slug(),
        at: row.at.to_string(),
        notice: row.notice.as_ref().map(hex::encode),
        proof: wanted.iter().filter_map(part).collect(),
    }))
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
