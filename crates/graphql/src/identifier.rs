//! Identifiers: what finds a person, asked and answered.

use async_graphql::{Enum, InputObject, Object};
use zelo_app::IdentifierView;

use crate::personal::personal;
use crate::scalar::DateTime;

/// A kind of identifier.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_model::IdentifierKind")]
pub(crate) enum IdentifierKind {
    /// The id a source gives a signed-in person; it means something only inside that source's id space.
    UserId,
    /// The id a source gives a device or browser; it means something only inside that source's id space.
    AnonymousId,
    /// An e-mail address.
    Email,
    /// A telephone number, shown as E.164: `+5581912345678`.
    Phone,
    /// A Brazilian person's number at the Receita Federal, shown as its eleven digits.
    Cpf,
    /// A Brazilian company's number at the Receita Federal, shown as its fourteen letters and digits.
    Cnpj,
    /// A Portuguese tax number, shown as its nine digits.
    Nif,
}

/// An identifier to find a profile by.
#[derive(InputObject)]
pub(crate) struct IdentifierInput {
    /// Its kind.
    pub(crate) kind: IdentifierKind,
    /// The value as people write it. Personal, so never over GET: `PERSONAL_DATA_IN_URL`.
    #[graphql(directive = personal::apply())]
    pub(crate) value: String,
    /// The id space of user ids and anonymous ids; left out, it is `main`. The others have none.
    pub(crate) space: Option<String>,
}

/// An identifier as read.
pub(crate) struct Identifier<'a>(pub(crate) &'a IdentifierView);

/// A value that finds this person.
#[Object]
impl Identifier<'_> {
    /// Its kind.
    async fn kind(&self) -> IdentifierKind {
        self.0.kind.into()
    }

    /// The id space of user ids and anonymous ids; null for the others.
    async fn space(&self) -> Option<&str> {
        self.0.space.as_deref()
    }

    /// The value.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// Whom we got it from: the source's name.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// When it was first seen.
    async fn first_seen_at(&self) -> DateTime {
        DateTime(self.0.first_seen_at)
    }
}
