//! A profile as its readers see it: every field shown, or withheld with its reason.

use zelo_model::{EventId, Field, IdentifierKind, OwnerId, ProfileId, Reason, Timestamp};

use super::consents::{ConsentEventsView, WantedConsents};
use super::notices::SeenNotice;
use crate::facts::ConsentView;

/// How to find a profile.
#[derive(Clone)]
pub enum Lookup {
    /// By id; an alias leads to the profile it was merged into.
    Id(ProfileId),
    /// By any identifier of any of its records.
    Identifier {
        /// Its kind.
        kind: IdentifierKind,
        /// The id space of user ids and anonymous ids; `None` is `main`.
        space: Option<String>,
        /// The value as people write it.
        value: String,
    },
}

/// What of a profile is asked for; nothing else is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wants {
    /// Its identifiers.
    pub identifiers: bool,
    /// Its attributes.
    pub attributes: bool,
    /// A page of its events.
    pub events: Option<WantedEvents>,
    /// What comes of what the person said to purposes.
    pub consents: Option<WantedStates>,
    /// A page of what they said.
    pub consent_events: Option<WantedConsents>,
    /// Which notices they saw.
    pub notices: bool,
}

/// What somebody's words to purposes amount to, now or at an instant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WantedStates {
    /// When, by what was known then; `None` is now. It answers whether it was lawful to send something that day.
    pub at: Option<Timestamp>,
}

/// A page of events.
#[derive(Debug, Clone, Copy)]
pub struct WantedEvents {
    /// How many, 1 to 100.
    pub first: usize,
    /// Only those before this one: newest first by their own time.
    pub after: Option<EventId>,
    /// Whether their bodies are asked for, and not only name and time.
    pub bodies: bool,
}

/// A profile.
#[derive(Debug, Clone)]
pub struct ProfileView {
    /// Its id.
    pub id: ProfileId,
    /// When its first message arrived.
    pub created_at: Timestamp,
    /// When its latest message arrived, to the minute.
    pub last_seen_at: Timestamp,
    /// Its identifiers, if asked for; kinds that are withheld are left out, and stand among the omissions.
    pub identifiers: Option<Field<Vec<IdentifierView>>>,
    /// Its attributes by name, if asked for; each is shown or withheld on its own.
    pub attributes: Option<Vec<AttributeView>>,
    /// A page of its events, if asked for.
    pub events: Option<Field<EventsView>>,
    /// What the person said to purposes, if asked for: those of which something was said.
    pub consents: Option<Field<Vec<ConsentView>>>,
    /// A page of what they said, if asked for.
    pub consent_events: Option<Field<ConsentEventsView>>,
    /// Which notices they saw, if asked for.
    pub notices: Option<Field<Vec<SeenNotice>>>,
    /// Why the purpose is closed for this person; nothing of them is shown then, but what they said to purposes.
    pub closed: Option<Reason>,
    /// What was asked for and is left out above without a place of its own. It follows from role and
    /// purpose, and from what the person said to it, so it does not tell whether this person has any of it.
    pub omitted: Vec<Omission>,
}

/// A part of a profile left out, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Omission {
    /// Which part.
    pub part: Part,
    /// Why.
    pub reason: Reason,
}

/// A part of a profile that is shown or left out as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Identifiers of one kind.
    Identifiers(IdentifierKind),
    /// Every attribute; nothing was opened.
    Attributes,
    /// What events say, beyond their names and times.
    EventBodies,
    /// How something was said to a purpose, beyond what and when.
    ConsentEvidence,
}

/// An identifier.
#[derive(Debug, Clone)]
pub struct IdentifierView {
    /// Its kind.
    pub kind: IdentifierKind,
    /// The id space, for user ids and anonymous ids.
    pub space: Option<String>,
    /// The value.
    pub value: String,
    /// Whom we got it from, by the source's name.
    pub source: String,
    /// When it was first seen.
    pub first_seen_at: Timestamp,
}

/// An attribute with its provenance.
#[derive(Debug, Clone)]
pub struct AttributeView {
    /// Its name, as the source calls it.
    pub name: String,
    /// Its category in the taxonomy.
    pub category: String,
    /// Its value.
    pub value: Field<serde_json::Value>,
    /// Whom we got it from, by the source's name.
    pub source: String,
    /// The record it stands in.
    pub record: OwnerId,
    /// When the source said so.
    pub at: Timestamp,
}

/// A page of events, newest first.
#[derive(Debug, Clone)]
pub struct EventsView {
    /// The events.
    pub events: Vec<EventView>,
    /// Whether there are older ones.
    pub has_next: bool,
}

/// What kind of event it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// Something somebody did.
    Track,
    /// A page somebody saw.
    Page,
    /// A screen of an app somebody saw.
    Screen,
}

impl EventKind {
    /// The kind with this number in the `kind` column.
    pub(crate) const fn from_number(number: i16) -> Option<Self> {
        match number {
            0 => Some(Self::Track),
            1 => Some(Self::Page),
            2 => Some(Self::Screen),
            _ => None,
        }
    }
}

/// An event.
#[derive(Debug, Clone)]
pub struct EventView {
    /// Its id.
    pub id: EventId,
    /// Whether somebody did something, or saw a page or a screen.
    pub kind: EventKind,
    /// Its name; none for pages and screens, whose names are under seal.
    pub name: Option<String>,
    /// When it happened, corrected for the sender's clock.
    pub occurred_at: Timestamp,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Whom we got it from, by the source's name.
    pub source: String,
    /// What it says, if asked for and shown.
    pub body: Option<EventBody>,
}

/// What an event says.
#[derive(Debug, Clone)]
pub struct EventBody {
    /// The sender's id for it.
    pub message_id: Option<String>,
    /// The version of the tracking plan it was judged by; `None` when that had no schema of it.
    pub plan_version: Option<u32>,
    /// The name of the page or screen.
    pub page_name: Option<String>,
    /// Its properties.
    pub properties: serde_json::Value,
    /// Its context, the batch's merged under the item's.
    pub context: serde_json::Value,
}
