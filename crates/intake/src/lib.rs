//! Tracking protocols other people's SDKs already speak.
//!
//! An adapter: it reads a protocol and hands [`zelo_app::IntakeBatch`] to the door. It holds no rule about people
//! and authorises nobody. **Invariant**: nothing here logs, counts or answers with a value somebody sent.

mod answer;
mod auth;
mod batch;
mod body;
mod browser;
mod confirmation;
mod endpoint;
pub mod file;
mod form;
mod published;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::routing::{any, get, post};
use zelo_app::App;

use crate::endpoint::{Endpoint, receive};

/// The tracking endpoints: POST `/v1/identify`, `/v1/track`, `/v1/page`, `/v1/screen`, `/v1/group`, `/v1/alias` and
/// `/v1/batch`, each also by its first letter, as browsers call them; and what browsers ask before they send.
///
/// It answers everything under `/v1/` that no other route takes, so that an SDK always gets a JSON error body.
/// It sets no fallback: it can be merged into any router.
pub fn router(app: App) -> Router {
    endpoint::describe_metrics();
    let mut router = Router::new().route("/v1/{*rest}", any(answer::not_found));
    for endpoint in Endpoint::all() {
        let handler =
            async move |State(app): State<App>, request: Request| receive(&app, endpoint, request).await;
        for path in endpoint.paths() {
            router = router.route(path, post(handler).fallback(answer::method_not_allowed));
        }
    }
    let asked = Router::new()
        .route(browser::SETTINGS, get(browser::settings))
        .route(browser::SCRIPT, get(browser::script));
    let form = Router::new()
        .route(published::TEXT, get(published::text))
        .route(published::GPC, get(published::gpc_support))
        .route(form::FORM, get(form::show).post(form::answer).fallback(answer::method_not_allowed))
        .route(
            confirmation::CONFIRMATION,
            get(confirmation::show).post(confirmation::confirm).fallback(answer::method_not_allowed),
        )
        .layer(DefaultBodyLimit::max(form::MOST));
    router.merge(asked).merge(form).layer(browser::cors()).with_state(app)
}
