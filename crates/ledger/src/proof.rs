//! Proofs for people who have only a checkpoint: that an entry is in the log, that a log only grew.
//!
//! RFC 6962 §2.1.1 (audit path) and §2.1.2 (consistency), computed by `tlog_tiles` from tiles the caller loads.

use std::cell::RefCell;

use tlog_tiles::{
    Hash, HashReader, check_record, check_tree, prove_record, prove_tree, record_hash, tree_hash,
};

use crate::rooted::LeafProof;
use crate::tiles::{MAX_SIZE, TileId, Tiles, TreeError};
use crate::{EMPTY_ROOT, Rooted};

/// The tree hash of the first `size` entries; needs [`crate::growth_needs`].
pub fn root(size: u64, tiles: &Tiles) -> Result<[u8; 32], TreeError> {
    Ok(tree_hash(within(size)?, tiles)?.0)
}

/// The tiles [`prove_inclusion`] needs.
pub fn inclusion_needs(size: u64, seq: u64) -> Result<Vec<TileId>, TreeError> {
    needs(within(size)?, |recorder| prove_record(size, seq, recorder).err())
}

/// Proves that entry `seq` (from 0) is in the tree of `size` entries.
pub fn prove_inclusion(size: u64, seq: u64, tiles: &Tiles) -> Result<LeafProof, TreeError> {
    let path = prove_record(within(size)?, seq, tiles)?;
    Ok(LeafProof { index: seq, path: path.into_iter().map(|hash| hash.0).collect() })
}

/// Whether an entry, given as the bytes the log keeps, stands where the proof says in the tree of this head.
pub fn check_inclusion(head: &Rooted, entry: &[u8], proof: &LeafProof) -> bool {
    let path = proof.path.iter().copied().map(Hash).collect();
    check_record(&path, head.n, Hash(head.root), proof.index, record_hash(entry)).is_ok()
}

/// The tiles [`prove_consistency`] needs.
pub fn consistency_needs(old: u64, new: u64) -> Result<Vec<TileId>, TreeError> {
    if old == 0 {
        return Ok(Vec::new());
    }
    needs(within(new)?, |recorder| prove_tree(new, old, recorder).err())
}

/// Proves that the tree of `new` entries begins with the tree of `old` entries.
pub fn prove_consistency(old: u64, new: u64, tiles: &Tiles) -> Result<Vec<[u8; 32]>, TreeError> {
    if old == 0 {
        return Ok(Vec::new());
    }
    Ok(prove_tree(within(new)?, old, tiles)?.into_iter().map(|hash| hash.0).collect())
}

/// Whether the proof shows that the tree of head `new` begins with the tree of head `old`.
pub fn check_consistency(old: &Rooted, new: &Rooted, proof: &[[u8; 32]]) -> bool {
    if old.n == 0 {
        return proof.is_empty() && old.root == EMPTY_ROOT;
    }
    let proof = proof.iter().copied().map(Hash).collect();
    check_tree(&proof, new.n, Hash(new.root), old.n, Hash(old.root)).is_ok()
}

fn within(size: u64) -> Result<u64, TreeError> {
    if size > MAX_SIZE { Err(TreeError::OutOfTree) } else { Ok(size) }
}

/// Runs a proof against nothing, to learn which hashes it asks for.
fn needs(
    size: u64,
    proof: impl FnOnce(&Recorder) -> Option<tlog_tiles::Error>,
) -> Result<Vec<TileId>, TreeError> {
    let recorder = Recorder::default();
    if let Some(error @ tlog_tiles::Error::InvalidInput(_)) = proof(&recorder) {
        return Err(error.into());
    }
    let asked = recorder.0.into_inner();
    let mut tiles: Vec<TileId> =
        asked.into_iter().filter_map(|stored| TileId::holding(stored, size)).collect();
    tiles.sort_unstable();
    tiles.dedup();
    Ok(tiles)
}

#[derive(Default)]
struct Recorder(RefCell<Vec<u64>>);

impl HashReader for Recorder {
    fn read_hashes(&self, stored: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        self.0.borrow_mut().extend(stored);
        Err(tlog_tiles::Error::IndexesNotInTree)
    }
}
