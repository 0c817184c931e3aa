//! A value a caller may see, or the reason they may not.

use std::fmt;

/// Why a field is null; one list, shared by GraphQL and the plugin contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The role does not include this category of data.
    Role,
    /// The purpose does not cover this category of data.
    Purpose,
    /// The person has not given, or has withdrawn, the consent it needs.
    Consent,
    /// The person objects (GDPR art. 21, LGPD art. 18 §2).
    Objection,
    /// A law that applies to the person knows no basis for the purpose (GDPR art. 6, LGPD art. 7).
    Basis,
    /// Processing is restricted (GDPR art. 18).
    Restricted,
    /// The person is a minor and the purpose is closed to minors.
    Minor,
}

impl Reason {
    /// The code in `extensions.withheld`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Role => "ROLE",
            Self::Purpose => "PURPOSE",
            Self::Consent => "CONSENT",
            Self::Objection => "OBJECTION",
            Self::Basis => "BASIS",
            Self::Restricted => "RESTRICTED",
            Self::Minor => "MINOR",
        }
    }

    /// What the caller can do about it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Role => "ask an officer for a role that includes this category of data",
            Self::Purpose => "ask again with a purpose that covers this category of data",
            Self::Consent => "the person has not consented to this purpose",
            Self::Objection => "the person objects to this purpose",
            Self::Basis => "a law that applies to this person knows no basis for this purpose",
            Self::Restricted => "processing is restricted until the restriction is lifted",
            Self::Minor => "this purpose is closed to minors",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A field of a view: shown, or withheld and never decrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field<T> {
    /// The caller may see it.
    Shown(T),
    /// The caller may not, and this is why.
    Withheld(Reason),
}

impl<T> Field<T> {
    /// The value, if it is shown.
    pub fn shown(&self) -> Option<&T> {
        match self {
            Self::Shown(value) => Some(value),
            Self::Withheld(_) => None,
        }
    }
}
