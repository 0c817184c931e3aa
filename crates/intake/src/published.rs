//! What anybody may read, a person or a browser: the texts that were ever agreed to, and whether a browser's no is heeded.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};
use zelo_app::App;

use crate::form::missing;
use crate::form::page::{self, Tongue};

/// Where every text that was ever agreed to stays to be read: its notice, version and language.
pub(crate) const TEXT: &str = "/v1/notices/{notice}/{version}/{language}";
/// Where a site says that it heeds Global Privacy Control.
pub(crate) const GPC: &str = "/.well-known/gpc.json";

/// Shows a text as it was agreed to; it never changes, so anybody may keep it.
pub(crate) async fn text(
    State(app): State<App>,
    Path((notice, version, language)): Path<(String, String, String)>,
) -> Response {
    let policy = app.policy();
    let tongue = Tongue::wanted(Some(&language), &HeaderMap::new());
    let notice = policy.notices().iter().find(|one| one.id == notice);
    let version = notice.zip(version.parse().ok()).and_then(|(notice, version)| notice.version(version));
    match version.and_then(|version| version.texts.get(&language)) {
        Some(text) => {
            let headers = [
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, Html(page::text_alone(tongue, &text.text))).into_response()
        }
        None => missing(tongue),
    }
}

/// Says whether Global Privacy Control is heeded, and since when (globalprivacycontrol.org).
pub(crate) async fn gpc_support(State(app): State<App>) -> Json<Value> {
    let policy = app.policy();
    let heeded = policy.purposes().iter().any(|purpose| purpose.opts_out_on_gpc);
    Json(json!({ "gpc": heeded, "lastUpdate": policy.gpc_since().to_string() }))
}
