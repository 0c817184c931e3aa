//! The body of an error that is nobody else's: `{"code","message"}`, as intake answers too.

use std::any::Any;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// An error's answer.
#[derive(Debug)]
pub(crate) struct Fault {
    status: StatusCode,
    body: Body,
}

#[derive(Debug, Serialize)]
struct Body {
    code: &'static str,
    message: String,
}

impl Fault {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, body: Body { code, message: message.into() } }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<zelo_app::Error> for Fault {
    fn from(error: zelo_app::Error) -> Self {
        if let Some(cause) = error.cause() {
            tracing::error!(cause, "a request could not be answered");
        }
        let status = StatusCode::from_u16(error.status());
        Self::new(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), error.code(), error.to_string())
    }
}

/// What a panic answers: that there was one. The log has its place.
pub(super) fn panicked(_: Box<dyn Any + Send>) -> Response {
    let message = "something went wrong on our side";
    Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message).into_response()
}
