//! What is withheld is never decrypted.

use zelo_app::{CreateCredential, Error, GetProfile, Lookup, WantedEvents, Wants};
use zelo_model::{Field, IdentifierKind, Reason, Role, Via};
use zelo_tests::{ANA, TestApp, on_both_databases};

on_both_databases! {
    what_an_analyst_may_not_see_needs_no_key,
}

/// The key database.
const KEYS: usize = 1;

async fn what_an_analyst_may_not_see_needs_no_key(app: &TestApp) {
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let purposes = vec!["analytics".parse().unwrap()];
    let key = CreateCredential { name: "elisa".to_owned(), role: Role::Analyst, purposes, source: None };
    let secret = app.app.run(&operator, key).await.unwrap().secret;

    app.rows.tamper(KEYS, "delete from owner_key").await;
    let cold = app.another().await;
    let analyst = cold.authenticate(&secret).await.unwrap().actor(None, Via::GraphQl).unwrap();
    let look = |attributes| {
        let lookup =
            Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: ANA.email.to_owned() };
        let events = Some(WantedEvents { first: 10, after: None, bodies: true });
        GetProfile { lookup, wants: Wants { identifiers: true, attributes, events, ..Wants::default() } }
    };
    let ana = cold.run(&analyst, look(false)).await.unwrap();
    assert!(matches!(ana.identifiers, Some(Field::Withheld(Reason::Role))));
    let events = ana.events.unwrap();
    assert_eq!(events.shown().unwrap().events[0].name.as_deref(), Some("Order Completed"));
    let opened = cold.run(&analyst, look(true)).await;
    assert!(matches!(opened, Err(Error::Internal(_))), "what an analyst may see does need one");
}
