//! What a verification found, in words an auditor can put into a report.

use std::fmt;

/// Which signature is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signed {
    /// The log's own newest checkpoint, or it is not there at all.
    Log,
    /// A checkpoint in the anchor, counted from 0 among those of this log.
    Anchor(usize),
}

/// One thing found. Entries are counted from 0; a range `from..to` ends before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// The bytes of this entry are not those the tree was made of.
    LeafModified(u64),
    /// These entries are not there though the tree has them.
    Missing {
        /// The first of them.
        from: u64,
        /// One past the last.
        to: u64,
    },
    /// The log ends before a size that was anchored.
    Truncated {
        /// How many entries were anchored.
        anchored: u64,
        /// How many there are.
        found: u64,
    },
    /// A signed checkpoint of this size does not fit the log: its history was rewritten.
    Fork {
        /// The size of the first checkpoint that does not fit.
        size: u64,
        /// The last signed size that still fits: the change lies in `after..size`.
        after: u64,
    },
    /// The log began after a restore, but its first entry does not name the newest anchored checkpoint of the epoch
    /// before: an epoch was passed over in silence.
    EpochUnlinked,
    /// A signature is not valid, is by another key, or is for another log.
    SigInvalid(Signed),
    /// A tile of hashes is missing or is not the tree of the entries; the entries may still be right.
    TileDamaged {
        /// Its level.
        level: u8,
        /// Its index within the level.
        index: u64,
    },
    /// A restore, not an error: these anchored entries did not come back, and the first entry of the epoch that began
    /// with it says so. Whether there was reason to restore is for the reader to ask.
    Restored {
        /// The first of them.
        from: u64,
        /// One past the last.
        to: u64,
    },
    /// The honest limit, not an error: nothing outside the database vouches for these entries yet.
    UnanchoredRange {
        /// The first of them.
        from: u64,
        /// One past the last.
        to: u64,
    },
}

impl Finding {
    /// Whether it means that the log is not what it was; an unanchored range and a restore that is owned up to do not.
    pub fn is_failure(&self) -> bool {
        !matches!(self, Self::UnanchoredRange { .. } | Self::Restored { .. })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::LeafModified(seq) => write!(f, "LEAF_MODIFIED({seq})"),
            Self::Missing { from, to } if to == from + 1 => write!(f, "MISSING({from})"),
            Self::Missing { from, to } => write!(f, "MISSING({from}..{to})"),
            Self::Truncated { anchored, found } => write!(f, "TRUNCATED(anchored {anchored}, found {found})"),
            Self::Fork { size, after } => write!(f, "FORK(size {size}, changed in {after}..{size})"),
            Self::EpochUnlinked => f.write_str("EPOCH_UNLINKED"),
            Self::SigInvalid(Signed::Log) => f.write_str("SIG_INVALID(log)"),
            Self::SigInvalid(Signed::Anchor(n)) => write!(f, "SIG_INVALID(anchor, checkpoint {n})"),
            Self::TileDamaged { level, index } => write!(f, "TILE_DAMAGED(level {level}, index {index})"),
            Self::Restored { from, to } => write!(f, "RESTORED({from}..{to})"),
            Self::UnanchoredRange { from, to } => write!(f, "UNANCHORED_RANGE({from}..{to})"),
        }
    }
}

/// The outcome of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many entries the copy has, up to the last one present.
    pub entries: u64,
    /// The largest anchored size that the log fits; 0 without an anchor.
    pub anchored_size: u64,
    /// Everything found, sorted.
    pub findings: Vec<Finding>,
    /// The epochs before a restore, newest first, each verified on its own as far as it came back.
    pub earlier: Vec<(u64, Report)>,
}

impl Report {
    /// Whether nothing was changed, as far as the anchor reaches, in this epoch and those before it.
    pub fn is_sound(&self) -> bool {
        !self.findings.iter().any(Finding::is_failure)
            && self.earlier.iter().all(|(_, report)| report.is_sound())
    }
}
