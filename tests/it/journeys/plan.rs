//! What events may say stands in the tracking plan; what does not fit is held, and nothing of it is lost.

use serde_json::{Value, json};
use zelo_app::{
    App, Batch, EraseProfile, EventView, FixHeld, HeldEntry, HeldFilter, Hold, InspectHeld, IntakeBatch,
    Judgement, ListHeld, Lookup, OpenRotation, Receipt, Unplanned, Verdict,
};
use zelo_model::{ErasureGround, IdentifierKind, KeyClass, Via};
use zelo_tests::{ANA, BRUNO, Said, TestApp, look, on_both_databases};

on_both_databases! {
    an_order_that_breaks_its_schema_is_held_whole_and_told_where_and_not_what,
    an_address_nobody_declared_is_held_alone_and_returns_once_it_is_declared,
    what_is_mended_returns_and_what_still_looks_personal_stays,
    an_order_is_judged_by_the_version_in_force_when_it_was_received,
    what_says_who_somebody_is_is_held_wherever_nobody_declared_it_and_numbers_of_shops_are_not,
    a_page_keeps_its_name_and_loses_the_address_in_its_url,
    whoever_is_forgotten_goes_from_what_was_held_of_others_too,
    a_message_that_is_sent_again_has_its_parts_held_once,
    an_event_without_a_schema_waits_where_the_plan_must_know_all,
    the_index_can_be_replaced_while_parts_are_held,
}

fn order(from: &str, properties: &Value) -> Value {
    json!({
        "title": "Order Completed", "x-zelo-valid-from": from, "type": "object", "required": ["total"],
        "properties": properties,
    })
}

fn total() -> Value {
    json!({"type": "number", "x-zelo-category": "purchases"})
}

async fn say(app: &TestApp, process: &App, said: &[Said]) -> Receipt {
    let items = said.iter().map(Said::incoming).collect();
    process.run(&app.shop, IntakeBatch { batch: Batch { items, ..Batch::default() } }).await.unwrap()
}

async fn held(app: &TestApp) -> Vec<HeldEntry> {
    let list = ListHeld { filter: HeldFilter::default(), first: 100, after: None };
    app.app.run(&app.davi, list).await.unwrap().entries
}

async fn body(app: &TestApp, entry: &HeldEntry) -> Value {
    let view = app.app.run(&app.davi, InspectHeld { id: entry.id }).await.unwrap();
    serde_json::from_str(view.body.shown().unwrap()).unwrap()
}

async fn events(app: &TestApp, process: &App, user: &str) -> Vec<EventView> {
    let lookup = Lookup::Identifier { kind: IdentifierKind::UserId, space: None, value: user.to_owned() };
    look(process, &app.davi, lookup).await.unwrap().events.unwrap().shown().unwrap().events.clone()
}

fn taken() -> Judgement {
    Judgement { verdict: Verdict::Taken, detail: None, apart: 0 }
}

/// What Ana orders: a total, and whatever else.
fn ordered(total: impl Into<Value>) -> Said {
    Said::track("Order Completed", Some(ANA.user), None).with("total", total)
}

async fn an_order_that_breaks_its_schema_is_held_whole_and_told_where_and_not_what(app: &TestApp) {
    let plan = [("order-completed/1.json", order("2026-01-01", &json!({"total": total()})))];
    let process = app.planned(&plan, Unplanned::Accept).await;
    let free = ordered("private-free");
    let receipt = say(app, &process, &[free.clone(), ANA.does("Seen"), ordered(129.9).numbered(None)]).await;
    assert_eq!((receipt.accepted, receipt.held, receipt.new_events), (2, 1, 2));
    let entries = held(app).await;
    assert_eq!(entries[0].reason, "schema");
    assert_eq!(entries[0].detail.as_deref(), Some("`total` breaks \"type\": \"number\" (version 1)"));
    assert_eq!(entries[0].event.shown().unwrap().as_deref(), Some("Order Completed"));
    assert_eq!(body(app, &entries[0]).await, free.json());
    assert_eq!(app.rows.count("quarantine_link").await, 1, "forgetting Ana finds it");

    let told = process.replay_held(&app.davi, entries[0].id).await.unwrap();
    assert_eq!(told.verdict, Verdict::Held(Hold::Schema));
    let fix = FixHeld { id: entries[0].id, json: ordered(5).json().to_string() };
    assert_eq!(process.run(&app.davi, fix).await.unwrap(), taken());
    assert_eq!(process.replay_held(&app.davi, entries[0].id).await.unwrap(), taken());
    let versions: Vec<_> = events(app, &process, ANA.user)
        .await
        .into_iter()
        .map(|event| (event.name.unwrap(), event.body.unwrap().plan_version))
        .collect();
    assert_eq!(
        versions.iter().filter(|(name, version)| name == "Order Completed" && *version == Some(1)).count(),
        2
    );
    assert!(versions.contains(&("Seen".to_owned(), None)));
}

