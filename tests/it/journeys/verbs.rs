//! Pages and screens, groups, and a new id for somebody we know.

use serde_json::json;
use zelo_app::EventKind;
use zelo_model::Timestamp;
use zelo_tests::{ANA, BRUNO, Said, TestApp, noon, on_both_databases};

on_both_databases! {
    a_page_is_an_event_whose_name_only_its_seal_knows,
    a_page_sent_twice_counts_once_and_its_senders_clock_is_corrected,
    anas_company_is_no_person_and_is_shown_with_her,
    what_a_group_says_of_a_person_is_held_apart,
    an_alias_gives_the_visitor_her_account,
    an_alias_never_makes_one_person_of_two_accounts,
    a_repeated_alias_suggests_once,
}

async fn a_page_is_an_event_whose_name_only_its_seal_knows(app: &TestApp) {
    let page = Said::page("private-page of Ana", Some(ANA.user), None);
    let receipt = app
        .send([
            page.with("url", "https://example.com/private-url"),
            Said::screen("private-screen of Ana", Some(ANA.user), None),
            ANA.does("Order Completed"),
        ])
        .await;
    assert_eq!((receipt.accepted, receipt.new_events, receipt.held), (3, 3, 0));
    let mut clear: Vec<_> = app.rows.all("event").await;
    clear.sort_by_key(|row| row.text("kind").to_owned());
    let clear: Vec<_> =
        clear.iter().map(|row| (row.text("kind").to_owned(), row.text("name").to_owned())).collect();
    let pair = |kind: &str, name: &str| (kind.to_owned(), name.to_owned());
    assert_eq!(clear, [pair("0", "Order Completed"), pair("1", ""), pair("2", "")]);

    let events = app.by_user(ANA.user).await.unwrap().events.unwrap();
    let events = &events.shown().unwrap().events;
    let seen = |kind: EventKind| events.iter().find(|event| event.kind == kind).unwrap();
    let page = seen(EventKind::Page);
    assert_eq!(page.name, None);
    let body = page.body.as_ref().unwrap();
    assert_eq!(body.page_name.as_deref(), Some("private-page of Ana"));
    assert_eq!(body.properties["url"], "https://example.com/private-url");
    let screen = seen(EventKind::Screen).body.as_ref().unwrap();
    assert_eq!(screen.page_name.as_deref(), Some("private-screen of Ana"));
    assert_eq!(seen(EventKind::Track).body.as_ref().unwrap().page_name, None);
}

async fn a_page_sent_twice_counts_once_and_its_senders_clock_is_corrected(app: &TestApp) {
    let hour = 3600 * Timestamp::SECOND;
    let seen = noon().plus(2 * hour - 60 * Timestamp::SECOND);
    let page = Said::page("private-page", None, Some(ANA.device)).at(Some(seen)).sent(noon().plus(2 * hour));
    assert_eq!(app.send([page.clone()]).await.new_events, 1);
    assert_eq!(app.send([page.clone(), page]).await.new_events, 0);
    let timeless = Said::screen("private-screen", None, Some(ANA.device)).at(None);
    assert_eq!(app.send([timeless.clone(), timeless]).await.new_events, 1);
    let events = app.by_device(ANA.device).await.unwrap().events.unwrap();
    let page = events.shown().unwrap().events.iter().find(|event| event.kind == EventKind::Page);
    assert_eq!(page.unwrap().occurred_at.since(noon()), -60 * Timestamp::SECOND);
}

async fn anas_company_is_no_person_and_is_shown_with_her(app: &TestApp) {
    let bakery = Said::group("private-bakery", ANA.user).with("name", "private-Padaria").with("employees", 4);
    let receipt =
        app.send([ANA.identifies(), bakery.clone(), Said::group("private-bakery", BRUNO.user)]).await;
    assert_eq!((receipt.accepted, receipt.new_events, receipt.held), (3, 0, 0));
    let later = bakery.numbered(Some("private-later")).at(Some(noon())).with("employees", 5);
    app.send([later.clone()]).await;
    app.send([later]).await;
    assert_eq!((app.rows.count("profile").await, app.rows.count("customer_group").await), (2, 1));
    for who in [ANA.user, BRUNO.user] {
        let attributes = app.by_user(who).await.unwrap().attributes.unwrap();
        let groups = attributes.iter().find(|one| one.name == "groups").unwrap();
        let expected =
            json!([{"id": "private-bakery", "traits": {"name": "private-Padaria", "employees": 5}}]);
        assert_eq!((groups.category.as_str(), groups.value.shown()), ("account", Some(&expected)), "{who}");
    }
}

