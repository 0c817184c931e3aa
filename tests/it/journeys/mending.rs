//! What is held is looked at, mended, sent again or let go, and is somebody's exactly once.

use std::sync::Arc;

use serde_json::{Value, json};
use zelo_app::{
    Batch, CreateCredential, DiscardHeld, EraseProfile, Error, FixHeld, GetAccessLog, HeldEntry, HeldFilter,
    Hold, Incoming, InspectHeld, IntakeBatch, Judgement, ListHeld, Lookup, Receipt, Result, Verdict,
};
use zelo_model::{Actor, ErasureGround, Field, IdentifierKind, QuarantineId, Role, Via};
use zelo_tests::{ANA, BRUNO, Engine, Said, TestApp, noon, on_both_databases};

on_both_databases! {
    anas_message_is_mended_and_counts_as_received_when_it_was,
    a_message_that_is_sent_again_and_again_is_held_once,
    whoever_replays_first_stores_it_and_nobody_stores_it_twice,
    what_arrived_meanwhile_is_not_doubled,
    what_is_still_wrong_stays_and_is_told_why,
    a_replay_that_is_cut_short_leaves_all_as_it_was,
    whoever_was_forgotten_does_not_come_back_out_of_quarantine,
    all_of_a_kind_are_sent_again_and_counted,
    a_mended_message_is_found_by_whom_it_names_now,
    a_message_that_was_mended_to_name_nobody_goes_with_whom_it_was_about,
    what_is_let_go_is_gone_with_its_key,
    each_sees_only_what_their_source_sent,
    consent_and_context_of_then_count_for_what_is_sent_again_now,
}

/// The shop says this, and it is held for that reason.
async fn held(app: &TestApp, reason: Hold, said: &Value) -> Receipt {
    let raw: Arc<[u8]> = said.to_string().into_bytes().into();
    let batch = Batch { items: vec![Incoming::Held { reason, raw }], ..Batch::default() };
    app.app.run(&app.shop, IntakeBatch { batch }).await.unwrap()
}

/// A message whose type nobody speaks.
fn danced(said: &Said) -> Value {
    let mut json = said.json();
    json["type"] = "dance".into();
    json
}

async fn list(app: &TestApp, who: &Actor, filter: HeldFilter) -> Vec<HeldEntry> {
    app.app.run(who, ListHeld { filter, first: 100, after: None }).await.unwrap().entries
}

async fn only(app: &TestApp) -> QuarantineId {
    let entries = list(app, &app.davi, HeldFilter::default()).await;
    assert_eq!(entries.len(), 1);
    entries[0].id
}

async fn fix(app: &TestApp, id: QuarantineId, said: &Value) -> Result<Judgement> {
    app.app.run(&app.davi, FixHeld { id, json: said.to_string() }).await
}

async fn replay(app: &TestApp, id: QuarantineId) -> Result<Judgement> {
    app.app.replay_held(&app.davi, id).await
}

fn verdict(verdict: Verdict) -> Judgement {
    Judgement { verdict, detail: None, apart: 0 }
}

pub(super) async fn clara(app: &TestApp) -> Actor {
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let purposes = vec!["data-subject-rights".parse().unwrap()];
    let key = CreateCredential { name: "clara".to_owned(), role: Role::Officer, purposes, source: None };
    let secret = app.app.run(&operator, key).await.unwrap().secret;
    app.app.authenticate(&secret).await.unwrap().actor(None, Via::GraphQl).unwrap()
}

async fn forget_ana(app: &TestApp, clara: &Actor) {
    let lookup = Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: ANA.email.to_owned() };
    app.app
        .erase(clara, EraseProfile { lookup, ground: ErasureGround::Request, lapsed: None })
        .await
        .unwrap();
}

