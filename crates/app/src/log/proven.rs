//! Entries by their ids, each with the proof that it is in the log.

use std::collections::HashMap;

use zelo_ledger::{LeafProof, prove_inclusion};
use zelo_model::EntryId;

use super::access::tiles_for;
use crate::error::{Error, Result};
use crate::signing::size_of;
use crate::tx::{Read, Tx};

/// An entry of the log with the proof that it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEntry {
    /// Its id.
    pub id: EntryId,
    /// The entry as the log keeps it, byte for byte.
    pub leaf: String,
    /// The way from it to the checkpoint's root (RFC 6962 §2.1.1).
    pub inclusion: LeafProof,
    /// The signed checkpoint that way leads to (C2SP tlog-checkpoint): the newest one, or the last one of an epoch before
    /// a restore.
    pub checkpoint: String,
}

/// Proves those of these entries that have their place already, each against the head of its own epoch; by id.
pub(crate) async fn prove_entries(
    tx: &Tx<'_, Read>,
    wanted: &[EntryId],
) -> Result<HashMap<EntryId, LoggedEntry>> {
    let tenant = tx.tenant.row.id;
    let mut rows = Vec::with_capacity(wanted.len());
    for id in wanted {
        rows.extend(tx.rows.log_entry(tenant, *id).await?);
    }
    let mut entries = HashMap::with_capacity(rows.len());
    for head in tx.rows.log_heads(tenant).await? {
        let size = size_of(&head.note)?;
        let of_epoch: Vec<_> = rows.extract_if(.., |row| row.epoch == head.epoch).collect();
        let tiles = tiles_for(tx, of_epoch.iter().map(|row| row.seq), head.epoch, size).await?;
        for row in of_epoch {
            let seq = u64::try_from(row.seq).map_err(Error::internal)?;
            let inclusion = prove_inclusion(size, seq, &tiles).map_err(Error::internal)?;
            let (id, leaf) = (row.leaf.entry, row.leaf.leaf);
            entries.insert(id, LoggedEntry { id, leaf, inclusion, checkpoint: head.note.clone() });
        }
    }
    Ok(entries)
}
