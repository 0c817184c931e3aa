//! What callers learn about people.

use serde_json::json;

use crate::support::Site;

const BY: &str = "query($by: IdentifierInput!) { profileByIdentifier(by: $by) ";

#[tokio::test]
async fn ana_is_found_by_her_address_with_all_that_was_asked_in_the_order_asked() {
    let site = Site::open().await;
    let fields = "{ attributes(names: [\"plan\"]) { value name category source record at } id \
        identifiers { kind value space source } \
        events(first: 2) { pageInfo { hasNextPage hasPreviousPage endCursor } edges { node { name properties } } } }";
    let by = json!({ "by": { "kind": "EMAIL", "value": " Ana@Example.com" } });
    let told = site.ask(&format!("{BY}{fields} }}"), by).await;
    let ana = &told.body["data"]["profileByIdentifier"];
    assert!(told.body["errors"].is_null(), "{}", told.text);
    assert_eq!(ana["attributes"][0]["value"], "gold");
    assert_eq!(ana["identifiers"].as_array().unwrap().len(), 2);
    assert_eq!(ana["events"]["edges"][0]["node"]["properties"], json!({ "n": 3 }));
    assert_eq!(ana["events"]["pageInfo"]["hasNextPage"], true);
    assert!(told.text.find("\"attributes\"").unwrap() < told.text.find("\"identifiers\"").unwrap());

    let fields = "{ events(first: 2, after: $after) { pageInfo { hasNextPage hasPreviousPage } edges { node { name messageId } } } }";
    let query = format!("query($id: ID!, $after: String) {{ node(id: $id) {{ ... on Profile {fields} }} }}");
    let after = &ana["events"]["pageInfo"]["endCursor"];
    let told = site.ask(&query, json!({ "id": ana["id"], "after": after })).await;
    let page = &told.body["data"]["node"]["events"];
    assert_eq!(page["pageInfo"], json!({ "hasNextPage": false, "hasPreviousPage": true }), "{}", told.text);
    assert_eq!(page["edges"], json!([{ "node": { "name": "Order Completed", "messageId": "m1" } }]));
}

#[tokio::test]
async fn nobody_of_that_name_is_null_and_no_error() {
    let site = Site::open().await;
    let told = site
        .ask(&format!("{BY} {{ id }} }}"), json!({ "by": { "kind": "EMAIL", "value": "bruno@example.com" } }))
        .await;
    assert_eq!(told.text, r#"{"data":{"profileByIdentifier":null}}"#);
    let id = format!("prf_{}", "a".repeat(26));
    let told = site
        .ask("query($id: ID!) { b: profile(id: $id) { id } a: profile(id: $id) { id } }", json!({ "id": id }))
        .await;
    assert_eq!(told.text, r#"{"data":{"b":null,"a":null}}"#);
}

#[tokio::test]
async fn what_cannot_be_asked_is_named() {
    let site = Site::open().await;
    for (fields, at) in [
        ("events(first: 0) { pageInfo { hasNextPage } }", "events.first"),
        ("events(first: 101) { pageInfo { hasNextPage } }", "events.first"),
        ("events(after: \"evt_x\") { pageInfo { hasNextPage } }", "events.after"),
        (
            "...Two } } fragment Two on Profile { events { edges { cursor } } ... { b: events(first: 2) { edges { cursor } }",
            "events",
        ),
    ] {
        let query =
            format!("{{ profileByIdentifier(by: {{ kind: USER_ID, value: \"ana\" }}) {{ {fields} }} }}");
        let told = site.ask(&query, json!({})).await;
        assert_eq!(
            (told.code(), &told.body["errors"][0]["extensions"]["problems"][0]["at"]),
            ("INVALID", &json!(at)),
            "{}",
            told.text
        );
    }
    let told = site.ask("{ profile(id: \"rec_x\") { id } }", json!({})).await;
    assert_eq!(told.body["errors"][0]["extensions"]["problems"][0]["at"], "id");
    assert_eq!(told.body["data"], json!({ "profile": null }));
}

#[tokio::test]
async fn the_same_page_under_two_names_is_read_once_with_all_it_needs() {
    let site = Site::open().await;
    let fields =
        "{ a: events { edges { cursor } } b: events(first: 50) { edges { node { context messageId } } } }";
    let by = json!({ "by": { "kind": "USER_ID", "value": "ana" } });
    let told = site.ask(&format!("{BY}{fields} }}"), by).await;
    let ana = &told.body["data"]["profileByIdentifier"];
    assert_eq!(ana["a"]["edges"].as_array().unwrap().len(), 3, "{}", told.text);
    assert_eq!(ana["b"]["edges"][0]["node"]["messageId"], "m3");
}
