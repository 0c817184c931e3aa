//! Cut short at every step, and started again: wholly alive, or wholly forgotten.

use zelo_app::{App, Error, Lookup};
use zelo_model::Actor;
use zelo_tests::{ANA, BRUNO, Said, TestApp, look, on_both_databases};

use super::{assert_forgotten, clara, email, request};

on_both_databases! {
    cut_short_before_it_is_decided_she_is_as_she_was,
    cut_short_at_any_step_after_that_she_is_forgotten_after_the_next_start,
    cut_short_twice_she_is_forgotten_once,
    a_start_carries_on_several_in_their_order,
}

/// Where an erasure that is decided can be cut short.
const STEPS: [&str; 7] = [
    "erasure-before-anchor",
    "erasure-before-keys",
    "erasure-after-keys",
    "erasure-before-effective",
    "erasure-before-purge",
    "erasure-within-purge",
    "erasure-before-close",
];

/// Ana with enough rows that they go in more than one chunk, and Bruno.
async fn people(app: &TestApp) {
    app.send([ANA.identifies(), BRUNO.identifies(), BRUNO.does("Order Completed")]).await;
    let many = (0..1_100)
        .map(|n| Said::track("Product Viewed", Some(ANA.user), None).numbered(Some(&format!("private-{n}"))));
    app.send(many).await;
}

async fn bruno_is_there(app: &TestApp, door: &App) {
    let bruno = look(door, &app.davi, email(BRUNO.email)).await.unwrap();
    assert!(!bruno.events.unwrap().shown().unwrap().events.is_empty());
}

async fn cut_short_before_it_is_decided_she_is_as_she_was(app: &TestApp) {
    let clara = clara(app).await;
    people(app).await;
    let _scenario = fail::FailScenario::setup();
    fail::cfg("erasure-in-begin", "return").unwrap();
    let cut = app.app.erase(&clara, request(email(ANA.email))).await;
    assert!(matches!(cut, Err(Error::Unavailable(_))), "{cut:?}");
    fail::remove("erasure-in-begin");
    let next = app.another().await;
    let ana = look(&next, &app.davi, email(ANA.email)).await.unwrap();
    assert_eq!(ana.identifiers.unwrap().shown().unwrap().len(), 3);
    for table in ["erasure", "erasure_owner", "suppression", "tombstone"] {
        assert_eq!(app.rows.count(table).await, 0, "{table}");
    }
    assert_eq!(app.send([ANA.does("Order Completed")]).await.accepted, 1);
}

/// Begins to forget Ana and is cut short at a step.
async fn cut_at(app: &TestApp, clara: &Actor, step: &'static str) {
    fail::cfg(step, "return").unwrap();
    let receipt = app.app.erase(clara, request(email(ANA.email))).await.unwrap();
    assert_ne!(receipt.state.slug(), "done", "{step}");
    fail::remove(step);
    // Whatever has been reached, she is refused from now on.
    let seen = look(&app.app, &app.davi, Lookup::Id(receipt.profile)).await;
    assert!(matches!(seen, Err(Error::NotFound)), "{step}: {seen:?}");
    let said = app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    assert_eq!((said.accepted, said.suppressed), (0, 2), "{step}");
}

async fn cut_short_at_any_step_after_that_she_is_forgotten_after_the_next_start(app: &TestApp) {
    let clara = clara(app).await;
    let _scenario = fail::FailScenario::setup();
    for (round, step) in (1..).zip(STEPS) {
        people(app).await;
        let ana = app.by_email(ANA.email).await.unwrap();
        cut_at(app, &clara, step).await;
        let next = app.another().await;
        assert_forgotten(app, &clara, ana.id).await;
        for (table, of_bruno) in [("record", 1), ("membership", 1), ("event", round)] {
            assert_eq!(app.rows.count(table).await, of_bruno, "{table} after {step}");
        }
        bruno_is_there(app, &next).await;
        // She may come back for the next round.
        let lift = zelo_app::LiftSuppression { lookup: email(ANA.email) };
        app.app.run(&clara, lift).await.unwrap();
    }
    let n = i64::try_from(STEPS.len()).unwrap();
    assert_eq!(app.rows.all("last_erasure").await[0].text("n"), n.to_string());
}

async fn cut_short_twice_she_is_forgotten_once(app: &TestApp) {
    let clara = clara(app).await;
    let _scenario = fail::FailScenario::setup();
    people(app).await;
    let ana = app.by_email(ANA.email).await.unwrap();
    cut_at(app, &clara, "erasure-after-keys").await;
    fail::cfg("erasure-before-close", "return").unwrap();
    assert!(app.place.start(&app.clock).await.is_err(), "a start that cannot finish it does not serve");
    fail::remove("erasure-before-close");
    app.app.finish_erasures().await.unwrap();
    assert_forgotten(app, &clara, ana.id).await;
    app.app.finish_erasures().await.unwrap();
    assert_eq!(app.rows.count("erasure").await, 1);
}

async fn a_start_carries_on_several_in_their_order(app: &TestApp) {
    let clara = clara(app).await;
    let _scenario = fail::FailScenario::setup();
    app.send([ANA.identifies(), BRUNO.identifies()]).await;
    let (ana, bruno) = (app.by_email(ANA.email).await.unwrap(), app.by_email(BRUNO.email).await.unwrap());
    fail::cfg("erasure-before-keys", "return").unwrap();
    for address in [ANA.email, BRUNO.email] {
        let receipt = app.app.erase(&clara, request(email(address))).await.unwrap();
        assert_eq!(receipt.state.slug(), "begun");
    }
    assert_eq!(app.rows.count("tombstone").await, 0);
    fail::remove("erasure-before-keys");
    app.another().await;
    for id in [ana.id, bruno.id] {
        assert_forgotten(app, &clara, id).await;
    }
}
