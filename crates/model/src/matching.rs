//! The rules of who is who, as plain values: `policies/matching.yaml` fills them in, the resolver follows them.

use std::collections::BTreeMap;

use crate::{IdentifierKind, Timestamp};

/// How far back a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Everything ever seen.
    Ever,
    /// The last 7 days.
    Week,
    /// The last 30 days.
    Month,
    /// The last 365 days.
    Year,
}

impl Window {
    /// The instant from which an identifier last seen counts; `None` when everything counts.
    pub const fn opens(self, now: Timestamp) -> Option<Timestamp> {
        let days = match self {
            Self::Ever => return None,
            Self::Week => 7,
            Self::Month => 30,
            Self::Year => 365,
        };
        Some(now.plus(-days * Timestamp::DAY))
    }
}

/// What the house believes about one kind of identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindRule {
    /// Who is believed when identifiers disagree: the greater wins.
    pub priority: u8,
    /// How many a profile may hold within the window; for `user_id`, in each id space.
    pub limit_per_profile: usize,
    /// How far back the limit counts.
    pub window: Window,
    /// It belongs to one person only, so it may be suppressed after an erasure.
    pub unique: bool,
    /// It is known because somebody signed in with it.
    pub login: bool,
    /// A source never gives it to somebody else later.
    pub immutable: bool,
}

impl KindRule {
    /// A kind nobody wrote a rule for: believed least, and one of it a profile.
    pub const UNKNOWN: Self = Self {
        priority: 0,
        limit_per_profile: 1,
        window: Window::Ever,
        unique: false,
        login: false,
        immutable: false,
    };
}

/// Values that say nothing about a person, such as `null`; compared trimmed and without case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blocked {
    /// This very value, in lower case.
    Value(String),
    /// Any value, also an empty one, made of these characters alone: `0-` blocks `00000000-0000`.
    OnlyOf(String),
}

/// The rules of who is who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchRules {
    /// Rule by kind of identifier.
    pub kinds: BTreeMap<IdentifierKind, KindRule>,
    /// Which traits of an `identify` are identifiers, in the order they are looked at; one name may be of several kinds.
    pub traits: Vec<(String, IdentifierKind)>,
    /// Values that never match anybody.
    pub blocked: Vec<Blocked>,
    /// How many records a profile may hold; beyond, a suggestion instead of a merge.
    pub max_records: usize,
    /// How many identifiers a profile may hold; beyond, a suggestion instead of a merge.
    pub max_identifiers: usize,
}

impl MatchRules {
    /// The rule for a kind.
    pub fn kind(&self, kind: IdentifierKind) -> KindRule {
        self.kinds.get(&kind).copied().unwrap_or(KindRule::UNKNOWN)
    }
}
