//! What the protocol answers: `{"success":true}`, or `{"code","message"}` with a status that SDKs understand.

use std::error::Error as StdError;

use axum::Json;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use zelo_app::Error;

use zelo_app::wire::Fault;

/// Seconds until a sender may try again, when nothing was stored.
const RETRY_AFTER: &str = "1";

/// Why a request as a whole was not taken in. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// More than this many bytes, packed or unpacked.
    #[error("the body is larger than {0} bytes; send it in smaller batches")]
    TooLarge(usize),
    /// More messages than one batch may hold.
    #[error("`batch` holds more than {0} messages; send them in smaller batches")]
    TooMany(usize),
    /// Compressed in a way not spoken here.
    #[error("this content encoding is not understood; send gzip or none")]
    Encoding,
    /// Begins as gzip and is none.
    #[error("the body is not valid gzip")]
    Gzip,
    /// The connection broke off.
    #[error("the body did not arrive in full")]
    CutShort,
    /// Bytes that are no text.
    #[error("the body is not UTF-8 at byte {0}")]
    NotUtf8(usize),
    /// Text that is not JSON.
    #[error("the body is not valid JSON at line {line}, column {column}")]
    NotJson {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// JSON of another shape.
    #[error("{0}")]
    Shape(&'static str),
    /// What is wrong with the one message.
    #[error(transparent)]
    Message(#[from] Fault),
    /// What the door said.
    #[error(transparent)]
    Door(#[from] Error),
}

impl Refusal {
    /// Whether it was somebody without a valid key.
    pub(crate) const fn is_stranger(&self) -> bool {
        matches!(self, Self::Door(Error::Unauthenticated))
    }

    fn code(&self) -> String {
        match self {
            Self::TooLarge(_) => "too_large".to_owned(),
            Self::TooMany(_) => "too_many".to_owned(),
            Self::Encoding => "unsupported_encoding".to_owned(),
            Self::Gzip | Self::CutShort | Self::NotUtf8(_) | Self::NotJson { .. } => "not_json".to_owned(),
            Self::Shape(_) => "invalid".to_owned(),
            Self::Message(fault) => fault.hold().code().to_owned(),
            Self::Door(error) => error.code().to_ascii_lowercase(),
        }
    }

    /// Never 408, 410, 429 or 460 for what will not get better: SDKs send those again. They send a 5xx again too, which is
    /// right: nothing of the batch was stored, and what is broken here may be mended before they give up.
    fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Encoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany(_)
            | Self::Gzip
            | Self::CutShort
            | Self::NotUtf8(_)
            | Self::NotJson { .. }
            | Self::Shape(_)
            | Self::Message(_) => StatusCode::BAD_REQUEST,
            Self::Door(error) => {
                StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

/// A 401 carries no `WWW-Authenticate`: a challenge would make browsers ask visitors for a password.
impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        if let Refusal::Door(error) = &refusal
            && error.cause().is_some()
        {
            tracing::error!(cause = %chain(error), "a batch was not stored");
        }
        let status = refusal.status();
        let body = Json(json!({ "code": refusal.code(), "message": refusal.to_string() }));
        if let Refusal::Door(Error::TooMany { retry_after }) = &refusal {
            return (status, [(header::RETRY_AFTER, retry_after.to_string())], body).into_response();
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            return (status, [(header::RETRY_AFTER, RETRY_AFTER)], body).into_response();
        }
        (status, body).into_response()
    }
}

/// All of it is stored, or was already, or is held in quarantine.
pub(crate) fn success() -> Response {
    Json(json!({ "success": true })).into_response()
}

/// There is no such endpoint.
pub(crate) async fn not_found() -> Response {
    plain(StatusCode::NOT_FOUND, [], "not_found", "there is no such endpoint")
}

/// Every endpoint here is posted to.
pub(crate) async fn method_not_allowed() -> Response {
    let allow = [(header::ALLOW, "POST")];
    plain(StatusCode::METHOD_NOT_ALLOWED, allow, "method_not_allowed", "send this as a POST")
}

fn plain<const N: usize>(
    status: StatusCode,
    headers: [(HeaderName, &'static str); N],
    code: &str,
    message: &str,
) -> Response {
    (status, headers, Json(json!({ "code": code, "message": message }))).into_response()
}

fn chain(error: &dyn StdError) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests;
