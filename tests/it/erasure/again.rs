//! Whoever was forgotten does not come back by accident, and may come back on purpose.

use zelo_app::{Error, LiftSuppression};
use zelo_tests::{ANA, BRUNO, CLARA, Said, TestApp, noon, on_both_databases};

use super::{assert_forgotten, clara, email, forget};
use zelo_model::Timestamp;

on_both_databases! {
    identifying_her_again_creates_nothing,
    an_address_a_household_shares_is_not_suppressed,
    her_address_is_taken_out_of_what_somebody_else_says,
    signing_up_again_makes_somebody_new_who_is_not_led_back,
    what_her_telephone_had_kept_to_send_later_brings_nobody_back,
    clara_lets_her_come_back,
}

const TABLES: [&str; 8] =
    ["record", "profile", "membership", "identifier", "identifier_link", "event", "quarantine", "owner_key"];

async fn counts(app: &TestApp) -> Vec<usize> {
    let mut counts = Vec::new();
    for table in TABLES {
        counts.push(app.rows.count(table).await);
    }
    counts
}

async fn identifying_her_again_creates_nothing(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    forget(app, &clara, ANA.email).await;
    let before = counts(app).await;
    app.clock.pass(60);
    let receipt = app.send([ANA.identifies(), ANA.signs_in(), ANA.does("Order Completed")]).await;
    assert_eq!((receipt.accepted, receipt.suppressed, receipt.stripped), (0, 3, 0));
    // Held messages of hers are hers, too.
    let raw = ANA.does("ana@example.com").json().to_string().into_bytes().into();
    let held = zelo_app::Incoming::Held { reason: zelo_app::Hold::EventName, raw };
    let batch = zelo_app::Batch { items: vec![held], ..zelo_app::Batch::default() };
    let receipt = app.app.run(&app.shop, zelo_app::IntakeBatch { batch }).await.unwrap();
    assert_eq!((receipt.held, receipt.suppressed), (0, 1));
    assert_eq!(counts(app).await, before);
}

async fn an_address_a_household_shares_is_not_suppressed(app: &TestApp) {
    let clara = clara(app).await;
    let shared = "private-family@example.com";
    app.send([ANA.signs_in().with("email", shared)]).await;
    app.send([BRUNO.signs_in().with("email", shared)]).await;
    let receipt = forget(app, &clara, shared).await;
    assert_eq!(receipt.suppressed, 1, "her user id alone");
    assert!(matches!(app.by_user(ANA.user).await, Err(Error::NotFound)));
    let bruno = app.by_user(BRUNO.user).await.unwrap();
    let receipt = app.send([BRUNO.signs_in().with("email", shared).with("city", BRUNO.city)]).await;
    assert_eq!((receipt.accepted, receipt.stripped), (1, 0));
    let identifiers = app.by_id(bruno.id).await.unwrap().identifiers.unwrap();
    assert!(identifiers.shown().unwrap().iter().any(|one| one.value == shared), "it is his as well");
}

async fn her_address_is_taken_out_of_what_somebody_else_says(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies()]).await;
    forget(app, &clara, ANA.email).await;
    app.clock.pass(60);
    let said =
        BRUNO.signs_in().with("email", ANA.email).with("friend", "ANA@example.com").with("city", BRUNO.city);
    let receipt = app.send([said]).await;
    assert_eq!((receipt.accepted, receipt.suppressed, receipt.stripped), (1, 0, 1));
    let bruno = app.by_user(BRUNO.user).await.unwrap();
    let told = format!("{:?} {:?}", bruno.attributes, bruno.identifiers);
    assert!(!told.to_lowercase().contains("ana@"), "{told}");
    assert!(told.contains(BRUNO.city));
    assert_eq!(app.rows.count("identifier").await, 1, "her address leads to nobody");
}

async fn signing_up_again_makes_somebody_new_who_is_not_led_back(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    let before = app.by_email(ANA.email).await.unwrap();
    forget(app, &clara, ANA.email).await;
    app.clock.pass(3600);
    let now = Some(noon().plus(3600 * Timestamp::SECOND));
    let receipt = app
        .send([
            ANA.signs_in().at(now),
            Said::track("Signed Up", Some(ANA.user), None).at(now),
            ANA.does("Product Viewed").at(now),
        ])
        .await;
    assert_eq!((receipt.accepted, receipt.suppressed, receipt.stripped), (3, 0, 0));
    let after = app.by_email(ANA.email).await.unwrap();
    assert_ne!(after.id, before.id);
    assert_eq!(after.events.unwrap().shown().unwrap().events.len(), 2, "what she did before stays forgotten");
    assert_forgotten(app, &clara, before.id).await;
    assert_eq!(app.rows.count("suppression").await, 0);

    // With another account under her old address it is the same, also when the address comes later.
    forget(app, &clara, ANA.email).await;
    app.clock.pass(3600);
    let now = Some(noon().plus(7200 * Timestamp::SECOND));
    let another = "user-of-ana-again";
    app.send([Said::track("Account Created", Some(another), None).at(now)]).await;
    let receipt = app.send([Said::identify(Some(another), None).with("email", ANA.email).at(now)]).await;
    assert_eq!((receipt.accepted, receipt.stripped), (1, 0));
    assert_eq!(app.by_email(ANA.email).await.unwrap().id, app.by_user(another).await.unwrap().id);
}

async fn what_her_telephone_had_kept_to_send_later_brings_nobody_back(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies(), CLARA.identifies()]).await;
    app.clock.pass(3600);
    forget(app, &clara, ANA.email).await;
    app.clock.pass(3600);
    // Its clock is two days behind, and it says so: an hour before the erasure, it was.
    let at = noon().plus(-2 * Timestamp::DAY);
    let late =
        Said::track("Signed Up", Some(ANA.user), None).at(Some(at)).sent(at.plus(7200 * Timestamp::SECOND));
    let receipt = app.send([late, ANA.signs_in()]).await;
    assert_eq!((receipt.accepted, receipt.suppressed), (0, 2));
}

async fn clara_lets_her_come_back(app: &TestApp) {
    let clara = clara(app).await;
    app.send([ANA.identifies()]).await;
    forget(app, &clara, ANA.email).await;
    let lift = |lookup| app.app.run(&clara, LiftSuppression { lookup });
    assert!(matches!(lift(email(BRUNO.email)).await, Err(Error::NotFound)));
    assert_eq!(lift(email(ANA.email)).await.unwrap(), 2);
    assert!(matches!(lift(email(ANA.email)).await, Err(Error::NotFound)));
    let receipt = app.send([ANA.identifies()]).await;
    assert_eq!((receipt.accepted, receipt.suppressed), (1, 0));
    app.by_email(ANA.email).await.unwrap();
    let made = app.rows.all("tenant").await.iter().map(|row| row.text("made").to_owned()).max().unwrap();
    assert_eq!(made, "2", "an erasure and its lifting");
}
