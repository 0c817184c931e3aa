//! Everything that listens: intake and GraphQL, what operators watch, and what every request passes.

mod audit;
mod ephemeral;
mod fault;
mod health;
mod home;
mod metrics;
mod observe;
mod pulse;
#[cfg(test)]
mod tests;

use axum::http::{HeaderValue, StatusCode, header};
use axum::routing::{get, post};
use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use zelo_app::App;
use zelo_graphql::GraphiqlOptions;

use crate::serve::policies::Refused;

pub(crate) use fault::Fault;
pub(crate) use metrics::Metrics;
pub(crate) use pulse::Pulse;

/// What the pages say about this installation.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) app: App,
    /// Whether its root key lies beside its data.
    pub(crate) insecure: bool,
    /// Which databases it uses.
    pub(crate) database: &'static str,
    pub(crate) metrics: Metrics,
    /// Whether the audit log keeps up.
    pub(crate) pulse: Pulse,
    /// Whether the newest policies of their folder are refused.
    pub(crate) refused: Refused,
}

/// What is served beside intake, GraphQL and health.
#[derive(Default)]
pub(crate) struct Extras {
    /// What the page to try GraphQL is filled in with.
    pub(crate) graphiql: GraphiqlOptions,
    /// Whether tests may ask for fresh tenants.
    pub(crate) ephemeral: bool,
}

/// All routes.
pub(crate) fn router(site: Site, extras: Extras) -> Router {
    let app = site.app.clone();
    let graphql = zelo_graphql::router_with(app.clone(), extras.graphiql);
    let mut watched = Router::new()
        .route("/", get(home::page))
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(metrics::page))
        .merge(audit::routes());
    if extras.ephemeral {
        watched = watched.route("/ephemeral/tenants", post(ephemeral::create));
    }
    passage(watched.with_state(site).merge(graphql).merge(zelo_intake::router(app)))
}

/// What every request passes, outermost last: it is observed even when it panics or takes too long.
fn passage(routes: Router) -> Router {
    let unsniffed = HeaderValue::from_static("nosniff");
    routes
        .fallback(async || Fault::new(StatusCode::NOT_FOUND, "NOT_FOUND", "there is nothing here"))
        .layer(SetResponseHeaderLayer::if_not_present(header::X_CONTENT_TYPE_OPTIONS, unsniffed))
        .layer(middleware::from_fn(observe::in_time))
        .layer(CatchPanicLayer::custom(fault::panicked))
        .layer(middleware::from_fn(observe::observe))
}
