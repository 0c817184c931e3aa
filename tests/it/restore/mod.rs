//! Last week's backup is restored: what was done since is neither forgotten nor undone in silence.

mod backup;
mod dropped;
mod epochs;
mod forgotten;
mod production;
mod refusals;

use serde_json::{Value, json};
use zelo_tests::{Client, Machine, Told};

/// Somebody signs up.
fn sign_up(client: &Client, email: &str) {
    let message = json!({
        "type": "identify", "userId": email, "messageId": format!("private-{email}"), "traits": {"email": email}
    });
    assert_eq!(client.send(&[message]), Told::Stored, "{email}");
}

/// Whether somebody is known.
fn is_known(client: &Client, email: &str) -> bool {
    client.look(email, "id").unwrap()["data"]["profileByIdentifier"].is_object()
}

/// A command that must succeed; its answer.
fn done(machine: &Machine, words: &[&str]) -> Value {
    let (done, said) = machine.zelo(words);
    assert!(done, "{words:?}: {said}");
    said
}

/// A command that must not; its sentence.
fn refused(machine: &Machine, words: &[&str]) -> String {
    let (done, said) = machine.zelo(words);
    assert!(!done, "{words:?}: {said}");
    said["message"].as_str().unwrap_or_else(|| panic!("{words:?}: {said}")).to_owned()
}

/// A start that must not succeed; its sentence.
fn not_served(machine: &Machine) -> String {
    match machine.start_under(&[]) {
        Ok(_) => panic!("it serves"),
        Err(complaint) => complaint,
    }
}

/// The tenant's log, as `zelo audit verify` judges it.
fn demo(machine: &Machine) -> Value {
    done(machine, &["audit", "verify", "--tenant", "demo"])[0].clone()
}
