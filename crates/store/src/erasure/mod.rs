//! Erasures: their numbers and owners, what they suppress and keep, and the deleting of rows.

mod again;
mod begin;
mod kept;
mod purge;
mod read;
mod suppress;

pub use read::NamedEvent;

use zelo_model::{EntryId, ErasureGround, ErasureState, IdentifierKind, OwnerId, ProfileId, Timestamp};

/// An erasure as it is begun.
#[derive(Debug)]
pub struct NewErasure {
    /// Its number, one above the tenant's last.
    pub n: i64,
    /// The profile's surrogate.
    pub profile: i64,
    /// Why.
    pub ground: ErasureGround,
    /// Now.
    pub at: Timestamp,
    /// The entry that begins it.
    pub entry: EntryId,
    /// Whose keys go.
    pub owners: Vec<ErasedOwner>,
    /// What must not come back.
    pub suppressed: Vec<SuppressedRow>,
    /// What a law keeps.
    pub kept: Vec<NewRetainedSet>,
}

/// What an owner of a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerKind {
    /// A record.
    Record,
    /// A message in quarantine.
    Quarantine,
}

/// An owner whose key an erasure destroys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErasedOwner {
    /// Its surrogate.
    pub id: i64,
    /// Its id.
    pub id16: OwnerId,
    /// What it is.
    pub kind: OwnerKind,
}

/// An identifier that must not come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressedRow {
    /// Its kind.
    pub kind: IdentifierKind,
    /// Its digest under the suppression key.
    pub digest: [u8; 16],
    /// Since when, in days since 1970.
    pub day: i64,
    /// Why, as a code.
    pub reason: String,
}

/// Fields of one person that one law keeps until one day, under a key of their own.
#[derive(Debug)]
pub struct NewRetainedSet {
    /// Its surrogate.
    pub id: i64,
    /// Its owner id.
    pub id16: OwnerId,
    /// The policy that keeps it.
    pub policy: String,
    /// The ground, as a code.
    pub ground: String,
    /// Where the law says so.
    pub law: String,
    /// Until when.
    pub until: Timestamp,
    /// The rows: their own ids and sealed bodies.
    pub rows: Vec<([u8; 16], Vec<u8>)>,
}

/// A set of kept fields whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedSet {
    /// Its surrogate.
    pub id: i64,
    /// Its owner id.
    pub id16: OwnerId,
    /// The erasure that left it.
    pub n: i64,
}

/// A set of kept fields as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetainedSet {
    /// Its owner id.
    pub id16: OwnerId,
    /// The policy that keeps it.
    pub policy: String,
    /// The ground, as a code.
    pub ground: String,
    /// Where the law says so.
    pub law: String,
    /// Until when.
    pub until: Timestamp,
    /// How many rows it holds.
    pub rows: i64,
}

/// An erasure as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureRow {
    /// Its number, monotone per tenant.
    pub n: i64,
    /// The profile's surrogate.
    pub profile: i64,
    /// The profile's id.
    pub profile_id16: ProfileId,
    /// How far it has come.
    pub state: ErasureState,
    /// Why, as a code.
    pub ground: String,
    /// When it was decided.
    pub begun_at: Timestamp,
    /// When the last copy of a key was gone.
    pub effective_at: Option<Timestamp>,
    /// When the last row was gone.
    pub done_at: Option<Timestamp>,
    /// The entry that begins it.
    pub begin_entry: EntryId,
    /// The entry that ends it.
    pub done_entry: Option<EntryId>,
}

/// A suppressed identifier as intake meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suppressed {
    /// Its digest under the suppression key.
    pub digest: [u8; 16],
    /// The erasure that suppressed it.
    pub n: i64,
    /// When that was decided.
    pub since: Timestamp,
}
