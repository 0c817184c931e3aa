//! The plain schema: the part of ours that is asked for.

use async_graphql::{ComplexObject, Context, InputObject, Object, Result, SimpleObject};
use sea_orm::DatabaseConnection;

use crate::rows;
use crate::shape::{Event, IdentifierKind, Profile};

#[derive(InputObject)]
pub(crate) struct IdentifierInput {
    kind: IdentifierKind,
    value: String,
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
