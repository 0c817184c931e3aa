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
}

/// Entries that are in the newest epoch of the log, by id, and the signed checkpoint their proofs lead to.
#[derive(Default)]
pub(crate) struct Proven {
    pub(crate) entries: HashMap<EntryId, LoggedEntry>,
    pub(crate) checkpoint: Option<String>,
}

/// Proves those of these entries that have their place already.
pub(crate) async fn prove_entries(tx: &Tx<'_, Read>, wanted: &[EntryId]) -> Result<Proven> {
    let tenant = tx.tenant.row.id;
    let Some(head) = tx.rows.log_head(tenant).await? else { return Ok(Proven::default()) };
    let mut rows = Vec::with_capacity(wanted.len());
    for id in wanted {
        rows.extend(tx.rows.log_entry(tenant, *id).await?.filter(|row| row.epoch == head.epoch));
    }
    let size = size_of(&head.note)?;
    let tiles = tiles_for(tx, rows.iter().map(|row| row.seq), head.epoch, size).await?;
    let mut entries = HashMap::with_capacity(rows.len());
    for row in rows {
        let seq = u64::try_from(row.seq).map_err(Error::internal)?;
        let inclusion = prove_inclusion(size, seq, &tiles).map_err(Error::internal)?;
        let id = row.leaf.entry;
        entries.insert(id, LoggedEntry { id, leaf: row.leaf.leaf, inclusion });
    }
    Ok(Proven { entries, checkpoint: Some(head.note) })
}
