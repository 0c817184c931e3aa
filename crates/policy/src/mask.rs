//! A set of data categories, small enough to be asked for every field.

use crate::CategoryId;

/// Which categories of data may be shown. It belongs to one bundle and is never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CategoryMask(u64);

impl CategoryMask {
    /// No category.
    pub const NONE: Self = Self(0);
    /// Every category.
    pub const ALL: Self = Self(u64::MAX);

    /// Whether this category may be shown.
    pub const fn allows(self, category: CategoryId) -> bool {
        self.0 & category.bit() != 0
    }

    /// With one category more.
    #[must_use]
    pub const fn with(self, category: CategoryId) -> Self {
        Self(self.0 | category.bit())
    }

    /// What either shows.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What both show.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether nothing may be shown.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<CategoryId> for CategoryMask {
    fn from_iter<I: IntoIterator<Item = CategoryId>>(categories: I) -> Self {
        categories.into_iter().fold(Self::NONE, Self::with)
    }
}
