//! One message as the tracking protocols write it.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use zelo_model::Timestamp;
use zelo_resolve::event_name;

use super::fault::Fault;
use super::slice::{is_object, place, string_of, text_of};
use super::{sound, traits};
use crate::intake::{Group, Kind, Message};

/// The most one message may be, as it stands in the body.
pub const MAX_MESSAGE: usize = 32 * 1024;
const MAX_MESSAGE_ID: usize = 100;
/// The longest id anybody or anything has, in bytes.
const MAX_ID: usize = 512;

/// What a message can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Says who somebody is.
    Identify,
    /// Says what somebody did.
    Track,
    /// Says which page somebody saw.
    Page,
    /// Says which screen of an app somebody saw.
    Screen,
    /// Says to which group somebody belongs.
    Group,
    /// Says that somebody was known by another id before.
    Alias,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Identify, Self::Track, Self::Page, Self::Screen, Self::Group, Self::Alias];

    /// The `type` in a batch and the label in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identify => "identify",
            Self::Track => "track",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Group => "group",
            Self::Alias => "alias",
        }
    }
}

/// The fields read here, as slices; `null` is as good as absent. All others are kept and not looked at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    r#type: Option<&'a RawValue>,
    user_id: Option<&'a RawValue>,
    anonymous_id: Option<&'a RawValue>,
    message_id: Option<&'a RawValue>,
    event: Option<&'a RawValue>,
    group_id: Option<&'a RawValue>,
    previous_id: Option<&'a RawValue>,
    traits: Option<&'a RawValue>,
    context: Option<&'a RawValue>,
    timestamp: Option<&'a RawValue>,
    original_timestamp: Option<&'a RawValue>,
    sent_at: Option<&'a RawValue>,
    write_key: Option<&'a RawValue>,
}

/// Reads one message. The endpoint's verb counts more than the message's `type`, which only a batch needs.
pub fn parse(json: &str, verb: Option<Verb>) -> Result<Message, Fault> {
    if json.len() > MAX_MESSAGE {
        return Err(Fault::TooLarge);
    }
    sound::check(json)?;
    if !is_object(json) {
        return Err(Fault::NotAnObject);
    }
    let wire: Wire<'_> = serde_json::from_str(json)?;
    let verb = verb.or_else(|| verb_of(wire.r#type)).ok_or(Fault::Type)?;
    let (user_id, anonymous_id) = identifiers(&wire)?;
    let kind = match verb {
        Verb::Identify => Kind::Identify(traits::merged(wire.traits, wire.context)?),
        Verb::Track => Kind::Track(event(wire.event)?),
        Verb::Page => Kind::Page,
        Verb::Screen => Kind::Screen,
        Verb::Group => {
            let id = wire.group_id.and_then(text_of).filter(|id| (1..=MAX_ID).contains(&id.len()));
            let id = id.ok_or(Fault::GroupId)?;
            Kind::Group(Group { id, traits: traits::own(wire.traits)? })
        }
        Verb::Alias => {
            let previous = wire.previous_id.and_then(text_of).filter(|id| !id.is_empty());
            Kind::Alias(previous.filter(|_| user_id.is_some()).ok_or(Fault::Alias)?)
        }
    };
    Ok(Message {
        kind,
        message_id: message_id(wire.message_id)?,
        user_id,
        anonymous_id,
        happened: None,
        client_time: time(wire.timestamp).or_else(|| time(wire.original_timestamp)),
        sent_at: time(wire.sent_at),
        raw: without_key(json, wire.write_key),
    })
}

fn verb_of(json: Option<&RawValue>) -> Option<Verb> {
    let name = json.and_then(string_of)?;
    Verb::ALL.into_iter().find(|verb| verb.name() == name)
}

/// An empty id is as good as absent beside one that says something; alone it is an identifier that cannot be one.
fn identifiers(wire: &Wire<'_>) -> Result<(Option<String>, Option<String>), Fault> {
    let read = |json: Option<&RawValue>, field| {
        json.map(|json| text_of(json).ok_or(Fault::Identifier(field))).transpose()
    };
    let user_id = read(wire.user_id, "userId")?;
    let anonymous_id = read(wire.anonymous_id, "anonymousId")?;
    let said = |id: &Option<String>| id.as_ref().is_some_and(|id| !id.is_empty());
    match (user_id, anonymous_id) {
        (None, None) => Err(Fault::NoIdentifier),
        (user_id, anonymous_id) if said(&user_id) || said(&anonymous_id) => {
            Ok((user_id.filter(|id| !id.is_empty()), anonymous_id.filter(|id| !id.is_empty())))
        }
        (Some(_), _) => Err(Fault::Identifier("userId")),
        (None, _) => Err(Fault::Identifier("anonymousId")),
    }
}

fn event(json: Option<&RawValue>) -> Result<String, Fault> {
    let name = json.and_then(string_of).ok_or(Fault::NoEvent)?;
    event_name(&name).map_err(|problem| Fault::Event(problem.to_string()))?;
    Ok(name)
}

/// An empty one tells nothing apart, so it is as good as absent.
fn message_id(json: Option<&RawValue>) -> Result<Option<String>, Fault> {
    let Some(json) = json else { return Ok(None) };
    let id = text_of(json).ok_or(Fault::MessageId)?;
    if id.chars().count() > MAX_MESSAGE_ID {
        return Err(Fault::MessageId);
    }
    Ok(Some(id).filter(|id| !id.is_empty()))
}

/// A time that cannot be read is as good as absent; it stays in the slice.
pub fn time(json: Option<&RawValue>) -> Option<Timestamp> {
    json.and_then(string_of)?.parse().ok()
}

/// The slice as received, but for the sender's own key: a credential has no place in a person's event.
fn without_key(json: &str, key: Option<&RawValue>) -> Arc<str> {
    let Some(key) = key else { return json.into() };
    let key = place(json, key.get());
    [&json[..key.start], "null", &json[key.end..]].concat().into()
}

#[cfg(test)]
mod tests;
