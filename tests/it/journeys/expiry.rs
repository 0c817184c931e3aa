//! What nobody has said who it is about goes with time, keys first; what is somebody's stays.

use zelo_app::{Error, MarkExpired, PurgeExpired, Purged};
use zelo_model::Via;
use zelo_tests::{ANA, BRUNO, CLARA, Said, TestApp, on_both_databases};

on_both_databases! {
    a_browser_nobody_signed_in_on_is_forgotten_after_ninety_days,
    whoever_was_ever_linked_or_seen_lately_stays,
    what_was_held_goes_after_fourteen_days_with_its_key,
    a_crash_between_the_mark_and_the_rows_leaves_nobody_half_there,
    much_goes_in_chunks,
}

const DAY: i64 = 24 * 3600;

async fn a_browser_nobody_signed_in_on_is_forgotten_after_ninety_days(app: &TestApp) {
    app.send([ANA.browses("Product Viewed"), Said::page("private-page", None, Some(ANA.device)).at(None)])
        .await;
    assert_eq!(app.app.expire().await.unwrap(), 0);
    app.clock.pass(89 * DAY);
    assert_eq!(app.app.expire().await.unwrap(), 0);
    app.by_device(ANA.device).await.unwrap();
    app.clock.pass(2 * DAY);
    assert_eq!(app.app.expire().await.unwrap(), 1);
    assert!(matches!(app.by_device(ANA.device).await, Err(Error::NotFound)));
    for table in [
        "record",
        "profile",
        "membership",
        "event",
        "identifier",
        "identifier_link",
        "owner_key",
        "expiring",
        "message_seen",
    ] {
        assert_eq!(app.rows.count(table).await, 0, "{table}");
    }
    // She may come back, as somebody new.
    assert_eq!(app.send([ANA.browses("Product Viewed")]).await.new_events, 1);
    app.by_device(ANA.device).await.unwrap();
    let before = app.entries().await.len();
    app.app.expire().await.unwrap();
    assert_eq!(app.entries().await.len(), before, "a job with nothing to do says nothing");
}

async fn whoever_was_ever_linked_or_seen_lately_stays(app: &TestApp) {
    app.send([ANA.browses("Product Viewed"), ANA.identifies()]).await;
    app.send([Said::identify(None, Some(BRUNO.device)).with("email", BRUNO.email)]).await;
    app.send([CLARA.browses("Product Viewed")]).await;
    app.clock.pass(60 * DAY);
    app.send([CLARA.browses("Product Viewed")]).await;
    app.clock.pass(60 * DAY);
    assert_eq!(app.app.expire().await.unwrap(), 0);
    assert_eq!(app.rows.count("profile").await, 3);
    assert_eq!(app.by_email(ANA.email).await.unwrap().events.unwrap().shown().unwrap().events.len(), 1);
    app.by_email(BRUNO.email).await.unwrap();
    app.by_device(CLARA.device).await.unwrap();
    app.clock.pass(31 * DAY);
    assert_eq!(app.app.expire().await.unwrap(), 1, "Clara was never anybody, and has not come back");
}

async fn what_was_held_goes_after_fourteen_days_with_its_key(app: &TestApp) {
    let held = Said::track("Seen", Some("null"), Some("undefined"));
    app.send([held, ANA.identifies()]).await;
    let about_bruno = Said::group("private-group", ANA.user).with("who", BRUNO.email);
    app.send([about_bruno]).await;
    assert_eq!((app.rows.count("quarantine").await, app.rows.count("owner_key").await), (2, 3));
    app.clock.pass(13 * DAY);
    assert_eq!(app.app.expire().await.unwrap(), 0);
    app.clock.pass(DAY + 1);
    assert_eq!(app.app.expire().await.unwrap(), 2);
    assert_eq!((app.rows.count("quarantine").await, app.rows.count("quarantine_link").await), (0, 0));
    assert_eq!(app.rows.count("owner_key").await, 1, "Ana's");
    app.by_email(ANA.email).await.unwrap();
}

async fn a_crash_between_the_mark_and_the_rows_leaves_nobody_half_there(app: &TestApp) {
    app.send([ANA.browses("Product Viewed"), BRUNO.identifies()]).await;
    app.clock.pass(91 * DAY);
    let job = app.app.operator(Some("acme"), Via::Job).await.unwrap();
    assert_eq!(app.app.run(&job, MarkExpired).await.unwrap(), 1);
    assert!(matches!(app.by_device(ANA.device).await, Err(Error::NotFound)), "marked is refused");
    let refused = app.send_as(&app.shop, [ANA.browses("Product Viewed")]).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "not now: {refused:?}");

    app.rows.refuse_deletes(0, "membership").await;
    assert!(app.app.run(&job, PurgeExpired).await.is_err());
    assert_eq!(app.rows.count("owner_key").await, 1, "the key went first");
    assert_eq!(app.rows.count("event").await, 1, "and the rows are all still there");
    assert!(matches!(app.by_device(ANA.device).await, Err(Error::NotFound)));
    app.rows.allow_deletes(0, "membership").await;

    let again = app.another().await;
    assert_eq!(again.expire().await.unwrap(), 1, "whoever starts next finishes it");
    assert_eq!((app.rows.count("event").await, app.rows.count("profile").await), (0, 1));
    app.by_email(BRUNO.email).await.unwrap();
}

async fn much_goes_in_chunks(app: &TestApp) {
    for part in 0..3 {
        let visitors = (0..150).map(|n| Said::track("Seen", None, Some(&format!("browser-of-{part}-{n}"))));
        app.send(visitors.collect::<Vec<_>>()).await;
    }
    app.clock.pass(91 * DAY);
    let job = app.app.operator(Some("acme"), Via::Job).await.unwrap();
    assert_eq!(app.app.run(&job, MarkExpired).await.unwrap(), 200);
    let purged = app.app.run(&job, PurgeExpired).await.unwrap();
    assert_eq!(purged, Purged { records: 200, events: 200, ..Purged::default() });
    assert_eq!(app.app.expire().await.unwrap(), 250);
    assert_eq!((app.rows.count("record").await, app.rows.count("owner_key").await), (0, 0));
}
