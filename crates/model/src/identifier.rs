//! Kinds of identifier: values that find a person's records.

use std::fmt;
use std::str::FromStr;

/// A kind of identifier; its priority, limits and blocked values stand in `policies/matching.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IdentifierKind {
    /// The id a source gives a signed-in person; unique within the source's id space.
    UserId,
    /// The id a source gives a device or browser.
    AnonymousId,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A Brazilian person's number at the Receita Federal.
    Cpf,
    /// A Brazilian company's number at the Receita Federal, digits or alphanumeric.
    Cnpj,
    /// A Portuguese tax number.
    Nif,
}

/// A text that names no kind of identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the kinds of identifier are user_id, anonymous_id, email, phone, cpf, cnpj and nif")]
pub struct UnknownKind;

impl IdentifierKind {
    /// All kinds; the position is the number in the `kind` column and never changes.
    pub const ALL: [Self; 7] =
        [Self::UserId, Self::AnonymousId, Self::Email, Self::Phone, Self::Cpf, Self::Cnpj, Self::Nif];

    /// The name in policies and key derivation.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::UserId => "user_id",
            Self::AnonymousId => "anonymous_id",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Cpf => "cpf",
            Self::Cnpj => "cnpj",
            Self::Nif => "nif",
        }
    }

    /// The number in the `kind` column.
    pub const fn number(self) -> i16 {
        match self {
            Self::UserId => 0,
            Self::AnonymousId => 1,
            Self::Email => 2,
            Self::Phone => 3,
            Self::Cpf => 4,
            Self::Cnpj => 5,
            Self::Nif => 6,
        }
    }

    /// The kind with this number.
    pub fn from_number(number: i16) -> Option<Self> {
        usize::try_from(number).ok().and_then(|n| Self::ALL.get(n).copied())
    }

    /// Whether the value means something only inside a source's id space: customer 42 of the billing import is
    /// not customer 42 of the shop.
    pub const fn is_spaced(self) -> bool {
        matches!(self, Self::UserId | Self::AnonymousId)
    }
}

impl fmt::Display for IdentifierKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl FromStr for IdentifierKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.slug() == text).ok_or(UnknownKind)
    }
}

/// A normalised identifier: what the blind index digests. Personal; it has no `Display`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier {
    /// Its kind.
    pub kind: IdentifierKind,
    /// The id space for spaced kinds (`main` for SDK sources), empty for the others.
    pub space: String,
    /// The normal form.
    pub normal: String,
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifier({}, …)", self.kind)
    }
}
