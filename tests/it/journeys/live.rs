//! Davi watches what arrives at the real server, with clients that others wrote and on the command line.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use zelo_tests::{DAVI, Server, program};

use super::clients::{installed, script};

/// A program that says a line of JSON for each message that arrives.
struct Watcher {
    process: Child,
    lines: BufReader<ChildStdout>,
}

impl Watcher {
    fn start(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap());
        Self { process, lines }
    }

    fn graphql(server: &Server, transport: &str) -> Self {
        // A module finds its libraries beside itself.
        let live =
            installed("node_modules").with_file_name(format!("live-{}-{transport}.mjs", std::process::id()));
        std::fs::copy(script("live.mjs"), &live).unwrap();
        let url = format!("{}/graphql", server.address);
        let mut watcher =
            Self::start(Command::new("node").arg(&live).args([transport, &url, &server.developer]));
        assert_eq!(watcher.next(), json!("began"));
        std::fs::remove_file(live).unwrap();
        watcher
    }

    /// What it says next.
    fn next(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("it said {line:?}"))
    }

    /// The next arrival that `wanted` is said of.
    fn until(&mut self, field: &str, wanted: &str) -> Value {
        loop {
            let said = self.next();
            if said[field] == wanted {
                return said;
            }
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn arrive(server: &Server) {
    let track = json!({"type": "track", "userId": DAVI.user, "event": "Order Paid", "messageId": "one"});
    let odd = json!({"type": "track", "userId": DAVI.user, "event": DAVI.email, "messageId": "two"});
    let sent = server.post("/v1/batch", &server.source, &json!({"batch": [track, odd]}));
    assert_eq!(sent.status, 200, "{}", sent.text);
}

fn over(transport: &str) {
    let server = Server::start(None);
    let mut davi = Watcher::graphql(&server, transport);
    arrive(&server);
    let paid = davi.until("name", "Order Paid");
    assert_eq!(
        (&paid["outcome"], &paid["matched"], &paid["verb"]),
        (&json!("TAKEN"), &json!("OPENED"), &json!("track"))
    );
    assert!(paid["profile"].as_str().unwrap().starts_with("prf_"));
    assert_eq!(davi.next()["reason"], "event_name", "and the odd one is held");

    let keys = zelo(&server, &["key", "list", "--json"]);
    let keys: Value = serde_json::from_slice(&keys.wait_with_output().unwrap().stdout).unwrap();
    let key = keys.as_array().unwrap().iter().find(|key| key["role"] == "developer").unwrap();
    assert!(
        zelo(&server, &["key", "revoke", key["id"].as_str().unwrap()])
            .wait_with_output()
            .unwrap()
            .status
            .success()
    );
    arrive(&server);
    assert_eq!(davi.next()["error"], "UNAUTHENTICATED", "a key that is revoked hears nothing more");
}

fn zelo(server: &Server, words: &[&str]) -> Child {
    let mut command = Command::new(program());
    command.args(words).current_dir(server.folder());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap()
}

#[test]
fn davi_watches_over_server_sent_events_until_his_key_is_revoked() {
    over("sse");
}

#[test]
fn davi_watches_over_a_websocket_until_his_key_is_revoked() {
    over("ws");
}

#[test]
fn davi_watches_on_the_command_line_until_the_server_stops() {
    let mut server = Server::start(None);
    let mut command = Command::new(program());
    command.args(["tail", "--json"]).env("ZELO_KEY", &server.developer).current_dir(server.folder());
    let mut davi = Watcher::start(&mut command);
    davi.until("verb", "identify");
    arrive(&server);
    assert_eq!(davi.until("name", "Order Paid")["outcome"], "taken");
    assert_eq!(davi.next()["reason"], "event_name");
    let seen = zelo(&server, &["tail", "--once"]).wait_with_output().unwrap();
    let seen = String::from_utf8(seen.stdout).unwrap();
    assert!(seen.contains("track → somebody opened\n") && seen.ends_with("? · held: event_name\n"), "{seen}");
    server.stop();
    assert!(davi.process.wait().unwrap().success(), "the end of the server is the end of the tail");
    let alone = zelo(&server, &["tail"]).wait_with_output().unwrap();
    let told = String::from_utf8(alone.stderr).unwrap();
    assert!(!alone.status.success() && told.contains("no server is running in zelo-data"), "{told}");
}
