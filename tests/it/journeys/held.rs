//! A developer finds out over HTTP why an order is not there, mends it and sends it again; on the command line too.

use std::process::{Command, Output};

use serde_json::{Value, json};
use zelo_tests::{DAVI, Server, program};

use super::clients::on_postgres;

const LIST: &str = "query($after: String) { quarantine(first: 1, after: $after) {
    edges { cursor node { id reason detail source event receivedAt expiresAt fixes } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }";

fn zelo(server: &Server, key: Option<&str>, words: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.arg("quarantine").args(words).current_dir(server.folder()).env_remove("ZELO_KEY");
    if let Some(key) = key {
        command.env("ZELO_KEY", key);
    }
    command.output().unwrap()
}

fn told(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn davi_mends_an_order(server: &Server) {
    let order = |currency: &str, number: u32| {
        json!({
            "type": "track", "event": "Order Completed", "userId": DAVI.user, "messageId": format!("private-{number}"),
            "timestamp": "2026-01-31T12:00:00Z",
            "properties": {"total": 129.9, "currency": currency, "gift": {"for": DAVI.email}},
        })
    };
    let post = |path: &str, body: &Value| server.post(path, &server.source, body);
    let say = json!({"type": "identify", "userId": DAVI.user, "messageId": "private-0", "traits": {"email": DAVI.email}});
    let batch = json!({"batch": [say, order("reais", 1), order("EUR", 2), order("reais", 1)]});
    assert_eq!(post("/v1/batch", &batch).json(), json!({"success": true}));
    // One that says by its endpoint what it is.
    let mut alone = order("dollars", 3);
    alone.as_object_mut().unwrap().remove("type");
    assert_eq!(
        post("/v1/track", &alone).json(),
        json!({"success": true}),
        "an SDK is told what it can do about it: nothing"
    );

    let mut held = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = server.query(LIST, &json!({"after": after})).json()["data"]["quarantine"].clone();
        assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_null());
        held.extend(page["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let of = |reason: &str| held.iter().filter(|one| one["reason"] == reason).cloned().collect::<Vec<_>>();
    let (broken, parts) = (of("schema"), of("personal_value"));
    assert_eq!((held.len(), broken.len(), parts.len()), (3, 2, 1));
    for one in &broken {
        assert_eq!(one["detail"], r#"`currency` breaks "pattern": "^[A-Z]{3}$" (version 1)"#);
        assert_eq!((&one["event"], &one["source"]), (&json!("Order Completed"), &json!("demo-shop")));
    }

    let id = broken.iter().find_map(|one| {
        let open = "query($id: ID!) { heldMessage(id: $id) { body held { fixes } } }";
        let body =
            server.query(open, &json!({"id": one["id"]})).json()["data"]["heldMessage"]["body"].clone();
        body.as_str().unwrap().contains("dollars").then(|| one["id"].clone())
    });
    let id = id.unwrap();
    let mut mended = alone.clone();
    mended["properties"]["currency"] = "USD".into();
    let fix = "mutation($id: ID!, $json: String!) { fixHeld(id: $id, json: $json) { verdict reason detail apart } }";
    let told_so = server.query(fix, &json!({"id": id, "json": mended.to_string()})).json();
    assert_eq!(
        told_so["data"]["fixHeld"],
        json!({"verdict": "TAKEN", "reason": null, "detail": null, "apart": 1})
    );
    let replay = "mutation($id: ID!) { replayHeld(id: $id) { verdict apart } }";
    let done = server.query(replay, &json!({"id": id})).json();
    assert_eq!(done["data"]["replayHeld"], json!({"verdict": "TAKEN", "apart": 1}));
    assert_eq!(server.query(replay, &json!({"id": id})).json()["data"]["replayHeld"], Value::Null);

    let look = "query($email: String!) { profileByIdentifier(by: {kind: EMAIL, value: $email}) {
        events(first: 10) { edges { node { properties planVersion } } } } }";
    let davi = server.query(look, &json!({"email": DAVI.email})).json();
    let events = davi["data"]["profileByIdentifier"]["events"]["edges"].as_array().unwrap().clone();
    assert_eq!(events.len(), 2);
    for event in &events {
        assert_eq!(
            (&event["node"]["planVersion"], &event["node"]["properties"]["gift"]),
            (&json!(1), &json!({}))
        );
    }

    on_the_command_line(server, &parts[0]["id"]);
    let metrics = server.ask("GET /metrics", &[], b"").text;
    assert!(metrics.contains("zelo_quarantine_items{reason=\"schema\"} 1"), "{metrics}");
}

fn on_the_command_line(server: &Server, part: &Value) {
    let part = part.as_str().unwrap();
    let listed = told(&zelo(server, None, &["list", "--json", "--reason", "schema"]));
    assert_eq!(
        (listed.as_array().unwrap().len(), &listed[0]["event"]),
        (1, &Value::Null),
        "the operator sees no names"
    );
    let table = zelo(server, Some(&server.developer), &["list"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("Order Completed") && table.contains("personal_value"), "{table}");

    let refused = zelo(server, None, &["show", part]);
    let why = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && why.contains("--key FILE or ZELO_KEY"), "{why}");
    let shown = told(&zelo(server, Some(&server.developer), &["show", part, "--json"]));
    let body: Value = serde_json::from_str(shown["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["held"], json!({"/properties/gift/for": DAVI.email}));

    let file = server.folder().join("private-mended.json");
    std::fs::write(&file, json!({"held": {"/properties/gift/for": "somebody"}}).to_string()).unwrap();
    let fixed =
        told(&zelo(server, Some(&server.developer), &["fix", part, file.to_str().unwrap(), "--json"]));
    assert_eq!(fixed[0]["verdict"], "taken");
    std::fs::remove_file(file).unwrap();
    let replayed = told(&zelo(server, None, &["replay", part, "--json"]));
    assert_eq!(replayed[0]["verdict"], "taken");
    let again = zelo(server, None, &["replay", part]);
    assert!(String::from_utf8(again.stderr).unwrap().contains("no such message"), "it is gone");
    let counted = told(&zelo(server, None, &["replay", "--reason", "schema", "--json"]));
    assert_eq!(counted, json!({"taken": 0, "held": 1, "refused": 0}));
    let rest = told(&zelo(server, None, &["list", "--json", "--reason", "personal_value"]));
    let ids: Vec<&str> = rest.as_array().unwrap().iter().map(|one| one["held"].as_str().unwrap()).collect();
    let discarded = told(&zelo(server, None, &[&["discard"], ids.as_slice(), &["--json"]].concat()));
    assert_eq!(discarded, json!({"discarded": 1}));
}

#[test]
fn davi_mends_an_order_on_sqlite() {
    davi_mends_an_order(&Server::start(None));
}

#[tokio::test]
async fn davi_mends_an_order_on_postgres() {
    let (_cluster, server) = on_postgres("held").await;
    davi_mends_an_order(&server);
}

#[test]
fn a_plan_that_is_wrong_stops_the_start_with_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let event = folder.path().join("plan/order-completed");
    std::fs::create_dir_all(&event).unwrap();
    let schema = json!({
        "title": "Order Completed", "x-zelo-valid-from": "2026-01-01", "type": "object",
        "properties": {"total": {"type": "number", "x-zelo-category": "weather"}},
    });
    std::fs::write(event.join("1.json"), schema.to_string()).unwrap();
    let ended = Command::new(program())
        .args(["serve", "--ephemeral"])
        .current_dir(folder.path())
        .env("ZELO_PLAN__FOLDER", folder.path().join("plan"))
        .output()
        .unwrap();
    let why = String::from_utf8(ended.stderr).unwrap();
    assert!(!ended.status.success());
    let said = "zelo: the tracking plan is refused: order-completed/1.json at /properties/total/x-zelo-category: there is no \
                category `weather`; take a key of policies/taxonomy/categories.yaml";
    assert_eq!(why.lines().last(), Some(said), "{why}");
}
