//! Which keys are replaced by new ones, and how far that has come.

use crate::{RotationId, Timestamp};

/// A class of keys that rotate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyClass {
    /// The installation's root: what a backup was made under cannot be opened once it is destroyed.
    Root,
    /// A tenant's key of keys.
    Kek,
    /// A tenant's blind index.
    Index,
    /// The data keys of all owners of a tenant: everything sealed is sealed anew.
    Owners,
}

impl KeyClass {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Root, Self::Kek, Self::Index, Self::Owners];

    /// The number in the `what` column.
    pub const fn number(self) -> i16 {
        match self {
            Self::Root => 1,
            Self::Kek => 2,
            Self::Index => 3,
            Self::Owners => 4,
        }
    }

    /// The class with this number.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.number() == number)
    }

    /// Its name on the command line.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Kek => "kek",
            Self::Index => "index",
            Self::Owners => "owners",
        }
    }

    /// The class of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.slug() == slug)
    }
}

/// One rotation. It goes on chunk by chunk until it has ended, whatever happens to the process meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// Its id.
    pub id: RotationId,
    /// What is rotated.
    pub what: KeyClass,
    /// The version, epoch or generation it leads to.
    pub version: u32,
    /// Which part of the work it is at; what that means is the class's own.
    pub phase: i16,
    /// The last row it has come to within the phase; empty at the start.
    pub position: Vec<u8>,
    /// Keys or rows done, of [`Rotation::total`].
    pub done: i64,
    /// How many there were when it began; more may have come since.
    pub total: i64,
    /// How many chunks it has taken: two processes that work on it at once notice.
    pub steps: i64,
    /// When it began.
    pub begun: Timestamp,
    /// When it last got on.
    pub moved: Timestamp,
    /// When it ended; from then on no key of an older version is left.
    pub ended: Option<Timestamp>,
}
