//! An event arrives.

use zelo_app::Error;
use zelo_model::Timestamp;
use zelo_tests::{ANA, BRUNO, Said, TestApp, noon, on_both_databases};

on_both_databases! {
    an_event_becomes_a_profile,
    a_retried_batch_counts_once,
    a_message_without_a_time_counts_once_too,
    the_senders_clock_is_corrected,
    somebody_unknown_is_not_found,
}

async fn an_event_becomes_a_profile(app: &TestApp) {
    let receipt = app.send([ANA.identifies().with("city", ANA.city), ANA.does("Order Completed")]).await;
    assert_eq!((receipt.accepted, receipt.new_events, receipt.held), (2, 1, 0));

    let ana = app.by_email("  ANA@Example.com ").await.unwrap();
    assert_eq!((ana.created_at, ana.last_seen_at), (noon(), noon()));
    let values: Vec<String> =
        ana.identifiers.unwrap().shown().unwrap().iter().map(|i| i.value.clone()).collect();
    assert_eq!(values, [ANA.user, ANA.device, ANA.email]);
    let attributes = ana.attributes.unwrap();
    let seen: Vec<_> = attributes.iter().map(|one| (one.name.as_str(), one.source.as_str())).collect();
    assert_eq!(seen, [("city", "shop"), ("email", "shop"), ("name", "shop")]);
    assert_eq!(*attributes[0].value.shown().unwrap(), ANA.city);
    let events = ana.events.unwrap();
    let events = events.shown().unwrap();
    assert!(!events.has_next);
    assert_eq!(events.events[0].name.as_deref(), Some("Order Completed"));
    assert_eq!(events.events[0].body.as_ref().unwrap().properties["note"], "private-user-of-ana");

    assert_eq!(app.by_user(ANA.user).await.unwrap().id, ana.id);
    assert_eq!(app.by_device(ANA.device).await.unwrap().id, ana.id);
    assert_eq!(app.by_id(ana.id).await.unwrap().id, ana.id);
}

async fn a_retried_batch_counts_once(app: &TestApp) {
    let batch = [ANA.identifies(), ANA.does("Order Completed"), BRUNO.browses("Product Viewed")];
    assert_eq!(app.send(batch.clone()).await.new_events, 2);
    let before = app.rows.all("event").await;
    app.clock.pass(90);
    for _ in 0..3 {
        let again = app.send(batch.clone()).await;
        assert_eq!((again.accepted, again.new_events), (3, 0));
    }
    assert_eq!(app.rows.all("event").await, before, "what is stored is left as it is");
    assert_eq!(app.rows.count("profile").await, 2);
    let twice = ANA.does("Order Completed");
    assert_eq!(app.send([twice.clone(), twice]).await.new_events, 1, "twice in one batch counts once");
}

async fn a_message_without_a_time_counts_once_too(app: &TestApp) {
    let timeless = ANA.does("Order Completed").at(None);
    assert_eq!(app.send([timeless.clone(), timeless.clone()]).await.new_events, 1);
    app.clock.pass(24 * 3600);
    assert_eq!(app.send([timeless.clone()]).await.new_events, 0, "a day later, by another id");
    assert_eq!((app.rows.count("event").await, app.rows.count("message_seen").await), (1, 1));

    let unnumbered = ANA.does("Order Completed").at(None).numbered(None);
    assert_eq!(app.send([unnumbered.clone(), unnumbered]).await.new_events, 2, "nothing tells them apart");
}

async fn the_senders_clock_is_corrected(app: &TestApp) {
    let hour = 3600 * Timestamp::SECOND;
    // Two hours ahead, and a minute between the click and the sending.
    let (clicked, sent) = (noon().plus(2 * hour - 60 * Timestamp::SECOND), noon().plus(2 * hour));
    app.send([ANA.does("Product Viewed").at(Some(clicked)).sent(sent)]).await;
    app.send([ANA.does("Far Future").at(Some(noon().plus(1000 * hour)))]).await;
    let events = app.by_user(ANA.user).await.unwrap().events.unwrap();
    let events = &events.shown().unwrap().events;
    let times: Vec<_> =
        events.iter().map(|event| event.occurred_at.since(noon()) / Timestamp::SECOND).collect();
    assert_eq!(times, [300, -60]);
}

async fn somebody_unknown_is_not_found(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    assert!(matches!(app.by_email(BRUNO.email).await, Err(Error::NotFound)));
    assert!(matches!(app.by_email("no address").await, Err(Error::Invalid(_))));
    let nobody = Said::track("Seen", None, None);
    assert_eq!(app.send([nobody]).await.held, 1);
}
