//! What a law keeps: fields of sales, under a key of their own, until their time has come.

use zelo_app::{GetErasure, WhichErasure};
use zelo_model::Timestamp;
use zelo_tests::{ANA, TestApp, noon, on_both_databases};

use super::{clara, forget};

on_both_databases! {
    the_tax_authoritys_fields_of_a_sale_are_kept_and_nothing_else,
    what_a_law_kept_goes_when_its_day_has_come,
}

async fn the_tax_authoritys_fields_of_a_sale_are_kept_and_nothing_else(app: &TestApp) {
    let clara = clara(app).await;
    let years_ago = |years: i64| Some(noon().plus(-years * 365 * Timestamp::DAY));
    app.send([
        ANA.identifies().with("cpf", "private-cpf"),
        ANA.does("Order Completed").with("total", 129).with("order_id", "private-order"),
        ANA.does("Order Completed").with("total", 1).at(years_ago(1)),
        ANA.does("Order Completed").with("total", 7).at(years_ago(7)),
        ANA.does("Product Viewed").with("total", 5),
    ])
    .await;
    let receipt = forget(app, &clara, ANA.email).await;
    let told: Vec<(&str, i64, String)> = receipt
        .kept
        .iter()
        .map(|kept| (kept.policy.as_str(), kept.rows, kept.until.to_string()[..10].to_owned()))
        .collect();
    // Last year's and this year's, each with whom it was made out to; of seven years ago the law asks nothing any more.
    let of = |until: &str| ("fiscal-orders", 2, until.to_owned());
    assert_eq!(told, [of("2031-01-01"), of("2032-01-01")]);
    assert!(
        receipt
            .kept
            .iter()
            .all(|kept| kept.law.contains("Código Tributário") && kept.ground == "legal_obligation")
    );
    assert_eq!((app.rows.count("event").await, app.rows.count("retained_row").await), (0, 4));
    let keys = app.rows.all("owner_key").await;
    let sets = app.rows.all("retained_set").await;
    assert_eq!(keys.len(), 2, "a key for each law and end");
    for set in &sets {
        assert!(keys.iter().any(|key| key.bytes("owner") == set.bytes("id16")));
    }
}

async fn what_a_law_kept_goes_when_its_day_has_come(app: &TestApp) {
    let clara = clara(app).await;
    let last_year = Some(noon().plus(-365 * Timestamp::DAY));
    app.send([
        ANA.identifies(),
        ANA.does("Order Completed").with("total", 129),
        ANA.does("Order Completed").with("total", 1).at(last_year),
    ])
    .await;
    let receipt = forget(app, &clara, ANA.email).await;
    assert_eq!(
        receipt.kept.iter().map(|kept| kept.rows).collect::<Vec<_>>(),
        [2, 2],
        "a sale and whom it was made out to"
    );
    let first = receipt.kept[0].until;
    let written = || {
        let folder = app.place.folder().join("erasures").read_dir().unwrap().next().unwrap().unwrap();
        let file = std::fs::read_to_string(folder.path().join("1")).unwrap();
        let file: serde_json::Value = serde_json::from_str(&file).unwrap();
        let sets = file["retained"].as_array().unwrap().iter();
        sets.map(|set| (set["rows"].as_object().unwrap().len(), set["keys"].as_array().unwrap().len()))
            .collect::<Vec<_>>()
    };
    assert_eq!((app.app.expire().await.unwrap(), written()), (0, vec![(2, 1), (2, 1)]));
    app.clock.pass((first.micros() - noon().micros()) / 1_000_000);
    assert_eq!(app.app.expire().await.unwrap(), 1, "the older sale, and not the newer");
    assert_eq!(written(), [(0, 0), (2, 1)], "nor does what stands beside the anchor have it");
    assert_eq!((app.rows.count("retained_row").await, app.rows.count("owner_key").await), (2, 1));
    let which = WhichErasure::Profile(receipt.profile);
    let told = app.app.run(&clara, GetErasure { which }).await.unwrap();
    assert_eq!(
        told.kept.iter().map(|kept| kept.rows).collect::<Vec<_>>(),
        [0, 2],
        "that it was kept is told"
    );
    assert_eq!(app.app.expire().await.unwrap(), 0, "once is enough");
}