async fn anas_message_is_mended_and_counts_as_received_when_it_was(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    let order = ANA.does("Order Completed").at(None);
    assert_eq!(held(app, Hold::UnknownType, &danced(&order)).await.held, 1);
    app.clock.pass(7200);
    let entries = list(app, &app.davi, HeldFilter::default()).await;
    let entry = &entries[0];
    assert_eq!((entry.reason.as_str(), entry.source.as_str(), entry.fixes), ("unknown_type", "shop", 0));
    assert_eq!((entry.received, &entry.event), (noon(), &Field::Shown(Some("Order Completed".to_owned()))));
    let id = entry.id;

    let clara = clara(app).await;
    let view = app.app.run(&clara, InspectHeld { id }).await.unwrap();
    assert_eq!(view.body.shown().unwrap(), &danced(&order).to_string());
    while app.app.sequence().await.unwrap().entries > 0 {}
    let lookup = Lookup::Identifier { kind: IdentifierKind::UserId, space: None, value: ANA.user.to_owned() };
    let log = app.app.run(&clara, GetAccessLog { lookup, first: 10, after: None }).await.unwrap();
    assert!(log.entries.iter().any(|entry| entry.leaf.contains("quarantine.inspect")), "Ana can tell");

    assert_eq!(fix(app, id, &order.json()).await.unwrap(), verdict(Verdict::Taken));
    let entries = list(app, &app.davi, HeldFilter::default()).await;
    assert_eq!((entries[0].reason.as_str(), entries[0].fixes), ("fixed", 1));
    assert_eq!(app.by_user(ANA.user).await.unwrap().events.unwrap().shown().unwrap().events.len(), 0);
    let keys = app.rows.count("owner_key").await;
    assert_eq!(replay(app, id).await.unwrap(), verdict(Verdict::Taken));
    let events = app.by_user(ANA.user).await.unwrap().events.unwrap();
    let event = &events.shown().unwrap().events[0];
    assert_eq!((event.received_at, event.occurred_at), (noon(), noon()));
    assert_eq!((app.rows.count("quarantine").await, app.rows.count("owner_key").await), (0, keys - 1));
    assert!(matches!(replay(app, id).await, Err(Error::NotFound)));
    assert!(matches!(fix(app, id, &order.json()).await, Err(Error::NotFound)));
}

async fn a_message_that_is_sent_again_and_again_is_held_once(app: &TestApp) {
    let wrong = danced(&ANA.does("Order Completed"));
    for _ in 0..3 {
        assert_eq!(held(app, Hold::UnknownType, &wrong).await.held, 1, "its sender is told the same");
    }
    assert_eq!((app.rows.count("quarantine").await, app.rows.count("owner_key").await), (1, 1));
    let (other, none) =
        (BRUNO.does("Seen").numbered(Some("private-other")), BRUNO.does("Seen").numbered(None));
    held(app, Hold::UnknownType, &danced(&other)).await;
    for _ in 0..2 {
        held(app, Hold::UnknownType, &danced(&none)).await;
    }
    assert_eq!(app.rows.count("quarantine").await, 4, "what has no number is known by nothing");
    let group = Said::group("private-bakery", ANA.user).with("owner", ANA.email);
    app.send([group.clone(), group.clone()]).await;
    app.send([group]).await;
    assert_eq!(app.rows.count("quarantine").await, 5);
}

async fn whoever_replays_first_stores_it_and_nobody_stores_it_twice(app: &TestApp) {
    held(app, Hold::UnknownType, &danced(&ANA.does("Order Completed"))).await;
    let id = only(app).await;
    fix(app, id, &ANA.does("Order Completed").json()).await.unwrap();
    // Files have one writing process.
    let other = if app.place.engine == Engine::Postgres { app.another().await } else { app.app.clone() };
    let (one, two) = tokio::join!(replay(app, id), other.replay_held(&app.davi, id));
    let (stored, late) = if one.is_ok() { (one, two) } else { (two, one) };
    assert_eq!(stored.unwrap(), verdict(Verdict::Taken));
    assert!(matches!(late, Err(Error::NotFound)), "{late:?}");
    assert_eq!((app.rows.count("event").await, app.rows.count("quarantine").await), (1, 0));
}

async fn what_arrived_meanwhile_is_not_doubled(app: &TestApp) {
    for order in [ANA.does("Order Completed"), ANA.does("Seen").at(None).numbered(Some("private-timeless"))] {
        held(app, Hold::UnknownType, &danced(&order)).await;
        let id = only(app).await;
        fix(app, id, &order.json()).await.unwrap();
        app.clock.pass(60);
        assert_eq!(app.send([order]).await.new_events, 1);
        let events = app.rows.count("event").await;
        assert_eq!(replay(app, id).await.unwrap(), verdict(Verdict::Taken));
        assert_eq!((app.rows.count("event").await, app.rows.count("quarantine").await), (events, 0));
    }
}

