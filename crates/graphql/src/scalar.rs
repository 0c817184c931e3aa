//! Scalars: time as text, and any JSON.

use async_graphql::{InputValueError, InputValueResult, Json, Scalar, ScalarType, Value};
use zelo_model::Timestamp;

/// Any JSON, read from the view where it stands.
pub(crate) type AnyJson<'a> = Json<&'a serde_json::Value>;

/// A point in time as RFC 3339 in UTC.
#[derive(Clone, Copy)]
pub(crate) struct DateTime(pub(crate) Timestamp);

/// A point in time: RFC 3339 in UTC with microseconds, for example `2026-01-31T12:00:00.000000Z`.
#[Scalar(name = "DateTime")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text.parse().map_err(InputValueError::custom)?)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}
