//! A change of policies that one person proposes and another one decides on.

use crate::{PolicyChangeId, Timestamp};

/// How a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeState {
    /// It waits for a second person.
    Proposed,
    /// A second person agreed: its policies are in force until others are.
    Approved,
    /// Somebody said no, or whoever proposed it took it back.
    Rejected,
}

impl ChangeState {
    /// The number in the `state` column.
    pub const fn number(self) -> i16 {
        match self {
            Self::Proposed => 0,
            Self::Approved => 1,
            Self::Rejected => 2,
        }
    }

    /// The state with this number.
    pub const fn from_number(number: i16) -> Option<Self> {
        match number {
            0 => Some(Self::Proposed),
            1 => Some(Self::Approved),
            2 => Some(Self::Rejected),
            _ => None,
        }
    }
}

/// A change of policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyChange {
    /// Which one.
    pub id: PolicyChangeId,
    /// The digest of the policies it changes.
    pub base: String,
    /// The digest of what comes out of it.
    pub digest: String,
    /// The files that are different, as one JSON object: the new text by path, null for one that goes.
    pub edits: String,
    /// Why, in the words of whoever proposed it.
    pub why: String,
    /// How it stands.
    pub state: ChangeState,
    /// When it was proposed, and with which key.
    pub proposed: (Timestamp, String),
    /// When it was decided on, and with which key.
    pub decided: Option<(Timestamp, String)>,
}

/// Policies that two people agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedPolicies {
    /// Its place among all approvals, from 1 on.
    pub n: i64,
    /// Their digest.
    pub digest: String,
    /// The digest of the policies that the files held then.
    pub origin: String,
    /// Whether files have said something else since: then they count, and go on counting.
    pub superseded: bool,
}
