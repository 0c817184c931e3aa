//! A backup is taken in the middle of everything, and holds all that was promised before.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::Duration;

use serde_json::json;
use zelo_tests::{Client, Cluster, Engine, Machine, Rows, Told};

use super::{done, is_known, not_served, sign_up};

/// People who sign up while the backup is taken; those before it at least.
const BEFORE: usize = 60;

/// Shops send until they are told to stop; everybody whose message was stored is written down.
fn shops(client: &Client, stop: &AtomicBool, stored: &Mutex<Vec<String>>) {
    scope(|all| {
        for shop in 0..3 {
            all.spawn(move || {
                for turn in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let email = format!("private-{shop}-{turn}@example.com");
                    let message = json!({
                        "type": "identify", "userId": email, "messageId": format!("private-{email}"),
                        "traits": {"email": email}
                    });
                    if client.send(&[message]) == Told::Stored {
                        stored.lock().unwrap().push(email);
                    }
                }
            });
        }
    });
}

async fn everybody_from_before_a_backup_is_in_it(engine: Engine) {
    let machine = Machine::fresh(engine, "backup", Cluster::shared).await;
    let running = machine.start();
    let (stop, stored) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    let mut before = Vec::new();
    scope(|all| {
        all.spawn(|| shops(&running.client, &stop, &stored));
        while stored.lock().unwrap().len() < BEFORE {
            sleep(Duration::from_millis(5));
        }
        before.clone_from(&stored.lock().unwrap());
        let made = done(&machine, &["backup", "copies"]);
        let classes: Vec<_> = made.as_array().unwrap().iter().map(|one| one["class"].clone()).collect();
        assert_eq!(classes, ["data", "keys", "signing"], "{made}");
        // They go on beside it.
        let then = stored.lock().unwrap().len();
        while stored.lock().unwrap().len() < then + 10 {
            sleep(Duration::from_millis(5));
        }
        stop.store(true, Ordering::Relaxed);
    });
    running.stop();
    let root = std::fs::read(machine.at("zelo-data/root/root-1.key")).unwrap();
    for file in walk(&machine.at("copies")) {
        let bytes = std::fs::read(&file).unwrap();
        let found = bytes.windows(32).any(|window| window == &root[12..44]);
        assert!(!found, "the root key stands in {}", file.display());
    }

    done(&machine, &["restore", "copies", "--replace"]);
    assert!(not_served(&machine).contains("DATA_BEHIND"), "more was done since");
    assert!(done(&machine, &["restore", "replay"])["epochs"].as_u64().unwrap() > 0);
    let running = machine.start();
    for email in &before {
        assert!(is_known(&running.client, email), "{email} was promised before the backup");
    }
    // What the copy of the data knows, the copy of the keys opens.
    let rows = Rows::of(&machine.urls()).await;
    let keys = rows.all("owner_key").await;
    for record in rows.all("record").await {
        let opens = keys.iter().any(|key| key.bytes("owner") == record.bytes("id16"));
        assert!(opens, "somebody came back without a key");
    }
    sign_up(&running.client, "private-new@example.com");
    assert!(is_known(&running.client, "private-new@example.com"));
    running.stop();
    let logs = done(&machine, &["audit", "verify"]);
    assert!(logs.as_array().unwrap().iter().all(|log| log["sound"] == true), "{logs}");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_from_before_a_backup_is_in_it_on_sqlite() {
    everybody_from_before_a_backup_is_in_it(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_from_before_a_backup_is_in_it_on_postgres() {
    everybody_from_before_a_backup_is_in_it(Engine::Postgres).await;
}

/// A new machine: nothing there but the backups, the root key and the anchor.
#[tokio::test(flavor = "multi_thread")]
async fn an_installation_comes_back_on_another_machine() {
    let machine = Machine::fresh(Engine::Sqlite, "moved", Cluster::shared).await;
    let running = machine.start();
    sign_up(&running.client, "private-moved@example.com");
    assert!(is_known(&running.client, "private-moved@example.com"));
    running.stop();
    done(&machine, &["backup", "--data-to", "a/data", "--keys-to", "b/keys", "--signing-to", "c/signing"]);

    let other = Machine::fresh(Engine::Sqlite, "moved", Cluster::shared).await;
    std::fs::create_dir_all(other.at("zelo-data/root")).unwrap();
    std::process::Command::new("chmod").arg("700").arg(other.data()).status().unwrap();
    for kept in ["zelo-data/root/root-1.key", "zelo-anchor.log", "zelo-data/dev-keys.toml"] {
        std::fs::copy(machine.at(kept), other.at(kept)).unwrap();
    }
    let from = |place: &str| machine.at(place).display().to_string();
    let (data, keys, signing) = (from("a/data"), from("b/keys"), from("c/signing"));
    done(&other, &["restore", "--data-from", &data, "--keys-from", &keys, "--signing-from", &signing]);
    // The backup itself was entered after it was taken.
    assert!(not_served(&other).contains("DATA_BEHIND"));
    done(&other, &["restore", "replay"]);
    let running = other.start();
    assert!(is_known(&running.client, "private-moved@example.com"));
}
