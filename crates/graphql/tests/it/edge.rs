//! Who may knock, and how.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::json;
use zelo_model::Role;

use crate::support::Site;

const ANA: &str = "{ profileByIdentifier(by: { kind: EMAIL, value: \"ana@example.com\" }) { id } }";

#[tokio::test]
async fn a_stranger_learns_nothing_not_even_the_schema() {
    let site = Site::open().await;
    for secret in [None, Some("Bearer nonsense"), Some("Basic eDo=")] {
        let mut request =
            Site::request(Method::POST, "/graphql").header(header::CONTENT_TYPE, "application/json");
        if let Some(secret) = secret {
            request = request.header(header::AUTHORIZATION, secret);
        }
        let (response, told) =
            site.send(request.body(Body::from(r#"{"query":"{__typename}"}"#)).unwrap()).await;
        assert_eq!((told.status, told.code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
        assert!(told.body.get("data").is_none());
    }
}

#[tokio::test]
async fn of_several_purposes_one_must_be_named_and_only_for_data() {
    let site = Site::open().await;
    let secret = site.key("both", Role::Developer, &["customer-service", "marketing-email"]).await;
    let told = site.ask_with(&secret, &json!({ "query": "{ __typename }" })).await;
    assert_eq!(told.text, r#"{"data":{"__typename":"Query"}}"#);
    let told = site.ask_with(&secret, &json!({ "query": ANA })).await;
    assert_eq!(told.code(), "PURPOSE_REQUIRED");
    assert_eq!(told.body["errors"][0]["extensions"]["purposes"].as_array().unwrap().len(), 2);
    let told = site
        .ask_with(&secret, &json!({ "query": ANA, "extensions": { "purpose": "customer-service" } }))
        .await;
    assert!(told.body["data"]["profileByIdentifier"]["id"].is_string(), "{}", told.text);
    let told =
        site.ask_with(&secret, &json!({ "query": ANA, "extensions": { "purpose": "profiling" } })).await;
    assert_eq!(told.code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_write_key_reads_nothing() {
    let site = Site::open().await;
    let secret = site.key("leaked", Role::Source, &["customer-service"]).await;
    let told = site.ask_with(&secret, &json!({ "query": ANA })).await;
    assert_eq!((told.code(), &told.body["data"]), ("FORBIDDEN", &json!({ "profileByIdentifier": null })));
}

#[tokio::test]
async fn a_form_elsewhere_cannot_ask() {
    let site = Site::open().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let request = Site::request(Method::POST, "/graphql").header(header::CONTENT_TYPE, kind);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", site.secret));
        let (_, told) = site.send(request.body(Body::from(r#"{"query":"{__typename}"}"#)).unwrap()).await;
        assert_eq!(told.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
    }
}

#[tokio::test]
async fn get_is_for_queries_that_name_nobody() {
    let site = Site::open().await;
    assert_eq!(site.get("query=%7B__typename%7D").await.text, r#"{"data":{"__typename":"Query"}}"#);
    let told = site.get("query=mutation%7B__typename%7D").await;
    assert_eq!(told.status, StatusCode::METHOD_NOT_ALLOWED);
    let literal = "query=%7BprofileByIdentifier(by:%7Bkind:EMAIL,value:%22ana@example.com%22%7D)%7Bid%7D%7D";
    let variable =
        "query=query($by:IdentifierInput!)%7BprofileByIdentifier(by:$by)%7Bid%7D%7D&variables=%7B%7D";
    for query in [literal, variable] {
        let told = site.get(query).await;
        assert_eq!(
            (told.status, told.code()),
            (StatusCode::BAD_REQUEST, "PERSONAL_DATA_IN_URL"),
            "{}",
            told.text
        );
        assert!(!told.text.contains("ana@example.com"));
    }
}

#[tokio::test]
async fn the_page_and_its_files_are_served_with_no_other_origin_allowed() {
    let site = Site::open().await;
    let request = Site::request(Method::GET, "/graphiql").header(header::HOST, "localhost:8080");
    let (response, told) = site.send(request.body(Body::empty()).unwrap()).await;
    assert!(
        response.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'")
    );
    assert!(told.text.contains("profileByIdentifier") && !told.text.contains("http"));
    for file in ["page.js", "graphiql.min.js", "graphiql.min.css", "LICENSE-graphiql"] {
        let request = Site::request(Method::GET, &format!("/graphiql/{file}"));
        assert_eq!(site.send(request.body(Body::empty()).unwrap()).await.1.status, StatusCode::OK);
    }
}
