//! The first look at a batch: which identifiers each message carries, and what cannot be taken in as it is.

use std::sync::Arc;

use serde_json::Value;
use zelo_model::{Identifier, IdentifierKind};
use zelo_resolve::{PersonalKind, Region, Spotted, blocked, normalize_in, spot};
use zelo_store::SourceRow;

use super::apart::{HeldPart, Parts};
use super::collect::Grounds;
use super::groups::reads_personal;
use super::judge::{Fit, judge};
use super::named::named;
use super::{Batch, Hold, Incoming, Kind, Message};
use crate::error::Result;
use crate::tenant::group_digest;
use crate::tx::{Read, Tx};

/// A batch looked at.
#[derive(Default)]
pub(crate) struct Sorted<'b> {
    pub(crate) messages: Vec<Sort<'b>>,
    pub(crate) held: Vec<ToHold>,
    /// Identifiers in what is held of messages that are taken in.
    pub(crate) in_parts: Vec<Found>,
    /// Messages left out, because nothing allows us to keep them.
    pub(crate) not_collected: usize,
}

/// A message with its identifiers; the first is the local key.
pub(crate) struct Sort<'b> {
    /// Its place in the batch.
    pub(crate) at: usize,
    pub(crate) message: &'b Message,
    pub(crate) identifiers: Vec<Found>,
    /// Keyed digest of source and message id: the same message has the same, another's never does.
    pub(crate) digest: [u8; 32],
    /// The id an alias gives up, read as a user id.
    pub(crate) previous: Option<Found>,
    /// The group it speaks of.
    pub(crate) group: Option<[u8; 16]>,
    /// How it fits the tracking plan.
    pub(crate) fit: Fit,
    /// What is held of it.
    pub(crate) part: Option<Part>,
}

/// What of a message is held while the rest is taken in.
pub(crate) struct Part {
    pub(crate) raw: Arc<[u8]>,
    pub(crate) digests: Vec<[u8; 16]>,
}

impl Sort<'_> {
    /// Every identifier whose links decide something.
    pub(crate) fn named(&self) -> impl Iterator<Item = &Found> {
        self.identifiers.iter().chain(&self.previous)
    }
}

/// An identifier found in a message.
pub(crate) struct Found {
    pub(crate) identifier: Identifier,
    pub(crate) digest: [u8; 16],
    /// The same in the epoch of the index that is written beside the one matched on.
    pub(crate) beside: Option<[u8; 16]>,
    /// The value as it is shown to people.
    pub(crate) value: String,
}

/// A message to hold, with the identifiers that could be read in it.
pub(crate) struct ToHold {
    /// Its place in the batch.
    pub(crate) at: usize,
    pub(crate) reason: Hold,
    /// Which rule of the tracking plan it breaks, and where that stands.
    pub(crate) detail: Option<String>,
    /// What it is, if its `type` need not say so.
    pub(crate) verb: Option<&'static str>,
    pub(crate) raw: Arc<[u8]>,
    pub(crate) identifiers: Vec<Found>,
}

