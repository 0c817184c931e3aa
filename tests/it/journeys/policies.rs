//! Clara changes a policy as a text, without a programmer: she checks it, is told what would be different, and it comes into
//! force while the server runs. What is wrong is named, and changes nothing.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};
use zelo_tests::{Cluster, Engine, Machine, Running, notice};

const FILE: &str = "policies/purposes/customer-service.yaml";

fn edit(machine: &Machine, from: &str, to: &str) {
    let path = machine.at(FILE);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    // Put in place at once, as an editor does.
    let next = machine.at("next.yaml");
    fs::write(&next, text.replace(from, to)).unwrap();
    fs::rename(next, path).unwrap();
}

fn health(server: &Running) -> Value {
    server.client.get("/health").unwrap().json()
}

/// Waits until something is so.
fn until(server: &Running, what: &str, so: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..300 {
        let health = health(server);
        if so(&health) {
            return health;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("half a minute later it is still not so: {what}; {}", health(server));
}

/// Ana's city, as the developer who works in customer service sees it, and why not.
fn city(server: &Running) -> Value {
    let query = json!({ "query": "{ profileByIdentifier(by: {kind: EMAIL, value: \"ana@example.com\"}) {
        identifiers { value } withheld { code } } }" });
    server.client.post("/graphql", &query).unwrap().json()["data"]["profileByIdentifier"].clone()
}

async fn policies_change_while_the_server_runs(engine: Engine) {
    let machine = Machine::fresh(engine, "policies", Cluster::shared).await;
    let (copied, said) = machine.zelo(&["policy", "copy", "policies"]);
    assert!(copied && said["files"].as_u64() > Some(100), "{said}");
    fs::write(machine.at("zelo.toml"), "[policy]\nfolder = \"policies\"\n").unwrap();
    let server = machine.start();
    let before = health(&server);
    assert!(before["policyRefused"].is_null(), "{before}");
    assert!(city(&server)["identifiers"][0]["value"].is_string(), "{}", city(&server));

    // A purpose that Brazil knows no such basis for: the file, the line and what to do are said, and nothing changes.
    edit(&machine, "br: contract", "br: because_we_can");
    let (good, said) = machine.zelo(&["policy", "check"]);
    let refused = &said["refused"];
    assert!(!good, "{said}");
    assert_eq!((&refused["file"], &refused["line"]), (&"purposes/customer-service.yaml".into(), &4.into()));
    assert!(refused["remedy"].as_str().unwrap().contains("legitimate_interest"), "{said}");
    let health = until(&server, "it is refused", |health| health["policyRefused"] == true);
    assert_eq!(health["policy"], before["policy"], "those in force stay");
    assert!(city(&server)["identifiers"][0]["value"].is_string());
    let log = fs::read_to_string(machine.at("stderr")).unwrap();
    assert!(log.contains("policies/purposes/customer-service.yaml line 4: unknown basis"), "{log}");

    // Customer service would ask everybody first: she is told before.
    edit(&machine, "br: because_we_can", "br: consent");
    fs::write(machine.at("elsewhere.toml"), "").unwrap();
    let (_, said) = machine.zelo(&["policy", "diff", "policies", "--config", "elsewhere.toml"]);
    assert_eq!(said[0]["what"], "customer-service: basis in br", "{said}");
    until(&server, "others are in force", |health| {
        health["policy"] != before["policy"] && health["policyRefused"].is_null()
    });
    let ana = city(&server);
    assert!(ana["identifiers"].is_null(), "{ana}");
    assert_eq!(ana["withheld"][0]["code"], "CONSENT", "{ana}");

    // A text somebody may have agreed to stays as it was, also when its hash is changed with it.
    let text = machine.at("policies/notices/advertising/1/en.md");
    let sold = fs::read_to_string(&text).unwrap() + "\nWe also sell your data to anybody.\n";
    let meta = machine.at("policies/notices/advertising/1/meta.yaml");
    let old = notice("advertising", 1, "en");
    let new = zelo_tests::sha256(sold.as_bytes());
    fs::write(&text, sold).unwrap();
    fs::write(&meta, fs::read_to_string(&meta).unwrap().replace(&old, &new)).unwrap();
    until(&server, "it is refused", |health| health["policyRefused"] == true);
    let log = fs::read_to_string(machine.at("stderr")).unwrap();
    assert!(log.contains("people may have agreed to it"), "{log}");
    server.stop();
    let (sound, said) = machine.zelo(&["audit", "verify"]);
    assert!(sound, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_change_while_the_server_runs_on_sqlite() {
    policies_change_while_the_server_runs(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_change_while_the_server_runs_on_postgres() {
    policies_change_while_the_server_runs(Engine::Postgres).await;
}

#[tokio::test]
async fn what_is_asked_of_policies_needs_no_database() {
    let machine = Machine::fresh(Engine::Sqlite, "none", Cluster::shared).await;
    let (good, said) = machine.zelo(&["policy", "check"]);
    assert!(good && said["remarks"] == json!([]), "{said}");
    let (code, notice) = machine.code(&["policy", "notice", "demo-controller", "--lang", "en"], &[]);
    assert!(
        code == 0 && notice.contains("Loja Demonstração") && notice.contains("LGPD art. 18 II"),
        "{notice}"
    );
    let (code, said) = machine.code(&["policy", "notice", "nobody"], &[]);
    assert!(code == 1 && said.contains("acme-sa"), "{said}");
    let (code, said) = machine.code(&["policy", "copy", "."], &[]);
    assert!(code == 1 && said.contains("is there already"), "{said}");
    assert!(!machine.data().exists());
}
