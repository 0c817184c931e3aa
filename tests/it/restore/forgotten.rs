//! Whoever was forgotten stays forgotten, whatever backup is restored.

use serde_json::{Value, json};
use zelo_tests::{Client, Cluster, Encoded, Engine, Machine, Rows, Told};

use super::{demo, done, is_known, not_served, refused, sign_up};

/// Somebody signs up and buys something, so that a law keeps a little of them.
fn buy(client: &Client, email: &str) {
    sign_up(client, email);
    let order = json!({
        "type": "track", "userId": email, "event": "Order Completed", "messageId": format!("order-{email}"),
        "properties": {"order_id": format!("private-order-{email}"), "total": 129}
    });
    assert_eq!(client.send(&[order]), Told::Stored, "{email}");
}

fn erase(machine: &Machine, email: &str) -> Value {
    let receipt = done(machine, &["erase", "--tenant", "demo", "--email", email]);
    assert_eq!(receipt["state"], "done", "{receipt}");
    receipt
}

async fn whoever_was_forgotten_stays_forgotten(engine: Engine) {
    let machine = Machine::fresh(engine, "forgotten", Cluster::shared).await;
    let mut kept = 0;
    for (n, (backup, parts, code)) in [
        ("first", ["restore", "first", "--replace"].as_slice(), "KEYSTORE_BEHIND"),
        ("second", &["restore", "--data-from", "second/data", "--replace"], "DATA_BEHIND"),
        ("third", &["restore", "--keys-from", "third/keys", "--replace"], "KEYSTORE_BEHIND"),
    ]
    .into_iter()
    .enumerate()
    {
        let (ana, bruno) = (format!("private-ana-{n}@example.com"), format!("private-bruno-{n}@example.com"));
        let running = machine.start();
        buy(&running.client, &ana);
        buy(&running.client, &bruno);
        running.stop();
        done(&machine, &["backup", backup]);
        let receipt = erase(&machine, &ana);
        kept +=
            receipt["kept"].as_array().unwrap().iter().map(|set| set["rows"].as_u64().unwrap()).sum::<u64>();

        done(&machine, parts);
        let said = not_served(&machine);
        assert!(said.contains(code) && said.contains("zelo restore replay"), "{parts:?}: {said}");
        assert!(refused(&machine, &["tenant", "list"]).starts_with(code), "no other way in");
        assert_eq!(done(&machine, &["restore", "replay"])["forgotten"], 1, "{parts:?}");
        assert_eq!(done(&machine, &["restore", "replay"])["forgotten"], 0, "once is enough");

        let running = machine.start();
        assert!(!is_known(&running.client, &ana), "{parts:?}: she is still forgotten");
        assert!(is_known(&running.client, &bruno), "{parts:?}: he is not");
        sign_up(&running.client, &ana);
        assert!(!is_known(&running.client, &ana), "{parts:?}: and does not come back with a late message");
        running.stop();
        let rows = Rows::of(&machine.urls()).await;
        assert_eq!(rows.count("retained_row").await as u64, kept, "{parts:?}: what a law keeps is kept");
        assert!(rows.all("erasure").await.iter().all(|row| row.text("state") == "3"), "{parts:?}");
        rows.close().await;
        // Which opens everything that is sealed, what laws keep with it.
        done(&machine, &["rotate", "owners", "--tenant", "demo"]);
    }
    let log = demo(&machine);
    assert_eq!(log["sound"], true, "{log}");
    let canaries = Encoded::of(&["private-ana-0", "private-ana-1", "private-ana-2", "private-order"]);
    assert_eq!(canaries.found_below(&machine.at("")), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_forgotten_stays_forgotten_on_sqlite() {
    whoever_was_forgotten_stays_forgotten(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_forgotten_stays_forgotten_on_postgres() {
    whoever_was_forgotten_stays_forgotten(Engine::Postgres).await;
}

/// Several people, a root that was replaced in between, and a file that is not where it belongs.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_forgotten_again_by_guessing() {
    let machine = Machine::fresh(Engine::Sqlite, "guessing", Cluster::shared).await;
    let people: Vec<String> = (0..3).map(|n| format!("private-{n}@example.com")).collect();
    let running = machine.start();
    for email in &people {
        buy(&running.client, email);
    }
    running.stop();
    done(&machine, &["backup", "copies"]);
    for email in &people {
        erase(&machine, email);
    }
    done(&machine, &["restore", "--data-from", "copies/data", "--replace"]);
    let tenants = machine.at("erasures").read_dir().unwrap().map(|entry| entry.unwrap().path());
    let second = tenants.map(|folder| folder.join("2")).find(|file| file.exists()).unwrap();
    let aside = machine.at("aside");
    std::fs::rename(&second, &aside).unwrap();
    let said = refused(&machine, &["restore", "replay"]);
    assert!(said.contains("/2 is missing") && said.contains("bring it back"), "{said}");
    std::fs::write(&second, std::fs::read_to_string(&aside).unwrap().replace("\"n\":2", "\"n\":3")).unwrap();
    assert!(refused(&machine, &["restore", "replay"]).contains("is not the file the anchor speaks of"));
    assert!(not_served(&machine).contains("DATA_BEHIND"), "nothing was done by halves");
    std::fs::rename(&aside, &second).unwrap();
    assert_eq!(done(&machine, &["restore", "replay"])["forgotten"], 3);
    let running = machine.start();
    assert!(people.iter().all(|email| !is_known(&running.client, email)));
}

/// After a new root nobody opens the old backups; what laws keep of the forgotten came along.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_law_keeps_outlives_the_root_it_was_written_down_under() {
    let machine = Machine::fresh(Engine::Sqlite, "roots", Cluster::shared).await;
    let running = machine.start();
    buy(&running.client, "private-ana@example.com");
    buy(&running.client, "private-bruno@example.com");
    running.stop();
    done(&machine, &["backup", "old"]);
    let ana = erase(&machine, "private-ana@example.com");
    assert_eq!(ana["finalAt"], Value::Null, "a backup of her keys can still be opened");
    done(&machine, &["rotate", "root"]);
    done(&machine, &["backup", "new"]);
    let bruno = erase(&machine, "private-bruno@example.com");
    let rows = Rows::of(&machine.urls()).await;
    let kept = rows.count("retained_row").await;
    rows.close().await;
    // Somebody who was forgotten and is named by id answers with the receipt.
    let again = |receipt: &Value| {
        done(&machine, &["erase", "--tenant", "demo", "--id", receipt["profile"].as_str().unwrap()])
    };
    assert!(again(&ana)["finalAt"].is_string(), "the last root that opened hers is gone");
    assert_eq!(again(&bruno)["finalAt"], Value::Null);

    done(&machine, &["restore", "old", "--replace"]);
    assert!(not_served(&machine).contains("which has been destroyed"));
    done(&machine, &["restore", "new", "--replace"]);
    assert!(not_served(&machine).contains("KEYSTORE_BEHIND"));
    assert_eq!(done(&machine, &["restore", "replay"])["forgotten"], 1);
    let rows = Rows::of(&machine.urls()).await;
    assert_eq!(rows.count("retained_row").await, kept);
    rows.close().await;
    done(&machine, &["rotate", "owners", "--tenant", "demo"]);
}
