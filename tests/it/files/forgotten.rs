//! Whoever was forgotten does not come back: not by a file, not by an alias, not by another source.

use zelo_app::{EraseProfile, Error, ImportFate, Lookup};
use zelo_model::{ErasureGround, IdentifierKind, Role, Timestamp};
use zelo_tests::{ANA, BRUNO, Said, TestApp, noon, on_both_databases};

use super::{bring, bring_for, taken, worker};

on_both_databases! {
    a_file_brings_nobody_back_whatever_it_says,
    her_address_is_taken_out_of_what_a_file_says_of_bruno,
    a_household_telephone_is_brought_in_as_ever,
    an_alias_of_her_id_says_nothing,
    another_source_does_not_bring_her_back_either,
    whoever_has_signed_up_again_can_be_brought_in_and_is_led_to_nobody_before,
}

async fn forget(app: &TestApp, by: Lookup) {
    let clara = worker(&app.app, Role::Officer, "data-subject-rights").await;
    app.app
        .erase(&clara, EraseProfile { lookup: by, ground: ErasureGround::Request, lapsed: None })
        .await
        .unwrap();
}

fn email(value: &str) -> Lookup {
    Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: value.to_owned() }
}

async fn a_file_brings_nobody_back_whatever_it_says(app: &TestApp) {
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    forget(app, email(ANA.email)).await;
    app.clock.pass(3600);
    let later = Some(noon().plus(1800 * Timestamp::SECOND));
    let signs_up = Said::track("Signed Up", Some(ANA.user), None).at(later);
    let done = bring(app, [ANA.identifies().at(later), signs_up, BRUNO.identifies()]).await;
    assert_eq!(done.fates, [ImportFate::Suppressed, ImportFate::Suppressed, ImportFate::Taken]);
    assert!(matches!(app.by_email(ANA.email).await, Err(Error::NotFound)));
    assert_eq!(app.rows.count("record").await, 1);
    assert!(app.rows.count("suppression").await > 0, "nothing is lifted by it");
}

async fn her_address_is_taken_out_of_what_a_file_says_of_bruno(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    forget(app, email(ANA.email)).await;
    app.clock.pass(60);
    let said = BRUNO.signs_in().with("email", ANA.email).with("city", BRUNO.city);
    let done = bring(app, [said]).await;
    assert_eq!((taken(&done), done.stripped), (1, 1));
    let bruno = app.by_user(BRUNO.user).await.unwrap();
    let told = format!("{:?} {:?}", bruno.attributes, bruno.identifiers);
    assert!(told.contains(BRUNO.city) && !told.contains("ana@"), "{told}");
}

async fn a_household_telephone_is_brought_in_as_ever(app: &TestApp) {
    let phone = "+55 81 91234-5678";
    app.send([ANA.identifies().with("phone", phone), BRUNO.identifies().with("phone", phone)]).await;
    forget(app, email(ANA.email)).await;
    app.clock.pass(60);
    let done = bring(app, [BRUNO.identifies().with("phone", phone).with("city", BRUNO.city)]).await;
    assert_eq!((taken(&done), done.stripped), (1, 0));
    let identifiers = app.by_user(BRUNO.user).await.unwrap().identifiers.unwrap();
    assert!(identifiers.shown().unwrap().iter().any(|one| one.kind == IdentifierKind::Phone));
}

async fn an_alias_of_her_id_says_nothing(app: &TestApp) {
    app.send([ANA.identifies(), BRUNO.identifies()]).await;
    forget(app, email(ANA.email)).await;
    app.clock.pass(60);
    let before = app.rows.count("identifier").await;
    let receipt = app.send([Said::alias(ANA.user, BRUNO.user), Said::alias(BRUNO.user, ANA.user)]).await;
    assert_eq!((receipt.accepted, receipt.suppressed), (0, 2));
    let done = bring(app, [Said::alias(ANA.user, BRUNO.user)]).await;
    assert_eq!(done.fates, [ImportFate::Suppressed]);
    assert_eq!(app.rows.count("identifier").await, before);
    let bruno = app.by_user(BRUNO.user).await.unwrap();
    assert!(!format!("{:?}", bruno.identifiers).contains(ANA.user), "her id is not his");
}

async fn another_source_does_not_bring_her_back_either(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    forget(app, email(ANA.email)).await;
    app.clock.pass(60);
    let crm = app.source("crm", 0).await;
    let said = || Said::identify(Some("user-of-ana-in-the-crm"), None).with("email", ANA.email);
    let receipt = app.send_as(&crm, [said()]).await.unwrap();
    assert_eq!(
        (receipt.accepted, receipt.stripped),
        (1, 1),
        "her address is taken out: what is left is nobody we knew"
    );
    let done = bring_for(app, "crm", [said()]).await;
    assert_eq!(done.stripped, 1);
    assert!(matches!(app.by_email(ANA.email).await, Err(Error::NotFound)));
}

async fn whoever_has_signed_up_again_can_be_brought_in_and_is_led_to_nobody_before(app: &TestApp) {
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    let before = app.by_email(ANA.email).await.unwrap();
    forget(app, email(ANA.email)).await;
    app.clock.pass(3600);
    let now = Some(noon().plus(3600 * Timestamp::SECOND));
    app.send([ANA.signs_in().at(now), Said::track("Signed Up", Some(ANA.user), None).at(now)]).await;
    let done = bring(app, [ANA.identifies().with("city", ANA.city).at(now)]).await;
    assert_eq!((taken(&done), done.stripped), (1, 0));
    let after = app.by_email(ANA.email).await.unwrap();
    assert_ne!(after.id, before.id);
    assert_eq!(after.events.unwrap().shown().unwrap().events.len(), 1, "only that she signed up");
    assert!(matches!(app.by_id(before.id).await, Err(Error::NotFound)));
}
