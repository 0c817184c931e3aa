//! What people see of Ana: as far as their role sees and their purpose needs, and why not more.

use std::collections::BTreeMap;

use common::{Shop, identify, order};
use serde_json::json;
use zelo_app::{Error, Omission, Part, ProfileView};
use zelo_model::{Field, IdentifierKind, Reason, Role};

mod common;

async fn shop() -> Shop {
    let shop = Shop::of("demo-controller", &["customer-service"]).await;
    let receipt = shop.send(vec![(identify(), json!({})), (order(), json!({}))], false).await;
    assert_eq!((receipt.accepted, receipt.not_collected), (2, 0));
    shop
}

/// By name of the attribute: `None` is shown.
fn attributes(ana: &ProfileView) -> BTreeMap<&str, Option<Reason>> {
    let reason = |field: &Field<_>| match field {
        Field::Shown(_) => None,
        Field::Withheld(reason) => Some(*reason),
    };
    ana.attributes.iter().flatten().map(|one| (one.name.as_str(), reason(&one.value))).collect()
}

fn kinds(ana: &ProfileView) -> Vec<IdentifierKind> {
    let shown = ana.identifiers.as_ref().and_then(Field::shown);
    shown.into_iter().flatten().map(|one| one.kind).collect()
}

fn omitted(part: Part, reason: Reason) -> Omission {
    Omission { part, reason }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_analyst_sees_what_ana_buys_and_not_what_she_is_called() {
    let shop = shop().await;
    let analyst = shop.somebody(Role::Analyst, "analytics").await;
    let ana = shop.ana(&analyst).await.unwrap();
    let role = Some(Reason::Role);
    assert_eq!(
        attributes(&ana),
        BTreeMap::from([
            ("email", role),
            ("name", role),
            ("plan", None),
            ("shoe", role),
            ("totalSpent", None)
        ])
    );
    assert_eq!(ana.identifiers.as_ref().map(|field| field.shown().is_none()), Some(true));
    assert!(matches!(ana.identifiers, Some(Field::Withheld(Reason::Role))));
    let events = ana.events.as_ref().unwrap().shown().unwrap();
    assert_eq!(events.events[0].name.as_deref(), Some("Order Completed"));
    assert!(events.events[0].body.is_none(), "a body is not classified inside");
    assert_eq!(ana.omitted, [omitted(Part::EventBodies, Reason::Role)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newsletter_shows_her_e_mail_address_and_nothing_of_what_she_buys_or_does() {
    let shop = shop().await;
    let agent = shop.somebody(Role::Agent, "marketing-email").await;
    shop.ana_agrees("marketing-email", "newsletter").await;
    let ana = shop.ana(&agent).await.unwrap();
    let purpose = Some(Reason::Purpose);
    assert_eq!(
        attributes(&ana),
        BTreeMap::from([
            ("email", None),
            ("name", None),
            ("plan", purpose),
            ("shoe", Some(Reason::Role)),
            ("totalSpent", purpose)
        ])
    );
    assert_eq!(kinds(&ana), [IdentifierKind::UserId, IdentifierKind::Email]);
    assert!(matches!(ana.events, Some(Field::Withheld(Reason::Purpose))));
    let kinds_left_out = [
        (IdentifierKind::AnonymousId, Reason::Role),
        (IdentifierKind::Phone, Reason::Purpose),
        (IdentifierKind::Cpf, Reason::Role),
        (IdentifierKind::Cnpj, Reason::Role),
        (IdentifierKind::Nif, Reason::Role),
    ];
    assert_eq!(ana.omitted, kinds_left_out.map(|(kind, why)| omitted(Part::Identifiers(kind), why)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_agent_in_customer_service_sees_what_she_bought() {
    let shop = shop().await;
    let agent = shop.somebody(Role::Agent, "customer-service").await;
    let ana = shop.ana(&agent).await.unwrap();
    let shown: Vec<_> =
        attributes(&ana).into_iter().filter(|(_, why)| why.is_none()).map(|(name, _)| name).collect();
    assert_eq!(shown, ["email", "name", "plan", "totalSpent"]);
    assert!(ana.events.unwrap().shown().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_officer_sees_everything_for_her_own_request_and_who_has_looked() {
    let shop = shop().await;
    let officer = shop.somebody(Role::Officer, "data-subject-rights").await;
    let ana = shop.ana(&officer).await.unwrap();
    assert!(attributes(&ana).values().all(Option::is_none), "what nobody has classified too");
    assert_eq!((kinds(&ana).len(), ana.omitted.len()), (3, 0));
    assert!(ana.events.unwrap().shown().unwrap().events[0].body.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn advertising_knows_her_browser_and_nobody_without_the_right_role_reads_her_at_all() {
    let shop = shop().await;
    let developer = shop.somebody(Role::Developer, "advertising").await;
    assert_eq!(shop.ana(&developer).await.unwrap().closed, Some(Reason::Consent));
    shop.ana_agrees("advertising", "advertising").await;
    let ana = shop.ana(&developer).await.unwrap();
    assert_eq!(kinds(&ana), [IdentifierKind::AnonymousId]);
    let source = shop.somebody(Role::Source, "customer-service").await;
    assert!(matches!(shop.ana(&source).await, Err(Error::Forbidden)));
    for role in [Role::Subject, Role::Plugin] {
        let nobody = shop.somebody(role, "customer-service").await;
        assert!(matches!(shop.ana(&nobody).await, Err(Error::Forbidden)), "{role}");
    }
    assert!(matches!(shop.ana(&shop.operator).await, Err(Error::Forbidden)));
}
