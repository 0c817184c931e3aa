//! A real log, made by people who send and look, and the commands that judge it.

use serde_json::{Value, json};
use zelo_tests::{Client, Cluster, Engine, Machine};

/// Entries of the log, at least.
const ENTRIES: usize = 600;
const SHOPS: usize = 4;

/// An installation whose tenant `demo` has a log of some six hundred entries, anchored as it grew; it has stopped.
pub(super) async fn grown(engine: Engine, name: &str) -> Machine {
    let machine = Machine::fresh(engine, name, Cluster::shared).await;
    let running = machine.start();
    std::thread::scope(|scope| {
        for shop in 0..SHOPS {
            let client = &running.client;
            scope.spawn(move || work(client, shop));
        }
    });
    running.stop();
    machine
}

/// One in six is a message, the others look.
fn work(client: &Client, shop: usize) {
    let email = format!("private-{shop}@example.com");
    for turn in 0..=ENTRIES / SHOPS {
        if turn % 6 == 0 {
            let message = format!("private-{shop}-{turn}");
            client.send(&[json!({
                "type": "identify", "userId": email, "messageId": message, "traits": {"email": email}
            })]);
        } else {
            client.find(&email, "id identifiers{value}");
        }
    }
}

/// What `zelo audit verify` says of the tenant's log where it lies.
pub(super) fn online(machine: &Machine) -> (bool, Value) {
    let (ended_well, logs) = machine.zelo(&["audit", "verify", "--tenant", "demo"]);
    assert_eq!(logs.as_array().map(Vec::len), Some(1), "{logs}");
    assert_eq!(logs[0]["sound"], ended_well, "{logs}");
    (ended_well, logs[0].clone())
}

/// Exports a copy; the folder, or why there is none.
pub(super) fn export(machine: &Machine, name: &str) -> Result<String, Value> {
    let folder = machine.at(name).display().to_string();
    match machine.zelo(&["audit", "export", &folder, "--tenant", "demo"]) {
        (true, _) => Ok(folder),
        (false, why) => Err(why),
    }
}

/// What `zelo audit verify` says of a copy, held against the anchor and the key an auditor kept.
pub(super) fn of_copy(machine: &Machine, folder: &str, vkey: &str) -> (bool, Value) {
    let anchor = machine.anchor().display().to_string();
    let (sound, logs) =
        machine.zelo(&["audit", "verify", "--copy", folder, "--vkey", vkey, "--anchor", &anchor]);
    (sound, if logs.is_array() { logs[0].clone() } else { logs })
}

/// The names of what was found.
pub(super) fn findings(log: &Value) -> Vec<String> {
    let all = log["findings"].as_array().unwrap_or_else(|| panic!("{log}"));
    all.iter().map(|finding| finding["finding"].as_str().unwrap().to_owned()).collect()
}
