//! Answers: root keys in the order asked, errors with their codes, what is withheld beside the data.

use std::collections::BTreeMap;

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, PathSegment, ServerError, Value};
use axum::http::StatusCode;
use serde::Serialize;

use super::negotiate::Form;
use crate::error::{Refusal, speak};
use crate::withheld::Notes;

/// What goes out.
#[derive(Serialize)]
pub(super) struct Answer {
    #[serde(skip)]
    status: Option<StatusCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: BTreeMap<&'static str, Value>,
}

impl Answer {
    /// Nothing was executed.
    pub(super) fn refused(refusal: Refusal) -> Self {
        Self { status: refusal.status, data: None, errors: refusal.errors, extensions: BTreeMap::new() }
    }

    /// async-graphql's response, with what it leaves to us.
    pub(super) fn executed(response: async_graphql::Response, roots: &[String], notes: &Notes) -> Self {
        // A fault found while executing has a path; without one the document was never executed.
        let whole = response.errors.iter().all(|error| !error.path.is_empty());
        let data = whole.then(|| in_order(response.data, roots, &response.errors));
        let extensions = notes.told().map(|list| ("withheld", list)).into_iter().collect();
        let status = whole.then_some(StatusCode::OK);
        let errors = response.errors.into_iter().map(speak).collect();
        Self { status, data, errors, extensions }
    }

    /// The same for a protocol that has its own frame around answers.
    pub(super) fn into_response(self) -> async_graphql::Response {
        let mut response = async_graphql::Response::new(self.data.unwrap_or_default());
        response.errors = self.errors;
        response.extensions =
            self.extensions.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        response
    }

    /// A faulty document is 400 in the newer form and, as its clients expect, 200 in the older.
    pub(super) fn status(&self, form: Form) -> StatusCode {
        self.status.unwrap_or(match form {
            Form::Json => StatusCode::OK,
            Form::GraphQl => StatusCode::BAD_REQUEST,
        })
    }

    pub(super) fn body(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// async-graphql answers root keys as they complete and drops those that failed: the specification wants the order
/// asked, and null.
fn in_order(data: Value, roots: &[String], errors: &[ServerError]) -> Value {
    let mut found = match data {
        Value::Object(found) => found,
        _ => IndexMap::new(),
    };
    let mut ordered = IndexMap::with_capacity(found.len());
    for root in roots {
        let failed =
            |error: &ServerError| matches!(error.path.first(), Some(PathSegment::Field(key)) if key == root);
        if let Some((name, value)) = found.swap_remove_entry(root.as_str()) {
            ordered.insert(name, value);
        } else if errors.iter().any(failed) {
            ordered.entry(Name::new(root)).or_insert(Value::Null);
        }
    }
    ordered.extend(found);
    Value::Object(ordered)
}

#[cfg(test)]
mod tests {
    use async_graphql::value;
    use zelo_model::Reason;

    use super::*;

    fn roots(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|&key| key.to_owned()).collect()
    }

    fn body(answer: &Answer) -> String {
        String::from_utf8(answer.body()).unwrap()
    }

    #[test]
    fn root_keys_stand_in_the_order_asked_and_a_failed_one_is_null() {
        let mut response = async_graphql::Response::new(value!({ "c": 3, "a": 1 }));
        let failed = ServerError::new("no", None).with_path(vec![PathSegment::Field("b".into())]);
        response.errors.push(failed);
        let answer = Answer::executed(response, &roots(&["a", "b", "skipped", "a", "c"]), &Notes::default());
        assert!(
            body(&answer).starts_with(r#"{"data":{"a":1,"b":null,"c":3},"errors":"#),
            "{}",
            body(&answer)
        );
        assert_eq!(answer.status(Form::GraphQl), StatusCode::OK);
    }

    #[test]
    fn what_was_never_executed_has_no_data() {
        let response = async_graphql::Response::from_errors(vec![ServerError::new("unknown field", None)]);
        let answer = Answer::executed(response, &roots(&["a"]), &Notes::default());
        assert_eq!(
            body(&answer),
            r#"{"errors":[{"message":"unknown field","extensions":{"code":"INVALID"}}]}"#
        );
        assert_eq!(
            (answer.status(Form::Json), answer.status(Form::GraphQl)),
            (StatusCode::OK, StatusCode::BAD_REQUEST)
        );
    }

    #[test]
    fn a_skipped_root_leaves_an_empty_object() {
        let answer = Answer::executed(async_graphql::Response::default(), &roots(&["a"]), &Notes::default());
        assert_eq!(body(&answer), r#"{"data":{}}"#);
    }

    #[test]
    fn what_is_withheld_stands_beside_the_data_and_not_in_errors() {
        let notes = Notes::default();
        notes.add(value!(["profile", "identifiers"]), Reason::Consent);
        notes.add(value!(["profile", "identifiers"]), Reason::Consent);
        let answer =
            Answer::executed(async_graphql::Response::new(value!({ "profile": null })), &roots(&[]), &notes);
        let told: serde_json::Value = serde_json::from_slice(&answer.body()).unwrap();
        assert_eq!(told["extensions"]["withheld"].as_array().unwrap().len(), 1);
        assert_eq!(told["extensions"]["withheld"][0]["code"], "CONSENT");
        assert!(told.get("errors").is_none());
    }
}
