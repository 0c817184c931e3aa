//! What a browser asks before it sends: whether another origin may be spoken to, and where events go.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tower_http::cors::{AllowHeaders, Any, CorsLayer};
use zelo_app::App;
use zelo_model::Via;

use crate::answer::Refusal;

/// Where `@segment/analytics-next` looks for its settings.
pub(crate) const SETTINGS: &str = "/v1/projects/{write_key}/settings";
/// Where the snippet people paste looks for the script.
pub(crate) const SCRIPT: &str = "/analytics.js/v1/{write_key}/analytics.min.js";

/// Pages of any origin may send: a write key stands in them for everybody to read, sends, and reads nothing. No cookie
/// goes along. Headers are whatever a page asks for: SDKs add their own, such as `X-Retry-Count` when they send again.
/// `Retry-After` may be read, else a page would not know how long to wait.
pub(crate) fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([header::RETRY_AFTER])
        .max_age(Duration::from_hours(2))
}

/// Tells the browser SDK to send events here, and nothing anywhere else: no other destinations, no metrics.
pub(crate) async fn settings(
    State(app): State<App>,
    Path(write_key): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Err(error) = app.authenticate(&write_key).await {
        app.refuse_stranger(SETTINGS, Via::Intake).await;
        return Refusal::from(error).into();
    }
    let mut here = json!({ "apiKey": write_key });
    if let Some((host, scheme)) = asked(&headers) {
        here["apiHost"] = format!("{host}/v1").into();
        here["protocol"] = scheme.into();
    }
    let settings = json!({
        "integrations": { "Segment.io": here },
        "metrics": { "sampleRate": 0 },
        "remotePlugins": [],
    });
    // Never kept: it repeats the host it was asked by, and a key may be revoked.
    ([(header::CACHE_CONTROL, "no-store")], Json(settings)).into_response()
}

/// Host and scheme as the page knows this server; a proxy that ends TLS says so in `X-Forwarded-Proto`.
fn asked(headers: &HeaderMap) -> Option<(&str, &str)> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let proxied = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    let scheme =
        if proxied.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")) { "https" } else { "http" };
    Some((host, scheme))
}

/// The pasted snippet asks for a script that is Segment's, made anew for each key: a clear no, and what to do.
pub(crate) async fn script() -> Response {
    let said = "/* Zelo serves no analytics.min.js. Take it from npm: @segment/analytics-next, file \
                dist/umd/standalone.js. Serve that from your own site, put its address into the snippet, and this \
                server's into `analytics._cdn`. */\n";
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], said).into_response()
}
