//! Tracking protocols other people's SDKs already speak.
//!
//! An adapter: it reads a protocol and hands [`zelo_app::IntakeBatch`] to the door. It holds no rule about people
//! and authorises nobody. **Invariant**: nothing here logs, counts or answers with a value somebody sent.

mod answer;
mod auth;
mod batch;
mod body;
mod endpoint;
mod fault;
mod message;
mod slice;
mod sound;
mod traits;

use axum::Router;
use axum::extract::{Request, State};
use axum::routing::{any, post};
use zelo_app::App;

use crate::endpoint::{Endpoint, receive};

/// The tracking endpoints: POST `/v1/identify`, `/v1/track` and `/v1/batch`.
///
/// It answers everything under `/v1/` that no other route takes, so that an SDK always gets a JSON error body.
/// It sets no fallback: it can be merged into any router.
pub fn router(app: App) -> Router {
    endpoint::describe_metrics();
    let mut router = Router::new().route("/v1/{*rest}", any(answer::not_found));
    for endpoint in Endpoint::ALL {
        let handler =
            async move |State(app): State<App>, request: Request| receive(&app, endpoint, request).await;
        router = router.route(endpoint.path(), post(handler).fallback(answer::method_not_allowed));
    }
    router.with_state(app)
}
