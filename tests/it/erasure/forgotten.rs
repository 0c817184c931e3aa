//! What is gone, and what is not: everything of one person, and nothing of anybody else.

use zelo_app::{Batch, Error, GetAccessLog, Hold, Incoming, IntakeBatch, Lookup};
use zelo_tests::{ANA, BRUNO, Engine, Said, TestApp, on_both_databases};

use super::{assert_forgotten, clara, email, forget, request, seen_by};

on_both_databases! {
    ana_is_forgotten_and_bruno_is_not,
    whoever_she_was_merged_from_is_forgotten_with_her,
    what_was_held_of_her_is_forgotten_and_what_was_held_of_others_is_not,
    a_group_called_by_somebodys_address_is_held_and_goes_with_them,
    her_browser_goes_on_as_somebody_new,
    nobody_is_forgotten_twice_and_nobody_who_is_not_there,
    her_keys_stand_in_no_file_any_more,
    people_are_forgotten_in_the_order_of_their_numbers,
}

async fn ana_is_forgotten_and_bruno_is_not(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies(), ANA.does("Product Viewed"), ANA.browses("Page Seen").at(None)]).await;
    app.send([BRUNO.identifies(), BRUNO.does("Product Viewed")]).await;
    let (ana, bruno) = (app.by_email(ANA.email).await.unwrap(), app.by_email(BRUNO.email).await.unwrap());
    let keys = app.rows.count("owner_key").await;

    let receipt = forget(app, &clara, ANA.email).await;
    assert_eq!((receipt.n, receipt.profile, receipt.state.slug()), (1, ana.id, "done"));
    assert!(receipt.effective_at.is_some() && receipt.done_at.is_some() && receipt.final_at.is_none());
    assert_eq!(receipt.suppressed, 2, "her user id and her address; a browser is nobody's own");
    assert_forgotten(app, &clara, ana.id).await;
    for lookup in
        [app.by_email(ANA.email).await, app.by_user(ANA.user).await, app.by_device(ANA.device).await]
    {
        assert!(matches!(lookup, Err(Error::NotFound)), "{lookup:?}");
    }
    let by_email = app
        .app
        .run(&clara, zelo_app::GetProfile { lookup: email(ANA.email), wants: zelo_app::Wants::default() })
        .await;
    assert!(matches!(by_email, Err(Error::Erased)), "Clara may know: {by_email:?}");

    let after = app.by_email(BRUNO.email).await.unwrap();
    assert_eq!((after.id, after.events.unwrap().shown().unwrap().events.len()), (bruno.id, 1));
    assert_eq!(after.identifiers.unwrap().shown().unwrap().len(), 3);
    for (table, left) in [
        ("record", 1),
        ("event", 1),
        ("membership", 1),
        ("identifier", 3),
        ("identifier_link", 3),
        ("owner_key", 1),
        ("tombstone", keys - 1),
    ] {
        assert_eq!(app.rows.count(table).await, left, "{table}");
    }
}

async fn whoever_she_was_merged_from_is_forgotten_with_her(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.browses("Product Viewed")]).await;
    app.clock.pass(60);
    app.send([ANA.signs_in().with("city", ANA.city)]).await;
    let crm = app.source("crm", 1).await;
    app.send_as(&crm, [Said::identify(Some(ANA.user), None).with("email", ANA.email)]).await.unwrap();
    let alias = app.by_user(ANA.user).await.unwrap();
    app.clock.pass(60);
    app.send([ANA.identifies(), BRUNO.identifies()]).await;
    let ana = app.by_email(ANA.email).await.unwrap();
    assert_ne!(ana.id, alias.id, "two profiles became one");
    assert_eq!(app.rows.count("merge_journal").await, 1);

    app.app.erase(&clara, request(Lookup::Id(alias.id))).await.unwrap();
    assert_forgotten(app, &clara, ana.id).await;
    assert!(matches!(seen_by(app, &clara, alias.id).await, Err(Error::Erased)), "by her other id, too");
    assert_eq!(app.rows.count("record").await, 1, "Bruno's");
    assert!(app.rows.all("profile").await.iter().filter(|row| row.is_null("handle")).count() == 2);
    let journal = app.rows.all("merge_journal").await;
    assert_eq!(
        (journal.len(), journal[0].text("evidence")),
        (1, "[]"),
        "that they were merged stays, by what goes"
    );
    app.by_email(BRUNO.email).await.unwrap();
}

