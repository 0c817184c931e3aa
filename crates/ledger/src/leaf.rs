//! One entry of the audit log: who did what to whom, why, and what was decided.
//!
//! Nothing in it names a person: subjects are a tree hash over handles, sealed rows a tree hash over ciphertext
//! digests, the payload a commitment. It holds no sequence, so its bytes are final before it has a place.

use serde::Serialize;
use zelo_model::{EntryId, Timestamp};

use crate::Rooted;

/// The most bytes one leaf may have in canonical form.
pub const MAX_LEAF: usize = 4096;

/// What was decided at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// The policies allowed it and it was done.
    Allow,
    /// The policies refused it; nothing was done.
    Deny,
    /// The policies allowed it, but it was not done; what was opened on the way still stands in the entry.
    Failed,
}

/// What kind of fact an entry is; a person's access log is made of disclosures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Plaintext left to a person, a plugin or an export: each subject is listed.
    Disclosure,
    /// Matching, segments, intake: counted, or listed where an automated decision falls on each person.
    Processing,
    /// Running the installation: keys, policies, credentials, erasures.
    Admin,
    /// Somebody was turned away.
    Refusal,
}

/// The first entry of a new epoch: where the log stood that a restore brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The newest anchored checkpoint of the epoch before, the whole signed note.
    pub checkpoint: String,
    /// The epoch whose entries came back: the one before, or an older one when the backup was older than that.
    pub epoch: u64,
    /// How many entries of that epoch came back; all later ones of it, and of the epochs between, did not.
    pub size: u64,
}

/// One entry of the audit log. A member that says nothing (`None`, empty) is left out of the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Its own id, unique in the log; part of every subject leaf.
    pub id: EntryId,
    /// When.
    pub at: Timestamp,
    /// Who: a credential's id or a role (`Actor::name`).
    pub actor: String,
    /// Through which way in (`Via::slug`).
    pub via: &'static str,
    /// Which operation (`Operation::NAME`); for a stranger's refusal the route.
    pub op: String,
    /// Why (GDPR art. 5(1)(b), LGPD art. 6 I).
    pub purpose: String,
    /// The policy bundle's digest in hexadecimal.
    pub policy: String,
    /// What was decided.
    pub decision: Decision,
    /// What kind of fact this is.
    pub class: Class,
    /// Why it was refused or failed: an error code, never a text with somebody's data.
    pub reason: Option<String>,
    /// How many refusals or processed records this one entry stands for; `None` is one.
    pub count: Option<u64>,
    /// What was really shown: the wants ∩ the mask, as category names. Their order does not matter.
    pub shown: Vec<String>,
    /// A read's view of the tenant's counter of consents, restrictions and erasures.
    pub seen: Option<i64>,
    /// The value this write raised that counter to. `seen < made` proves which came first.
    pub made: Option<i64>,
    /// The number of the erasure this entry begins or ends.
    pub erasure: Option<i64>,
    /// The persons, by [`crate::subjects_root`].
    pub subjects: Rooted,
    /// The sealed rows written, by [`crate::sealed_root`].
    pub sealed: Rooted,
    /// Commitment to the sealed payload: an HMAC under a value that stands inside it, so that it hides what was
    /// there once its owner is forgotten.
    pub payload: Option<[u8; 32]>,
    /// In the first entry of an epoch that began with a restore.
    pub restored: Option<Restored>,
}

/// Why a leaf has no canonical form.
#[derive(Debug, thiserror::Error)]
pub enum LeafError {
    /// Longer than [`MAX_LEAF`].
    #[error("an audit entry has at most {MAX_LEAF} bytes, this one has {0}")]
    TooLong(usize),
    /// A number that a JSON reader could round.
    #[error("`{0}` is beyond what JSON can say exactly")]
    Inexact(&'static str),
    /// The serializer refused.
    #[error("the audit entry cannot be written as JSON")]
    Json(#[source] serde_json::Error),
}
