//! A file brings people in with their own times, and nobody is told.

use zelo_app::{ImportFate, TailIntake};
use zelo_model::Via;
use zelo_tests::{ANA, BRUNO, Said, TestApp, on_both_databases};

use super::{at, bring, taken};

on_both_databases! {
    ana_is_there_with_what_she_did_in_2014_and_nobody_is_told,
    a_file_brought_twice_counts_once,
    what_the_shop_has_sent_already_counts_once,
    a_row_that_cannot_be_taken_in_leaves_nothing,
    a_files_time_does_not_override_what_she_said_later,
}

async fn ana_is_there_with_what_she_did_in_2014_and_nobody_is_told(app: &TestApp) {
    let long_ago = Some(at("2014-03-01T10:00:00Z"));
    let done = bring(app, [ANA.identifies().at(long_ago), ANA.does("Order Completed").at(long_ago)]).await;
    assert_eq!((taken(&done), done.repeated), (2, 0));
    let ana = app.by_email(ANA.email).await.unwrap();
    let events = ana.events.unwrap().shown().unwrap().events.clone();
    assert_eq!(events.len(), 1);
    assert_eq!(Some(events[0].occurred_at), long_ago, "however long ago");
    assert!(events[0].received_at > events[0].occurred_at, "it was received when it was brought");
    let name = ana.attributes.unwrap().into_iter().find(|one| one.name == "name").unwrap();
    assert_eq!(Some(name.at), long_ago);

    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let tail = app.app.run(&operator, TailIntake { after: None, first: 100 }).await.unwrap();
    assert_eq!((tail.arrivals.len(), tail.missed), (0, 0), "it did not arrive, it was brought");
}

async fn a_file_brought_twice_counts_once(app: &TestApp) {
    let file =
        [ANA.identifies(), ANA.does("Order Completed"), BRUNO.identifies(), BRUNO.does("Order Completed")];
    let first = bring(app, file.clone()).await;
    assert_eq!((taken(&first), first.repeated), (4, 0));
    let tables = ["record", "profile", "membership", "identifier", "identifier_link", "event", "owner_key"];
    let mut before = Vec::new();
    for table in tables {
        before.push(app.rows.count(table).await);
    }
    app.clock.pass(3600);
    let again = bring(app, file).await;
    assert_eq!((taken(&again), again.repeated), (4, 4));
    for (table, before) in tables.into_iter().zip(before) {
        assert_eq!(app.rows.count(table).await, before, "{table}");
    }
}

async fn what_the_shop_has_sent_already_counts_once(app: &TestApp) {
    let live = ANA.does("Order Completed").at(Some(at("2026-01-30T10:00:00.123Z")));
    app.send([live.clone()]).await;
    let done = bring(app, [live]).await;
    assert_eq!((taken(&done), done.repeated), (1, 1), "the archive of what the shop's SDK said");
    assert_eq!(app.rows.count("event").await, 1);
    // Of another source it is another message.
    app.source("crm", 0).await;
    assert_eq!(super::bring_for(app, "crm", [ANA.does("Order Completed")]).await.repeated, 0);
}

async fn a_row_that_cannot_be_taken_in_leaves_nothing(app: &TestApp) {
    let wrong = BRUNO.identifies().with("cpf", "111.444.777-00");
    let shared = Said::identify(Some("null"), None).with("name", BRUNO.name);
    let late = BRUNO.does("Order Completed").at(Some(at("2062-01-01T00:00:00Z")));
    let done = bring(app, [ANA.identifies(), wrong, shared, late]).await;
    assert_eq!(done.fates[0], ImportFate::Taken);
    let codes: Vec<&str> = done.fates[1..]
        .iter()
        .map(|fate| match fate {
            ImportFate::Rejected(why) => {
                assert!(!why.message.contains("111") && !why.message.contains("Bruno"), "{}", why.message);
                why.code
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(codes, ["identifier", "bad_identifier", "time"]);
    assert_eq!(app.rows.count("quarantine").await, 0, "it stays in the file");
    assert_eq!(app.rows.count("identifier").await, 3, "and nobody can be found by it");
    assert_eq!(app.rows.count("record").await, 1);
}

async fn a_files_time_does_not_override_what_she_said_later(app: &TestApp) {
    app.send([ANA.identifies().with("city", ANA.city).at(Some(at("2026-01-30T10:00:00Z")))]).await;
    bring(app, [ANA.identifies().with("city", "private-old-city").at(Some(at("2020-01-01T00:00:00Z")))])
        .await;
    let attributes = app.by_email(ANA.email).await.unwrap().attributes.unwrap();
    let city = attributes.into_iter().find(|one| one.name == "city").unwrap();
    assert_eq!(city.value.shown().unwrap(), ANA.city);
}
