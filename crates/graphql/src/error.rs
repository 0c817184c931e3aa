//! Errors as callers get them: every one has `extensions.code`, none has a cause inside.

use std::error::Error as StdError;

use async_graphql::{ErrorExtensionValues, ServerError, Value, value};
use axum::http::StatusCode;
use zelo_app::Error;

/// What the complexity limit says; async-graphql has no code for it.
const TOO_COMPLEX: &str = "Query is too complex.";

/// Why a request was answered without being executed.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// `None`: the document is at fault, and the status depends on the media type asked for.
    pub(crate) status: Option<StatusCode>,
    /// The errors.
    pub(crate) errors: Vec<ServerError>,
}

impl Refusal {
    /// One error, told with this status.
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status: Some(status), errors: vec![coded(ServerError::new(message, None), code)] }
    }

    /// A parameter of the request cannot be used.
    pub(crate) fn invalid(at: &str, message: &str) -> Self {
        let mut error = ServerError::new(format!("{at}: {message}"), None);
        map(&Error::invalid(at, message), error.extensions.get_or_insert_default());
        Self { status: Some(StatusCode::BAD_REQUEST), errors: vec![error] }
    }

    /// The document is larger in some way than is answered.
    pub(crate) fn limit(most: usize, what: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "LIMIT", format!("a document may have at most {most} {what}"))
    }

    /// The document cannot be understood.
    pub(crate) fn document(error: impl Into<ServerError>) -> Self {
        Self { status: None, errors: vec![coded(error.into(), "INVALID")] }
    }

    /// The application refused before anything was executed.
    pub(crate) fn from_app(error: &Error, message: &str) -> Self {
        log(error);
        let status = StatusCode::from_u16(error.status());
        Self::new(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), error.code(), message)
    }
}

/// Gives an error of the executor its code, the one place where the application's errors become GraphQL's.
pub(crate) fn speak(mut error: ServerError) -> ServerError {
    let Some(source) = error.source.take() else {
        let limit = error.message == TOO_COMPLEX;
        return coded(error, if limit { "LIMIT" } else { "INVALID" });
    };
    match source.downcast_ref::<Error>() {
        Some(source) => {
            log(source);
            map(source, error.extensions.get_or_insert_default());
            error
        }
        None => coded(error, "INVALID"),
    }
}

fn coded(mut error: ServerError, code: &str) -> ServerError {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        extensions.set("code", code);
    }
    error
}

fn map(error: &Error, extensions: &mut ErrorExtensionValues) {
    extensions.set("code", error.code());
    match error {
        Error::PurposeRequired(purposes) => {
            let names = purposes.iter().map(|purpose| Value::from(purpose.as_str()));
            extensions.set("purposes", Value::List(names.collect()));
        }
        Error::Invalid(problems) => {
            let told =
                problems.iter().map(|problem| value!({ "at": problem.at, "message": problem.message }));
            extensions.set("problems", Value::List(told.collect()));
        }
        _ => {}
    }
}

/// The chain goes to the log once, here; it names no person, and callers never see it.
fn log(error: &Error) {
    if let Some(cause) = error.cause() {
        let mut chain = cause.to_string();
        let mut next: Option<&(dyn StdError + 'static)> = cause.source();
        while let Some(cause) = next {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            next = cause.source();
        }
        tracing::error!(code = error.code(), cause = %chain, "graphql: an operation was not done");
    }
}

#[cfg(test)]
mod tests {
    use zelo_model::Purpose;

    use super::*;

    fn spoken(error: Error) -> serde_json::Value {
        let error = async_graphql::Error::from(error).into_server_error(async_graphql::Pos::default());
        serde_json::to_value(speak(error)).unwrap()
    }

    #[test]
    fn a_missing_purpose_lists_those_there_are() {
        let purposes: Vec<Purpose> = vec!["support".parse().unwrap(), "marketing".parse().unwrap()];
        let told = spoken(Error::PurposeRequired(purposes));
        assert_eq!(told["extensions"]["code"], "PURPOSE_REQUIRED");
        assert_eq!(told["extensions"]["purposes"], serde_json::json!(["support", "marketing"]));
    }

    #[test]
    fn a_problem_says_where_it_is() {
        let told = spoken(Error::invalid("events.first", "1 to 100"));
        assert_eq!(told["extensions"]["problems"][0]["at"], "events.first");
        assert_eq!(told["message"], "events.first: 1 to 100");
    }

    #[test]
    fn an_internal_cause_stays_inside() {
        let passing = spoken(Error::unavailable("disk sda1 is full"));
        assert_eq!(passing["extensions"], serde_json::json!({ "code": "UNAVAILABLE" }));
        let broken = spoken(Error::internal("a row on disk sda1 does not open"));
        assert_eq!(broken["extensions"], serde_json::json!({ "code": "INTERNAL" }));
        assert!(broken["message"].as_str().unwrap().contains("trying again does not help"));
        for told in [passing, broken] {
            assert!(!told.to_string().contains("sda1"));
        }
    }
}
