//! What is withheld is never decrypted.

use zelo_app::{CreateCredential, Error, GetProfile, Lookup, WantedEvents, Wants};
use zelo_model::{Field, IdentifierKind, Reason, Role, Via};
use zelo_tests::{ANA, TestApp, on_both_databases};

on_both_databases! {
    what_ana_has_not_agreed_to_needs_no_key,
}

/// The key database.
const KEYS: usize = 1;

async fn what_ana_has_not_agreed_to_needs_no_key(app: &TestApp) {
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let purposes = vec!["marketing-email".parse().unwrap()];
    let key = CreateCredential { name: "rita".to_owned(), role: Role::Agent, purposes, source: None };
    let secret = app.app.run(&operator, key).await.unwrap().secret;

    app.rows.tamper(KEYS, "delete from owner_key").await;
    let cold = app.another().await;
    let rita = cold.authenticate(&secret).await.unwrap().actor(None, Via::GraphQl).unwrap();
    let look = || {
        let lookup =
            Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: ANA.email.to_owned() };
        let events = Some(WantedEvents { first: 10, after: None, bodies: true });
        GetProfile {
            lookup,
            wants: Wants { identifiers: true, attributes: true, events, ..Wants::default() },
        }
    };
    let ana = cold.run(&rita, look()).await.unwrap();
    assert!(matches!(ana.identifiers, Some(Field::Withheld(Reason::Consent))));
    assert!(matches!(ana.events, Some(Field::Withheld(Reason::Purpose))));
    assert_eq!(ana.attributes.map(|all| all.len()), Some(0));
    let opened = cold.run(&app.davi, look()).await;
    assert!(matches!(opened, Err(Error::Internal(_))), "what Davi may see does need one");
}
