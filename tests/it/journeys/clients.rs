//! Clients that others wrote meet the real server.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use zelo_tests::{Cluster, DAVI, Server};

/// Where `tests/run` installs the clients.
pub(crate) fn installed(name: &str) -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let target = here.ancestors().find(|folder| folder.ends_with("target")).unwrap();
    let client = target.join("tests-clients").join(name);
    assert!(client.exists(), "{} is missing: run `tests/run`, which installs it", client.display());
    client
}

/// What we say to them.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(name)
}

pub(crate) async fn on_postgres(name: &str) -> (Cluster, Server) {
    let cluster = Cluster::own(name);
    let urls = [cluster.create("zelo").await, cluster.create("zelo_keys").await];
    let server = Server::start(Some(urls));
    (cluster, server)
}

fn the_sdk_somebody_has_makes_the_customer_visible(server: &Server) {
    let said = Command::new(installed("venv/bin/python"))
        .arg(script("shop.py"))
        .arg(format!("http://{}", server.address))
        .arg(&server.source)
        .output()
        .unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));

    let query = "query($email: String!) { profileByIdentifier(by: {kind: EMAIL, value: $email}) {
        attributes { name value source } events(first: 10) { edges { node { name properties } } } } }";
    let answer = server.query(query, &json!({"email": DAVI.email}));
    assert_eq!(answer.status, 200, "{}", answer.text);
    let davi = &answer.json()["data"]["profileByIdentifier"];
    let city = json!({"name": "city", "value": DAVI.city, "source": "demo-shop"});
    assert!(davi["attributes"].as_array().unwrap().contains(&city), "{davi}");
    let events = davi["events"]["edges"].as_array().unwrap();
    let mut names: Vec<&str> = events.iter().map(|edge| edge["node"]["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Order Completed", "Order Paid"]);
    assert_eq!(events[0]["node"]["properties"]["total"], "129.90");
}

#[test]
fn segments_python_sdk_makes_davi_visible_on_sqlite() {
    the_sdk_somebody_has_makes_the_customer_visible(&Server::start(None));
}

#[tokio::test]
async fn segments_python_sdk_makes_davi_visible_on_postgres() {
    let (_cluster, server) = on_postgres("sdk").await;
    the_sdk_somebody_has_makes_the_customer_visible(&server);
}

#[test]
fn all_audits_of_graphql_over_http_hold() {
    let server = Server::start(None);
    // A module finds its libraries beside itself.
    let audit = installed("node_modules").with_file_name("audit.mjs");
    std::fs::copy(script("audit.mjs"), &audit).unwrap();
    let said = Command::new("node")
        .arg(audit)
        .arg(format!("http://{}/graphql", server.address))
        .arg(&server.developer)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success(), "{text}{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(text.trim(), "61 of 61 audits hold");
}