async fn what_is_still_wrong_stays_and_is_told_why(app: &TestApp) {
    held(app, Hold::Unparsable, &danced(&ANA.does("Seen"))).await;
    let id = only(app).await;
    let told = replay(app, id).await.unwrap();
    assert_eq!(told.verdict, Verdict::Held(Hold::UnknownType));
    let why = told.detail.unwrap();
    assert!(why.contains("`type` must be") && !why.contains("dance"), "{why}");
    let entries = list(app, &app.davi, HeldFilter::default()).await;
    assert_eq!(
        (entries[0].reason.as_str(), entries[0].detail.as_deref()),
        ("unknown_type", Some(why.as_str()))
    );
    let nobody = fix(app, id, &json!({"type": "track", "event": "Seen"})).await.unwrap();
    assert_eq!(nobody.verdict, Verdict::Held(Hold::NoIdentifier));
    assert_eq!(list(app, &app.davi, HeldFilter::default()).await[0].reason, "no_identifier");
    for (json, why) in
        [("[]", "a JSON object"), ("{\"a\":", "cannot be read"), ("{\"a\":1e999}", "cannot be read")]
    {
        let refused = app.app.run(&app.davi, FixHeld { id, json: json.to_owned() }).await;
        assert!(refused.as_ref().is_err_and(|error| error.to_string().contains(why)), "{json}: {refused:?}");
    }
    assert_eq!(app.rows.count("event").await, 0);
}

async fn a_replay_that_is_cut_short_leaves_all_as_it_was(app: &TestApp) {
    held(app, Hold::UnknownType, &danced(&ANA.does("Order Completed"))).await;
    let id = only(app).await;
    fix(app, id, &ANA.does("Order Completed").json()).await.unwrap();
    app.rows.refuse_deletes(0, "quarantine").await;
    assert!(replay(app, id).await.is_err());
    assert_eq!((app.rows.count("event").await, app.rows.count("quarantine").await), (0, 1));
    app.rows.allow_deletes(0, "quarantine").await;
    assert_eq!(app.another().await.replay_held(&app.davi, id).await.unwrap(), verdict(Verdict::Taken));
    assert_eq!((app.rows.count("event").await, app.rows.count("quarantine").await), (1, 0));
}

async fn whoever_was_forgotten_does_not_come_back_out_of_quarantine(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies(), BRUNO.identifies()]).await;
    held(app, Hold::UnknownType, &danced(&ANA.does("Order Completed"))).await;
    let hers = only(app).await;
    forget_ana(app, &clara).await;
    assert!(matches!(replay(app, hers).await, Err(Error::NotFound)), "it went with her");

    held(app, Hold::UnknownType, &danced(&BRUNO.does("Seen"))).await;
    let id = only(app).await;
    let hers = ANA.does("Order Completed").json();
    assert_eq!(fix(app, id, &hers).await.unwrap(), verdict(Verdict::Suppressed));
    assert_eq!(replay(app, id).await.unwrap(), verdict(Verdict::Suppressed));
    assert_eq!((app.rows.count("event").await, app.rows.count("quarantine").await), (0, 0));
    assert!(matches!(app.by_user(ANA.user).await, Err(Error::NotFound)));
}

async fn all_of_a_kind_are_sent_again_and_counted(app: &TestApp) {
    for n in 0..60 {
        let said = BRUNO.does("Seen").numbered(Some(&format!("private-{n}")));
        held(app, Hold::EventName, &said.json()).await;
        app.clock.pass(1);
    }
    held(app, Hold::UnknownType, &danced(&ANA.does("Seen"))).await;
    let filter = HeldFilter { reason: Some("event_name".to_owned()), source: Some("shop".to_owned()) };
    let (first, after) = (25, None);
    let page = app.app.run(&app.davi, ListHeld { filter: filter.clone(), first, after }).await.unwrap();
    assert!(page.has_next && page.entries.windows(2).all(|pair| pair[0].received > pair[1].received));
    let after = page.entries.last().map(|entry| (entry.received, entry.id));
    let older = app.app.run(&app.davi, ListHeld { filter: filter.clone(), first: 100, after }).await.unwrap();
    assert_eq!((older.has_next, older.entries.len()), (false, 35));

    let count = app.app.replay_many(&app.davi, &filter, None).await.unwrap();
    assert_eq!((count.taken, count.held, count.refused, count.next), (60, 0, 0, None));
    assert_eq!((app.rows.count("event").await, app.rows.count("quarantine").await), (60, 1));
    let count = app.app.replay_many(&app.davi, &HeldFilter::default(), None).await.unwrap();
    assert_eq!((count.taken, count.held), (0, 1));
    let unknown = HeldFilter { reason: Some("weather".to_owned()), source: None };
    let refused = app.app.replay_many(&app.davi, &unknown, None).await;
    assert!(refused.unwrap_err().to_string().contains("event_name"), "it says which there are");
}

