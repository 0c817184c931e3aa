//! What does not belong together is not served, and one sentence says what to do.

use std::fs;

use zelo_tests::{ANA, Engine, Place, Row, TestApp, on_both_databases};

on_both_databases! {
    data_without_its_keys_is_not_served,
    keys_without_their_data_are_not_served,
    another_root_key_is_not_accepted,
    a_missing_or_loose_root_key_is_named,
    a_log_that_was_signed_needs_its_key,
    a_restart_changes_nothing,
}

async fn refusal(app: &TestApp) -> String {
    let refused = app.place.start(&app.clock).await.err();
    refused.expect("it must not start").to_string()
}

/// Empties one of the databases, as if another were restored in its place.
async fn emptied(app: &TestApp, database: usize) {
    match app.place.engine {
        Engine::Sqlite => {
            let name = ["zelo.db", "zelo-keys.db"][database];
            for file in ["", "-wal", "-shm"] {
                let _ = fs::remove_file(app.place.folder().join(format!("{name}{file}")));
            }
        }
        Engine::Postgres => {
            app.rows.tamper(database, "drop schema public cascade; create schema public").await;
        }
    }
}

async fn data_without_its_keys_is_not_served(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    emptied(app, 1).await;
    for _ in 0..2 {
        assert_eq!(
            refusal(app).await,
            "there is data but no key store for it: restore the key database that belongs to it, or begin in an \
             empty folder"
        );
    }
}

async fn keys_without_their_data_are_not_served(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    emptied(app, 0).await;
    for _ in 0..2 {
        assert_eq!(
            refusal(app).await,
            "there is a key store but no data for it: restore the data database, or move the key store away"
        );
    }
}

async fn another_root_key_is_not_accepted(app: &TestApp) {
    let elsewhere = Place::fresh(Engine::Sqlite).await;
    elsewhere.start(&app.clock).await.unwrap();
    for file in fs::read_dir(elsewhere.root()).unwrap().flatten() {
        fs::copy(file.path(), app.place.root().join(file.file_name())).unwrap();
    }
    let root = app.place.root();
    assert_eq!(
        refusal(app).await,
        format!(
            "the root key in {} does not open this key store: restore the one that belongs to it",
            root.display()
        )
    );
}

async fn a_missing_or_loose_root_key_is_named(app: &TestApp) {
    use std::os::unix::fs::PermissionsExt as _;
    let file = fs::read_dir(app.place.root()).unwrap().flatten().next().unwrap().path();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(
        refusal(app).await,
        format!(
            "others may use the root key {} (mode 0640); allow its owner alone: chmod 600",
            file.display()
        )
    );
    fs::remove_file(&file).unwrap();
    assert_eq!(refusal(app).await, format!("there is no root key in {}", app.place.root().display()));
}

async fn a_log_that_was_signed_needs_its_key(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    app.app.sequence().await.unwrap();
    let key = app.place.folder().join("audit.key");
    fs::remove_file(&key).unwrap();
    assert_eq!(
        refusal(app).await,
        format!(
            "the audit signing key {} is missing although the log has been signed: restore it",
            key.display()
        )
    );
}

async fn a_restart_changes_nothing(app: &TestApp) {
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    let before = everything(app).await;
    let next = app.another().await;
    next.ready().await.unwrap();
    assert_eq!(before, everything(app).await);
}

/// Every row but those by which processes say that they live.
async fn everything(app: &TestApp) -> Vec<Row> {
    let mut rows = Vec::new();
    for (table, _) in app.rows.names().await.into_iter().filter(|(table, _)| table != "node") {
        rows.extend(app.rows.all(&table).await);
    }
    rows
}
