//! What cannot be taken in as it is waits, sealed, and never takes the rest of its batch with it.

use std::sync::Arc;

use zelo_app::{Batch, Hold, Incoming, IntakeBatch};
use zelo_model::Timestamp;
use zelo_tests::{ANA, BRUNO, Said, TestApp, on_both_databases};

on_both_databases! {
    a_held_message_waits_alone_under_a_key_of_its_own,
    a_record_that_would_grow_too_large_holds_the_message_that_would_do_it,
}

async fn a_held_message_waits_alone_under_a_key_of_its_own(app: &TestApp) {
    let raw: Arc<[u8]> = ANA.does("ana@example.com").json().to_string().into_bytes().into();
    let held = |reason, raw| Incoming::Held { reason, raw };
    let batch = Batch {
        items: vec![
            held(Hold::EventName, raw),
            BRUNO.identifies().incoming(),
            held(Hold::Unparsable, Arc::from(&b"{\"private-"[..])),
            Said::track("Product Viewed", Some("null"), None).with("note", "private-note").incoming(),
        ],
        ..Batch::default()
    };
    let receipt = app.app.run(&app.shop, IntakeBatch { batch }).await.unwrap();
    assert_eq!((receipt.accepted, receipt.held), (1, 3));

    let items = app.rows.all("quarantine").await;
    let mut reasons: Vec<&str> = items.iter().map(|item| item.text("reason")).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["bad_identifier", "event_name", "unparsable"]);
    let keys = app.rows.all("owner_key").await;
    for item in &items {
        assert!(keys.iter().any(|key| key.bytes("owner") == item.bytes("id16")), "a key of its own");
        let wait = item.text("expires").parse::<i64>().unwrap() - item.text("at").parse::<i64>().unwrap();
        assert_eq!(wait, 14 * Timestamp::DAY);
    }
    assert_eq!(app.rows.count("quarantine_link").await, 2, "forgetting Ana finds the message about her");
    let mut counts = app.app.quarantine_counts().await.unwrap();
    counts.sort();
    assert_eq!(counts.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [1, 1, 1]);
    assert!(app.by_user(ANA.user).await.is_err(), "a held message makes nobody");
    app.by_email(BRUNO.email).await.unwrap();
}

async fn a_record_that_would_grow_too_large_holds_the_message_that_would_do_it(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    let mut much = Said::identify(Some(ANA.user), None);
    for n in 0..500 {
        much = much.with(&format!("trait{n}"), n);
    }
    assert_eq!(app.send([much, ANA.does("Order Completed")]).await.held, 1);
    assert_eq!(app.rows.all("quarantine").await[0].text("reason"), "record_limit");
    let ana = app.by_user(ANA.user).await.unwrap();
    assert_eq!(ana.attributes.unwrap().len(), 2);
    assert_eq!(ana.events.unwrap().shown().unwrap().events.len(), 1);
}
