//! An integrator never wonders where an event went.

use zelo_app::{Arrival, Batch, Error, Fate, Hold, Incoming, IntakeBatch, Matched, Tail, TailIntake};
use zelo_model::{Field, IdentifierKind, Reason, Role, Via};
use zelo_tests::{ANA, BRUNO, TestApp, credential, on_both_databases};

on_both_databases! {
    davi_sees_what_became_of_each_message_and_whom_it_matched,
    the_operator_sees_outcomes_but_neither_names_nor_people,
    what_was_rolled_back_never_arrived_and_what_he_has_seen_does_not_come_again,
}

const NEWEST: TailIntake = TailIntake { after: None, first: 100 };

async fn tail(app: &TestApp) -> Tail {
    app.app.run(&app.davi, NEWEST).await.unwrap()
}

fn matched(arrival: &Arrival) -> (Matched, &[IdentifierKind]) {
    match &arrival.fate {
        Fate::Taken { matched, by, .. } => (*matched, by),
        other => panic!("{other:?}"),
    }
}

async fn davi_sees_what_became_of_each_message_and_whom_it_matched(app: &TestApp) {
    assert!(tail(app).await.arrivals.is_empty());
    app.send([ANA.browses("Product Viewed")]).await;
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    let held = Incoming::Held { reason: Hold::EventName, raw: b"{\"private-\":1}".as_slice().into() };
    let batch = Batch { items: vec![held], ..Batch::default() };
    app.app.run(&app.shop, IntakeBatch { batch }).await.unwrap();

    let tail = tail(app).await;
    assert_eq!((tail.arrivals.len(), tail.missed), (4, 0));
    let said: Vec<_> =
        tail.arrivals.iter().map(|one| (one.verb, one.name.shown().unwrap().as_deref())).collect();
    assert_eq!(
        said,
        [
            (Some("track"), Some("Product Viewed")),
            (Some("identify"), None),
            (Some("track"), Some("Order Completed")),
            (None, None),
        ]
    );
    assert_eq!(matched(&tail.arrivals[0]), (Matched::Opened, &[][..]));
    assert_eq!(matched(&tail.arrivals[1]), (Matched::Joined, &[IdentifierKind::AnonymousId][..]));
    assert_eq!(matched(&tail.arrivals[2]).0, Matched::Known);
    assert!(matches!(tail.arrivals[3].fate, Fate::Held(Hold::EventName)));
    let ana = app.by_email(ANA.email).await.unwrap().id;
    for arrival in &tail.arrivals[..3] {
        let Fate::Taken { profile, .. } = &arrival.fate else { panic!("{arrival:?}") };
        assert_eq!(profile.shown(), Some(&Some(ana)));
    }
    let log = app.entries().await;
    assert!(
        log.iter().any(|entry| entry.contains(r#""op":"intake.tail""#) && entry.contains(r#""n":1"#)),
        "Ana is in it"
    );
}

async fn the_operator_sees_outcomes_but_neither_names_nor_people(app: &TestApp) {
    app.send([BRUNO.does("Order Completed")]).await;
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let tail = app.app.run(&operator, NEWEST).await.unwrap();
    assert!(matches!(tail.arrivals[0].name, Field::Withheld(Reason::Role)));
    let Fate::Taken { profile, matched, .. } = &tail.arrivals[0].fate else { panic!("{tail:?}") };
    assert!(matches!(profile, Field::Withheld(Reason::Role)) && *matched == Matched::Opened);
    assert!(
        matches!(app.app.run(&app.shop, NEWEST).await, Err(Error::Forbidden)),
        "a write key sees nothing"
    );

    let analyst = credential(&app.app, &operator, "eva", Role::Analyst, None).await;
    let analyst = app.app.authenticate(&analyst.secret).await.unwrap().actor(None, Via::GraphQl).unwrap();
    assert!(matches!(app.app.run(&analyst, NEWEST).await, Err(Error::Forbidden)));
}

async fn what_was_rolled_back_never_arrived_and_what_he_has_seen_does_not_come_again(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    let first = tail(app).await;
    let after = first.arrivals.last().map(|last| last.place);
    assert!(app.app.run(&app.davi, IntakeBatch { batch: Batch::default() }).await.is_err());
    let on = app.app.run(&app.davi, TailIntake { after, first: 100 }).await.unwrap();
    assert!(on.arrivals.is_empty(), "{on:?}");
    app.send([BRUNO.identifies(), BRUNO.does("Order Completed"), ANA.does("Order Completed")]).await;
    let on = app.app.run(&app.davi, TailIntake { after, first: 2 }).await.unwrap();
    assert_eq!(on.arrivals.len(), 2);
    let after = on.arrivals.last().map(|last| last.place);
    let on = app.app.run(&app.davi, TailIntake { after, first: 2 }).await.unwrap();
    assert_eq!(on.arrivals.len(), 1);
}
