//! Audit entries on their way to the sequencer: writes' in the act's transaction, reads' in a stream of their own.

use sea_orm::Value;
use zelo_model::{EntryId, Handle};

use crate::bulk::Bulk;
use crate::error::Result;
use crate::sql::{Reading, blob};

/// One operation's entry: its canonical bytes and, outside them, the handles it touched.
#[derive(Debug, Clone)]
pub struct LeafRow {
    /// The tenant's surrogate.
    pub tenant: i64,
    /// The entry's id.
    pub entry: EntryId,
    /// Canonical JSON (RFC 8785); final.
    pub leaf: String,
    /// Who was touched, for the index from handle to entry.
    pub handles: Vec<Handle>,
}

const COLUMNS: &[(&str, &str)] =
    &[("tenant", "bigint"), ("entry", "bytea"), ("leaf", "text"), ("handles", "bytea")];
const WRITES: Bulk = Bulk { table: "pending_write_leaf", columns: COLUMNS, conflict: "" };
const READS: Bulk = Bulk { table: "pending_read_leaf", columns: COLUMNS, conflict: "" };

pub(crate) async fn insert_write_leaves(db: &Reading<'_>, leaves: Vec<LeafRow>) -> Result<u64> {
    WRITES.insert(db, rows(leaves)).await
}

/// Entries of reads that one statement takes on SQLite.
const AT_ONCE: usize = 128;

/// Durable when this returns: a statement outside a transaction is one, and one way to the database instead of three or
/// more.
pub(crate) async fn insert_read_leaves(db: &Reading<'_>, leaves: Vec<LeafRow>) -> Result<()> {
    let mut waiting = rows(leaves).into_iter();
    while waiting.len() > 0 {
        let size = if db.is_postgres() { waiting.len() } else { AT_ONCE };
        READS.insert_at_once(db, waiting.by_ref().take(size).collect()).await?;
    }
    Ok(())
}

fn rows(leaves: Vec<LeafRow>) -> Vec<Vec<Value>> {
    let row = |leaf: LeafRow| {
        let handles: Vec<u8> = leaf.handles.iter().flat_map(|handle| handle.0).collect();
        vec![leaf.tenant.into(), blob(leaf.entry.0), leaf.leaf.into(), blob(handles)]
    };
    leaves.into_iter().map(row).collect()
}