async fn an_address_nobody_declared_is_held_alone_and_returns_once_it_is_declared(app: &TestApp) {
    let plan = [("order-completed/1.json", order("2026-01-01", &json!({"total": total()})))];
    let process = app.planned(&plan, Unplanned::Accept).await;
    let said = ordered(129.9)
        .with("gift", json!({"wrap": true, "for": BRUNO.email}))
        .with("lines", json!([{"sku": "private-cup"}, {"sku": "private-tea", "to": [BRUNO.email, "x"]}]))
        .with("seller", ANA.email);
    let receipt = say(app, &process, std::slice::from_ref(&said)).await;
    assert_eq!((receipt.accepted, receipt.new_events, receipt.held), (1, 1, 1));
    let event = events(app, &process, ANA.user).await.remove(0).body.unwrap();
    assert_eq!(
        event.properties,
        json!({"total": 129.9, "gift": {"wrap": true}, "lines": [{"sku": "private-cup"}, {"sku": "private-tea"}]})
    );
    let entry = held(app).await.remove(0);
    assert_eq!((entry.reason.as_str(), entry.detail.as_deref()), ("personal_value", None));
    assert_eq!(
        body(app, &entry).await["held"],
        json!({
            "/properties/gift/for": BRUNO.email,
            "/properties/lines/1/to": [BRUNO.email, "x"],
            "/properties/seller": ANA.email,
        })
    );
    let told = process.replay_held(&app.davi, entry.id).await.unwrap();
    assert_eq!(told.verdict, Verdict::Held(Hold::PersonalValue), "nothing has changed");

    app.clock.pass(3600);
    let email = json!({"type": "string", "x-zelo-category": "email"});
    let declared = json!({
        "total": total(), "seller": email, "gift": {"type": "object", "properties": {"for": email}},
        "lines": {"type": "array", "x-zelo-category": "purchases"},
    });
    let mended = [("order-completed/1.json", order("2026-01-01", &declared))];
    let process = app.planned(&mended, Unplanned::Accept).await;
    assert_eq!(process.replay_held(&app.davi, entry.id).await.unwrap(), taken());
    let event = events(app, &process, ANA.user).await.remove(0).body.unwrap();
    assert_eq!(event.properties, said.json()["properties"], "all of it is there, as it was sent");
    assert_eq!((app.rows.count("quarantine").await, app.rows.count("event").await), (0, 1));
    let later = say(app, &process, &[said]).await;
    assert_eq!((later.new_events, later.held), (0, 0));
}

