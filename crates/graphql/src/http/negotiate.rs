//! Headers: which media types come in and go out, and who is asking.

use axum::http::header::{
    ACCEPT, ALLOW, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::error::Refusal;

pub(super) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
pub(super) const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// The media type of an answer. It also decides how a faulty document is told: clients of the older one expect 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `application/json`.
    Json,
    /// `application/graphql-response+json`.
    GraphQl,
}

impl Form {
    pub(super) const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
        })
    }
}

/// The form a client prefers: the highest `q`, of those the first; `*/*` or nothing is `application/json`.
pub(super) fn accepted(headers: &HeaderMap) -> Result<Form, Refusal> {
    let mut best: Option<(Form, f32)> = None;
    let mut any = false;
    for entry in
        headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','))
    {
        any |= !entry.trim().is_empty();
        let media = Media::of(entry);
        let form = match media.name.as_str() {
            "application/graphql-response+json" => Form::GraphQl,
            "application/json" | "application/*" | "*/*" => Form::Json,
            _ => continue,
        };
        if media.utf8 && media.q > best.map_or(0.0, |(_, q)| q) {
            best = Some((form, media.q));
        }
    }
    match best {
        Some((form, _)) => Ok(form),
        None if !any => Ok(Form::Json),
        None => Err(Refusal::new(
            StatusCode::NOT_ACCEPTABLE,
            "INVALID",
            "answers are application/graphql-response+json or application/json, in utf-8",
        )),
    }
}

/// Whether a client asks for a stream: it names server-sent events and nothing it would like better.
pub(super) fn streams(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(Media::of).any(|media| media.name == "text/event-stream")
        && accepted(headers).is_err()
}

/// Only JSON in UTF-8 is read: a page elsewhere can send forms and plain text without asking (CSRF), not this.
pub(super) fn sent(headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let json =
        text(CONTENT_TYPE).map(Media::of).is_some_and(|media| media.name == "application/json" && media.utf8);
    let plain =
        headers.get(CONTENT_ENCODING).is_none_or(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"));
    if json && plain {
        return Ok(());
    }
    let message = "send the request as application/json, in utf-8 and uncompressed";
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "INVALID", message))
}

/// The secret of `Authorization: Bearer`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// The header a status is not complete without.
pub(super) const fn companion(status: StatusCode) -> Option<(HeaderName, HeaderValue)> {
    match status {
        StatusCode::UNAUTHORIZED => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        StatusCode::METHOD_NOT_ALLOWED => Some((ALLOW, HeaderValue::from_static("GET, POST"))),
        StatusCode::SERVICE_UNAVAILABLE => Some((RETRY_AFTER, HeaderValue::from_static("1"))),
        _ => None,
    }
}

/// One media type with what matters of its parameters.
struct Media {
    name: String,
    q: f32,
    utf8: bool,
}

impl Media {
    fn of(entry: &str) -> Self {
        let mut parts = entry.split(';').map(str::trim);
        let mut media =
            Self { name: parts.next().unwrap_or_default().to_ascii_lowercase(), q: 1.0, utf8: true };
        for (key, value) in parts.filter_map(|part| part.split_once('=')) {
            let value = value.trim().trim_matches('"');
            match key.trim().to_ascii_lowercase().as_str() {
                "q" => media.q = value.parse().unwrap_or(0.0),
                "charset" => {
                    media.utf8 = ["utf-8", "utf8"].iter().any(|utf8| value.eq_ignore_ascii_case(utf8));
                }
                _ => {}
            }
        }
        media
    }
}

#[cfg(test)]
mod tests;
