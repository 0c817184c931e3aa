//! Whatever the network does to the SDKs people have, each message counts once.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use std::thread;

use expect_test::expect_file;
use serde_json::{Value, json};
use zelo_tests::{Fault, Faulty, Server};

use super::clients::{installed, on_postgres, script};

/// An SDK, how it is told what to say, and what it has of its own.
struct Sdk {
    /// Its package, as `requirements.txt` or `package.json` names it.
    package: &'static str,
    registry: &'static str,
    script: &'static str,
    /// Its name for the script; the browser's has only one.
    name: &'static str,
}

const SDKS: [Sdk; 6] = [
    Sdk { package: "segment-analytics-python", registry: "PyPI", script: "say.py", name: "segment" },
    Sdk { package: "rudder-sdk-python", registry: "PyPI", script: "say.py", name: "rudder" },
    Sdk { package: "@segment/analytics-node", registry: "npm", script: "say.mjs", name: "segment" },
    Sdk { package: "analytics-node", registry: "npm", script: "say.mjs", name: "legacy" },
    Sdk { package: "@rudderstack/rudder-sdk-node", registry: "npm", script: "say.mjs", name: "rudder" },
    Sdk { package: "@segment/analytics-next", registry: "npm", script: "browse.mjs", name: "browser" },
];

/// Somebody else in every cell.
fn user(sdk: usize, fault: usize) -> String {
    format!("user-of-cell-{sdk}-{fault}")
}

fn all_say_it_through_bad_networks(server: &Server) -> String {
    let networks: Vec<Vec<Faulty>> =
        SDKS.iter().map(|_| Fault::ALL.map(|fault| Faulty::before(&server.address, fault)).into()).collect();
    thread::scope(|all| {
        for (n, (sdk, networks)) in SDKS.iter().zip(&networks).enumerate() {
            all.spawn(move || say(n, sdk, networks, server));
        }
    });
    table(server, &networks)
}

/// One SDK speaks through every network at once.
fn say(n: usize, sdk: &Sdk, networks: &[Faulty], server: &Server) {
    let hosts: Vec<String> = networks.iter().map(|network| format!("http://{}", network.address)).collect();
    let said: Vec<Output> = if sdk.script == "browse.mjs" {
        let mut browse = Command::new("node");
        browse.arg(beside(sdk.script)).args([chromium(), &server.source]);
        for (at, host) in hosts.iter().enumerate() {
            browse.args([host, &user(n, at)]);
        }
        vec![browse.output().unwrap()]
    } else {
        let running = hosts.iter().enumerate().map(|(at, host)| {
            let mut speak = if sdk.registry == "PyPI" {
                let mut python = Command::new(installed("venv/bin/python"));
                python.arg(script(sdk.script));
                python
            } else {
                let mut node = Command::new("node");
                node.arg(beside(sdk.script));
                node
            };
            speak.args([sdk.name, host, &server.source, &user(n, at)]);
            thread::spawn(move || speak.output().unwrap())
        });
        let running: Vec<_> = running.collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    };
    let met = if said.len() == 1 { vec![Fault::Nothing] } else { Fault::ALL.to_vec() };
    for (one, fault) in said.into_iter().zip(met) {
        let told = String::from_utf8_lossy(&one.stderr).into_owned() + &String::from_utf8_lossy(&one.stdout);
        // Whose answer is cut off may believe that it was in vain; it was not, and the count says so.
        assert!(one.status.success() || fault == Fault::Cut, "{} at {fault:?}: {told}", sdk.package);
    }
}

/// A module finds its libraries beside itself.
fn beside(name: &str) -> std::path::PathBuf {
    let copy = installed("node_modules").with_file_name(name);
    std::fs::copy(script(name), &copy).unwrap();
    copy
}

pub(super) fn chromium() -> &'static str {
    let known = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];
    known
        .into_iter()
        .find(|path| Path::new(path).exists())
        .expect("Chromium: run `tests/run`, which installs it")
}

/// What the server has of each, counted.
fn table(server: &Server, networks: &[Vec<Faulty>]) -> String {
    let mut table = "| client |".to_owned();
    for fault in Fault::ALL {
        let _ = write!(table, " {} |", fault.name());
    }
    table += "\n|---|---|---|---|---|---|\n";
    for (n, sdk) in SDKS.iter().enumerate() {
        let _ = write!(table, "| {} `{}` {} |", sdk.registry, sdk.package, version(sdk));
        for (at, network) in networks[n].iter().enumerate() {
            assert!(network.posts() > 0, "{} was not sent through the network", sdk.package);
            let _ = write!(table, " {} of 8 |", counted(server, &user(n, at)));
        }
        table += "\n";
    }
    table
}