async fn what_is_mended_returns_and_what_still_looks_personal_stays(app: &TestApp) {
    app.send([ordered(3).with("note", format!("private: call {}", BRUNO.email))]).await;
    let entry = held(app).await.remove(0);
    let fix = |json: Value| FixHeld { id: entry.id, json: json.to_string() };
    let mut held_part = body(app, &entry).await;
    held_part["held"]["/properties/note"] = "private: +351 912 345 678".into();
    let told = app.app.run(&app.davi, fix(held_part.clone())).await.unwrap();
    assert_eq!(told.verdict, Verdict::Held(Hold::PersonalValue));
    let told = app.app.run(&app.davi, fix(json!({"held": {"/properties/a/b": 1}}))).await.unwrap();
    assert_eq!(told.verdict, Verdict::Held(Hold::Unparsable), "there is no such place");
    let told = app.app.run(&app.davi, fix(json!({"note": "x"}))).await.unwrap();
    assert!(told.detail.unwrap().contains("`held`"), "it says what is expected");
    held_part["held"]["/properties/note"] = "private-note".into();
    assert_eq!(app.app.run(&app.davi, fix(held_part)).await.unwrap(), taken());
    assert_eq!(app.app.replay_held(&app.davi, entry.id).await.unwrap(), taken());
    let event = events(app, &app.app, ANA.user).await.remove(0).body.unwrap();
    assert_eq!(event.properties, json!({"total": 3, "note": "private-note"}));
}

async fn an_order_is_judged_by_the_version_in_force_when_it_was_received(app: &TestApp) {
    let (number, text) = (total(), json!({"type": "string", "x-zelo-category": "purchases"}));
    let plan = [
        ("order-completed/1.json", order("2026-01-01", &json!({"total": number}))),
        ("order-completed/2.json", order("2026-01-31T13:00:00Z", &json!({"total": text}))),
    ];
    let process = app.planned(&plan, Unplanned::Accept).await;
    let receipt = say(app, &process, &[ordered(1), ordered("2.00").numbered(Some("private-2"))]).await;
    assert_eq!((receipt.accepted, receipt.held), (1, 1), "it is noon");
    app.clock.pass(3600);
    let receipt = say(
        app,
        &process,
        &[ordered(3).numbered(Some("private-3")), ordered("4.00").numbered(Some("private-4"))],
    )
    .await;
    assert_eq!((receipt.accepted, receipt.held), (1, 1), "it is one o'clock");
    let mut details: Vec<_> = held(app).await.into_iter().map(|entry| entry.detail.unwrap()).collect();
    details.sort();
    assert_eq!(
        details,
        [
            "`total` breaks \"type\": \"number\" (version 1)",
            "`total` breaks \"type\": \"string\" (version 2)",
        ]
    );
    let count = process.replay_many(&app.davi, &HeldFilter::default(), None).await.unwrap();
    assert_eq!((count.taken, count.held), (0, 2), "what came at noon is judged as of noon");
    let mut versions: Vec<_> = events(app, &process, ANA.user)
        .await
        .into_iter()
        .map(|event| event.body.unwrap().plan_version)
        .collect();
    versions.sort();
    assert_eq!(versions, [Some(1), Some(2)]);
}

async fn what_says_who_somebody_is_is_held_wherever_nobody_declared_it_and_numbers_of_shops_are_not(
    app: &TestApp,
) {
    let personal = [
        json!("529.982.247-25"),
        json!(52_998_224_725_u64),
        json!("4111 1111 1111 1111"),
        json!("+55 81 91234-5678"),
        json!("PT50 0002 0123 1234 5678 9015 4"),
        json!({"deep": [[{"er": "bruno@example.com"}]]}),
    ];
    for (n, value) in personal.iter().enumerate() {
        let said = Said::track("Seen", Some(ANA.user), None).with("x", value.clone());
        let receipt = app.send([said.numbered(Some(&format!("private-{n}")))]).await;
        assert_eq!((receipt.accepted, receipt.held), (1, 1), "{value}");
    }
    let fine = Said::track("Seen", Some(ANA.user), None)
        .with("order", "BR-2026-000123456")
        .with("at", 1_769_860_800_000_u64)
        .with("sku", "7891000315507")
        .with("id", "507f1f77bcf86cd799439011")
        .with("when", "2026-01-31 12:00:00");
    assert_eq!(app.send([fine]).await.held, 0);
    for event in events(app, &app.app, ANA.user).await {
        let text = event.body.unwrap().properties.to_string();
        assert!(
            !text.contains("52998224725") && !text.contains("bruno@") && !text.contains("1111"),
            "{text}"
        );
    }
}

