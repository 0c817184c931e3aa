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
        let status = match &error {
            zelo_app::Error::Unavailable(cause) => {
                let cause: &dyn std::error::Error = cause.as_ref();
                tracing::error!(cause, "a request could not be answered");
                StatusCode::SERVICE_UNAVAILABLE
            }
            zelo_app::Error::NotFound => StatusCode::NOT_FOUND,
            zelo_app::Error::Forbidden => StatusCode::FORBIDDEN,
            zelo_app::Error::Unauthenticated => StatusCode::UNAUTHORIZED,
            zelo_app::Error::Conflict(_) => StatusCode::CONFLICT,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, error.code(), error.to_string())
    }
}

/// What a panic answers: that there was one. The log has its place.
pub(super) fn panicked(_: Box<dyn Any + Send>) -> Response {
    let message = "something went wrong on our side";
    Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message).into_response()
}
