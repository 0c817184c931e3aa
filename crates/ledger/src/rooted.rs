//! The small trees inside a leaf: whose data it concerns and which ciphertexts it wrote.
//!
//! RFC 6962 §2.1 tree hashes, so a person gets an inclusion proof for their own handle and learns nobody else's.

use ring::digest::{Context, SHA256};
use tlog_tiles::{Hash, HashReader, check_record, prove_record, record_hash, stored_hashes_for_record_hash};
use zelo_model::{EntryId, Handle};

/// The tree hash of no leaves at all (RFC 6962 §2.1).
pub const EMPTY_ROOT: [u8; 32] = tlog_tiles::EMPTY_HASH.0;

/// How many, and the tree hash over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rooted {
    /// How many leaves.
    pub n: u64,
    /// Their RFC 6962 tree hash.
    pub root: [u8; 32],
}

impl Default for Rooted {
    /// Nobody and nothing.
    fn default() -> Self {
        Self { n: 0, root: EMPTY_ROOT }
    }
}

/// The place of one leaf in a tree: its index and its audit path (RFC 6962 §2.1.1), nearest sibling first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafProof {
    /// Which leaf, from 0.
    pub index: u64,
    /// The siblings on the way to the root.
    pub path: Vec<[u8; 32]>,
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// What stands for one person in one entry: `SHA-256(entry id ‖ handle)`.
pub fn subject_leaf(id: &EntryId, handle: &Handle) -> [u8; 32] {
    sha256(&[id.bytes(), handle.bytes()])
}

/// The persons of an entry, sorted by handle, each once.
pub fn subjects_root(id: &EntryId, handles: &[Handle]) -> Rooted {
    let mut handles = handles.to_vec();
    handles.sort_unstable();
    handles.dedup();
    let leaves: Vec<[u8; 32]> = handles.iter().map(|handle| subject_leaf(id, handle)).collect();
    root_of(&leaves)
}

/// What stands for one sealed row written: `SHA-256(table u32 ‖ row 16 ‖ seal_version u64 ‖ SHA-256(ciphertext))`,
/// big-endian.
pub fn sealed_leaf(table: u32, row: &[u8; 16], seal_version: u64, ciphertext_sha256: &[u8; 32]) -> [u8; 32] {
    sha256(&[&table.to_be_bytes(), row, &seal_version.to_be_bytes(), ciphertext_sha256])
}

/// The sealed rows of an entry, sorted by their leaf, each once: whoever has the rows can rebuild it.
pub fn sealed_root(leaves: &[[u8; 32]]) -> Rooted {
    let mut leaves = leaves.to_vec();
    leaves.sort_unstable();
    leaves.dedup();
    root_of(&leaves)
}

fn root_of(leaves: &[[u8; 32]]) -> Rooted {
    Rooted { n: leaves.len() as u64, root: tree_hash(leaves) }
}

/// The tree hash MTH(leaves) of RFC 6962 §2.1, each 32 bytes being a leaf's *data*.
pub fn tree_hash(leaves: &[[u8; 32]]) -> [u8; 32] {
    if leaves.is_empty() {
        return EMPTY_ROOT;
    }
    let mut level: Vec<[u8; 32]> = leaves.iter().map(|data| sha256(&[&[0], data])).collect();
    // Joining neighbours and carrying the odd last one up gives the same tree as splitting at powers of two.
    while level.len() > 1 {
        let joined = level.chunks(2).map(|pair| match pair {
            [left, right] => sha256(&[&[1], left, right]),
            rest => rest[0],
        });
        level = joined.collect();
    }
    level[0]
}

/// Where `leaf` stands among `leaves` (in the order that made the root), and how to get from it to the root.
pub fn prove_leaf(leaves: &[[u8; 32]], leaf: &[u8; 32]) -> Option<LeafProof> {
    let index = leaves.iter().position(|other| other == leaf)? as u64;
    let mut stored = Stored::default();
    for (n, data) in (0..).zip(leaves) {
        let hashes = stored_hashes_for_record_hash(n, record_hash(data), &stored).ok()?;
        stored.0.extend(hashes);
    }
    let path = prove_record(leaves.len() as u64, index, &stored).ok()?;
    Some(LeafProof { index, path: path.into_iter().map(|hash| hash.0).collect() })
}

/// Whether `leaf` stands in the tree of this root.
pub fn check_leaf(rooted: &Rooted, leaf: &[u8; 32], proof: &LeafProof) -> bool {
    let path = proof.path.iter().copied().map(Hash).collect();
    check_record(&path, rooted.n, Hash(rooted.root), proof.index, record_hash(leaf)).is_ok()
}

/// Stored hashes of a small tree in memory.
#[derive(Default)]
struct Stored(Vec<Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let read = |index: &u64| usize::try_from(*index).ok().and_then(|i| self.0.get(i)).copied();
        indexes.iter().map(read).collect::<Option<_>>().ok_or(tlog_tiles::Error::IndexesNotInTree)
    }
}
