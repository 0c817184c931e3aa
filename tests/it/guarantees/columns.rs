//! Every column stands in the data map, and what the map calls sealed is sealed.

use zelo_app::{Bundle, EraseProfile, Lookup, RecordConsent};
use zelo_model::{ConsentKind, ErasureGround, IdentifierKind, Via};
use zelo_policy::{Gaps, Protection};
use zelo_tests::{ANA, BRUNO, Said, TestApp, on_both_databases};

on_both_databases! {
    every_column_is_in_the_data_map_and_the_map_has_no_other,
    what_the_map_calls_sealed_is_a_sealed_blob_and_no_two_are_alike,
}

async fn every_column_is_in_the_data_map_and_the_map_has_no_other(app: &TestApp) {
    let policies = Bundle::embedded().unwrap();
    let gaps = policies.data_map().gaps(app.place.engine, &app.rows.names().await);
    assert_eq!(gaps, Gaps::default(), "classify it in policies/data-map.yaml");
}

async fn what_the_map_calls_sealed_is_a_sealed_blob_and_no_two_are_alike(app: &TestApp) {
    // Without a number: what has one is held once.
    let twice = Said::track("Product Viewed", Some("null"), None).with("note", "private-note").numbered(None);
    app.send([ANA.identifies(), ANA.does("Order Completed"), twice.clone(), twice]).await;
    app.send([BRUNO.identifies(), Said::group("private-group", BRUNO.user)]).await;
    app.send([BRUNO.identifies(), BRUNO.does("Order Completed").with("total", 3)]).await;
    // Of Bruno only what a law keeps is left.
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let by = Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: BRUNO.email.to_owned() };
    app.app
        .erase(&operator, EraseProfile { lookup: by, ground: ErasureGround::Request, lapsed: None })
        .await
        .unwrap();
    // And Ana says no on the telephone.
    let said = zelo_app::Said {
        channel: "telephone".to_owned(),
        note: Some("private-note".to_owned()),
        ..zelo_app::Said::default()
    };
    let (profile, purpose) = (app.by_user(ANA.user).await.unwrap().id, "marketing-email".parse().unwrap());
    let deny =
        RecordConsent { profile, purpose: Some(purpose), recipient: None, kind: ConsentKind::Deny, said };
    app.app.run(&app.officer().await, deny).await.unwrap();
    let policies = Bundle::embedded().unwrap();
    let mut blobs = std::collections::BTreeSet::new();
    let mut count = 0;
    for (name, table) in policies.data_map().tables() {
        let sealed = table.columns.iter().filter(|(_, column)| column.protection == Protection::Sealed);
        for (column, _) in sealed {
            let rows = app.rows.all(name).await;
            assert!(!rows.is_empty(), "nothing in {name} to look at");
            for row in rows {
                assert!(row.bytes(column).starts_with(b"ZL\x01"), "{name}.{column}");
                blobs.insert(row.bytes(column).to_owned());
                count += 1;
            }
        }
    }
    assert_eq!((count, blobs.len()), (9, 9), "the same words twice do not look the same");
}
