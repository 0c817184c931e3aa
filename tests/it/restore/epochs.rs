//! A restored log begins a new epoch: it says what was lost, and proves what came back as before.

use serde_json::Value;
use zelo_ledger::{Checkpoint, LeafProof, Rooted, check_inclusion};
use zelo_tests::{Cluster, Engine, Machine};

use super::{demo, done, is_known, not_served, refused, sign_up};

const LOOKED: &str =
    "id accessLog(first:50){checkpoint edges{node{operation leaf checkpoint inclusion{index hashes}}}}";

async fn a_restored_log_says_what_was_lost_and_proves_what_came_back(engine: Engine) {
    let machine = Machine::fresh(engine, "epochs", Cluster::shared).await;
    let running = machine.start();
    sign_up(&running.client, "private-before@example.com");
    assert!(is_known(&running.client, "private-before@example.com"));
    running.stop();
    done(&machine, &["backup", "copies"]);
    let running = machine.start();
    sign_up(&running.client, "private-after@example.com");
    assert!(is_known(&running.client, "private-after@example.com"));
    running.stop();
    // Verifying it is an entry, too.
    let anchored = demo(&machine)["entries"].as_u64().unwrap() + 1;

    done(&machine, &["restore", "--data-from", "copies/data", "--replace"]);
    let said = not_served(&machine);
    assert!(said.contains("DATA_BEHIND") && said.contains("zelo restore replay"), "{said}");
    assert!(refused(&machine, &["tenant", "list"]).starts_with("DATA_BEHIND"), "no other way in");
    // Whoever looks first finds the log cut short, and adds nothing to it.
    for _ in 0..2 {
        let (sound, logs) = machine.zelo(&["audit", "verify", "--tenant", "demo"]);
        assert!(!sound && logs.to_string().contains("TRUNCATED("), "{logs}");
    }

    assert!(done(&machine, &["restore", "replay"])["epochs"].as_u64().unwrap() >= 1);
    assert_eq!(done(&machine, &["restore", "replay"])["epochs"], 0, "once is enough");
    let running = machine.start();
    assert!(!is_known(&running.client, "private-after@example.com"), "the data are those of the backup");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    proven(&running.client.find("private-before@example.com", LOOKED));
    running.stop();

    let log = demo(&machine);
    let earlier = &log["earlier"][0];
    let lost = format!("RESTORED({}..{anchored})", earlier["entries"]);
    assert_eq!(earlier["findings"][0]["finding"], lost, "{log}");
    assert_eq!((&log["sound"], log["entries"].as_u64().unwrap() > 1), (&Value::Bool(true), true), "{log}");
    let vkey = done(&machine, &["audit", "export", "copy", "--tenant", "demo"])["vkey"].clone();
    let of_copy = ["audit", "verify", "--copy", "copy", "--vkey", vkey.as_str().unwrap()];
    let log = &done(&machine, &[&of_copy[..], &["--anchor", "zelo-anchor.log", "--earlier"]].concat())[0];
    assert_eq!(log["earlier"][0]["findings"][0]["finding"], lost, "{log}");
    std::fs::remove_dir_all(machine.at("copy/epoch/0")).unwrap();
    let (sound, log) = machine.zelo(&[&of_copy[..], &["--anchor", "zelo-anchor.log", "--earlier"]].concat());
    assert!(!sound, "the old epoch is gone: {log}");
}

/// Entries of both epochs are there, each with a proof that leads to a checkpoint of its own epoch.
fn proven(profile: &Value) {
    let mut epochs = std::collections::BTreeSet::new();
    for edge in profile["accessLog"]["edges"].as_array().unwrap() {
        let node = &edge["node"];
        let text = node["checkpoint"].as_str().unwrap();
        let Checkpoint { origin, head } = Checkpoint::unverified(text.as_bytes()).unwrap();
        let hash = |hash: &Value| hex::decode(hash.as_str().unwrap()).unwrap().try_into().unwrap();
        let path = node["inclusion"]["hashes"].as_array().unwrap().iter().map(hash).collect();
        let index = node["inclusion"]["index"].as_str().unwrap().parse().unwrap();
        let head = Rooted { n: head.n, root: head.root };
        let leaf = node["leaf"].as_str().unwrap();
        assert!(check_inclusion(&head, leaf.as_bytes(), &LeafProof { index, path }), "{node}");
        epochs.insert(origin.epoch);
    }
    assert!(epochs.contains(&0), "who looked before the restore is still told: {profile}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_log_says_what_was_lost_and_proves_what_came_back_on_sqlite() {
    a_restored_log_says_what_was_lost_and_proves_what_came_back(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_log_says_what_was_lost_and_proves_what_came_back_on_postgres() {
    a_restored_log_says_what_was_lost_and_proves_what_came_back(Engine::Postgres).await;
}

/// The backup of before the first restore, restored again; and one that was taken in the epoch between.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_outlives_three_restores() {
    let machine = Machine::fresh(Engine::Sqlite, "thrice", Cluster::shared).await;
    machine.start().stop();
    done(&machine, &["backup", "first"]);
    let grow = |name: &str| {
        let running = machine.start();
        sign_up(&running.client, &format!("private-{name}@example.com"));
        running.stop();
    };
    let restore = |backup: &str| {
        done(&machine, &["restore", "--data-from", &format!("{backup}/data"), "--replace"]);
        assert!(not_served(&machine).contains("DATA_BEHIND"));
        done(&machine, &["restore", "replay"]);
    };
    grow("one");
    restore("first");
    grow("two");
    done(&machine, &["backup", "second"]);
    grow("three");
    restore("second");
    grow("four");
    restore("first");
    grow("five");
    let log = demo(&machine);
    let epochs: Vec<&str> =
        log["earlier"].as_array().unwrap().iter().map(|one| one["log"].as_str().unwrap()).collect();
    assert_eq!(epochs.len(), 3, "{log}");
    assert_eq!(
        (&log["sound"], log["earlier"][0]["entries"].as_u64()),
        (&Value::Bool(true), Some(0)),
        "{log}"
    );
    let running = machine.start();
    assert!(is_known(&running.client, "private-five@example.com"));
    assert!(!is_known(&running.client, "private-two@example.com"));
}
