//! What arrives: messages as the tracking protocols speak them, already parsed, the received bytes kept.

use std::sync::Arc;

use zelo_model::Timestamp;

/// A body of one or many messages.
#[derive(Clone, Default)]
pub struct Batch {
    /// The batch-level context as received, JSON like its items, merged into them when they are read.
    pub context: Option<Arc<str>>,
    /// When the sender says it sent the body.
    pub sent_at: Option<Timestamp>,
    /// Whether the request carried `Sec-GPC: 1`.
    pub gpc: bool,
    /// Whether people say it of themselves, through a form that asks them: then it is kept whatever its source collects for,
    /// or a no would be lost.
    pub by_themselves: bool,
    /// When it was received, if that was before now: it comes out of quarantine.
    pub received: Option<Timestamp>,
    /// The messages in the order they stand in the body.
    pub items: Vec<Incoming>,
}

impl Batch {
    /// When it was received.
    pub(crate) fn at(&self, now: Timestamp) -> Timestamp {
        self.received.unwrap_or(now)
    }
}

/// One message, or what cannot be one.
#[derive(Clone)]
pub enum Incoming {
    /// A message that can be attributed to a record.
    Message(Box<Message>),
    /// Held in quarantine as it is.
    Held {
        /// Why.
        reason: Hold,
        /// The bytes as received.
        raw: Arc<[u8]>,
    },
}

impl Incoming {
    /// The bytes as received.
    pub(crate) fn raw(&self) -> &[u8] {
        match self {
            Self::Message(message) => message.raw.as_bytes(),
            Self::Held { raw, .. } => raw,
        }
    }
}

/// Why a message is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hold {
    /// Not a JSON object of the protocol's shape.
    Unparsable,
    /// Neither `userId` nor `anonymousId`.
    NoIdentifier,
    /// More than 32 KB.
    TooLarge,
    /// A type other than those spoken here.
    UnknownType,
    /// The event name is missing, malformed or looks like an identifier.
    EventName,
    /// The `messageId` is longer than 100 characters.
    MessageId,
    /// A `userId` or `anonymousId` that cannot be one: empty, too long, or one every anonymous visitor shares.
    BadIdentifier,
    /// The record's or group's traits would exceed their limits.
    RecordLimit,
    /// A group without an id, or with one that cannot be one or reads like a person's.
    GroupId,
    /// Traits of a group that look like a person's; the others were taken in.
    PersonalTrait,
    /// It breaks the tracking plan, or the plan has no schema of it and says that it must.
    Schema,
    /// Properties that the tracking plan does not declare and that look personal; the rest of the event was taken in.
    PersonalValue,
    /// It was mended and waits to be replayed.
    Fixed,
}

impl Hold {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Unparsable,
        Self::NoIdentifier,
        Self::TooLarge,
        Self::UnknownType,
        Self::EventName,
        Self::MessageId,
        Self::BadIdentifier,
        Self::RecordLimit,
        Self::GroupId,
        Self::PersonalTrait,
        Self::Schema,
        Self::PersonalValue,
        Self::Fixed,
    ];

    /// The code in the quarantine row and the metric.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unparsable => "unparsable",
            Self::NoIdentifier => "no_identifier",
            Self::TooLarge => "too_large",
            Self::UnknownType => "unknown_type",
            Self::EventName => "event_name",
            Self::MessageId => "message_id",
            Self::BadIdentifier => "bad_identifier",
            Self::RecordLimit => "record_limit",
            Self::GroupId => "group_id",
            Self::PersonalTrait => "personal_trait",
            Self::Schema => "schema",
            Self::PersonalValue => "personal_value",
            Self::Fixed => "fixed",
        }
    }

    /// Whether only a part of a message is held, and the rest was taken in.
    pub(crate) const fn is_part(self) -> bool {
        matches!(self, Self::PersonalTrait | Self::PersonalValue)
    }

    /// The reason with this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// What a message says.
#[derive(Clone)]
pub enum Kind {
    /// Who somebody is, with traits by name.
    Identify(serde_json::Map<String, serde_json::Value>),
    /// What somebody did, by event name.
    Track(String),
    /// Which page somebody saw; its name and address may be personal and stay under seal.
    Page,
    /// Which screen of an app somebody saw; the same.
    Screen,
    /// To which group somebody belongs.
    Group(Group),
    /// That the signed-in person was known by this other id before.
    Alias(String),
}

/// A group, as somebody's message speaks of it.
#[derive(Clone)]
pub struct Group {
    /// The id its source gives it.
    pub id: String,
    /// What is said of it.
    pub traits: serde_json::Map<String, serde_json::Value>,
}

impl Kind {
    /// How an event row tells them apart, and the name that stands in the clear; `None` for what makes no event.
    pub(crate) fn event(&self) -> Option<(i16, Option<&str>)> {
        match self {
            Self::Track(name) => Some((0, Some(name))),
            Self::Page => Some((1, None)),
            Self::Screen => Some((2, None)),
            Self::Identify(_) | Self::Group(_) | Self::Alias(_) => None,
        }
    }

    /// Whether it may show two profiles to be one person.
    pub(crate) const fn may_merge(&self) -> bool {
        matches!(self, Self::Identify(_) | Self::Alias(_))
    }
}

impl Kind {
    /// What the protocol calls it.
    pub const fn slug(&self) -> &'static str {
        match self {
            Self::Identify(_) => "identify",
            Self::Track(_) => "track",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Group(_) => "group",
            Self::Alias(_) => "alias",
        }
    }
}

/// A message that can be attributed to a record.
#[derive(Clone)]
pub struct Message {
    /// What it says.
    pub kind: Kind,
    /// The sender's id for it, at most 100 characters; an event repeated with the same id and time counts once.
    pub message_id: Option<String>,
    /// The signed-in person, in the sender's terms (a JSON number keeps its source text).
    pub user_id: Option<String>,
    /// The device or browser, in the sender's terms.
    pub anonymous_id: Option<String>,
    /// The item's `timestamp`, else its `originalTimestamp`, neither corrected nor clamped.
    pub client_time: Option<Timestamp>,
    /// The item's own `sentAt`, if it has one.
    pub sent_at: Option<Timestamp>,
    /// When it happened, where that needs no correction any more: what is imported says so.
    pub happened: Option<Timestamp>,
    /// The JSON slice as received, read to its end: it is sealed as it stands.
    pub raw: Arc<str>,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Receipt {
    /// Messages taken in, repeated ones included.
    pub accepted: usize,
    /// Events that were not there before.
    pub new_events: u64,
    /// Messages held in quarantine.
    pub held: usize,
    /// Messages nothing allows us to keep: no purpose of the source's covers them, and no consent in them does.
    pub not_collected: usize,
    /// Messages refused because they are of somebody who was forgotten and has not come back.
    pub suppressed: usize,
    /// Messages taken in without an identifier of somebody who was forgotten.
    pub stripped: usize,
}