async fn a_page_keeps_its_name_and_loses_the_address_in_its_url(app: &TestApp) {
    let page = Said::page("private-checkout", Some(ANA.user), None)
        .with("url", "https://example.com/checkout?email=ana%40example.com")
        .with("path", "/private-checkout");
    assert_eq!(app.send([page]).await.held, 1);
    let event = events(app, &app.app, ANA.user).await.remove(0).body.unwrap();
    assert_eq!(event.page_name.as_deref(), Some("private-checkout"));
    assert_eq!(event.properties, json!({"path": "/private-checkout"}));
}

async fn whoever_is_forgotten_goes_from_what_was_held_of_others_too(app: &TestApp) {
    app.send([BRUNO.identifies(), ordered(3).with("to", format!("private: {}", BRUNO.email))]).await;
    assert_eq!(app.rows.count("quarantine_link").await, 2, "Ana's id, and Bruno's address");
    let clara = super::mending::clara(app).await;
    let lookup =
        Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: BRUNO.email.to_owned() };
    let erase = EraseProfile { lookup, ground: ErasureGround::Request, lapsed: None };
    app.app.erase(&clara, erase).await.unwrap();
    assert_eq!((app.rows.count("quarantine").await, app.rows.count("quarantine_link").await), (0, 0));
    assert_eq!(events(app, &app.app, ANA.user).await.len(), 1, "Ana's order stays");
}

async fn a_message_that_is_sent_again_has_its_parts_held_once(app: &TestApp) {
    let said = ordered(3).with("to", BRUNO.email);
    for _ in 0..3 {
        app.send([said.clone(), said.clone()]).await;
    }
    assert_eq!((app.rows.count("event").await, app.rows.count("quarantine").await), (1, 1));
    let timeless = said.at(None).numbered(Some("private-timeless"));
    for _ in 0..3 {
        app.send([timeless.clone()]).await;
        app.clock.pass(60);
    }
    assert_eq!((app.rows.count("event").await, app.rows.count("quarantine").await), (2, 2));
}

async fn an_event_without_a_schema_waits_where_the_plan_must_know_all(app: &TestApp) {
    let plan = [("order-completed/1.json", order("2026-01-31T13:00:00Z", &json!({"total": total()})))];
    let process = app.planned(&plan, Unplanned::Hold).await;
    let receipt =
        say(app, &process, &[ordered(1), ANA.identifies(), Said::page("private-page", Some(ANA.user), None)])
            .await;
    assert_eq!((receipt.accepted, receipt.held), (2, 1), "people and pages need no schema");
    let entry = held(app).await.remove(0);
    assert!(entry.detail.unwrap().contains("no schema"));
    let earlier = [("order-completed/1.json", order("2026-01-01", &json!({"total": total()})))];
    let process = app.planned(&earlier, Unplanned::Hold).await;
    assert_eq!(process.replay_held(&app.davi, entry.id).await.unwrap(), taken());
}

async fn the_index_can_be_replaced_while_parts_are_held(app: &TestApp) {
    app.send([BRUNO.identifies(), ordered(3).with("to", format!("private: {}", BRUNO.email))]).await;
    let actor = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    for what in [KeyClass::Index, KeyClass::Owners] {
        let rotation = app.app.begin_rotation(&actor, what).await.unwrap();
        let mut open = OpenRotation { actor: actor.clone(), rotation };
        while open.rotation.ended.is_none() {
            open.rotation = app.app.rotate_on(&open).await.unwrap();
        }
    }
    assert_eq!(app.rows.count("quarantine_link").await, 2);
    let entry = held(app).await.remove(0);
    assert_eq!(body(app, &entry).await["held"]["/properties/to"], format!("private: {}", BRUNO.email));
    let links: Vec<_> =
        app.rows.all("quarantine_link").await.iter().map(|row| row.text("identifier").to_owned()).collect();
    let known = app.rows.all("identifier").await;
    assert!(
        links.iter().all(|link| known.iter().any(|row| row.text("id") == link)),
        "each is found in the new index"
    );
}