pub(crate) fn sort<'b>(tx: &Tx<'_, Read>, source: &SourceRow, batch: &'b Batch) -> Result<Sorted<'b>> {
    let messages = Vec::with_capacity(batch.items.len());
    let mut sorted = Sorted { messages, ..Sorted::default() };
    let region = tx.region(source.jurisdiction.as_deref());
    let grounds = Grounds::of(tx, source, batch.gpc)?;
    for (at, item) in batch.items.iter().enumerate() {
        match item {
            item if !batch.by_themselves && !grounds.cover(item.raw()) => sorted.not_collected += 1,
            Incoming::Held { reason, raw } => {
                let identifiers = read_anyway(tx, source, raw);
                let (reason, raw) = (*reason, raw.clone());
                sorted.held.push(ToHold { at, reason, detail: None, verb: None, raw, identifiers });
            }
            Incoming::Message(message) if names_a_person(message) => {
                let identifiers = read_anyway(tx, source, message.raw.as_bytes());
                let (reason, verb) = (Hold::GroupId, Some(message.kind.slug()));
                let raw = message.raw.as_bytes().into();
                sorted.held.push(ToHold { at, reason, detail: None, verb, raw, identifiers });
            }
            Incoming::Message(message) => {
                let identifiers = identifiers(tx, source, message);
                match identifiers.first() {
                    Some(first) if may_lead(message, first.identifier.kind) => {
                        let fit = match judge(tx, &message.kind, &message.raw, batch.at(tx.now), region) {
                            Ok(fit) => fit,
                            Err(detail) => {
                                let (reason, verb) = (Hold::Schema, Some(message.kind.slug()));
                                let (raw, detail) = (message.raw.as_bytes().into(), Some(detail));
                                sorted.held.push(ToHold { at, reason, detail, verb, raw, identifiers });
                                continue;
                            }
                        };
                        let part = fit.parts().map(|parts| {
                            let raw: Arc<[u8]> = held_part(message, parts).into();
                            let found = read_anyway(tx, source, &raw);
                            let digests = found.iter().map(|found| found.digest).collect();
                            sorted.in_parts.extend(found);
                            Part { raw, digests }
                        });
                        let digest = digest(tx, source, message);
                        let (previous, group) = (previous(tx, source, message), group(tx, source, message));
                        sorted.messages.push(Sort {
                            at,
                            message,
                            identifiers,
                            digest,
                            previous,
                            group,
                            fit,
                            part,
                        });
                    }
                    _ => {
                        let (reason, verb) = (Hold::BadIdentifier, Some(message.kind.slug()));
                        let raw: Arc<[u8]> = message.raw.as_bytes().into();
                        sorted.held.push(ToHold { at, reason, detail: None, verb, raw, identifiers });
                    }
                }
            }
        }
    }
    Ok(sorted)
}

/// Whether a message calls a group by what reads like somebody's own identifier: a group is nobody, and outlives them.
fn names_a_person(message: &Message) -> bool {
    matches!(&message.kind, Kind::Group(group) if reads_personal(&group.id))
}

/// Whether the first identifier of a message can be its record's local key.
fn may_lead(message: &Message, kind: IdentifierKind) -> bool {
    let alias = matches!(message.kind, Kind::Alias(_));
    if alias { kind == IdentifierKind::UserId } else { kind.is_spaced() }
}

fn digest(tx: &Tx<'_, Read>, source: &SourceRow, message: &Message) -> [u8; 32] {
    if let Some(id) = &message.message_id {
        return tx.tenant.keys.dedup().message(&source.id16, id);
    }
    let mut digest = [0; 32];
    digest[..16].copy_from_slice(&tx.ids.random());
    digest[16..].copy_from_slice(&tx.ids.random());
    digest
}

/// The identifiers an item carries; of a message the local key is the first.
pub(crate) fn carried(tx: &Tx<'_, Read>, source: &SourceRow, item: &Incoming) -> Vec<Found> {
    match item {
        Incoming::Message(message) => identifiers(tx, source, message),
        Incoming::Held { raw, .. } => read_anyway(tx, source, raw),
    }
}

fn identifiers(tx: &Tx<'_, Read>, source: &SourceRow, message: &Message) -> Vec<Found> {
    let mut given = ids(message.user_id.clone(), message.anonymous_id.clone());
    match &message.kind {
        Kind::Identify(traits) => given.extend(named(tx.policy.matching(), traits)),
        Kind::Alias(previous) if Some(previous) != message.user_id.as_ref() => {
            given.push((IdentifierKind::AnonymousId, previous.clone()));
        }
        _ => {}
    }
    collect(tx, source, given)
}

/// The id an alias gives up, as somebody else's user id: only if it is one, that must be looked at.
pub(crate) fn previous(tx: &Tx<'_, Read>, source: &SourceRow, message: &Message) -> Option<Found> {
    match &message.kind {
        Kind::Alias(previous) if Some(previous) != message.user_id.as_ref() => {
            collect(tx, source, vec![(IdentifierKind::UserId, previous.clone())]).pop()
        }
        _ => None,
    }
}

fn group(tx: &Tx<'_, Read>, source: &SourceRow, message: &Message) -> Option<[u8; 16]> {
    let Kind::Group(group) = &message.kind else { return None };
    Some(group_digest(tx.tenant, source.id16, &group.id))
}

