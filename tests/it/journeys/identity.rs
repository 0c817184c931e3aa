//! Who is who: what joins, what stays apart, what is only suggested.

use zelo_tests::{ANA, BRUNO, Said, TestApp, on_both_databases};

on_both_databases! {
    identifying_turns_the_anonymous_visitor_into_ana,
    two_customers_with_one_address_stay_two_and_a_steward_is_told,
    twenty_people_on_one_tablet_stay_apart,
    an_identify_that_bridges_two_profiles_merges_them_and_moves_no_ciphertext,
    an_event_alone_never_merges,
    the_id_of_an_absorbed_profile_leads_to_the_survivor,
    everybodys_null_and_undefined_is_nobody,
    one_source_calls_her_42_and_another_calls_him_42_in_a_space_of_its_own,
}

async fn identifying_turns_the_anonymous_visitor_into_ana(app: &TestApp) {
    app.send([ANA.browses("Product Viewed")]).await;
    let visitor = app.by_device(ANA.device).await.unwrap();
    app.clock.pass(60);
    app.send([ANA.identifies()]).await;
    let ana = app.by_email(ANA.email).await.unwrap();
    assert_eq!(ana.id, visitor.id, "she keeps the id the visitor had");
    assert_eq!(ana.events.unwrap().shown().unwrap().events.len(), 1, "and what the visitor did is hers");
    // Two records under one roof: the browser's and the user's, each with a key of its own.
    assert_eq!((app.rows.count("record").await, app.rows.count("profile").await), (2, 1));
    assert_eq!(app.rows.count("owner_key").await, 2);
    assert_eq!(app.rows.count("merge_journal").await, 0, "one profile joined is no merge");
}

async fn two_customers_with_one_address_stay_two_and_a_steward_is_told(app: &TestApp) {
    let shared = "private-family@example.com";
    app.send([ANA.signs_in().with("email", shared)]).await;
    app.send([BRUNO.signs_in().with("email", shared)]).await;
    let (ana, bruno) = (app.by_user(ANA.user).await.unwrap(), app.by_user(BRUNO.user).await.unwrap());
    assert_ne!(ana.id, bruno.id);
    assert_eq!(app.by_email(shared).await.unwrap().id, ana.id, "the address goes on leading to whom it led");
    let journal = app.rows.all("merge_journal").await;
    assert_eq!(journal.len(), 1);
    assert_eq!((journal[0].text("kind"), journal[0].text("cause")), ("suggest", "two-user-ids"));
    app.send([BRUNO.signs_in().with("email", shared).with("city", BRUNO.city)]).await;
    assert_eq!(app.rows.count("merge_journal").await, 1, "the same news is no news");
}

async fn twenty_people_on_one_tablet_stay_apart(app: &TestApp) {
    let tablet = "private-tablet";
    for n in 0..20 {
        let (user, email) = (format!("private-guest-{n}"), format!("private-{n}@example.com"));
        app.send([
            Said::track("Tablet Woken", None, Some(tablet)),
            Said::identify(Some(&user), Some(tablet)).with("email", email),
            Said::track("Order Completed", Some(&user), Some(tablet)),
        ])
        .await;
        app.clock.pass(600);
    }
    let mut ids = std::collections::BTreeSet::new();
    for n in 0..20 {
        let guest = app.by_user(&format!("private-guest-{n}")).await.unwrap();
        assert_eq!(app.by_email(&format!("private-{n}@example.com")).await.unwrap().id, guest.id);
        let events = guest.events.unwrap();
        let own = events.shown().unwrap().events.iter();
        let orders = own.filter(|event| event.name.as_deref() == Some("Order Completed")).count();
        assert_eq!(orders, 1, "guest {n} ordered once");
        ids.insert(guest.id);
    }
    assert_eq!(ids.len(), 20);
    let merges = app.rows.all("merge_journal").await;
    assert!(merges.iter().all(|line| line.text("kind") == "suggest"));
}

/// Ana as two profiles: by her browser and by her user id.
async fn two_halves(app: &TestApp) {
    app.send([ANA.browses("Product Viewed"), ANA.browses("Product Added")]).await;
    app.clock.pass(60);
    app.send([ANA.signs_in().with("city", ANA.city), ANA.does("Newsletter Read").on(None)]).await;
    assert_eq!(app.rows.count("profile").await, 2);
}

