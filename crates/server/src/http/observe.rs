//! What is written about a request: method, route template, status, latency and an id of our own. Never its path,
//! query, headers or body: people's identifiers stand in all of them.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;
use zelo_model::{EntryId, Ids as _, SystemIds};

use super::Fault;
use super::metrics::{REQUESTS, SECONDS};

/// The longest a request may take, its body included.
const LONGEST: Duration = Duration::from_secs(30);
/// The same of a question, for some count everybody.
const LONGEST_QUESTION: Duration = Duration::from_mins(2);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Counts and times a request, and gives it an id that stands in every log line about it and in the answer.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = method(request.method());
    let route = request.extensions().get::<MatchedPath>().map(|route| route.as_str().to_owned());
    let route = route.unwrap_or_else(|| "unmatched".to_owned());
    let id = id();
    let span = tracing::info_span!("request", id, method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status(), began.elapsed());
    span.in_scope(|| {
        let (status, ms) = (status.as_u16(), took.as_secs_f64() * 1_000.0);
        if status >= 500 {
            tracing::warn!(status, ms, "answered");
        } else {
            tracing::debug!(status, ms, "answered");
        }
    });
    let code = status.as_u16().to_string();
    metrics::counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => code).increment(1);
    metrics::histogram!(SECONDS, "method" => method, "route" => route).record(took.as_secs_f64());
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A caller who is too slow, or whom we are too slow for, is told so.
pub(super) async fn in_time(request: Request, next: Next) -> Response {
    let longest = if request.uri().path() == "/graphql" { LONGEST_QUESTION } else { LONGEST };
    tokio::time::timeout(longest, next.run(request)).await.unwrap_or_else(|_| {
        let message = format!("this took longer than {} seconds; try again", longest.as_secs());
        Fault::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message).into_response()
    })
}

/// Our own, never the caller's: whatever they send as one would stand in the log.
fn id() -> String {
    let text = EntryId(SystemIds.random()).to_string();
    text.trim_start_matches(EntryId::PREFIX).to_owned()
}

/// The methods there are; a made-up one could say anything.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