async fn a_mended_message_is_found_by_whom_it_names_now(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies(), BRUNO.identifies()]).await;
    held(app, Hold::UnknownType, &danced(&BRUNO.does("Seen"))).await;
    let id = only(app).await;
    let mut hers = danced(&ANA.does("Seen"));
    hers["anonymousId"] = Value::Null;
    assert_eq!(fix(app, id, &hers).await.unwrap().verdict, Verdict::Held(Hold::UnknownType));
    forget_ana(app, &clara).await;
    assert_eq!(app.rows.count("quarantine").await, 0, "it went with her");
    app.by_email(BRUNO.email).await.unwrap();
}

async fn a_message_that_was_mended_to_name_nobody_goes_with_whom_it_was_about(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies()]).await;
    held(app, Hold::UnknownType, &danced(&ANA.does("Seen"))).await;
    let id = only(app).await;
    let nobodys = json!({"type": "dance", "messageId": "m-1", "properties": {"note": "private-note"}});
    fix(app, id, &nobodys).await.unwrap();
    app.app.run(&clara, InspectHeld { id }).await.unwrap();
    while app.app.sequence().await.unwrap().entries > 0 {}
    let lookup = Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: ANA.email.to_owned() };
    let log = app.app.run(&clara, GetAccessLog { lookup, first: 10, after: None }).await.unwrap();
    assert!(
        log.entries.iter().any(|entry| entry.leaf.contains("quarantine.inspect")),
        "she is told who looked"
    );
    forget_ana(app, &clara).await;
    assert_eq!(app.rows.count("quarantine").await, 0, "it went with her");
}

async fn what_is_let_go_is_gone_with_its_key(app: &TestApp) {
    held(app, Hold::UnknownType, &danced(&ANA.does("Seen"))).await;
    let id = only(app).await;
    assert_eq!(app.rows.count("owner_key").await, 1);
    assert_eq!(app.app.run(&app.davi, DiscardHeld { ids: vec![id, id] }).await.unwrap(), 1);
    for table in ["quarantine", "quarantine_link", "identifier", "owner_key"] {
        assert_eq!(app.rows.count(table).await, 0, "{table}");
    }
    assert_eq!(app.app.run(&app.davi, DiscardHeld { ids: vec![id] }).await.unwrap(), 0);
    assert!(app.app.run(&app.davi, DiscardHeld { ids: Vec::new() }).await.is_err());
}

async fn each_sees_only_what_their_source_sent(app: &TestApp) {
    let blog = app.source("blog", 5).await;
    held(app, Hold::UnknownType, &danced(&ANA.does("Seen"))).await;
    let id = only(app).await;
    let bound = Actor { source: blog.source, ..app.davi.clone() };
    assert!(list(app, &bound, HeldFilter::default()).await.is_empty());
    let theirs = HeldFilter { source: Some("shop".to_owned()), reason: None };
    assert!(app.app.run(&bound, ListHeld { filter: theirs, first: 1, after: None }).await.is_err());
    assert!(matches!(app.app.run(&bound, InspectHeld { id }).await, Err(Error::NotFound)));
    assert!(matches!(app.app.replay_held(&bound, id).await, Err(Error::NotFound)));
    assert_eq!(app.app.run(&bound, DiscardHeld { ids: vec![id] }).await.unwrap(), 0);
}

async fn consent_and_context_of_then_count_for_what_is_sent_again_now(app: &TestApp) {
    let raw: Arc<[u8]> = danced(&ANA.does("Seen")).to_string().into_bytes().into();
    let batch = Batch {
        context: Some(r#"{"campaign":"private-campaign","n":1.50}"#.into()),
        sent_at: Some(noon()),
        items: vec![Incoming::Held { reason: Hold::UnknownType, raw }],
        ..Batch::default()
    };
    app.app.run(&app.shop, IntakeBatch { batch }).await.unwrap();
    let id = only(app).await;
    let view = app.app.run(&app.davi, InspectHeld { id }).await.unwrap();
    assert!(view.context.shown().unwrap().as_deref().unwrap().contains("1.50"), "as it came");
    fix(app, id, &ANA.does("Seen").json()).await.unwrap();
    replay(app, id).await.unwrap();
    let events = app.by_user(ANA.user).await.unwrap().events.unwrap();
    let body = events.shown().unwrap().events[0].body.as_ref().unwrap();
    assert_eq!(body.context["campaign"], "private-campaign");
}
