//! Elisa decides who is who over GraphQL.

use serde_json::{Value, json};
use zelo_model::Role;

use crate::support::{Site, Told};

const DONE: &str = "{ line kept others moved }";

struct Desk {
    site: Site,
    elisa: String,
}

impl Desk {
    async fn open() -> Self {
        let site = Site::open().await;
        site.bruno().await;
        let elisa = site.key("elisa", Role::Steward, &["customer-service"]).await;
        Self { site, elisa }
    }

    async fn ask(&self, query: &str, variables: Value) -> Told {
        self.site.ask_with(&self.elisa, &json!({ "query": query, "variables": variables })).await
    }

    async fn id(&self, user: &str) -> Value {
        let query = "query($by: IdentifierInput!) { profileByIdentifier(by: $by) { id } }";
        let told = self.ask(query, json!({ "by": { "kind": "USER_ID", "value": user } })).await;
        told.body["data"]["profileByIdentifier"]["id"].clone()
    }

    async fn merge(&self, profiles: &[&Value], over_limits: bool) -> Told {
        let query = format!(
            "mutation($p: [ID!]!, $o: Boolean!) {{ mergeProfiles(profiles: $p, overLimits: $o) {DONE} }}"
        );
        self.ask(&query, json!({ "p": profiles, "o": over_limits })).await
    }
}

#[tokio::test]
async fn elisa_merges_two_undoes_it_and_they_are_kept_apart_until_she_lifts_it() {
    let desk = Desk::open().await;
    let (ana, bruno) = (desk.id("ana").await, desk.id("bruno").await);
    assert!(ana.is_string() && bruno.is_string() && ana != bruno);
    let davi = json!({ "query": format!("mutation($p: [ID!]!) {{ mergeProfiles(profiles: $p) {DONE} }}"),
        "variables": { "p": [ana, bruno] } });
    assert_eq!(desk.site.ask_with(&desk.site.secret, &davi).await.code(), "FORBIDDEN");

    let preview = "query($p: [ID!]!) { mergePreview(profiles: $p) {
        kept others limits keptApart withheld { purpose code } moves { source kind from to } } }";
    let told = desk.ask(preview, json!({ "p": [ana, bruno] })).await;
    let look = &told.body["data"]["mergePreview"];
    assert_eq!((&look["kept"], &look["others"]), (&ana, &json!([bruno])), "{}", told.text);
    assert_eq!(
        (&look["limits"], &look["keptApart"], &look["withheld"]),
        (&json!(["two-user-ids"]), &json!(false), &json!([]))
    );
    let step = json!({ "source": "web", "kind": "USER_ID", "from": bruno, "to": ana });
    assert_eq!(look["moves"], json!([step]));

    let told = desk.merge(&[&ana, &bruno], false).await;
    assert_eq!(told.code(), "CONFLICT", "{}", told.text);
    let told = desk.merge(&[&ana, &bruno], true).await;
    let merged = &told.body["data"]["mergeProfiles"];
    assert_eq!((&merged["kept"], &merged["moved"]), (&ana, &json!(1)), "{}", told.text);
    assert_eq!(desk.id("bruno").await, ana);

    let undo = format!("mutation($m: ID!) {{ undoMerge(merge: $m) {DONE} }}");
    let line = json!({ "m": merged["line"] });
    let told = desk.ask(&undo, line.clone()).await;
    assert_eq!(told.body["data"]["undoMerge"]["others"], json!([bruno]), "{}", told.text);
    assert_eq!(desk.ask(&undo, line).await.code(), "CONFLICT");
    assert_eq!(desk.id("bruno").await, bruno);

    let told = desk.merge(&[&ana, &bruno], true).await;
    assert!(told.code() == "CONFLICT" && told.text.contains("apart"), "{}", told.text);
    let lift = format!("mutation($p: [ID!]!) {{ liftApart(profiles: $p) {DONE} }}");
    let told = desk.ask(&lift, json!({ "p": [ana] })).await;
    assert_eq!(
        (told.code(), &told.body["errors"][0]["extensions"]["problems"][0]["at"]),
        ("INVALID", &json!("profiles"))
    );
    let told = desk.ask(&lift, json!({ "p": [ana, bruno] })).await;
    assert!(told.body["data"]["liftApart"]["line"].is_string(), "{}", told.text);
    let told = desk.merge(&[&ana, &bruno], true).await;
    assert!(told.body["errors"].is_null(), "{}", told.text);

    let journal = "{ mergeJournal { edges { node { kind state } } } }";
    let told = desk.ask(journal, json!({})).await;
    let lines: Vec<String> = told.body["data"]["mergeJournal"]["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| format!("{} {}", edge["node"]["kind"], edge["node"]["state"]).replace('"', ""))
        .collect();
    assert_eq!(lines, ["MERGE STANDING", "LIFT STANDING", "UNMERGE STANDING", "MERGE UNDONE"]);
}

#[tokio::test]
async fn what_elisa_cannot_mean_is_named() {
    let desk = Desk::open().await;
    let ana = desk.id("ana").await;
    let nobody = format!("prf_{}", "a".repeat(26));
    for (profiles, code, at) in [
        (json!(["rec_x", ana]), "INVALID", "profiles[0]"),
        (json!([ana]), "INVALID", "profiles"),
        (json!([ana, ana]), "CONFLICT", ""),
        (json!([ana, nobody]), "NOT_FOUND", ""),
    ] {
        let query = format!("mutation($p: [ID!]!) {{ mergeProfiles(profiles: $p) {DONE} }}");
        let told = desk.ask(&query, json!({ "p": profiles })).await;
        let found = told.body["errors"][0]["extensions"]["problems"][0]["at"].as_str().unwrap_or_default();
        assert_eq!((told.code(), found), (code, at), "{}", told.text);
    }
    let split = format!("mutation($p: ID!, $r: [ID!]!) {{ splitProfile(profile: $p, records: $r) {DONE} }}");
    let told = desk.ask(&split, json!({ "p": ana, "r": [] })).await;
    assert_eq!(told.code(), "INVALID", "{}", told.text);
    let line = format!("mrg_{}", "a".repeat(26));
    for field in
        ["rejectSuggestion(suggestion: $m)", "acceptSuggestion(suggestion: $m)", "undoMerge(merge: $m)"]
    {
        let told = desk.ask(&format!("mutation($m: ID!) {{ {field} {DONE} }}"), json!({ "m": line })).await;
        assert_eq!(told.code(), "NOT_FOUND", "{field}: {}", told.text);
    }
}
