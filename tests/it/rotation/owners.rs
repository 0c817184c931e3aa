//! Owners' keys: everything is sealed anew.

use std::collections::BTreeSet;

use zelo_app::Error;
use zelo_model::KeyClass;
use zelo_tests::{ANA, TestApp, on_both_databases};

use super::{all_is_well, begin, finish, numbers, people, well_in};

on_both_databases! {
    everything_is_sealed_anew_while_people_come_and_are_looked_up,
    a_process_that_holds_only_old_keys_reads_on_and_seals_nothing_under_them,
    a_chunk_that_was_not_noted_is_done_again_and_nothing_is_lost,
    more_events_than_a_chunk_takes_are_sealed_anew_chunk_by_chunk,
    a_value_that_names_a_key_nobody_has_is_broken_and_not_busy,
}

/// The names of the keys that sealed values are under.
async fn kids(app: &TestApp) -> BTreeSet<Vec<u8>> {
    let mut kids = BTreeSet::new();
    let sealed =
        [("record", "body"), ("event", "body"), ("quarantine", "body"), ("consent_event", "evidence")];
    for (table, column) in sealed {
        kids.extend(app.rows.all(table).await.iter().map(|row| row.bytes(column)[4..20].to_vec()));
    }
    kids
}

async fn wrapped(app: &TestApp) -> BTreeSet<Vec<u8>> {
    app.rows.all("owner_key").await.iter().map(|row| row.bytes("commitment").to_vec()).collect()
}

/// One key an owner, of this generation, and every value under one of them.
async fn only_new_keys(app: &TestApp, generation: i64, old: &BTreeSet<Vec<u8>>) {
    assert_eq!(numbers(app, "owner_key", "generation").await, [generation]);
    let keys = app.rows.all("owner_key").await;
    assert!(keys.iter().all(|row| row.is_null("next_wrapped") && row.is_null("next_generation")));
    let (kids, kept) = (kids(app).await, wrapped(app).await);
    assert!(kids.is_disjoint(old), "nothing is left under an old key");
    let named: BTreeSet<Vec<u8>> = kept.iter().map(|commitment| commitment[..16].to_vec()).collect();
    assert!(kids.is_subset(&named), "everything is under a key that is there");
}

async fn everything_is_sealed_anew_while_people_come_and_are_looked_up(app: &TestApp) {
    people(app).await;
    let (old, keys) = (kids(app).await, wrapped(app).await);
    let mut n = 0;
    let done = finish(app, begin(app, KeyClass::Owners).await, async || {
        n += 1;
        all_is_well(app, n).await;
    })
    .await;
    assert!(n > 5 && done.done == done.total, "{n} {done:?}");
    only_new_keys(app, 2, &old).await;
    assert!(wrapped(app).await.is_disjoint(&keys));
    well_in(app, &app.another().await, n + 1).await;
    let old = kids(app).await;
    finish(app, begin(app, KeyClass::Owners).await, async || ()).await;
    only_new_keys(app, 3, &old).await;
    all_is_well(app, 0).await;
}

async fn a_process_that_holds_only_old_keys_reads_on_and_seals_nothing_under_them(app: &TestApp) {
    people(app).await;
    let other = app.another().await;
    well_in(app, &other, 1).await;
    let old = kids(app).await;
    let mut open = begin(app, KeyClass::Owners).await;
    let before = app.rows.all("event").await;
    well_in(app, &other, 2).await;
    for event in app.rows.all("event").await {
        let is_new = !before.iter().any(|row| row.bytes("id") == event.bytes("id"));
        assert!(!is_new || !old.contains(&event.bytes("body")[4..20]), "sealed under a key that is to go");
    }
    for n in 3..6 {
        open.rotation = app.app.rotate_on(&open).await.unwrap();
        well_in(app, &other, n).await;
    }
    finish(app, open, async || ()).await;
    well_in(app, &other, 7).await;
    all_is_well(app, 8).await;
    only_new_keys(app, 2, &old).await;
}

async fn a_chunk_that_was_not_noted_is_done_again_and_nothing_is_lost(app: &TestApp) {
    people(app).await;
    let old = kids(app).await;
    let mut open = begin(app, KeyClass::Owners).await;
    let mut lost = 0;
    while open.rotation.ended.is_none() {
        app.rows.refuse_inserts(0, "pending_write_leaf").await;
        assert!(matches!(app.app.rotate_on(&open).await, Err(Error::Unavailable(_))));
        app.rows.allow_inserts(0, "pending_write_leaf").await;
        lost += 1;
        well_in(app, &app.another().await, lost).await;
        open.rotation = app.app.rotate_on(&open).await.unwrap();
    }
    assert!(lost > 3, "{lost}");
    only_new_keys(app, 2, &old).await;
    all_is_well(app, 0).await;
}

async fn more_events_than_a_chunk_takes_are_sealed_anew_chunk_by_chunk(app: &TestApp) {
    people(app).await;
    for _ in 0..20 {
        app.send([ANA.does("Order Completed")]).await;
    }
    let (old, events) = (kids(app).await, app.rows.count("event").await);
    let open = begin(app, KeyClass::Owners).await;
    app.app.pace_rotations(3, std::time::Duration::ZERO);
    let done = finish(app, open, async || ()).await;
    assert!(done.steps > 6, "{done:?}");
    only_new_keys(app, 2, &old).await;
    let ana = app.by_email(ANA.email).await.unwrap();
    assert_eq!(ana.events.unwrap().shown().unwrap().events.len(), events);
}

async fn a_value_that_names_a_key_nobody_has_is_broken_and_not_busy(app: &TestApp) {
    people(app).await;
    let change = match app.place.engine {
        zelo_tests::Engine::Sqlite => {
            "update event set body = cast(x'5a4c0101' || zeroblob(16) || substr(body, 21) as blob)"
        }
        zelo_tests::Engine::Postgres => {
            "update event set body = '\\x5a4c010100000000000000000000000000000000'::bytea || substr(body, 21)"
        }
    };
    app.rows.tamper(0, change).await;
    let read = app.by_email(ANA.email).await;
    assert!(matches!(read, Err(Error::Internal(_))), "{:?}", read.err());
}
