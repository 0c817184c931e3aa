//! What a profile can be.

/// The state of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProfileState {
    /// A person we know.
    Active,
    /// An alias of the profile it was merged into; returns at unmerge.
    MergedInto,
    /// Being forgotten: every passage refuses it.
    Erasing,
    /// Forgotten.
    Erased,
}

impl ProfileState {
    /// The number in the `state` column.
    pub const fn number(self) -> i16 {
        match self {
            Self::Active => 0,
            Self::MergedInto => 1,
            Self::Erasing => 2,
            Self::Erased => 3,
        }
    }

    /// The state with this number.
    pub const fn from_number(number: i16) -> Option<Self> {
        match number {
            0 => Some(Self::Active),
            1 => Some(Self::MergedInto),
            2 => Some(Self::Erasing),
            3 => Some(Self::Erased),
            _ => None,
        }
    }
}
