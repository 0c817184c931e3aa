//! GraphQL's names for the operations: a schema, and the HTTP it is spoken over.
//!
//! Nothing here decides who may what. A root field is one passage through the door ([`zelo_app::App::run`]); all
//! fields below it read what that passage brought back. Start with `query.rs`, then `wants.rs`, then `http/mod.rs`.

mod access;
mod arrival;
mod asker;
mod consent;
mod consent_event;
mod count;
mod cursor;
mod erasure;
mod error;
mod event;
mod export;
mod graphiql;
mod http;
mod identifier;
mod journal;
mod limits;
mod merge;
mod mutation;
mod notice;
mod personal;
mod policy;
mod policy_change;
mod policy_difference;
mod profile;
mod quarantine;
mod query;
mod retention;
mod scalar;
mod schema;
mod subscription;
mod tally;
mod wants;
mod withheld;

use axum::Router;
use zelo_app::App;

pub use graphiql::GraphiqlOptions;

/// `/graphql` and the page to try it, `/graphiql`, with nothing filled in: what production serves.
pub fn router(app: App) -> Router {
    router_with(app, GraphiqlOptions::default())
}

/// The same, with the page filled in: the development profile gives it a key and a first query.
pub fn router_with(app: App, options: GraphiqlOptions) -> Router {
    http::routes(app).merge(graphiql::routes(options))
}

/// The schema as text; `schema/graphql/schema.graphql` is a copy that a test holds to it.
pub fn sdl() -> String {
    schema::sdl(&schema::schema())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_file_is_current() {
        expect_test::expect_file!["../../../schema/graphql/schema.graphql"].assert_eq(&super::sdl());
    }
}
