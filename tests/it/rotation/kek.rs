//! The key of keys.

use zelo_app::{Error, OpenRotation};
use zelo_model::KeyClass;
use zelo_tests::{TestApp, on_both_databases};

use super::{all_is_well, begin, finish, numbers, operator, people, well_in};

on_both_databases! {
    every_key_comes_under_a_new_kek_while_people_come_and_are_looked_up,
    a_process_that_knows_only_the_old_kek_goes_on_and_learns_of_the_new,
    a_chunk_that_was_not_noted_is_done_again_and_nothing_is_lost,
    a_rotation_begun_twice_is_one_and_another_waits,
}

async fn only_the_new_kek(app: &TestApp, version: i64) {
    let kept = [("owner_key", "kek_version"), ("tenant_key", "kek_version"), ("kek", "version")];
    let installation = if version == 1 { vec![] } else { vec![1] };
    assert_eq!(numbers(app, kept[0].0, kept[0].1).await, [version], "owners' keys");
    for (table, column) in &kept[1..] {
        assert_eq!(
            numbers(app, table, column).await,
            [installation.clone(), vec![version]].concat(),
            "{table}"
        );
    }
    assert_eq!(app.rows.count("kek").await, 2, "one for the tenant, one for the installation");
}

async fn every_key_comes_under_a_new_kek_while_people_come_and_are_looked_up(app: &TestApp) {
    people(app).await;
    let open = begin(app, KeyClass::Kek).await;
    assert_eq!((open.rotation.version, open.rotation.done), (2, 0));
    let mut n = 0;
    let done = finish(app, open, async || {
        n += 1;
        all_is_well(app, n).await;
    })
    .await;
    assert!(n >= 5 && done.done == done.total && done.done >= 7, "{done:?}");
    only_the_new_kek(app, 2).await;
    well_in(app, &app.another().await, n + 1).await;
    finish(app, begin(app, KeyClass::Kek).await, async || ()).await;
    only_the_new_kek(app, 3).await;
    all_is_well(app, 0).await;
}

async fn a_process_that_knows_only_the_old_kek_goes_on_and_learns_of_the_new(app: &TestApp) {
    people(app).await;
    let other = app.another().await;
    well_in(app, &other, 1).await;
    let mut open = begin(app, KeyClass::Kek).await;
    // A new person's key would come under the old KEK there; it is refused, and made anew.
    well_in(app, &other, 2).await;
    assert_eq!(numbers(app, "owner_key", "kek_version").await, [1, 2]);
    open.rotation = app.app.rotate_on(&open).await.unwrap();
    well_in(app, &other, 3).await;
    finish(app, open, async || ()).await;
    well_in(app, &other, 4).await;
    all_is_well(app, 5).await;
    only_the_new_kek(app, 2).await;
}

async fn a_chunk_that_was_not_noted_is_done_again_and_nothing_is_lost(app: &TestApp) {
    people(app).await;
    app.app.pace_rotations(1, std::time::Duration::ZERO);
    let actor = operator(app, KeyClass::Kek).await;
    // The new KEK is there, but not that it was begun.
    app.rows.refuse_inserts(0, "pending_write_leaf").await;
    assert!(app.app.begin_rotation(&actor, KeyClass::Kek).await.is_err());
    app.rows.allow_inserts(0, "pending_write_leaf").await;
    assert_eq!(app.rows.count("rotation").await, 0);
    all_is_well(app, 0).await;
    let mut open =
        OpenRotation { rotation: app.app.begin_rotation(&actor, KeyClass::Kek).await.unwrap(), actor };
    assert_eq!(open.rotation.version, 2, "the KEK that is there is taken");
    let mut lost = 0;
    while open.rotation.ended.is_none() {
        app.rows.refuse_inserts(0, "pending_write_leaf").await;
        assert!(matches!(app.app.rotate_on(&open).await, Err(Error::Unavailable(_))));
        app.rows.allow_inserts(0, "pending_write_leaf").await;
        lost += 1;
        all_is_well(app, lost).await;
        open.rotation = app.app.rotate_on(&open).await.unwrap();
    }
    assert!(lost >= 2, "{lost}");
    only_the_new_kek(app, 2).await;
}

async fn a_rotation_begun_twice_is_one_and_another_waits(app: &TestApp) {
    people(app).await;
    let first = begin(app, KeyClass::Kek).await;
    let again = begin(app, KeyClass::Kek).await;
    assert_eq!(first.rotation, again.rotation);
    let open = app.app.open_rotations().await.unwrap();
    assert_eq!(open.iter().map(|one| one.rotation.id).collect::<Vec<_>>(), [first.rotation.id]);
    let done = finish(app, first, async || ()).await;
    assert!(app.app.open_rotations().await.unwrap().is_empty());
    let next = begin(app, KeyClass::Kek).await;
    assert!(next.rotation.id != done.id && next.rotation.version == 3);
}
