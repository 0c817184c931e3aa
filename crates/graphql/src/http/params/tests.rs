//! Bodies and URLs as clients write them, and as they should not.

use axum::body::Body;
use serde_json::json;

use super::*;

async fn body(text: impl Into<Body>) -> Result<Params, StatusCode> {
    Params::from_body(Request::new(text.into())).await.map_err(|refusal| refusal.status.unwrap())
}

fn uri(query: &str) -> Result<Params, String> {
    let uri: Uri = format!("/graphql?{query}").parse().unwrap();
    Params::from_uri(&uri).map_err(|refusal| refusal.errors[0].message.clone())
}

#[tokio::test]
async fn a_body_is_an_object_with_a_query() {
    let sent = json!({ "query": "{a}", "operationName": null, "variables": null, "extensions": { "purpose": "support" } });
    let params = body(sent.to_string()).await.ok().unwrap();
    assert_eq!(
        (params.query.as_str(), params.operation, params.purpose.as_deref()),
        ("{a}", None, Some("support"))
    );
    for bad in
        ["", "{", "7", "\"{a}\"", "{}", r#"{"query":7}"#, r#"{"query":"{a}","extensions":{"purpose":7}}"#]
    {
        assert_eq!(body(bad).await.err(), Some(StatusCode::BAD_REQUEST), "{bad}");
    }
    assert_eq!(body("[{\"query\":\"{a}\"}]").await.err(), Some(StatusCode::BAD_REQUEST));
}

#[tokio::test]
async fn no_more_is_read_than_is_answered() {
    let most = format!("{{\"query\":\"{}\"}}", "a".repeat(limits::BODY - 12));
    assert!(body(most.clone()).await.is_ok());
    assert_eq!(body(most + " ").await.err(), Some(StatusCode::PAYLOAD_TOO_LARGE));
    let announced =
        Request::builder().header(header::CONTENT_LENGTH, limits::BODY + 1).body(Body::empty()).unwrap();
    let refusal = Params::from_body(announced).await.err().unwrap();
    assert_eq!(refusal.status, Some(StatusCode::PAYLOAD_TOO_LARGE));
}

#[test]
fn a_url_carries_variables_as_json_and_each_parameter_once() {
    let params = uri("query=%7Ba%7D&variables=%7B%22n%22%3A1%7D&operationName=&extensions=").ok().unwrap();
    assert_eq!(params.variables.get("n"), Some(&async_graphql::Value::from(1)));
    assert_eq!(params.operation, None);
    assert_eq!(uri("query=a&query=b").err().unwrap(), "query: once only");
    assert_eq!(uri("query=a&variables=x").err().unwrap(), "variables: a JSON object");
    assert_eq!(uri("").err().unwrap(), "query: a GraphQL document, as a string");
}

#[test]
fn a_purpose_in_the_header_is_trimmed_and_may_be_missing() {
    let with =
        |value: &'static str| HeaderMap::from_iter([(PURPOSE.parse().unwrap(), value.parse().unwrap())]);
    assert_eq!(purpose(&with(" support ")).ok().unwrap().as_deref(), Some("support"));
    assert_eq!(purpose(&with("")).ok().unwrap(), None);
    assert!(purpose(&with("\u{e9}")).is_err());
}