async fn what_a_group_says_of_a_person_is_held_apart(app: &TestApp) {
    let said = Said::group("private-bakery", ANA.user)
        .with("name", "private-Padaria")
        .with("cnpj", "12.345.678/0001-95")
        .with("owner", ANA.email)
        .with("call", "+55 81 91234-5678");
    let receipt = app.send([said]).await;
    assert_eq!((receipt.accepted, receipt.held), (1, 1));
    let held = app.rows.all("quarantine").await;
    assert_eq!(held[0].text("reason"), "personal_trait");
    assert_eq!(app.rows.count("quarantine_link").await, 1, "forgetting Ana finds it");
    let attributes = app.by_user(ANA.user).await.unwrap().attributes.unwrap();
    let groups = attributes[0].value.shown().unwrap();
    assert_eq!(groups[0]["traits"], json!({"name": "private-Padaria", "cnpj": "12.345.678/0001-95"}));
}

async fn an_alias_gives_the_visitor_her_account(app: &TestApp) {
    app.send([ANA.browses("Product Viewed"), ANA.signs_in()]).await;
    assert_eq!(app.rows.count("profile").await, 2);
    let receipt = app.send([Said::alias(ANA.device, ANA.user)]).await;
    assert_eq!((receipt.accepted, receipt.new_events, receipt.held), (1, 0, 0));
    let ana = app.by_device(ANA.device).await.unwrap();
    assert_eq!(app.by_email(ANA.email).await.unwrap().id, ana.id);
    assert_eq!(ana.events.unwrap().shown().unwrap().events.len(), 1);
    let journal = app.rows.all("merge_journal").await;
    assert_eq!((journal.len(), journal[0].text("kind"), journal[0].text("cause")), (1, "merge", "alias"));

    // Somebody nobody has seen: what comes later from that browser is hers.
    app.send([Said::alias(BRUNO.device, BRUNO.user)]).await;
    app.send([BRUNO.browses("Product Viewed")]).await;
    let bruno = app.by_user(BRUNO.user).await.unwrap();
    assert_eq!(bruno.events.unwrap().shown().unwrap().events.len(), 1);
    assert_eq!(app.send([Said::alias("null", "null")]).await.held, 1, "nobody is an alias of nobody");
}

async fn an_alias_never_makes_one_person_of_two_accounts(app: &TestApp) {
    app.send([ANA.signs_in(), BRUNO.signs_in()]).await;
    app.send([Said::alias(BRUNO.user, ANA.user)]).await;
    let (ana, bruno) = (app.by_user(ANA.user).await.unwrap(), app.by_user(BRUNO.user).await.unwrap());
    assert_ne!(ana.id, bruno.id);
    let journal = app.rows.all("merge_journal").await;
    assert_eq!((journal[0].text("kind"), journal[0].text("cause")), ("suggest", "two-user-ids"));
    assert_eq!(app.rows.count("identifier_link").await, 4, "Bruno's id is no id of Ana's record");

    // The guard stands afterwards as before: a shared address does not bring them together either.
    app.send([Said::identify(Some(ANA.user), None).with("email", BRUNO.email)]).await;
    assert_ne!(app.by_user(ANA.user).await.unwrap().id, app.by_user(BRUNO.user).await.unwrap().id);
}

async fn a_repeated_alias_suggests_once(app: &TestApp) {
    app.send([ANA.signs_in(), BRUNO.signs_in()]).await;
    let alias = Said::alias(BRUNO.user, ANA.user);
    app.send([alias.clone(), alias.clone()]).await;
    app.clock.pass(3600);
    app.send([alias]).await;
    assert_eq!(app.rows.count("merge_journal").await, 1);
}
