//! The sample in a real, empty folder.

use tempfile::TempDir;
use zelo_app::{Error, GetProfile, ListTenants, Lookup, ProfileView, WantedEvents, Wants};
use zelo_model::IdentifierKind;

use super::*;
use crate::config::Config;
use crate::open;

async fn fresh() -> (TempDir, App) {
    let temp = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.data.dir = temp.path().join("zelo-data");
    std::fs::create_dir(&config.data.dir).unwrap();
    let app = open::app(&config, None).await.unwrap();
    (temp, app)
}

async fn profile(app: &App, keys: &DevKeys, email: &str) -> Result<ProfileView, Error> {
    let actor = app.authenticate(&keys.developer).await?.actor(None, Via::GraphQl)?;
    let events = Some(WantedEvents { first: 100, after: None, bodies: false });
    let wants = Wants { identifiers: true, attributes: true, events, ..Wants::default() };
    let lookup = Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: email.to_owned() };
    app.run(&actor, GetProfile { lookup, wants }).await
}

fn done(view: &ProfileView) -> usize {
    view.events.as_ref().unwrap().shown().unwrap().events.len()
}

#[tokio::test]
async fn a_newcomers_first_query_finds_ana_and_what_she_did() {
    let (temp, app) = fresh().await;
    let keys = prepare(&app, temp.path()).await.unwrap().unwrap();
    assert_eq!(done(&profile(&app, &keys, "Ana@Example.com").await.unwrap()), 6);
    assert!(app.quarantine_counts().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_visitor_who_signed_in_keeps_what_they_looked_at_and_two_sources_know_one_miguel() {
    let (temp, app) = fresh().await;
    let keys = prepare(&app, temp.path()).await.unwrap().unwrap();
    assert_eq!(done(&profile(&app, &keys, "larissa@exemplo.example").await.unwrap()), 4);
    let miguel = profile(&app, &keys, "miguel@example.com").await.unwrap();
    let name = miguel.attributes.unwrap().into_iter().find(|one| one.name == "name").unwrap();
    assert_eq!(name.source, "demo-shop");
    let identifiers = miguel.identifiers.unwrap();
    let users = identifiers.shown().unwrap().iter().filter(|one| one.kind == IdentifierKind::UserId);
    assert_eq!(users.count(), 2);
}

#[tokio::test]
async fn a_sample_that_was_interrupted_is_finished_and_holds_nothing_twice() {
    let (temp, app) = fresh().await;
    let first = prepare(&app, temp.path()).await.unwrap().unwrap();
    std::fs::remove_file(keys_file(temp.path())).unwrap();
    let second = prepare(&app, temp.path()).await.unwrap().unwrap();
    assert!(matches!(app.authenticate(&first.developer).await, Err(Error::Unauthenticated)));
    assert_eq!(done(&profile(&app, &second, "ana@example.com").await.unwrap()), 6);
    assert!(prepare(&app, temp.path()).await.unwrap() == Some(second));
}

#[tokio::test]
async fn a_dropped_sample_is_gone_and_stays_gone() {
    let (temp, app) = fresh().await;
    let keys = prepare(&app, temp.path()).await.unwrap().unwrap();
    assert_eq!(drop_from(&app, temp.path()).await.unwrap(), Some("demo".to_owned()));
    assert!(matches!(profile(&app, &keys, "ana@example.com").await, Err(Error::Unauthenticated)));
    assert_eq!(drop_from(&app, temp.path()).await.unwrap(), None);
    assert!(prepare(&app, temp.path()).await.unwrap().is_none());
    let installation = app.operator(None, Via::Cli).await.unwrap();
    assert!(app.run(&installation, ListTenants { dropped: false }).await.unwrap().is_empty());
}

#[tokio::test]
async fn whoever_has_a_tenant_of_their_own_gets_no_sample() {
    let (temp, app) = fresh().await;
    let create = CreateTenant { slug: "demo".to_owned(), controller: "acme-sa".to_owned(), sample: false };
    app.run(&app.operator(None, Via::Cli).await.unwrap(), create).await.unwrap();
    assert!(prepare(&app, temp.path()).await.unwrap().is_none());
    assert_eq!(drop_from(&app, temp.path()).await.unwrap(), None);
}
