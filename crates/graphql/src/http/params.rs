//! The parameters of a request, from its body or its URL.

use async_graphql::ServerError;
use std::error::Error as StdError;

use async_graphql::Variables;
use async_graphql::parser::types::OperationDefinition;
use axum::extract::{Query, Request};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use http_body_util::LengthLimitError;
use serde_json::{Map, Value};

use crate::error::Refusal;
use crate::limits;

/// The header that names a purpose.
const PURPOSE: &str = "zelo-purpose";

/// What a request asks.
pub(super) struct Params {
    /// The document.
    pub(super) query: String,
    /// Which of its operations.
    pub(super) operation: Option<String>,
    /// The values of its variables.
    pub(super) variables: Variables,
    /// `extensions.purpose`.
    pub(super) purpose: Option<String>,
}

/// The purpose named in the header; it goes before the one in the body.
pub(super) fn purpose(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(value) = headers.get(PURPOSE) else { return Ok(None) };
    let text = value.to_str().map_err(|_| Refusal::invalid("Zelo-Purpose", "the name of a purpose"))?;
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

impl Params {
    /// Reads the body, and never more of it than is answered.
    pub(super) async fn from_body(request: Request) -> Result<Self, Refusal> {
        let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        if announced
            .and_then(|length| length.parse::<u64>().ok())
            .is_some_and(|length| length > limits::BODY as u64)
        {
            return Err(too_large());
        }
        let body = axum::body::to_bytes(request.into_body(), limits::BODY).await.map_err(|error| {
            let limit = StdError::source(&error).is_some_and(<dyn StdError>::is::<LengthLimitError>);
            if limit { too_large() } else { Refusal::invalid("body", "it did not arrive whole") }
        })?;
        match serde_json::from_slice(&body) {
            Ok(Value::Object(body)) => Self::from_map(body),
            Ok(Value::Array(_)) => {
                let message = "one request holds one query: batches are not answered";
                Err(Refusal::new(StatusCode::BAD_REQUEST, "LIMIT", message))
            }
            _ => Err(Refusal::invalid("body", "a JSON object with `query`")),
        }
    }

    /// Reads the URL; variables and extensions stand in it as JSON.
    pub(super) fn from_uri(uri: &Uri) -> Result<Self, Refusal> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
        let Query(pairs) = pairs.map_err(|_| Refusal::invalid("query", "a URL-encoded query string"))?;
        let mut map = Map::new();
        for (name, text) in pairs {
            let value = match name.as_str() {
                "variables" | "extensions" if text.is_empty() => Value::Null,
                "variables" | "extensions" => {
                    serde_json::from_str(&text).map_err(|_| Refusal::invalid(&name, "a JSON object"))?
                }
                _ => Value::String(text),
            };
            if map.insert(name.clone(), value).is_some() {
                return Err(Refusal::invalid(&name, "once only"));
            }
        }
        Self::from_map(map)
    }

    /// What a message over a WebSocket asks.
    pub(super) fn from_message(request: async_graphql::Request) -> Self {
        let purpose = match request.extensions.get("purpose") {
            Some(async_graphql::Value::String(purpose)) => Some(purpose.clone()),
            _ => None,
        };
        Self {
            query: request.query,
            operation: request.operation_name,
            variables: request.variables,
            purpose,
        }
    }

    fn from_map(mut map: Map<String, Value>) -> Result<Self, Refusal> {
        let Some(Value::String(query)) = map.remove("query") else {
            return Err(Refusal::invalid("query", "a GraphQL document, as a string"));
        };
        let operation = match map.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name).filter(|name| !name.is_empty()),
            Some(_) => return Err(Refusal::invalid("operationName", "a string")),
        };
        let variables = Variables::from_json(Value::Object(object(&mut map, "variables")?));
        let purpose = match object(&mut map, "extensions")?.remove("purpose") {
            None | Some(Value::Null) => None,
            Some(Value::String(purpose)) => Some(purpose),
            Some(_) => return Err(Refusal::invalid("extensions.purpose", "a string")),
        };
        Ok(Self { query, operation, variables, purpose })
    }

    /// Every variable that must have a value has one.
    pub(super) fn coerce(&self, operation: &OperationDefinition) -> Result<(), Refusal> {
        for variable in operation.variable_definitions.iter().map(|variable| &variable.node) {
            let value = self.variables.get(&variable.name.node);
            let missing = match value {
                None => variable.default_value.is_none(),
                Some(value) => *value == async_graphql::Value::Null,
            };
            if missing && !variable.var_type.node.nullable {
                let message = format!("variable `${}` must have a value", variable.name.node);
                return Err(Refusal::document(ServerError::new(message, Some(variable.name.pos))));
            }
        }
        Ok(())
    }
}

fn object(map: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>, Refusal> {
    match map.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(Refusal::invalid(name, "a JSON object")),
    }
}

fn too_large() -> Refusal {
    let message = format!("a request may have at most {} bytes", limits::BODY);
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "LIMIT", message)
}

#[cfg(test)]
mod tests;
