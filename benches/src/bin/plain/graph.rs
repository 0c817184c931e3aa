//! The plain schema: the part of ours that is asked for.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Json, Object, Result, SimpleObject};
use sea_orm::DatabaseConnection;

use crate::rows;

type AnyJson = Json<serde_json::Value>;

/// A kind of identifier.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_model::IdentifierKind")]
pub(crate) enum IdentifierKind {
    UserId,
    AnonymousId,
    Email,
}

#[derive(InputObject)]
pub(crate) struct IdentifierInput {
    kind: IdentifierKind,
    value: String,
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

#[derive(SimpleObject)]
struct EventEdge {
    node: Event,
}

#[derive(SimpleObject)]
struct PageInfo {
    has_next_page: bool,
}

#[derive(SimpleObject)]
struct EventConnection {
    edges: Vec<EventEdge>,
    page_info: PageInfo,
}

#[ComplexObject]
impl Profile {
    async fn events(&self, cx: &Context<'_>, first: i64) -> Result<EventConnection> {
        let (events, has_next_page) =
            rows::events(cx.data::<DatabaseConnection>()?, &self.records, first).await?;
        let edges = events.into_iter().map(|node| EventEdge { node }).collect();
        Ok(EventConnection { edges, page_info: PageInfo { has_next_page } })
    }
}

pub(crate) struct Query;

#[Object]
impl Query {
    async fn profile_by_identifier(&self, cx: &Context<'_>, by: IdentifierInput) -> Result<Option<Profile>> {
        rows::person(cx.data::<DatabaseConnection>()?, by.kind.into(), by.value).await
    }
}
