//! A tenant is a world of its own.

use std::collections::BTreeSet;

use zelo_app::{Error, Lookup};
use zelo_model::{Actor, IdentifierKind, Via};
use zelo_tests::{ANA, TestApp, look, on_both_databases, tenant};

on_both_databases! {
    another_tenants_key_never_finds_ana,
    the_same_address_has_another_digest_in_another_tenant,
    a_write_key_speaks_for_its_own_source_only,
}

async fn another_tenants_key_never_finds_ana(app: &TestApp) {
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    let ana = app.by_email(ANA.email).await.unwrap();
    let (_, key) = tenant(&app.app, "globex").await;
    let spy = app.app.authenticate(&key.secret).await.unwrap().actor(None, Via::GraphQl).unwrap();
    let by = |kind, value: &str| Lookup::Identifier { kind, space: None, value: value.to_owned() };
    let lookups = [
        Lookup::Id(ana.id),
        by(IdentifierKind::Email, ANA.email),
        by(IdentifierKind::UserId, ANA.user),
        by(IdentifierKind::AnonymousId, ANA.device),
    ];
    for lookup in lookups {
        assert!(matches!(look(&app.app, &spy, lookup).await, Err(Error::NotFound)));
    }
}

async fn the_same_address_has_another_digest_in_another_tenant(app: &TestApp) {
    let (shop, key) = tenant(&app.app, "globex").await;
    app.send([ANA.identifies()]).await;
    app.send_as(&shop, [ANA.identifies()]).await.unwrap();
    let identifiers = app.rows.all("identifier").await;
    let digests: BTreeSet<&[u8]> = identifiers.iter().map(|row| row.bytes("digest")).collect();
    assert_eq!(digests.len(), 6);
    let theirs = app.app.authenticate(&key.secret).await.unwrap().actor(None, Via::GraphQl).unwrap();
    let email = Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: ANA.email.to_owned() };
    let there = look(&app.app, &theirs, email).await.unwrap();
    assert_ne!(there.id, app.by_email(ANA.email).await.unwrap().id);
    assert!(matches!(app.by_id(there.id).await, Err(Error::NotFound)));
}

async fn a_write_key_speaks_for_its_own_source_only(app: &TestApp) {
    let (theirs, _) = tenant(&app.app, "globex").await;
    let crossed = Actor { source: theirs.source, ..app.shop.clone() };
    assert!(matches!(app.send_as(&crossed, [ANA.identifies()]).await, Err(Error::Forbidden)));
    assert_eq!(app.rows.count("record").await, 0);
}
