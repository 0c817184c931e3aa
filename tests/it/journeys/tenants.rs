//! Tenants come and go; keys are revoked.

use zelo_app::{
    BeginTenantDrop, CreateCredential, EraseProfile, Error, ListTenants, Lookup, RecordConsent,
    RevokeCredential, StartExport,
};
use zelo_model::{ConsentKind, ErasureGround, IdentifierKind, Role, Via};
use zelo_tests::{ANA, BRUNO, Said, TestApp, on_both_databases, tenant};

on_both_databases! {
    dropping_a_tenant_takes_keys_and_rows_and_leaves_the_entries,
    a_drop_cut_short_before_its_keys_went_is_finished_at_the_next_start,
    a_drop_cut_short_after_its_keys_went_is_finished_at_the_next_start,
    nothing_is_left_of_batches_that_were_on_their_way_when_the_tenant_was_dropped,
    a_revoked_key_is_refused_at_once,
    a_key_in_steady_use_is_refused_at_once_too,
}

/// Tables that hold what belongs to tenants; those of the log stay.
const OWNED: [&str; 20] = [
    "event",
    "consent_event",
    "message_seen",
    "quarantine",
    "quarantine_link",
    "identifier",
    "identifier_link",
    "merge_journal",
    "cannot_link",
    "membership",
    "record",
    "profile",
    "credential",
    "source",
    "erasure",
    "erasure_owner",
    "suppression",
    "retained_row",
    "retained_set",
    "export_job",
];
const KEYS: [&str; 5] = ["owner_key", "tenant_key", "kek", "tombstone", "last_erasure"];

/// Some rows in every table.
async fn busy(app: &TestApp) {
    app.send([ANA.browses("Product Viewed"), ANA.does("Order Completed").at(None)]).await;
    app.send([ANA.identifies(), Said::track("Product Viewed", Some("null"), None)]).await;
    app.send([BRUNO.identifies().with("email", ANA.email)]).await;
    let said = zelo_app::Said { channel: "telephone".to_owned(), ..zelo_app::Said::default() };
    let (profile, purpose) = (app.by_user(ANA.user).await.unwrap().id, "marketing-email".parse().unwrap());
    let deny =
        RecordConsent { profile, purpose: Some(purpose), recipient: None, kind: ConsentKind::Deny, said };
    app.app.run(&app.officer().await, deny).await.unwrap();
    let gone = "private-gone@example.com";
    let said = Said::identify(Some("private-gone"), None).with("email", gone);
    app.send([said, Said::track("Order Completed", Some("private-gone"), None).with("total", 3)]).await;
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let lookup = Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: gone.to_owned() };
    let erase = EraseProfile { lookup, ground: ErasureGround::Request, lapsed: None };
    app.app.erase(&operator, erase).await.unwrap();
    let purposes = vec!["data-subject-rights".parse().unwrap()];
    let key = CreateCredential { name: "clara".to_owned(), role: Role::Officer, purposes, source: None };
    let clara = app.app.run(&operator, key).await.unwrap().secret;
    let clara = app.app.authenticate(&clara).await.unwrap().actor(None, Via::GraphQl).unwrap();
    app.app.run(&clara, StartExport { events: true }).await.unwrap();
}

async fn assert_gone(app: &TestApp) {
    for table in OWNED {
        assert_eq!(app.rows.count(table).await, 0, "{table}");
    }
    let keys = [0, 5, 1, 0, 0];
    for (table, of_the_installation) in KEYS.into_iter().zip(keys) {
        let left = app.rows.count(table).await;
        assert!(left <= of_the_installation, "{table} keeps {left}");
    }
    let tenants = app.rows.all("tenant").await;
    assert_eq!(tenants.iter().filter(|row| row.text("state") == "2").count(), 1);
}

