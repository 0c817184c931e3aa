//! What is too large is refused at once, and says by how much.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::Site;

#[tokio::test]
async fn whatever_is_too_large_is_refused() {
    let site = Site::open().await;
    let many =
        |count: usize, part: &dyn Fn(usize) -> String| (0..count).map(part).collect::<Vec<_>>().join(" ");
    let nested = |count: usize, open: &str| format!("{}a{}", open.repeat(count), "}".repeat(count));
    let bomb = many(30, &|n| format!("fragment F{n} on Query {{ ...F{m} ...F{m} }}", m = n + 1));
    let ring = "fragment A on Query { ...B } fragment B on Query { ...A }";
    let types = format!("{{ __schema {{ types {{ {}", nested(6, "fields { type { ").replace('}', "}}"));
    for (name, query) in [
        ("aliases", format!("{{ {} }}", many(101, &|n| format!("a{n}: __typename")))),
        ("roots", format!("{{ {} }}", many(21, &|n| format!("profile{n}")))),
        ("fields", format!("{{ profile(id: \"x\") {{ {} }} }}", many(1_001, &|_| "id".into()))),
        ("depth", nested(30, "{ a ")),
        ("directives", format!("{{ __typename {} }}", many(50, &|_| "@include(if: true)".into()))),
        ("fragments", format!("{{ ...F0 }} {bomb} fragment F30 on Query {{ __typename }}")),
        ("brackets", format!("{{ a(b: {}", "[".repeat(60_000))),
        ("strings", format!("{{ a(b: \"{}\") }}", "x".repeat(100_000))),
        ("introspection", format!("{types} }} }} }}")),
        (
            "pages",
            format!(
                "{{ {} }}",
                many(20, &|n| format!(
                    "p{n}: profile(id: \"x\") {{ events(first: 100) {{ edges {{ node {{ id name source }} }} }} }}"
                ))
            ),
        ),
    ] {
        let told = site.ask(&query, json!({})).await;
        assert_eq!((told.status, told.code()), (StatusCode::BAD_REQUEST, "LIMIT"), "{name}: {}", told.text);
        assert!(told.body.get("data").is_none() && told.text.len() < 400, "{name}");
    }
    let told = site.ask(&format!("{{ ...A }} {ring}"), json!({})).await;
    assert_eq!(told.code(), "INVALID", "{}", told.text);
}

#[tokio::test]
async fn a_body_of_five_megabytes_and_a_batch_are_refused() {
    let site = Site::open().await;
    let told = site.ask("{ __typename }", json!({ "x": "y".repeat(5 << 20) })).await;
    assert_eq!((told.status, told.code()), (StatusCode::PAYLOAD_TOO_LARGE, "LIMIT"));
    let told = site.ask_with(&site.secret, &json!([{ "query": "{ __typename }" }])).await;
    assert_eq!((told.status, told.code()), (StatusCode::BAD_REQUEST, "LIMIT"));
}

#[tokio::test]
async fn the_introspection_of_common_clients_fits() {
    let site = Site::open().await;
    let told = site.ask(include_str!("introspection.graphql"), json!({})).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    assert!(told.body["errors"].is_null());
}
