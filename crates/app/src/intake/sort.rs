//! The first look at a batch: which identifiers each message carries, and what cannot be taken in as it is.

use std::sync::Arc;

use serde_json::Value;
use zelo_model::{Identifier, IdentifierKind};
use zelo_resolve::{blocked, normalize};
use zelo_store::SourceRow;

use super::collect::Grounds;
use super::{Batch, Hold, Incoming, Kind, Message};
use crate::error::Result;
use crate::tx::{Read, Tx};

/// A batch looked at.
pub(crate) struct Sorted<'b> {
    pub(crate) messages: Vec<Sort<'b>>,
    pub(crate) held: Vec<ToHold>,
    /// Messages left out, because nothing allows us to keep them.
    pub(crate) not_collected: usize,
}

/// A message with its identifiers; the first is the local key.
pub(crate) struct Sort<'b> {
    pub(crate) message: &'b Message,
    pub(crate) identifiers: Vec<Found>,
    /// Keyed digest of source and message id: the same message has the same, another's never does.
    pub(crate) digest: [u8; 32],
}

/// An identifier found in a message.
pub(crate) struct Found {
    pub(crate) identifier: Identifier,
    pub(crate) digest: [u8; 16],
    /// The value as it is shown to people.
    pub(crate) value: String,
}

/// A message to hold, with the identifiers that could be read in it.
pub(crate) struct ToHold {
    pub(crate) reason: Hold,
    pub(crate) raw: Arc<[u8]>,
    pub(crate) identifiers: Vec<Found>,
}

pub(crate) fn sort<'b>(tx: &Tx<'_, Read>, source: &SourceRow, batch: &'b Batch) -> Result<Sorted<'b>> {
    let messages = Vec::with_capacity(batch.items.len());
    let mut sorted = Sorted { messages, held: Vec::new(), not_collected: 0 };
    let grounds = Grounds::of(tx, source, batch.gpc)?;
    for item in &batch.items {
        match item {
            item if !grounds.cover(item.raw()) => sorted.not_collected += 1,
            Incoming::Held { reason, raw } => {
                let identifiers = read_anyway(tx, source, raw);
                sorted.held.push(ToHold { reason: *reason, raw: raw.clone(), identifiers });
            }
            Incoming::Message(message) => {
                let identifiers = identifiers(tx, source, message);
                match identifiers.first() {
                    Some(first) if first.identifier.kind.is_spaced() => {
                        let digest = digest(tx, source, message);
                        sorted.messages.push(Sort { message, identifiers, digest });
                    }
                    _ => {
                        let raw: Arc<[u8]> = message.raw.as_bytes().into();
                        sorted.held.push(ToHold { reason: Hold::BadIdentifier, raw, identifiers });
                    }
                }
            }
        }
    }
    Ok(sorted)
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

fn identifiers(tx: &Tx<'_, Read>, source: &SourceRow, message: &Message) -> Vec<Found> {
    let email = match &message.kind {
        Kind::Identify(traits) => traits.get("email").and_then(Value::as_str),
        Kind::Track(_) => None,
    };
    collect(tx, source, message.user_id.as_deref(), message.anonymous_id.as_deref(), email)
}

/// What a message that is held anyway says of whom it is about, so that forgetting them finds it.
fn read_anyway(tx: &Tx<'_, Read>, source: &SourceRow, raw: &[u8]) -> Vec<Found> {
    let Ok(Value::Object(item)) = serde_json::from_slice(raw) else { return Vec::new() };
    let text = |value: Option<&Value>| match value {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let traits = item.get("traits").or_else(|| item.get("context").and_then(|context| context.get("traits")));
    let email = text(traits.and_then(|traits| traits.get("email")));
    let (user, anonymous) = (text(item.get("userId")), text(item.get("anonymousId")));
    collect(tx, source, user.as_deref(), anonymous.as_deref(), email.as_deref())
}

fn collect(
    tx: &Tx<'_, Read>,
    source: &SourceRow,
    user: Option<&str>,
    anonymous: Option<&str>,
    email: Option<&str>,
) -> Vec<Found> {
    let given = [
        (IdentifierKind::UserId, user),
        (IdentifierKind::AnonymousId, anonymous),
        (IdentifierKind::Email, email),
    ];
    let index = tx.tenant.keys.index();
    let found = given.into_iter().filter_map(|(kind, value)| {
        let value = value?;
        let normal = normalize(kind, value).ok()?;
        let space = if kind.is_spaced() { source.space.clone() } else { String::new() };
        let identifier = Identifier { kind, space, normal };
        if blocked(tx.policy.matching(), &identifier) {
            return None;
        }
        let digest = index.digest(&identifier);
        let value = if kind.is_spaced() { value.to_owned() } else { identifier.normal.clone() };
        Some(Found { identifier, digest, value })
    });
    found.collect()
}
