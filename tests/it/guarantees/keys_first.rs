//! The order of commits: a key is durable before anything under it, an entry before anything leaves.

use zelo_app::Error;
use zelo_tests::{ANA, Said, TestApp, on_both_databases};

on_both_databases! {
    a_crash_between_keys_and_rows_leaves_keys_of_nobody_and_nothing_else,
    without_a_durable_key_nothing_is_stored,
    without_its_entry_nothing_is_written,
    without_its_entry_nothing_is_shown,
    a_write_refused_in_a_group_takes_nobody_with_it,
}

async fn refused(app: &TestApp) {
    let outcome = app.send_as(&app.shop, [ANA.identifies(), ANA.does("Order Completed")]).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
}

async fn nothing_stored(app: &TestApp) {
    for table in ["record", "profile", "membership", "identifier", "identifier_link", "event", "quarantine"] {
        assert_eq!(app.rows.count(table).await, 0, "{table}");
    }
}

async fn sent_again(app: &TestApp) {
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    let ana = app.by_email(ANA.email).await.unwrap();
    assert_eq!(ana.events.unwrap().shown().unwrap().events.len(), 1);
    assert_eq!(app.rows.count("profile").await, 1);
}

async fn a_crash_between_keys_and_rows_leaves_keys_of_nobody_and_nothing_else(app: &TestApp) {
    app.rows.refuse_inserts(0, "record").await;
    refused(app).await;
    assert_eq!(app.rows.count("owner_key").await, 1, "the key was there first");
    nothing_stored(app).await;
    app.rows.allow_inserts(0, "record").await;
    sent_again(app).await;
}

async fn without_a_durable_key_nothing_is_stored(app: &TestApp) {
    app.rows.refuse_inserts(1, "owner_key").await;
    refused(app).await;
    nothing_stored(app).await;
    app.rows.allow_inserts(1, "owner_key").await;
    sent_again(app).await;
}

async fn without_its_entry_nothing_is_written(app: &TestApp) {
    app.rows.refuse_inserts(0, "pending_write_leaf").await;
    refused(app).await;
    nothing_stored(app).await;
    app.rows.allow_inserts(0, "pending_write_leaf").await;
    sent_again(app).await;
}

async fn without_its_entry_nothing_is_shown(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    let audit = app.rows.audit();
    app.rows.refuse_inserts(audit, "pending_read_leaf").await;
    assert!(matches!(app.by_email(ANA.email).await, Err(Error::Unavailable(_))));
    app.rows.allow_inserts(audit, "pending_read_leaf").await;
    app.by_email(ANA.email).await.unwrap();
}

async fn a_write_refused_in_a_group_takes_nobody_with_it(app: &TestApp) {
    app.rows.refuse_inserts(0, "merge_journal").await;
    let send = |said: Vec<Said>| {
        let (app, shop) = (app.app.clone(), app.shop.clone());
        let items = said.iter().map(Said::incoming).collect();
        let batch = zelo_app::Batch { items, ..zelo_app::Batch::default() };
        async move { app.run(&shop, zelo_app::IntakeBatch { batch }).await }
    };
    app.send([ANA.signs_in()]).await;
    let mut sending = tokio::task::JoinSet::new();
    for n in 0..32 {
        let user = format!("private-{n}");
        // Every fourth wants the journal: another user id with Ana's address.
        let said = Said::identify(Some(&user), None);
        sending.spawn(send(vec![if n % 4 == 0 { said.with("email", ANA.email) } else { said }]));
    }
    let outcomes = sending.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 24);
    assert_eq!(app.rows.count("profile").await, 25);
    app.rows.allow_inserts(0, "merge_journal").await;
}
