//! Many messages in one body. Each bad one is held alone; only what makes all of it unusable is refused.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use zelo_app::{Batch, Incoming};

use crate::answer::Refusal;
use crate::message::{self, MAX_MESSAGE};
use crate::slice::{is_object, place, without_nan};
use crate::sound;

/// The most messages one batch may hold.
pub(crate) const MAX_ITEMS: usize = 2_500;

/// What is read of a batch's body; a batch-level `timestamp` says nothing of the items.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow)]
    batch: Option<&'a RawValue>,
    context: Option<&'a RawValue>,
    sent_at: Option<&'a RawValue>,
}

/// Reads a batch.
pub(crate) fn parse(text: &str) -> Result<Batch, Refusal> {
    match cut(text, text) {
        Err(Refusal::NotJson { line, column }) => match without_nan(text) {
            Some(shadow) => cut(text, &shadow),
            None => Err(Refusal::NotJson { line, column }),
        },
        cut => cut,
    }
}

/// Cuts `text` where `shadow`, which is the same but for what is no JSON, says that its parts are.
fn cut(text: &str, shadow: &str) -> Result<Batch, Refusal> {
    let envelope = envelope(shadow)?;
    let original = |part: &RawValue| &text[place(shadow, part.get())];
    let batch = envelope.batch.map(RawValue::get).filter(|batch| batch.starts_with('['));
    let batch = batch.ok_or(Refusal::Shape("`batch` must be an array of messages"))?;
    // Every part of it has been read as JSON, so this can only fail by number.
    let items: Items<'_> = serde_json::from_str(batch).map_err(|_| Refusal::TooMany(MAX_ITEMS))?;
    Ok(Batch {
        context: envelope.context.map(|part| context(original(part))).transpose()?.map(Into::into),
        sent_at: message::time(envelope.sent_at),
        gpc: false,
        items: items.0.into_iter().map(|item| incoming(original(item))).collect(),
    })
}

fn envelope(text: &str) -> Result<Envelope<'_>, Refusal> {
    let not_json =
        |error: &serde_json::Error| Refusal::NotJson { line: error.line(), column: error.column() };
    if !is_object(text.trim_start()) {
        let json = serde_json::from_str::<IgnoredAny>(text);
        return Err(json.err().map_or(Refusal::Shape("the body must be a JSON object"), |e| not_json(&e)));
    }
    serde_json::from_str(text).map_err(|error| {
        let twice = Refusal::Shape("`batch`, `context` and `sentAt` may each stand once in the body");
        if error.is_data() { twice } else { not_json(&error) }
    })
}

/// Kept beside every item, so no larger than one.
fn context(json: &str) -> Result<&str, Refusal> {
    if !is_object(json) {
        return Err(Refusal::Shape("`context` must be an object"));
    }
    if json.len() > MAX_MESSAGE {
        return Err(Refusal::Shape("`context` has at most 32 KB"));
    }
    sound::check(json)
        .map_err(|_| Refusal::Shape("`context` cannot be read: malformed, too deep or out of range"))?;
    Ok(json)
}

fn incoming(json: &str) -> Incoming {
    match message::parse(json, None) {
        Ok(message) => Incoming::Message(Box::new(message)),
        Err(fault) => Incoming::Held { reason: fault.hold(), raw: json.as_bytes().into() },
    }
}

/// At most [`MAX_ITEMS`] slices: a body of millions of tiny items is refused before they are all listed.
struct Items<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Items<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Few;
        impl<'de> Visitor<'de> for Few {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("messages")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Items<'de>, A::Error> {
                let mut few = Vec::new();
                while let Some(item) = items.next_element()? {
                    if few.len() == MAX_ITEMS {
                        return Err(A::Error::custom("too many"));
                    }
                    few.push(item);
                }
                Ok(Items(few))
            }
        }
        deserializer.deserialize_seq(Few)
    }
}

#[cfg(test)]
mod tests;
