//! An export: everybody of a tenant, page by page, as far as a purpose sees; who is where in it.

use crate::{EventId, ExportId, Timestamp};

/// How an export stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportState {
    /// Pages are handed out.
    Running,
    /// Everybody was handed out.
    Done,
    /// Somebody ended it early.
    Cancelled,
}

impl ExportState {
    /// The number in the `state` column.
    pub const fn number(self) -> i16 {
        match self {
            Self::Running => 0,
            Self::Done => 1,
            Self::Cancelled => 2,
        }
    }

    /// The state with this number.
    pub const fn from_number(number: i16) -> Option<Self> {
        match number {
            0 => Some(Self::Running),
            1 => Some(Self::Done),
            2 => Some(Self::Cancelled),
            _ => None,
        }
    }

    /// Its name for machines.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How far an export is: what was handed out up to here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExportMark {
    /// The profile last handed out, by surrogate.
    pub profile: i64,
    /// Its event last handed out, when there are more of them.
    pub event: Option<EventId>,
    /// Profiles handed out.
    pub profiles: i64,
    /// Lines handed out.
    pub lines: i64,
    /// `SHA-256(digest of the pages before ‖ SHA-256(page))`; zeros before the first.
    pub digest: [u8; 32],
}

/// An export as its row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Its id.
    pub id: ExportId,
    /// What for.
    pub purpose: String,
    /// The digest of the policies it goes by.
    pub policy: String,
    /// Who began it, as the log names them.
    pub actor: String,
    /// Whether events are in it.
    pub events: bool,
    /// How it stands.
    pub state: ExportState,
    /// When it was begun.
    pub begun: Timestamp,
    /// When its last page was handed out.
    pub moved: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// The newest profile when it was begun, by surrogate: later ones are not in it.
    pub until: i64,
    /// Pages handed out.
    pub pages: i64,
    /// How far it is.
    pub now: ExportMark,
    /// How far it was before its last page.
    pub before: ExportMark,
}