async fn what_was_held_of_her_is_forgotten_and_what_was_held_of_others_is_not(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies(), BRUNO.identifies().on(Some(ANA.device))]).await;
    let held = |said: Said| Incoming::Held {
        reason: Hold::EventName,
        raw: said.json().to_string().into_bytes().into(),
    };
    let items = vec![
        held(ANA.does("ana@example.com")),
        held(BRUNO.does("bruno@example.com")),
        held(Said::track("private-nobody", None, Some(ANA.device))),
    ];
    app.app.run(&app.shop, IntakeBatch { batch: Batch { items, ..Batch::default() } }).await.unwrap();
    assert_eq!(app.rows.count("quarantine").await, 3);
    forget(app, &clara, ANA.email).await;
    assert_eq!(app.rows.count("quarantine").await, 2, "his, and one of a browser that both used");
    assert_eq!(app.rows.count("owner_key").await, 2 + 1, "the held messages' keys, and his record's");
}

async fn a_group_called_by_somebodys_address_is_held_and_goes_with_them(app: &TestApp) {
    let receipt = app
        .send([
            ANA.identifies(),
            BRUNO.identifies(),
            Said::group(BRUNO.email, ANA.user).with("name", "private-household"),
            Said::group("12.345.678/0001-95", ANA.user).with("name", "private-Padaria"),
        ])
        .await;
    assert_eq!((receipt.accepted, receipt.held), (3, 1), "a company's own number is no person's");
    assert_eq!((app.rows.count("customer_group").await, app.rows.count("quarantine").await), (1, 1));
    let clara = clara(app).await;
    forget(app, &clara, BRUNO.email).await;
    assert_eq!(app.rows.count("quarantine").await, 0, "what was held named him, too");
}

async fn her_browser_goes_on_as_somebody_new(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies()]).await;
    let ana = app.by_email(ANA.email).await.unwrap();
    forget(app, &clara, ANA.email).await;
    let receipt = app.send([ANA.browses("Product Viewed")]).await;
    assert_eq!((receipt.accepted, receipt.suppressed), (1, 0), "whoever sits at that browser now");
    assert_ne!(app.by_device(ANA.device).await.unwrap().id, ana.id);
    assert_forgotten(app, &clara, ana.id).await;
}

async fn nobody_is_forgotten_twice_and_nobody_who_is_not_there(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies()]).await;
    let ana = app.by_email(ANA.email).await.unwrap();
    let nobody = app.app.erase(&clara, request(email(BRUNO.email))).await;
    assert!(matches!(nobody, Err(Error::NotFound)), "{nobody:?}");
    let davi = app.app.erase(&app.davi, request(email(ANA.email))).await;
    assert!(matches!(davi, Err(Error::Forbidden)), "{davi:?}");
    app.by_email(ANA.email).await.unwrap();
    forget(app, &clara, ANA.email).await;
    for lookup in [email(ANA.email), Lookup::Id(ana.id)] {
        let again = app.app.erase(&clara, request(lookup)).await;
        assert!(matches!(again, Err(Error::Erased)), "{again:?}");
    }
    assert_eq!(app.rows.count("erasure").await, 1);
    let log = |who| app.app.run(who, GetAccessLog { lookup: Lookup::Id(ana.id), first: 10, after: None });
    assert!(matches!(log(&clara).await, Err(Error::Erased)));
    assert!(matches!(log(&app.davi).await, Err(Error::NotFound)));
}

async fn her_keys_stand_in_no_file_any_more(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    let keys: Vec<Vec<u8>> =
        app.rows.all("owner_key").await.iter().map(|row| row.bytes("wrapped").to_owned()).collect();
    assert!(!keys.is_empty());
    forget(app, &clara, ANA.email).await;
    if app.place.engine == Engine::Sqlite {
        for file in ["zelo-keys.db", "zelo-keys.db-wal"] {
            let bytes = std::fs::read(app.place.folder().join(file)).unwrap_or_default();
            for key in &keys {
                // Not even a part of one.
                let found = key.chunks(24).any(|part| bytes.windows(part.len()).any(|window| window == part));
                assert!(!found, "a destroyed key stands in {file}");
            }
        }
    }
    let left = app.rows.all("owner_key").await;
    assert!(left.iter().all(|row| !keys.iter().any(|key| key == row.bytes("wrapped"))));
}

async fn people_are_forgotten_in_the_order_of_their_numbers(app: &TestApp) {
    let clara = clara(app).await;
    let mut forgetting = tokio::task::JoinSet::new();
    for n in 0..6 {
        let address = format!("private-{n}@example.com");
        app.send([Said::identify(Some(&format!("private-user-{n}")), None).with("email", address.clone())])
            .await;
        let (door, clara) = (app.app.clone(), clara.clone());
        forgetting.spawn(async move { door.erase(&clara, request(email(&address))).await.unwrap() });
    }
    let mut numbers: Vec<i64> = forgetting.join_all().await.iter().map(|receipt| receipt.n).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    assert_eq!(app.rows.all("last_erasure").await[0].text("n"), "6");
    assert_eq!((app.rows.count("record").await, app.rows.count("owner_key").await), (0, 0));
}
