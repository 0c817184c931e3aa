//! Who is who, decided by people: a steward merges, splits and undoes, answers what the rules suggest, and keeps apart.
//!
//! Every operation here is planned in one snapshot (`change.rs` says what a plan is) and applied only if the people it
//! rests on are still who they were. No ciphertext moves: memberships close and open.

mod apart;
mod carry;
mod change;
mod journal;
mod merging;
mod preview;
mod split;
mod unmerge;

pub use apart::{LiftApart, RejectSuggestion};
pub use change::Rearranged;
pub use journal::{JournalEntry, JournalKind, JournalState, JournalView, ReadJournal};
pub use merging::{MergeProfiles, Merging};
pub use preview::{Preview, PreviewChange, Rearrangement, RecordMove, Withholding};
pub use split::SplitProfile;
pub use unmerge::UndoMerge;
