//! The plain answer: the part of ours that is asked for.

use async_graphql::{Enum, ID, Json, SimpleObject};

type AnyJson = Json<serde_json::Value>;

/// A kind of identifier.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_model::IdentifierKind")]
pub(crate) enum IdentifierKind {
    UserId,
    AnonymousId,
    Email,
    Phone,
    Cpf,
    Cnpj,
    Nif,
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct Profile {
    pub(crate) id: ID,
    pub(crate) created_at: String,
    pub(crate) last_seen_at: String,
    pub(crate) identifiers: Vec<Identifier>,
    pub(crate) attributes: Vec<Attribute>,
    #[graphql(skip)]
    pub(crate) records: Vec<i64>,
}

#[derive(SimpleObject)]
pub(crate) struct Identifier {
    pub(crate) kind: String,
    pub(crate) space: Option<String>,
    pub(crate) value: String,
    pub(crate) source: &'static str,
    pub(crate) first_seen_at: String,
}

#[derive(SimpleObject)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) value: AnyJson,
    pub(crate) source: &'static str,
    pub(crate) record: ID,
    pub(crate) at: String,
}

#[derive(SimpleObject)]
pub(crate) struct Event {
    pub(crate) id: ID,
    pub(crate) name: Option<String>,
    pub(crate) occurred_at: String,
    pub(crate) received_at: String,
    pub(crate) source: &'static str,
    pub(crate) properties: Option<AnyJson>,
    pub(crate) context: Option<AnyJson>,
}
