//! Why somebody is forgotten, and how far that has come.

use std::fmt;
use std::str::FromStr;

/// Why a person's data is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErasureGround {
    /// The person asked for it (LGPD art. 18 IV and VI, GDPR art. 17(1)).
    Request,
    /// It is no longer needed for what it was collected for (LGPD art. 15 I, GDPR art. 17(1)(a)).
    NotNeeded,
    /// The consent it rested on was withdrawn (LGPD art. 15 III, GDPR art. 17(1)(b)).
    ConsentWithdrawn,
    /// The person objected (LGPD art. 18 §2, GDPR art. 17(1)(c)).
    Objection,
    /// It was never lawful to have it (LGPD art. 18 IV, GDPR art. 17(1)(d)).
    Unlawful,
    /// A law or authority demands it (LGPD art. 15 IV, GDPR art. 17(1)(e)).
    LegalDuty,
    /// It was collected from a child (LGPD art. 14, GDPR art. 17(1)(f)).
    Child,
}

/// A text that names no ground.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the grounds are request, not-needed, consent-withdrawn, objection, unlawful, legal-duty and child")]
pub struct UnknownGround;

impl ErasureGround {
    /// All grounds.
    pub const ALL: [Self; 7] = [
        Self::Request,
        Self::NotNeeded,
        Self::ConsentWithdrawn,
        Self::Objection,
        Self::Unlawful,
        Self::LegalDuty,
        Self::Child,
    ];

    /// The name on the command line and in rows.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::NotNeeded => "not-needed",
            Self::ConsentWithdrawn => "consent-withdrawn",
            Self::Objection => "objection",
            Self::Unlawful => "unlawful",
            Self::LegalDuty => "legal-duty",
            Self::Child => "child",
        }
    }
}

impl fmt::Display for ErasureGround {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl FromStr for ErasureGround {
    type Err = UnknownGround;

    fn from_str(text: &str) -> Result<Self, UnknownGround> {
        Self::ALL.into_iter().find(|ground| ground.slug() == text).ok_or(UnknownGround)
    }
}

/// How far an erasure has come. It only ever goes forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErasureState {
    /// Decided and written down; the person is refused everywhere, the keys may still be there.
    Begun,
    /// The keys are destroyed; processes may still hold copies in memory.
    Shredded,
    /// Nobody can open anything of the person any more.
    Effective,
    /// Their rows are gone, too.
    Done,
}

impl ErasureState {
    /// The number in the `state` column.
    pub const fn number(self) -> i16 {
        match self {
            Self::Begun => 0,
            Self::Shredded => 1,
            Self::Effective => 2,
            Self::Done => 3,
        }
    }

    /// The state with this number.
    pub const fn from_number(number: i16) -> Option<Self> {
        match number {
            0 => Some(Self::Begun),
            1 => Some(Self::Shredded),
            2 => Some(Self::Effective),
            3 => Some(Self::Done),
            _ => None,
        }
    }

    /// The name people and programs read.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Shredded => "shredded",
            Self::Effective => "effective",
            Self::Done => "done",
        }
    }
}
