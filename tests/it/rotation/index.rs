//! The blind index: found at every instant, and at every instant once.

use std::collections::BTreeSet;
use std::sync::Arc;

use zelo_app::{Batch, Error, Hold, Incoming, IntakeBatch, OpenRotation};
use zelo_model::KeyClass;
use zelo_tests::{ANA, BRUNO, Said, TestApp, on_both_databases};

use super::{all_is_well, begin, finish, numbers, people, well_in};

on_both_databases! {
    everybody_is_found_at_every_instant_and_stays_one,
    a_process_that_knows_only_the_old_index_finds_everybody_and_writes_both,
    a_chunk_that_was_not_noted_is_done_again_and_nothing_is_lost,
    what_is_held_is_still_found_by_whom_it_is_about,
}

/// Begins one; whoever comes meanwhile comes later.
async fn begun(app: &TestApp) -> OpenRotation {
    let open = begin(app, KeyClass::Index).await;
    app.clock.pass(1);
    open
}

async fn digests(app: &TestApp, epoch: &str) -> BTreeSet<(String, Vec<u8>)> {
    let all = app.rows.all("identifier").await;
    let of = all.iter().filter(|row| row.text("epoch") == epoch);
    of.map(|row| (row.text("id").to_owned(), row.bytes("digest").to_vec())).collect()
}

async fn index_keys(app: &TestApp) -> Vec<String> {
    let keys = app.rows.all("tenant_key").await;
    let mut epochs: Vec<String> = keys
        .iter()
        .filter(|row| row.text("purpose") == "2")
        .map(|row| row.text("epoch").to_owned())
        .collect();
    epochs.sort_unstable();
    epochs
}

/// Every link leads to an identifier of this epoch, and none of another is left.
async fn only_the_new_index(app: &TestApp, epoch: &str, old: &BTreeSet<(String, Vec<u8>)>) {
    assert_eq!(numbers(app, "identifier", "epoch").await, [epoch.parse::<i64>().unwrap()]);
    let new = digests(app, epoch).await;
    let ids: BTreeSet<&str> = new.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids.len(), new.len(), "one digest an identifier");
    assert!(
        old.iter().all(|(id, digest)| ids.contains(id.as_str()) && !new.iter().any(|(_, new)| new == digest))
    );
    for table in ["identifier_link", "quarantine_link"] {
        for row in app.rows.all(table).await {
            assert!(ids.contains(row.text("identifier")), "{table} leads nowhere");
        }
    }
    assert_eq!(index_keys(app).await, ["1", epoch], "the installation's own and the tenant's");
}

async fn everybody_is_found_at_every_instant_and_stays_one(app: &TestApp) {
    people(app).await;
    let (old, mut n) = (digests(app, "1").await, 0);
    let done = finish(app, begun(app).await, async || {
        n += 1;
        all_is_well(app, n).await;
        // Bruno's browser, which is known, with his address, which is: nobody new.
        app.send([BRUNO.identifies(), Said::track("Order Completed", None, Some(BRUNO.device))]).await;
        assert_eq!(app.rows.count("profile").await, 2 + n);
    })
    .await;
    assert!(n > 8 && done.done >= 2, "{n} {done:?}");
    only_the_new_index(app, "2", &old).await;
    well_in(app, &app.another().await, n + 1).await;
    let old = digests(app, "2").await;
    finish(app, begun(app).await, async || ()).await;
    only_the_new_index(app, "3", &old).await;
    all_is_well(app, 0).await;
}

async fn a_process_that_knows_only_the_old_index_finds_everybody_and_writes_both(app: &TestApp) {
    people(app).await;
    let other = app.another().await;
    well_in(app, &other, 1).await;
    let old = digests(app, "1").await;
    let mut open = begun(app).await;
    let mut n = 1;
    while open.rotation.ended.is_none() {
        n += 1;
        well_in(app, &other, n).await;
        open.rotation = app.app.rotate_on(&open).await.unwrap();
    }
    well_in(app, &other, n + 1).await;
    all_is_well(app, n + 2).await;
    only_the_new_index(app, "2", &old).await;
}

async fn a_chunk_that_was_not_noted_is_done_again_and_nothing_is_lost(app: &TestApp) {
    people(app).await;
    let old = digests(app, "1").await;
    let mut open = begun(app).await;
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
    only_the_new_index(app, "2", &old).await;
    all_is_well(app, 0).await;
}

async fn what_is_held_is_still_found_by_whom_it_is_about(app: &TestApp) {
    // Held before anything else is known of her.
    let raw: Arc<[u8]> = ANA.does("ana@example.com").json().to_string().into_bytes().into();
    let items = vec![Incoming::Held { reason: Hold::EventName, raw }];
    app.app.run(&app.shop, IntakeBatch { batch: Batch { items, ..Batch::default() } }).await.unwrap();
    let before: BTreeSet<String> =
        app.rows.all("quarantine_link").await.iter().map(|row| row.text("identifier").to_owned()).collect();
    assert_eq!(before.len(), 2, "it is linked to whom it is about");
    let old = digests(app, "1").await;
    finish(app, begun(app).await, async || ()).await;
    only_the_new_index(app, "2", &old).await;
    app.send([ANA.identifies()]).await;
    assert!(app.by_email(ANA.email).await.is_ok());
    let after = app.rows.all("identifier_link").await;
    let linked = |id: &String| after.iter().any(|row| row.text("identifier") == id);
    assert!(before.iter().all(linked), "she is whom it is about");
}
