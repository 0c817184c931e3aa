//! Who may do what and see what: one question a passage, answered by Cedar, remembered for as long as the bundle lives.

mod ask;
mod cases;
mod load;
mod permissions;
mod schema;
mod table;

use zelo_model::{Purpose, Reason, Role};

#[cfg(test)]
pub(crate) use cases::Case;
pub(crate) use permissions::{facts, print};
pub(crate) use schema::schema;
pub(crate) use table::{Governed, govern};

use crate::{CategoryId, CategoryMask};

/// What the door asks, once a passage.
#[derive(Debug, Clone, Copy)]
pub struct Question<'q> {
    /// In which role.
    pub role: Role,
    /// To do what: an operation's name.
    pub operation: &'q str,
    /// For which purpose.
    pub purpose: &'q Purpose,
    /// What else policies may look at.
    pub flags: Flags,
}

/// What policies may look at beside role, operation and purpose; the schema knows no other attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags {
    /// The actor acts in the installation itself and not in a tenant.
    pub installation: bool,
}

impl Flags {
    const ALL: [Self; 2] = [Self { installation: false }, Self { installation: true }];

    const fn index(self) -> usize {
        self.installation as usize
    }
}

/// The answer to "may this role do this".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Yes, and so far may it see.
    Allow(Sight),
    /// No.
    Deny,
}

/// How far a passage sees: what its role sees, and of that what its purpose needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    role: CategoryMask,
    purpose: CategoryMask,
}

impl Sight {
    pub(crate) const fn new(role: CategoryMask, purpose: CategoryMask) -> Self {
        Self { role, purpose }
    }

    /// The categories that may be shown.
    pub const fn mask(self) -> CategoryMask {
        self.role.intersection(self.purpose)
    }

    /// What the role sees, whatever the purpose.
    pub const fn role(self) -> CategoryMask {
        self.role
    }

    /// Why a category is withheld, `None` when it is shown. The role is named first: no other purpose would help.
    pub const fn withholds(self, category: CategoryId) -> Option<Reason> {
        if !self.role.allows(category) {
            Some(Reason::Role)
        } else if !self.purpose.allows(category) {
            Some(Reason::Purpose)
        } else {
            None
        }
    }

    /// Why all of these are withheld, `None` when any is shown.
    pub const fn withholds_all(self, categories: CategoryMask) -> Option<Reason> {
        if self.role.intersection(categories).is_empty() {
            Some(Reason::Role)
        } else if self.mask().intersection(categories).is_empty() {
            Some(Reason::Purpose)
        } else {
            None
        }
    }
}