/// The version this was tried with.
fn version(sdk: &Sdk) -> String {
    let python = std::fs::read_to_string(script("requirements.txt")).unwrap();
    let node: Value =
        serde_json::from_str(&std::fs::read_to_string(script("package.json")).unwrap()).unwrap();
    let pinned = python.lines().find_map(|line| line.strip_prefix(sdk.package)?.strip_prefix("=="));
    pinned.or(node["dependencies"][sdk.package].as_str()).unwrap().to_owned()
}

/// How many of the eight messages count, and that none counts twice.
fn counted(server: &Server, user: &str) -> usize {
    let query = "query($user: String!, $device: String!) {
        user: profileByIdentifier(by: {kind: USER_ID, value: $user}) {
          id attributes { name value }
          events(first: 100) { edges { node { kind name pageName properties } } } }
        device: profileByIdentifier(by: {kind: ANONYMOUS_ID, value: $device}) { id } }";
    let variables = json!({"user": user, "device": format!("browser-of-{user}")});
    let answer = server.query(query, &variables).json();
    let profile = &answer["data"]["user"];
    let attribute = |name: &str| {
        let all = profile["attributes"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).map(|one| one["value"].clone())
    };
    let mut told: Vec<String> = Vec::new();
    for edge in profile["events"]["edges"].as_array().unwrap_or_else(|| panic!("{user}: {answer}")) {
        let node = &edge["node"];
        let what = [&node["name"], &node["pageName"], &node["properties"]["order"]];
        told.push(format!("{} {} {} {}", node["kind"], what[0], what[1], what[2]));
    }
    told.sort();
    let expected = [
        r#""PAGE" null "private-page" null"#,
        r#""SCREEN" null "private-screen" null"#,
        r#""TRACK" "Order Completed" null 0"#,
        r#""TRACK" "Order Completed" null 1"#,
        r#""TRACK" "Order Completed" null 2"#,
    ];
    assert_eq!(told, expected, "{user}");
    let identified = attribute("city") == Some(format!("private-{user}").into());
    let groups = json!([{"id": format!("private-group-{user}"), "traits": {"name": "private-Padaria"}}]);
    let grouped = attribute("groups") == Some(groups);
    let aliased = answer["data"]["device"]["id"] == profile["id"];
    told.len() + [identified, grouped, aliased].into_iter().filter(|done| *done).count()
}

const PAGE: &str = "# Clients

Change one line, the host, and keep the SDK you have. What stands here is written by a test: each client below, as its
registry has it, says eight things of one customer to the real server (an `identify`, three `track`s, a `page`, a `screen`,
a `group`, an `alias`) through a network that misbehaves at first. The cells say how many of the eight count in the end;
none counts twice.

";

const REST: &str = "
- **429, `Retry-After`**: the first two requests are answered so; each client waits as it is told.
- **500**: the first two requests are answered so; each client tries again by itself.
- **cut mid-body**: the first connection ends in the middle of the request, the second in the middle of the answer, when
  the server has stored what the client does not know of. RudderStack's Node SDK then reports an error and does not try
  again; nothing is missing.
- **replayed**: every request arrives twice, byte for byte.

## The line to change

| client | line |
|---|---|
| `segment-analytics-python` | `analytics.host = \"https://zelo.example.com\"` |
| `rudder-sdk-python` | `rudder_analytics.dataPlaneUrl = \"https://zelo.example.com\"` |
| `@segment/analytics-node`, `analytics-node` | `new Analytics({ writeKey, host: \"https://zelo.example.com\" })` |
| `@rudderstack/rudder-sdk-node` | `new RudderAnalytics(key, { dataPlaneUrl: \"https://zelo.example.com\" })` |
| `@segment/analytics-next`, from npm | `AnalyticsBrowser.load({ writeKey, cdnURL: \"https://zelo.example.com\" })` |
| `@segment/analytics-next`, pasted snippet | `analytics._cdn = \"https://zelo.example.com\"`, and the script from your own site |

The browser asks `/v1/projects/{writeKey}/settings` where to send, and is told: here, and nowhere else. Behind a proxy that
ends TLS, let it pass `Host` on and set `X-Forwarded-Proto`. Zelo does not serve `analytics.min.js`: it is Segment's, made
anew for each key. Serve `dist/umd/standalone.js` of the npm package from your own site and put its address into the
snippet.
";

#[test]
fn every_sdk_counts_everything_once_whatever_the_network_does_on_sqlite() {
    let table = all_say_it_through_bad_networks(&Server::start(None));
    assert_eq!(table.matches(" 8 of 8 |").count(), SDKS.len() * Fault::ALL.len(), "{table}");
    expect_file!["../../../docs/clients.md"].assert_eq(&[PAGE, &table, REST].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sdk_counts_everything_once_whatever_the_network_does_on_postgres() {
    let (_cluster, server) = on_postgres("counts").await;
    let table = tokio::task::block_in_place(|| all_say_it_through_bad_networks(&server));
    assert_eq!(table.matches(" 8 of 8 |").count(), SDKS.len() * Fault::ALL.len(), "{table}");
}
