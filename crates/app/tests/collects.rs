//! What may be kept at all: what a source collects for, under the law of the controller's home.

use common::{ANA, Shop, identify, order, purposes};
use serde_json::{Value, json};
use zelo_app::{CreateCredential, CreateSource, CreateTenant, Error, Receipt};
use zelo_model::{Reason, Role, Via};

mod common;

fn consent(purpose: &str, given: bool) -> Value {
    json!({"consent": {"categoryPreferences": {purpose: given}}})
}

fn counts(receipt: Receipt) -> (usize, u64, usize, usize) {
    (receipt.accepted, receipt.new_events, receipt.held, receipt.not_collected)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newsletter_keeps_those_who_asked_for_it() {
    let shop = Shop::of("demo-controller", &["marketing-email"]).await;
    let refused = vec![
        (identify(), json!({})),
        (order(), consent("marketing-email", false)),
        (order(), consent("analytics", true)),
    ];
    assert_eq!(counts(shop.send(refused, false).await), (0, 0, 0, 3));
    let agent = shop.somebody(Role::Agent, "marketing-email").await;
    assert!(matches!(shop.ana(&agent).await, Err(Error::NotFound)), "nothing was kept");
    let quarantine = shop.app.quarantine_counts().await.unwrap();
    assert!(quarantine.is_empty(), "not even in quarantine");

    let asked = vec![(identify(), consent("marketing-email", true)), (order(), json!({}))];
    assert_eq!(counts(shop.send(asked, false).await), (1, 0, 0, 1));
    let closed = shop.ana(&agent).await.unwrap().closed;
    assert_eq!(closed, Some(Reason::Consent), "kept as asked for; used once it can be proven");
    shop.ana_agrees("marketing-email", "newsletter").await;
    let ana = shop.ana(&agent).await.unwrap();
    assert!(ana.identifiers.unwrap().shown().unwrap().iter().any(|one| one.value == ANA));
}

#[tokio::test(flavor = "multi_thread")]
async fn global_privacy_control_is_stronger_than_an_old_consent_and_leaves_the_contract_alone() {
    let shop = Shop::of("acme-sa", &["advertising"]).await;
    let asked = || vec![(identify(), consent("advertising", true))];
    assert_eq!(counts(shop.send(asked(), true).await), (0, 0, 0, 1));
    assert_eq!(counts(shop.send(asked(), false).await), (1, 0, 0, 0));

    let shop = Shop::of("acme-sa", &["advertising", "customer-service"]).await;
    assert_eq!(counts(shop.send(vec![(identify(), json!({}))], true).await), (1, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn analytics_asks_in_porto_and_need_not_ask_in_recife() {
    let unasked = || vec![(identify(), json!({})), (order(), json!({}))];
    let recife = Shop::of("acme-sa", &["analytics"]).await;
    assert_eq!(counts(recife.send(unasked(), false).await), (2, 1, 0, 0));
    let porto = Shop::of("exemplo-lda", &["analytics"]).await;
    assert_eq!(counts(porto.send(unasked(), false).await), (0, 0, 0, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_declared_is_refused_with_what_is() {
    let shop = Shop::of("acme-sa", &["customer-service"]).await;
    let installation = shop.app.operator(None, Via::Cli).await.unwrap();
    let tenant = CreateTenant { slug: "other".into(), controller: "nobody-sa".into(), sample: false };
    let said = shop.app.run(&installation, tenant).await.unwrap_err().to_string();
    assert_eq!(
        said,
        "controller: the controllers of policies/controller.yaml are demo-controller, acme-sa, exemplo-lda"
    );
    let known = "administration, advertising, analytics, billing, customer-service, data-subject-rights, \
                 marketing-email, order-fulfilment, security";
    let source = |collects_for: &[&str]| CreateSource {
        slug: "app".into(),
        priority: 0,
        jurisdiction: None,
        collects_for: purposes(collects_for),
        space: None,
    };
    let said = shop.app.run(&shop.operator, source(&["profiling"])).await.unwrap_err().to_string();
    assert_eq!(said, format!("collectsFor: the declared purposes are {known}"));
    let said = shop.app.run(&shop.operator, source(&[])).await.unwrap_err().to_string();
    assert_eq!(said, format!("collectsFor: name at least one purpose of {known}"));
    let key = CreateCredential {
        name: "key".into(),
        role: Role::Developer,
        purposes: purposes(&["customer-service", "profiling"]),
        source: None,
    };
    let said = shop.app.run(&shop.operator, key).await.err().unwrap().to_string();
    assert_eq!(said, format!("purposes: the declared purposes are {known}"));
}
