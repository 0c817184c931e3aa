//! The log of what was done: sequenced, signed, anchored; verified by anybody, read by those it is about.

mod access;
mod export;
mod lost;
mod proven;
mod public;
mod sequence;
mod source;
mod verify;
mod whose;

pub use access::{AccessEntry, AccessPage, GetAccessLog, SubjectProof};
pub use export::{ExportLog, ReadBundle};
pub use proven::LoggedEntry;
pub(crate) use proven::prove_entries;
pub use public::PublicPart;
pub use sequence::Sequenced;
pub use verify::VerifyLog;
