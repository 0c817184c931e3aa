//! What is under seal is nowhere else, and does not open when anything about it was changed.

use std::path::Path;

use zelo_app::Error;
use zelo_tests::{ANA, BRUNO, Encoded, TestApp, on_both_databases};

on_both_databases! {
    a_flipped_bit_is_an_error_and_never_a_missing_person,
    a_blob_put_in_somebody_elses_place_does_not_open,
    a_flipped_key_is_an_error,
    no_file_of_the_installation_holds_anything_of_ana,
}

/// A read that fails: with an error nobody can mistake, and with an entry that says so.
async fn fails(app: &TestApp, email: &str) {
    let outcome = app.by_email(email).await;
    assert!(matches!(outcome, Err(Error::Internal(_))), "{outcome:?}");
    assert!(!format!("{outcome:?}").contains("example.com"));
    assert!(app.entries().await.iter().any(|entry| entry.contains("\"reason\":\"INTERNAL\"")));
}

async fn a_flipped_bit_is_an_error_and_never_a_missing_person(app: &TestApp) {
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    for table in ["record", "event"] {
        let body = app.rows.all(table).await[0].bytes("body").to_owned();
        let sql = format!("update {table} set body = $1 where body = $2");
        for at in [0, 2, 3, 10, 30, body.len() / 2, body.len() - 1] {
            let mut flipped = body.clone();
            flipped[at] ^= 0x10;
            assert_eq!(app.rows.tamper_with(0, &sql, [&flipped, &body]).await, 1);
            fails(app, ANA.email).await;
            assert_eq!(app.rows.tamper_with(0, &sql, [&body, &flipped]).await, 1);
            app.by_email(ANA.email).await.unwrap();
        }
        assert_eq!(app.rows.tamper_with(0, &sql, [&body[..20], &body]).await, 1);
        fails(app, ANA.email).await;
        assert_eq!(app.rows.tamper_with(0, &sql, [&body, &body[..20]]).await, 1);
    }
}

async fn a_blob_put_in_somebody_elses_place_does_not_open(app: &TestApp) {
    app.send([ANA.identifies(), BRUNO.identifies(), ANA.does("Order Completed"), ANA.does("Order Paid")])
        .await;
    for table in ["record", "event"] {
        let rows = app.rows.all(table).await;
        let (one, other) = (rows[0].bytes("body"), rows[1].bytes("body"));
        let sql = format!("update {table} set body = $1 where body = $2");
        app.rows.tamper_with(0, &sql, [one, other]).await;
        let read = [app.by_email(ANA.email).await, app.by_email(BRUNO.email).await];
        assert_eq!(read.iter().filter(|read| read.is_err()).count(), 1, "{table}");
        // Two rows hold the same blob now; the ciphertext of the other is lost, so only this much is put right.
        let id = rows[1].bytes("id");
        let right = match (app.place.engine, table) {
            (_, "event") => format!("update {table} set body = $1 where id = $2"),
            (zelo_tests::Engine::Sqlite, _) => {
                format!("update {table} set body = $1 where cast(id as blob) = $2")
            }
            _ => format!("update {table} set body = $1 where convert_to(id::text, 'UTF8') = $2"),
        };
        assert_eq!(app.rows.tamper_with(0, &right, [other, id]).await, 1);
        app.by_email(ANA.email).await.unwrap();
    }
}

async fn a_flipped_key_is_an_error(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    let wrapped = app.rows.all("owner_key").await[0].bytes("wrapped").to_owned();
    let mut flipped = wrapped.clone();
    flipped[wrapped.len() / 2] ^= 1;
    app.rows
        .tamper_with(1, "update owner_key set wrapped = $1 where wrapped = $2", [&flipped, &wrapped])
        .await;
    app.clock.pass(61);
    fails(app, ANA.email).await;
}

async fn no_file_of_the_installation_holds_anything_of_ana(app: &TestApp) {
    for _ in 0..3 {
        app.send([ANA.browses("Product Viewed"), ANA.identifies(), ANA.does("Order Completed").at(None)])
            .await;
        app.by_email(ANA.email).await.unwrap();
    }
    let everything_of_hers = Encoded::of(&[ANA.user, ANA.device, ANA.email, ANA.name]);
    assert_eq!(everything_of_hers.found_below(app.place.folder()), [] as [String; 0]);
    let sought = Encoded::of(&["zelo root canary, known plaintxt"]);
    assert!(sought.found_below(Path::new(app.place.folder())).is_empty());
}
