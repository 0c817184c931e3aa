//! What every request passes, on routes made for the test.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::*;

async fn ask(method: &str, uri: &str) -> (StatusCode, Response<()>, String) {
    async fn broken() -> &'static str {
        panic!("ana@example.com was being worked on")
    }
    let routes = Router::new().route("/people/{id}", get(async || "somebody")).route("/broken", get(broken));
    let request = Request::builder().method(method).uri(uri).header("x-request-id", "ana@example.com");
    let response = passage(routes).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status, Response::from_parts(parts, ()), String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_panic_answers_that_there_was_one_and_nothing_else() {
    let (status, _, body) = ask("GET", "/broken").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(body, r#"{"code":"INTERNAL","message":"something went wrong on our side"}"#);
}

#[tokio::test]
async fn a_request_gets_an_id_of_ours_and_never_the_callers() {
    let (_, response, _) = ask("GET", "/people/ana").await;
    let id = response.headers()["x-request-id"].to_str().unwrap();
    assert!(id.len() == 26 && id != "ana@example.com");
}

#[tokio::test]
async fn requests_are_counted_by_template_and_never_by_path() {
    let metrics = Metrics::start();
    ask("GET", "/people/ana?email=ana@example.com").await;
    ask("ANA", "/people/ana").await;
    let (status, _, _) = ask("GET", "/nowhere/ana").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let text = metrics.text();
    let counted = r#"zelo_http_requests_total{method="GET",route="/people/{id}",status="200"}"#;
    assert!(text.contains(counted) && text.contains(r#"route="unmatched""#), "{text}");
    assert!(text.contains(r#"method="other""#) && !text.to_lowercase().contains("ana"), "{text}");
}
