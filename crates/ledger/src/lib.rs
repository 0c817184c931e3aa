//! The audit log as a Merkle tree: leaves, checkpoints, proofs, verifier.
//!
//! Pure: no database and no clock. Formats are other people's, so that other people's tools can check us:
//! RFC 6962 trees, RFC 8785 leaves, C2SP tlog-tiles, tlog-checkpoint and signed-note.

mod anchor;
mod canonical;
mod checkpoint;
mod epoch;
mod epochs;
mod erasures;
mod findings;
mod frontier;
mod grow;
mod heads;
mod key;
mod key_error;
mod leaf;
mod place;
mod proof;
mod rooted;
mod source;
mod tiles;
mod verify;
mod vkey;

pub use anchor::{
    Anchor, AnchorError, AnchorLine, AnchoredCheckpoint, AnchoredDrop, AnchoredErasure, read_anchor,
};
pub use checkpoint::{Checkpoint, Origin, OriginError};
pub use epochs::verify_epochs;
pub use erasures::{erasure_file, keep_erasure};
pub use findings::{Finding, Report, Signed};
pub use grow::{Growth, grow, growth_needs};
pub use key::SigningKey;
pub use key_error::KeyError;
pub use leaf::{Class, Decision, Leaf, LeafError, MAX_LEAF, Restored};
pub use proof::{
    check_consistency, check_inclusion, consistency_needs, inclusion_needs, prove_consistency,
    prove_inclusion, root,
};
pub use rooted::{
    EMPTY_ROOT, LeafProof, Rooted, check_leaf, prove_leaf, sealed_leaf, sealed_root, subject_leaf,
    subjects_root, tree_hash,
};
pub use source::{Directory, Source, epoch_path, publish};
pub use tiles::{
    MAX_SIZE, TILE_WIDTH, TileId, Tiles, TreeError, all_tiles, bundle, bundle_path, changed_tiles, unbundle,
};
pub use verify::verify;
pub use vkey::VerifyKey;
