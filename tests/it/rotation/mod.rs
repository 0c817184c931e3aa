//! Keys are replaced while everybody goes on; nobody notices, and nothing of the old ones is left.

mod index;
mod kek;
mod killed;
mod owners;
mod root;

use zelo_app::{App, Batch, IntakeBatch, Lookup, OpenRotation, RecordConsent};
use zelo_model::{Actor, ConsentKind, IdentifierKind, KeyClass, Rotation, Via};
use zelo_tests::{ANA, BRUNO, Said, TestApp, look};

/// The operator of `acme`, or of the installation for the root.
async fn operator(app: &TestApp, what: KeyClass) -> Actor {
    let tenant = (what != KeyClass::Root).then_some("acme");
    app.app.operator(tenant, Via::Cli).await.unwrap()
}

/// Begins a rotation whose chunks take one row each.
async fn begin(app: &TestApp, what: KeyClass) -> OpenRotation {
    app.app.pace_rotations(1, std::time::Duration::ZERO);
    let actor = operator(app, what).await;
    let rotation = app.app.begin_rotation(&actor, what).await.unwrap();
    OpenRotation { actor, rotation }
}

/// Brings it to its end, with `between` after each chunk.
async fn finish(app: &TestApp, mut open: OpenRotation, mut between: impl AsyncFnMut()) -> Rotation {
    for _ in 0..1_000 {
        between().await;
        if open.rotation.ended.is_some() {
            return open.rotation;
        }
        open.rotation = app.app.rotate_on(&open).await.unwrap();
    }
    panic!("it does not end: {open:?}");
}

/// Ana and Bruno come, and somebody whose message is held; Ana says no on the telephone.
async fn people(app: &TestApp) {
    app.send([ANA.identifies(), ANA.does("Order Completed"), BRUNO.identifies()]).await;
    let said = zelo_app::Said {
        channel: "telephone".to_owned(),
        note: Some("private-note".to_owned()),
        ..zelo_app::Said::default()
    };
    let (profile, purpose) = (app.by_user(ANA.user).await.unwrap().id, "marketing-email".parse().unwrap());
    let deny =
        RecordConsent { profile, purpose: Some(purpose), recipient: None, kind: ConsentKind::Deny, said };
    app.app.run(&app.officer().await, deny).await.unwrap();
    app.send([Said::track("Product Viewed", Some("null"), None).with("note", "private-note")]).await;
}

/// Ana and Bruno are found with all that is theirs, and what is said of them and of somebody new is taken in.
async fn all_is_well(app: &TestApp, n: usize) {
    well_in(app, &app.app, n).await;
}

/// The same in another process.
async fn well_in(app: &TestApp, process: &App, n: usize) {
    let find = async |kind, value: &str| {
        let by = Lookup::Identifier { kind, space: None, value: value.to_owned() };
        look(process, &app.davi, by).await.unwrap()
    };
    for person in [ANA, BRUNO] {
        let found = find(IdentifierKind::Email, person.email).await;
        assert_eq!(find(IdentifierKind::UserId, person.user).await.id, found.id);
        assert!(!found.attributes.unwrap().is_empty());
        let said = found.consent_events.unwrap();
        let said = &said.shown().unwrap().events;
        assert_eq!(said.len(), usize::from(person.user == ANA.user));
        assert!(
            said.iter().all(|one| one.evidence.as_ref().unwrap().note.as_deref() == Some("private-note"))
        );
    }
    let new = format!("private-new-{n}");
    let said = [ANA.does("Order Completed"), Said::identify(Some(&new), None).with("name", "private-new")];
    let items = said.iter().map(Said::incoming).collect();
    process.run(&app.shop, IntakeBatch { batch: Batch { items, ..Batch::default() } }).await.unwrap();
    find(IdentifierKind::UserId, &new).await;
}

/// The numbers in a column of all rows of a table.
async fn numbers(app: &TestApp, table: &str, column: &str) -> Vec<i64> {
    let rows = app.rows.all(table).await;
    let mut numbers: Vec<i64> = rows.iter().map(|row| row.text(column).parse().unwrap()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
