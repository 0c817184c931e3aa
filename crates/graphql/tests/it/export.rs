//! Clara takes everybody out over GraphQL, page by page.

use serde_json::{Value, json};
use zelo_model::Role;

use crate::support::Site;

const START: &str = "mutation { startExport(events: true) { id state pages purpose } }";
const PAGE: &str = "mutation($id: ID!, $page: Int!) { exportPage(id: $id, page: $page) {
    content export { state pages profiles lines digest endedAt } } }";

#[tokio::test]
async fn clara_pulls_a_page_and_davi_does_not() {
    let site = Site::open().await;
    let clara = site.key("clara", Role::Officer, &["data-subject-rights"]).await;
    let start = json!({ "query": START });
    assert_eq!(site.ask_with(&site.secret, &start).await.code(), "FORBIDDEN");
    let begun = site.ask_with(&clara, &start).await;
    let export = &begun.body["data"]["startExport"];
    assert_eq!(
        (&export["state"], &export["pages"], &export["purpose"]),
        (&json!("RUNNING"), &json!(0), &json!("data-subject-rights")),
        "{}",
        begun.text
    );
    let page = |page: i64| json!({ "query": PAGE, "variables": { "id": export["id"], "page": page } });
    let told = site.ask_with(&clara, &page(0)).await;
    let got = &told.body["data"]["exportPage"];
    let lines: Vec<Value> =
        got["content"].as_str().unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["export", "profile", "event", "event", "event"], "{}", told.text);
    assert!(lines[1].to_string().contains("ana@example.com"));
    assert_eq!(
        (&got["export"]["state"], &got["export"]["profiles"], &got["export"]["lines"]),
        (&json!("DONE"), &json!(1), &json!(5))
    );
    assert_eq!(got["export"]["digest"].as_str().unwrap().len(), 64);
    assert_eq!(site.ask_with(&clara, &page(1)).await.code(), "CONFLICT");
    assert_eq!(site.ask_with(&clara, &page(7)).await.code(), "CONFLICT");
    assert_eq!(site.ask_with(&site.secret, &page(0)).await.code(), "FORBIDDEN");

    let all = json!({ "query": "{ exports { id actor state } }" });
    let told = site.ask_with(&clara, &all).await;
    assert_eq!(told.body["data"]["exports"][0]["id"], export["id"], "{}", told.text);
    let cancel = json!({ "query": "mutation($id: ID!) { cancelExport(id: $id) { state } }", "variables": { "id": export["id"] } });
    assert_eq!(site.ask_with(&clara, &cancel).await.code(), "CONFLICT", "it is done");
}
