//! Rows in, rows out, personal columns sealed; SQLite and PostgreSQL behind the same functions.
//!
//! Nothing in this crate decides who may see what, and nothing in it opens a sealed value: it hands out
//! ciphertext and the [`zelo_vault::Slot`] it belongs to. Integer surrogates live in the data database only and
//! never leave this crate's callers.

mod apart;
pub mod backup;
mod bulk;
mod bundles;
mod connect;
mod consents;
mod entity;
mod erasure;
mod error;
mod events;
mod expiry;
mod exports;
mod graph;
mod group;
mod groups;
mod held;
mod journal;
mod keys;
mod leaves;
mod log;
mod nodes;
mod notices;
mod owned;
mod people;
#[cfg(test)]
mod plans;
mod policy_changes;
mod quarantine;
mod regenerate;
mod rehash;
mod rekey;
mod reseal;
mod retention;
mod rotations;
mod shred;
mod sql;
mod store;
mod tenancy;
mod writer;

pub use apart::RecordLink;
pub use connect::{Databases, Durability, Options};
pub use consents::{ConsentProof, ConsentRow, EVERY_PURPOSE, NewConsent, Stay};
pub use erasure::{
    EndedSet, ErasedOwner, ErasureRow, NamedEvent, NewErasure, NewRetainedSet, OwnerKind, RetainedSet,
    Suppressed, SuppressedRow,
};
pub use error::{Result, StoreError};
pub use events::{EventPage, EventRow, NewEvent};
pub use expiry::{Expired, Expiring, Lapsed};
pub use graph::{FoundLink, Summary};
pub use group::Coming;
pub use groups::{GroupRow, GroupWrite};
pub use held::{HeldPage, HeldRow};
pub use journal::{JournalLine, JournalPage, JournalRow};
pub use keys::{FetchedKey, NewOwnerKey};
pub use leaves::LeafRow;
pub use log::{LogHead, PendingLeaf, SequencedLeaf, Stream, TileRow};
pub use nodes::{LEASE, ToLetGo};
pub use notices::NoticeCounts;
pub use people::{
    Beside, FoundProfile, Member, MembershipMove, NewIdentifier, NewLink, NewProfile, RecordWrite, Standing,
    Touch,
};
pub use quarantine::NewQuarantine;
pub use rehash::{BodyRow, Digested};
pub use rekey::KekRow;
pub use reseal::{OldSeal, SEALED, SealedColumn};
pub use retention::{DayCount, EventSlice, GoneEvent, Idle, IdlePerson, Owners};
pub use sql::Reading;
pub use store::{Snapshot, Store};
pub use tenancy::{
    CredentialRow, KeysInForce, NewCredential, NewSource, NewTenant, SourceRow, TenantRow, TenantState,
};
pub use writer::{Step, Writing};
