//! Many messages in one body. Each bad one is held alone; only what makes all of it unusable is refused.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use zelo_app::wire::{self, MAX_MESSAGE, is_object, place, without_nan};
use zelo_app::{Batch, Incoming};

use crate::answer::Refusal;

/// The most messages one batch may hold.
pub(crate) const MAX_ITEMS: usize = 2_500;

/// What is read of a batch's body; a batch-level `timestamp` says nothing of the items.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow)]
    batch: Option<Items<'a>>,
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
    let items = match envelope.batch {
        Some(Items::Few(items)) => items,
        Some(Items::TooMany) => return Err(Refusal::TooMany(MAX_ITEMS)),
        Some(Items::NoList) | None => return Err(Refusal::Shape("`batch` must be an array of messages")),
    };
    Ok(Batch {
        context: envelope.context.map(|part| context(original(part))).transpose()?.map(Into::into),
        sent_at: wire::time(envelope.sent_at),
        gpc: false,
        by_themselves: false,
        received: None,
        items: items.into_iter().map(|item| incoming(original(item))).collect(),
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
    wire::check(json)
        .map_err(|_| Refusal::Shape("`context` cannot be read: malformed, too deep or out of range"))?;
    Ok(json)
}

fn incoming(json: &str) -> Incoming {
    match wire::parse(json, None) {
        Ok(message) => Incoming::Message(Box::new(message)),
        Err(fault) => Incoming::Held { reason: fault.hold(), raw: json.as_bytes().into() },
    }
}

/// At most [`MAX_ITEMS`] slices: a body of millions of tiny items is refused, and they are not even listed. They are cut
/// while the envelope is read, and what is no list is said to be none only when all of it was JSON.
enum Items<'a> {
    Few(Vec<&'a RawValue>),
    TooMany,
    NoList,
}

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Slices)
    }
}

struct Slices;

impl<'de> Visitor<'de> for Slices {
    type Value = Items<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("messages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Items<'de>, A::Error> {
        let mut few = Vec::new();
        while let Some(item) = items.next_element()? {
            few.push(item);
            if few.len() > MAX_ITEMS {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(Items::TooMany);
            }
        }
        Ok(Items::Few(few))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Items<'de>, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Items::NoList)
    }

    fn visit_str<E>(self, _: &str) -> Result<Items<'de>, E> {
        Ok(Items::NoList)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Items<'de>, E> {
        Ok(Items::NoList)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Items<'de>, E> {
        Ok(Items::NoList)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Items<'de>, E> {
        Ok(Items::NoList)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Items<'de>, E> {
        Ok(Items::NoList)
    }
}

#[cfg(test)]
mod tests;