fn ids(user: Option<String>, anonymous: Option<String>) -> Vec<(IdentifierKind, String)> {
    let user = user.map(|id| (IdentifierKind::UserId, id));
    user.into_iter().chain(anonymous.map(|id| (IdentifierKind::AnonymousId, id))).collect()
}

/// What a message that is held anyway says of whom it is about, so that forgetting them finds it.
pub(crate) fn read_anyway(tx: &Tx<'_, Read>, source: &SourceRow, raw: &[u8]) -> Vec<Found> {
    let Ok(Value::Object(item)) = serde_json::from_slice(raw) else { return Vec::new() };
    let text = |value: Option<&Value>| match value {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let traits = item.get("traits").or_else(|| item.get("context").and_then(|context| context.get("traits")));
    let mut given = ids(text(item.get("userId")), text(item.get("anonymousId")));
    if let Some(Value::Object(traits)) = traits {
        given.extend(named(tx.policy.matching(), traits));
    }
    let region = tx.region(source.jurisdiction.as_deref());
    if let Some(group) = item.get("groupId") {
        spotted("", group, region, &mut given);
    }
    if let Some(Value::Object(parts)) = item.get("held") {
        parts.iter().for_each(|(at, value)| spotted(at, value, region, &mut given));
    }
    collect(tx, source, given)
}

/// The identifiers in what is held of a message: whoever they belong to may be forgotten, and it with them.
fn spotted(at: &str, value: &Value, region: Option<Region>, given: &mut Vec<(IdentifierKind, String)>) {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(list) => return list.iter().for_each(|value| spotted(at, value, region, given)),
        Value::Object(members) => {
            return members.iter().for_each(|(name, value)| spotted(name, value, region, given));
        }
        Value::Null | Value::Bool(_) => return,
    };
    let name = at.rsplit('/').next().unwrap_or(at);
    for Spotted { kind, value } in spot(name, &text, region).into_iter().chain(spot("", name, region)) {
        let kind = match kind {
            PersonalKind::Email => IdentifierKind::Email,
            PersonalKind::Phone => IdentifierKind::Phone,
            PersonalKind::Cpf => IdentifierKind::Cpf,
            PersonalKind::Card | PersonalKind::Iban => continue,
        };
        given.push((kind, value));
    }
}

/// What is held of a message, with what it is a part of.
fn held_part(message: &Message, parts: &Parts) -> Vec<u8> {
    let part = HeldPart {
        r#type: message.kind.slug(),
        event: match &message.kind {
            Kind::Track(name) => Some(name),
            _ => None,
        },
        user_id: message.user_id.as_deref(),
        anonymous_id: message.anonymous_id.as_deref(),
        message_id: message.message_id.as_deref(),
        held: parts,
    };
    serde_json::to_vec(&part).unwrap_or_default()
}

fn collect(tx: &Tx<'_, Read>, source: &SourceRow, given: Vec<(IdentifierKind, String)>) -> Vec<Found> {
    let (index, beside) = (tx.tenant.keys.index(), tx.tenant.keys.index_beside());
    let region = tx.region(source.jurisdiction.as_deref());
    let mut all: Vec<Found> = Vec::with_capacity(given.len());
    for (kind, value) in given {
        let Ok(normal) = normalize_in(kind, &value, region) else { continue };
        let space = if kind.is_spaced() { source.space.clone() } else { String::new() };
        let identifier = Identifier { kind, space, normal };
        if blocked(tx.policy.matching(), &identifier) {
            continue;
        }
        let digest = index.digest(&identifier);
        if all.iter().any(|other| other.digest == digest) {
            continue;
        }
        let beside = beside.map(|index| index.digest(&identifier));
        let value = if kind.is_spaced() { value } else { identifier.normal.clone() };
        all.push(Found { identifier, digest, beside, value });
    }
    all
}

/// The identifiers that can be read in a message as it was received.
pub(crate) fn identifiers_in(tx: &Tx<'_, Read>, source: &SourceRow, raw: &[u8]) -> Vec<Identifier> {
    read_anyway(tx, source, raw).into_iter().map(|found| found.identifier).collect()
}
