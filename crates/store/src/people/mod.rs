//! Records, the profiles they form, and the moves between them.

mod find;
mod write;

pub(crate) use write::{IDENTIFIER_COLUMNS, identifier_row};

use zelo_model::{Handle, IdentifierKind, OwnerId, ProfileId, ProfileState, RecordKind, Timestamp};

use crate::consents::ConsentRow;
use crate::events::{EventPage, EventRow};

/// What is read of a profile beside who it is.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// The sealed bodies of its records.
    pub bodies: bool,
    /// A page of their events.
    pub events: Option<EventPage>,
    /// What was said to this purpose, or to all at once, for this recipient.
    pub said: Option<(String, String)>,
}

/// A profile as found, with its member records.
#[derive(Debug, Clone)]
pub struct FoundProfile {
    /// Its surrogate.
    pub id: i64,
    /// Its id.
    pub id16: ProfileId,
    /// Its state.
    pub state: ProfileState,
    /// The profile it was merged into, when it is an alias.
    pub merged_into: Option<i64>,
    /// When it was created.
    pub created: Timestamp,
    /// When it was last seen, to the minute.
    pub last_seen: Timestamp,
    /// How the audit log names it; gone after an erasure.
    pub handle: Option<Handle>,
    /// The tenant's counter of consents, restrictions and erasures in this snapshot.
    pub seen: i64,
    /// The records that belong to it now.
    pub members: Vec<Member>,
    /// The page of their events that was asked for, newest first by their own time.
    pub events: Vec<EventRow>,
    /// What they said to the purpose that was asked about.
    pub said: Vec<ConsentRow>,
}

/// A record of a profile.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its surrogate.
    pub record: i64,
    /// Its owner id.
    pub id16: OwnerId,
    /// Whom we got it from.
    pub source: i64,
    /// What its local key is.
    pub kind: RecordKind,
    /// How often its blob was written.
    pub seal_version: u64,
    /// The sealed body, unless it was not asked for.
    pub body: Option<Vec<u8>>,
}

/// A profile without its records: who it is, and whether it still is.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Its surrogate.
    pub id: i64,
    /// Its id.
    pub id16: ProfileId,
    /// Its state.
    pub state: ProfileState,
    /// The profile it was merged into, when it is an alias.
    pub merged_into: Option<i64>,
    /// How the audit log names it; gone after an erasure.
    pub handle: Option<Handle>,
}

/// A record to insert, or to write anew when its seal version is one above the stored one.
#[derive(Debug)]
pub struct RecordWrite {
    /// Its surrogate.
    pub id: i64,
    /// Its owner id.
    pub id16: OwnerId,
    /// Whom we got it from.
    pub source: i64,
    /// What its local key is.
    pub kind: RecordKind,
    /// Now.
    pub at: Timestamp,
    /// The new version of the blob; 1 for a new record.
    pub seal_version: u64,
    /// The sealed body.
    pub body: Vec<u8>,
}

/// A profile to open.
#[derive(Debug)]
pub struct NewProfile {
    /// Its surrogate.
    pub id: i64,
    /// Its id.
    pub id16: ProfileId,
    /// Now.
    pub at: Timestamp,
    /// How the audit log will name it.
    pub handle: Handle,
}

/// A record's way from one profile to another, or into its first.
#[derive(Debug)]
pub struct MembershipMove {
    /// The record.
    pub record: i64,
    /// The profile it leaves.
    pub from: Option<i64>,
    /// The profile it joins.
    pub to: i64,
    /// When; later than the start of the membership it closes.
    pub at: Timestamp,
    /// Why, as a code.
    pub cause: &'static str,
}

/// An identifier to insert.
#[derive(Debug)]
pub struct NewIdentifier {
    /// Its surrogate.
    pub id: i64,
    /// Epoch of the index key.
    pub epoch: u32,
    /// Its kind.
    pub kind: IdentifierKind,
    /// Its blind index.
    pub digest: [u8; 16],
}

/// A link to insert, or to see again.
#[derive(Debug)]
pub struct NewLink {
    /// The identifier.
    pub identifier: i64,
    /// The record.
    pub record: i64,
    /// The record's source.
    pub source: i64,
    /// The identifier's kind.
    pub kind: IdentifierKind,
    /// Whether it is the record's local key.
    pub is_local_key: bool,
    /// Whether it is only kept, not matched on.
    pub demoted: bool,
    /// Now.
    pub at: Timestamp,
}

/// What was seen.
#[derive(Debug, Clone, Copy)]
pub enum Touch {
    /// Records.
    Records,
    /// Profiles.
    Profiles,
}
