//! Clara forgets Ana over GraphQL.

use serde_json::json;
use zelo_model::Role;

use crate::support::Site;

const ERASE: &str =
    "mutation($person: PersonInput!) { eraseProfile(person: $person, ground: CONSENT_WITHDRAWN) {
    number profile state ground effectiveAt finalAt suppressed kept { policy law until rows }
    begin { leaf } done { leaf inclusion { index hashes } checkpoint } } }";

#[tokio::test]
async fn clara_forgets_ana_and_gets_a_receipt_and_davi_learns_nothing() {
    let site = Site::open().await;
    let clara = site.key("clara", Role::Officer, &["data-subject-rights"]).await;
    let person = json!({ "person": { "identifier": { "kind": "EMAIL", "value": "Ana@example.com" } } });
    let body = json!({ "query": ERASE, "variables": person });
    assert_eq!(site.ask_with(&site.secret, &body).await.code(), "FORBIDDEN");

    let told = site.ask_with(&clara, &body).await;
    let receipt = &told.body["data"]["eraseProfile"];
    assert_eq!(
        (&receipt["number"], &receipt["state"], &receipt["ground"]),
        (&json!(1), &json!("DONE"), &json!("consent-withdrawn")),
        "{}",
        told.text
    );
    assert!(receipt["effectiveAt"].is_string() && receipt["finalAt"].is_null());
    assert_eq!((&receipt["suppressed"], &receipt["kept"][0]["policy"]), (&json!(2), &json!("fiscal-orders")));
    assert!(receipt["done"]["leaf"].as_str().unwrap().contains("erasure.done"), "{}", told.text);
    assert!(receipt["done"]["checkpoint"].is_string());
    assert!(!told.text.contains("ana@"));

    let id = json!({ "id": receipt["profile"] });
    let profile = json!({ "query": "query($id: ID!) { profile(id: $id) { id } }", "variables": id });
    assert_eq!(site.ask_with(&clara, &profile).await.code(), "ERASED");
    assert_eq!(site.ask_with(&site.secret, &profile).await.text, r#"{"data":{"profile":null}}"#);
    let again = site.ask_with(&clara, &body).await;
    assert_eq!(again.code(), "ERASED", "{}", again.text);
    let query = "query($id: ID!) { erasure(profile: $id) { number state } }";
    let told = site.ask_with(&clara, &json!({ "query": query, "variables": id })).await;
    assert_eq!(told.body["data"]["erasure"], json!({ "number": 1, "state": "DONE" }), "{}", told.text);

    let lift = "mutation($by: IdentifierInput!) { liftSuppression(by: $by) }";
    let by = json!({ "by": { "kind": "USER_ID", "value": "ana" } });
    let told = site.ask_with(&clara, &json!({ "query": lift, "variables": by })).await;
    assert_eq!(told.text, r#"{"data":{"liftSuppression":2}}"#);
}

#[tokio::test]
async fn nobody_is_null_and_two_names_at_once_are_refused() {
    let site = Site::open().await;
    let clara = site.key("clara", Role::Officer, &["data-subject-rights"]).await;
    let ask = async |person: serde_json::Value| {
        site.ask_with(&clara, &json!({ "query": ERASE, "variables": { "person": person } })).await
    };
    let told = ask(json!({ "identifier": { "kind": "EMAIL", "value": "bruno@example.com" } })).await;
    assert_eq!(told.text, r#"{"data":{"eraseProfile":null}}"#);
    let both = json!({ "id": "prf_x", "identifier": { "kind": "EMAIL", "value": "ana@example.com" } });
    assert_eq!(ask(both).await.code(), "INVALID");
    assert_eq!(ask(json!({ "id": "rec_x" })).await.code(), "INVALID");
}
