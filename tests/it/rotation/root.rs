//! The root, and what its end does to backups.

use zelo_app::{App, CreateTenant, Error, ListSources, ListTenants};
use zelo_model::{KeyClass, Via};
use zelo_tests::{Engine, Row, TestApp, on_both_databases};

use super::{all_is_well, begin, finish, numbers, people, well_in};

on_both_databases! {
    every_kek_comes_under_a_new_root_and_the_old_root_is_gone,
    a_backup_from_before_the_new_root_is_opened_by_nobody,
    a_process_that_knows_only_the_old_root_goes_on_and_learns_of_the_new,
    a_chunk_that_was_not_noted_is_done_again,
}

fn roots(app: &TestApp) -> Vec<String> {
    let files = std::fs::read_dir(app.place.root()).unwrap();
    let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.starts_with("root-"));
    names.sort();
    names
}

async fn only_the_new_root(app: &TestApp, epoch: i64) {
    assert_eq!(numbers(app, "kek", "root_epoch").await, [epoch]);
    assert_eq!(roots(app), [format!("root-{epoch}.key")]);
    let epochs = app.rows.all("root_epoch").await;
    let alive: Vec<&str> =
        epochs.iter().filter(|row| row.0["destroyed"].is_none()).map(|row| row.text("epoch")).collect();
    assert_eq!(alive, [epoch.to_string()], "the others say since when nobody can open what is under them");
    assert_eq!(i64::try_from(epochs.len()).unwrap(), epoch);
}

async fn tenants(process: &App, slugs: &[&str]) {
    let installation = process.operator(None, Via::Cli).await.unwrap();
    for slug in slugs {
        let (name, controller) = ((*slug).to_owned(), "demo-controller".to_owned());
        process.run(&installation, CreateTenant { slug: name, controller, sample: false }).await.unwrap();
        let theirs = process.operator(Some(slug), Via::Cli).await.unwrap();
        assert!(process.run(&theirs, ListSources).await.unwrap().is_empty());
    }
}

async fn every_kek_comes_under_a_new_root_and_the_old_root_is_gone(app: &TestApp) {
    people(app).await;
    tenants(&app.app, &["globex", "bakery"]).await;
    let mut n = 0;
    let done = finish(app, begin(app, KeyClass::Root).await, async || {
        n += 1;
        all_is_well(app, n).await;
    })
    .await;
    assert_eq!((done.version, done.done, done.total), (2, 4, 4));
    only_the_new_root(app, 2).await;
    tenants(&app.app, &["dairy"]).await;
    finish(app, begin(app, KeyClass::Root).await, async || ()).await;
    only_the_new_root(app, 3).await;
    all_is_well(app, 0).await;
    let next = app.another().await;
    let installation = next.operator(None, Via::Cli).await.unwrap();
    assert_eq!(next.run(&installation, ListTenants { dropped: false }).await.unwrap().len(), 4);
}

/// Puts rows of the key database back as a backup holds them.
async fn restored(app: &TestApp, table: &str, backup: &[Row]) {
    app.rows.tamper(1, &format!("delete from {table}")).await;
    let numeric = ["epoch", "created", "destroyed", "version", "root_epoch"];
    for row in backup {
        let names: Vec<&str> = row.0.keys().map(String::as_str).collect();
        let value = |(name, value): (&String, &Option<Vec<u8>>)| match value {
            None => "null".to_owned(),
            Some(bytes) if numeric.contains(&name.as_str()) => String::from_utf8(bytes.clone()).unwrap(),
            Some(bytes) => {
                let hex = hex::encode(bytes);
                if app.place.engine == Engine::Postgres { format!("'\\x{hex}'") } else { format!("x'{hex}'") }
            }
        };
        let values: Vec<String> = row.0.iter().map(value).collect();
        let sql = format!("insert into {table} ({}) values ({})", names.join(","), values.join(","));
        app.rows.tamper(1, &sql).await;
    }
}

async fn a_backup_from_before_the_new_root_is_opened_by_nobody(app: &TestApp) {
    people(app).await;
    let (keks, epochs) = (app.rows.all("kek").await, app.rows.all("root_epoch").await);
    finish(app, begin(app, KeyClass::Root).await, async || ()).await;
    let today = (app.rows.all("kek").await, app.rows.all("root_epoch").await);
    restored(app, "kek", &keks).await;
    restored(app, "root_epoch", &epochs).await;
    let refused = app.place.start(&app.clock).await.err().expect("it must not start");
    assert_eq!(
        refused.to_string(),
        "this key store was made under root epoch 1, which has been destroyed (the root key here is of epoch 2): it \
         is a backup from before a rotation of the root, and nobody can open it any more; restore a later one"
    );
    // Nor does it help to say that they are of today's root.
    app.rows.tamper(1, "update kek set root_epoch = 2").await;
    restored(app, "root_epoch", &today.1).await;
    let forged = app.place.start(&app.clock).await.unwrap();
    let installation = forged.operator(None, Via::Cli).await.unwrap();
    let list = forged.run(&installation, ListTenants { dropped: false }).await;
    assert!(matches!(list, Err(Error::Internal(_))), "{list:?}");
    restored(app, "kek", &today.0).await;
    all_is_well(app, 0).await;
}

async fn a_process_that_knows_only_the_old_root_goes_on_and_learns_of_the_new(app: &TestApp) {
    people(app).await;
    let other = app.another().await;
    well_in(app, &other, 1).await;
    finish(app, begin(app, KeyClass::Root).await, async || ()).await;
    tenants(&other, &["globex"]).await;
    only_the_new_root(app, 2).await;
    well_in(app, &other, 2).await;
    other.sweep_keys();
    well_in(app, &other, 3).await;
}

async fn a_chunk_that_was_not_noted_is_done_again(app: &TestApp) {
    people(app).await;
    let installation = app.app.operator(None, Via::Cli).await.unwrap();
    app.rows.refuse_inserts(0, "pending_write_leaf").await;
    assert!(app.app.begin_rotation(&installation, KeyClass::Root).await.is_err());
    app.rows.allow_inserts(0, "pending_write_leaf").await;
    assert_eq!(roots(app), ["root-1.key", "root-2.key"]);
    // A start in between has two roots to choose from, and knows which.
    app.another().await;
    let mut open = begin(app, KeyClass::Root).await;
    assert_eq!(open.rotation.version, 2, "the root that is there is taken");
    while open.rotation.ended.is_none() {
        app.rows.refuse_inserts(0, "pending_write_leaf").await;
        assert!(app.app.rotate_on(&open).await.is_err());
        app.rows.allow_inserts(0, "pending_write_leaf").await;
        app.another().await;
        all_is_well(app, usize::try_from(open.rotation.steps).unwrap()).await;
        open.rotation = app.app.rotate_on(&open).await.unwrap();
    }
    only_the_new_root(app, 2).await;
}
