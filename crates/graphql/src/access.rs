//! Who looked at a person, as a Relay connection, each line with its two proofs.

use async_graphql::{ID, Object, SimpleObject};
use data_encoding::HEXLOWER;
use serde_json::Value;
use zelo_app::{AccessEntry, AccessPage, ProofPath};

use crate::cursor;
use crate::scalar::DateTime;

/// A page of a person's access log, newest first (GDPR art. 15; LGPD art. 18).
#[derive(SimpleObject)]
pub(crate) struct AccessLogConnection<'a> {
    /// The entries of this page.
    edges: Vec<AccessLogEdge<'a>>,
    /// Whether older ones follow.
    has_next_page: bool,
    /// The newest signed checkpoint (C2SP tlog-checkpoint), which inclusion proofs lead to, except for entries from before
    /// a restore; null while the log is empty.
    checkpoint: Option<&'a str>,
}

/// An entry and the place it has in the list.
#[derive(SimpleObject)]
pub(crate) struct AccessLogEdge<'a> {
    /// Its place: `accessLog(after:)` goes on behind it.
    cursor: String,
    /// The entry.
    node: AccessLogEntry<'a>,
}

impl<'a> AccessLogConnection<'a> {
    pub(crate) fn new(page: &'a AccessPage) -> Self {
        let edge = |entry: &'a AccessEntry| AccessLogEdge {
            cursor: cursor::encode_place(entry.place),
            node: AccessLogEntry { entry, told: serde_json::from_str(&entry.leaf).unwrap_or_default() },
        };
        Self {
            edges: page.entries.iter().map(edge).collect(),
            has_next_page: page.has_next,
            checkpoint: page.checkpoint.as_deref(),
        }
    }
}

/// An entry as read, and what it says.
pub(crate) struct AccessLogEntry<'a> {
    entry: &'a AccessEntry,
    told: Value,
}

/// One passage in which this person's data was shown.
#[Object]
impl AccessLogEntry<'_> {
    /// Its id: `ent_` and 26 characters.
    async fn id(&self) -> ID {
        ID(self.entry.id.to_string())
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.entry.at)
    }

    /// Who: a credential's id, or a role.
    async fn actor(&self) -> Option<&str> {
        self.told["actor"].as_str()
    }

    /// Which operation.
    async fn operation(&self) -> Option<&str> {
        self.told["op"].as_str()
    }

    /// For which purpose.
    async fn purpose(&self) -> Option<&str> {
        self.told["purpose"].as_str()
    }

    /// The categories of data that were shown.
    async fn shown(&self) -> Vec<&str> {
        self.told["shown"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The entry as the log holds it, byte for byte: what the inclusion proof is about.
    async fn leaf(&self) -> &str {
        &self.entry.leaf
    }

    /// That the entry is in the log (RFC 6962 §2.1.1), leading to the checkpoint's root.
    async fn inclusion(&self) -> AuditPath {
        AuditPath::new(&self.entry.inclusion)
    }

    /// The signed checkpoint that `inclusion` leads to: the page's own or, for an entry from before a restore, the last one
    /// of its epoch.
    async fn checkpoint(&self) -> &str {
        &self.entry.checkpoint
    }

    /// The random bits that stand for this person in the log, in hexadecimal.
    async fn handle(&self) -> String {
        HEXLOWER.encode(self.entry.subject.handle.bytes())
    }

    /// That the entry speaks of this person: from `SHA-256(entry id ‖ handle)` to the entry's `subjects.root`.
    async fn subject(&self) -> AuditPath {
        AuditPath::new(&self.entry.subject.path)
    }
}

/// A path in a Merkle tree (RFC 6962 §2.1.1).
#[derive(SimpleObject)]
pub(crate) struct AuditPath {
    /// The leaf's position, from 0.
    index: String,
    /// The hashes from the leaf to the root, in hexadecimal.
    hashes: Vec<String>,
}

impl AuditPath {
    pub(crate) fn new(path: &ProofPath) -> Self {
        Self {
            index: path.index.to_string(),
            hashes: path.path.iter().map(|hash| HEXLOWER.encode(hash)).collect(),
        }
    }
}