async fn dropping_a_tenant_takes_keys_and_rows_and_leaves_the_entries(app: &TestApp) {
    busy(app).await;
    let ana = app.by_email(ANA.email).await.unwrap();
    let before = app.entries().await;
    app.app.drop_tenant("acme").await.unwrap();
    assert_gone(app).await;
    assert!(matches!(app.by_id(ana.id).await, Err(Error::Unauthenticated)));
    assert!(matches!(app.app.authenticate(&app.secret.secret).await, Err(Error::Unauthenticated)));
    assert!(matches!(app.send_as(&app.shop, [ANA.identifies()]).await, Err(Error::Unauthenticated)));
    let after = app.entries().await;
    assert!(before.iter().all(|entry| after.contains(entry)));
    assert_eq!(after.len(), before.len() + 2, "the drop's two steps left an entry each");

    let installation = app.app.operator(None, Via::Cli).await.unwrap();
    assert!(app.app.run(&installation, ListTenants { dropped: false }).await.unwrap().is_empty());
    assert!(matches!(app.app.drop_tenant("acme").await, Err(Error::NotFound)));
    assert!(matches!(app.app.drop_tenant("installation").await, Err(Error::Invalid(_))));
    tenant(&app.app, "acme").await;
}

async fn begin_drop(app: &TestApp) {
    busy(app).await;
    let installation = app.app.operator(None, Via::Cli).await.unwrap();
    app.app.run(&installation, BeginTenantDrop { slug: "acme".to_owned() }).await.unwrap();
}

async fn a_drop_cut_short_before_its_keys_went_is_finished_at_the_next_start(app: &TestApp) {
    begin_drop(app).await;
    let next = app.another().await;
    assert_gone(app).await;
    assert!(matches!(next.authenticate(&app.secret.secret).await, Err(Error::Unauthenticated)));
}

async fn a_drop_cut_short_after_its_keys_went_is_finished_at_the_next_start(app: &TestApp) {
    begin_drop(app).await;
    let tenants = app.rows.all("tenant").await;
    let acme = tenants.iter().find(|row| row.text("state") == "1").unwrap().bytes("id16");
    for table in KEYS {
        app.rows.tamper_with(1, &format!("delete from {table} where tenant in ($1, $2)"), [acme, acme]).await;
    }
    app.another().await;
    assert_gone(app).await;
}

async fn nothing_is_left_of_batches_that_were_on_their_way_when_the_tenant_was_dropped(app: &TestApp) {
    busy(app).await;
    let mut sending = tokio::task::JoinSet::new();
    for sender in 0..16 {
        let (app, shop) = (app.app.clone(), app.shop.clone());
        sending.spawn(async move {
            for n in 0..20 {
                let said = Said::identify(Some(&format!("private-{sender}-{n}")), None).incoming();
                let batch = zelo_app::Batch { items: vec![said], ..zelo_app::Batch::default() };
                let _ = app.run(&shop, zelo_app::IntakeBatch { batch }).await;
            }
        });
    }
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    app.app.drop_tenant("acme").await.unwrap();
    sending.join_all().await;
    assert_gone(app).await;
}

async fn revoke(app: &TestApp) {
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    app.app.run(&operator, RevokeCredential { id: app.secret.info.id }).await.unwrap();
}

async fn a_revoked_key_is_refused_at_once(app: &TestApp) {
    app.app.authenticate(&app.secret.secret).await.unwrap();
    revoke(app).await;
    assert!(matches!(app.app.authenticate(&app.secret.secret).await, Err(Error::Unauthenticated)));
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let again = app.app.run(&operator, RevokeCredential { id: app.secret.info.id }).await;
    assert!(matches!(again, Err(Error::Conflict(_))));
}

async fn a_key_in_steady_use_is_refused_at_once_too(app: &TestApp) {
    let mut using = tokio::task::JoinSet::new();
    let over = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    for _ in 0..8 {
        let (app, secret, over) = (app.app.clone(), app.secret.secret.clone(), over.clone());
        using.spawn(async move {
            while !over.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = app.authenticate(&secret).await;
                tokio::time::sleep(std::time::Duration::from_micros(100)).await;
            }
        });
    }
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    revoke(app).await;
    for _ in 0..20 {
        assert!(matches!(app.app.authenticate(&app.secret.secret).await, Err(Error::Unauthenticated)));
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    over.store(true, std::sync::atomic::Ordering::Relaxed);
    using.join_all().await;
}