async fn an_identify_that_bridges_two_profiles_merges_them_and_moves_no_ciphertext(app: &TestApp) {
    two_halves(app).await;
    let half = app.by_device(ANA.device).await.unwrap();
    let before = (bodies(app, "record").await, bodies(app, "event").await);
    app.clock.pass(60);
    // Who she is was said before: only the two ids, and a record of another source, so nothing is sealed anew.
    let crm = app.source("crm", 1).await;
    app.send_as(&crm, [Said::identify(Some(ANA.user), Some(ANA.device))]).await.unwrap();

    let ana = app.by_email(ANA.email).await.unwrap();
    assert_eq!(ana.id, half.id, "the older id survives");
    assert_eq!(ana.events.unwrap().shown().unwrap().events.len(), 3);
    let after = (bodies(app, "record").await, bodies(app, "event").await);
    assert!(before.0.iter().all(|old| after.0.contains(old)), "every record stands as it stood");
    assert_eq!((after.0.len(), &after.1), (before.0.len() + 1, &before.1));
    let journal = app.rows.all("merge_journal").await;
    assert_eq!((journal.len(), journal[0].text("kind")), (1, "merge"));
    let memberships = app.rows.all("membership").await;
    let closed = memberships.iter().filter(|row| !row.is_null("until")).count();
    assert_eq!((memberships.len(), closed), (4, 1), "one membership closed, one opened, one new");
}

async fn bodies(app: &TestApp, table: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let rows = app.rows.all(table).await;
    rows.iter().map(|row| (row.bytes("id").to_owned(), row.bytes("body").to_owned())).collect()
}

async fn an_event_alone_never_merges(app: &TestApp) {
    two_halves(app).await;
    app.send([ANA.does("Order Completed")]).await;
    assert_ne!(app.by_user(ANA.user).await.unwrap().id, app.by_device(ANA.device).await.unwrap().id);
    assert_eq!(app.rows.count("merge_journal").await, 0);
}

async fn the_id_of_an_absorbed_profile_leads_to_the_survivor(app: &TestApp) {
    two_halves(app).await;
    let (older, newer) = (app.by_device(ANA.device).await.unwrap(), app.by_user(ANA.user).await.unwrap());
    app.send([ANA.identifies()]).await;
    let ana = app.by_id(newer.id).await.unwrap();
    assert_eq!(ana.id, older.id);
    assert_eq!(ana.identifiers.unwrap().shown().unwrap().len(), 3);
}

async fn everybodys_null_and_undefined_is_nobody(app: &TestApp) {
    let receipt = app
        .send([
            Said::identify(Some("null"), Some(ANA.device)).with("email", ANA.email),
            Said::track("Product Viewed", Some("undefined"), None),
            Said::identify(Some("0000-0000"), Some(BRUNO.device)).with("email", BRUNO.email),
        ])
        .await;
    assert_eq!((receipt.accepted, receipt.held), (2, 1));
    assert_ne!(app.by_email(ANA.email).await.unwrap().id, app.by_email(BRUNO.email).await.unwrap().id);
}

async fn one_source_calls_her_42_and_another_calls_him_42_in_a_space_of_its_own(app: &TestApp) {
    use zelo_app::CreateSource;
    use zelo_model::Via;
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let billing = CreateSource {
        slug: "billing".to_owned(),
        priority: 0,
        jurisdiction: None,
        collects_for: vec!["billing".parse().unwrap()],
        space: Some("billing".to_owned()),
    };
    app.app.run(&operator, billing).await.unwrap();
    let role = zelo_model::Role::Source;
    let key = zelo_tests::credential(&app.app, &operator, "billing", role, Some("billing")).await;
    let billing = app.app.authenticate(&key.secret).await.unwrap().actor(None, Via::Intake).unwrap();
    app.send([Said::identify(Some("42"), None).with("email", ANA.email)]).await;
    app.send_as(&billing, [Said::identify(Some("42"), None).with("email", BRUNO.email)]).await.unwrap();
    assert_ne!(app.by_email(ANA.email).await.unwrap().id, app.by_email(BRUNO.email).await.unwrap().id);
    assert_eq!(app.by_user("42").await.unwrap().id, app.by_email(ANA.email).await.unwrap().id);
}
