//! Somebody asks to be forgotten, and is: at once, everywhere, for good.

mod again;
mod consents;
mod crash;
mod forgotten;
mod kept;
mod processes;
mod proof;

use zelo_app::{
    CreateCredential, EraseProfile, ErasureReceipt, Error, GetProfile, Lookup, ProfileView, Wants,
};
use zelo_model::{Actor, ErasureGround, IdentifierKind, ProfileId, Role, Via};
use zelo_tests::{TestApp, look};

/// Clara, the privacy officer, at work on people's requests.
async fn clara(app: &TestApp) -> Actor {
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let purposes = vec!["data-subject-rights".parse().unwrap()];
    let key = CreateCredential { name: "clara".to_owned(), role: Role::Officer, purposes, source: None };
    let secret = app.app.run(&operator, key).await.unwrap().secret;
    app.app.authenticate(&secret).await.unwrap().actor(None, Via::GraphQl).unwrap()
}

fn email(value: &str) -> Lookup {
    Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: value.to_owned() }
}

fn request(lookup: Lookup) -> EraseProfile {
    EraseProfile { lookup, ground: ErasureGround::Request, lapsed: None }
}

/// Clara forgets whoever has this address.
async fn forget(app: &TestApp, clara: &Actor, address: &str) -> ErasureReceipt {
    app.app.erase(clara, request(email(address))).await.unwrap()
}

/// Clara looks somebody up.
async fn seen_by(app: &TestApp, clara: &Actor, id: ProfileId) -> Result<ProfileView, Error> {
    app.app.run(clara, GetProfile { lookup: Lookup::Id(id), wants: Wants::default() }).await
}

/// Nothing of the profile is left but that it was, and neither Clara nor Davi gets to see anything.
async fn assert_forgotten(app: &TestApp, clara: &Actor, id: ProfileId) {
    let seen = seen_by(app, clara, id).await;
    assert!(matches!(seen, Err(Error::Erased)), "{seen:?}");
    let seen = look(&app.app, &app.davi, Lookup::Id(id)).await;
    assert!(matches!(seen, Err(Error::NotFound)), "{seen:?}");
    let rows = app.rows.all("profile").await;
    let row = rows.iter().find(|row| row.bytes("id16") == id.0).unwrap();
    assert!(row.is_null("handle"), "the log leads to her no more");
    assert_eq!(row.text("state"), "3");
}
