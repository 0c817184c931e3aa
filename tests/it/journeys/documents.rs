//! Telephones and documents find people, however they are written; who shares one is not thereby one person.

use zelo_app::{CreateSource, Error, Lookup};
use zelo_model::{Actor, IdentifierKind, Role, Via};
use zelo_tests::{ANA, BRUNO, Said, TestApp, credential, on_both_databases};

on_both_databases! {
    ana_is_found_by_her_cpf_in_whatever_way_it_is_written,
    a_telephone_without_a_country_code_is_dialled_where_the_source_is,
    two_systems_that_know_the_same_cpf_know_one_person,
    a_household_shares_a_telephone_and_stays_two_people,
    two_people_never_share_a_cpf,
    a_number_that_does_not_check_is_only_a_trait,
}

fn by(kind: IdentifierKind, value: &str) -> Lookup {
    Lookup::Identifier { kind, space: None, value: value.to_owned() }
}

async fn ana_is_found_by_her_cpf_in_whatever_way_it_is_written(app: &TestApp) {
    app.send([
        Said::identify(Some(ANA.user), None)
            .with("taxId", "529.982.247-25")
            .with("cnpj", "12.abc.345/01de-35"),
        Said::identify(Some(BRUNO.user), None).with("tax_id", "PT 123 456 789"),
        Said::identify(Some("user-of-zero"), None).with("cpf", 191),
    ])
    .await;
    let ana = app.by_user(ANA.user).await.unwrap();
    let shown: Vec<_> = ana
        .identifiers
        .as_ref()
        .unwrap()
        .shown()
        .unwrap()
        .iter()
        .map(|one| (one.kind, one.value.as_str()))
        .collect();
    assert_eq!(
        shown,
        [(IdentifierKind::UserId, ANA.user)],
        "customer service needs no documents to be shown"
    );
    assert_eq!(app.rows.count("identifier").await, 7);
    for (kind, value) in [
        (IdentifierKind::Cpf, "52998224725"),
        (IdentifierKind::Cpf, " 529 982 247-25"),
        (IdentifierKind::Cnpj, "12.ABC.345/01DE-35"),
    ] {
        assert_eq!(app.look(by(kind, value)).await.unwrap().id, ana.id, "{value}");
    }
    let bruno = app.by_user(BRUNO.user).await.unwrap().id;
    assert_eq!(app.look(by(IdentifierKind::Nif, "123456789")).await.unwrap().id, bruno);
    let zero = app.by_user("user-of-zero").await.unwrap().id;
    assert_eq!(app.look(by(IdentifierKind::Cpf, "000.000.001-91")).await.unwrap().id, zero);
    let wrong = app.look(by(IdentifierKind::Cpf, "529.982.247-26")).await;
    assert!(matches!(wrong, Err(Error::Invalid(_))), "mistyped is not unknown");
}

async fn a_telephone_without_a_country_code_is_dialled_where_the_source_is(app: &TestApp) {
    app.send([Said::identify(Some(ANA.user), None).with("celular", "(81) 91234-5678")]).await;
    let ana = app.by_user(ANA.user).await.unwrap().id;
    for written in ["+55 81 91234-5678", "81 91234-5678", "+5581912345678"] {
        assert_eq!(app.look(by(IdentifierKind::Phone, written)).await.unwrap().id, ana, "{written}");
    }
    assert!(matches!(app.look(by(IdentifierKind::Phone, "+351 912 345 678")).await, Err(Error::NotFound)));
}

/// The billing system, whose customer numbers are its own.
async fn billing(app: &TestApp) -> Actor {
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let create = CreateSource {
        slug: "billing".to_owned(),
        priority: 20,
        jurisdiction: Some("br".to_owned()),
        collects_for: vec!["customer-service".parse().unwrap()],
        space: Some("billing".to_owned()),
    };
    app.app.run(&operator, create).await.unwrap();
    let key = credential(&app.app, &operator, "billing", Role::Source, Some("billing")).await;
    app.app.authenticate(&key.secret).await.unwrap().actor(None, Via::Intake).unwrap()
}

async fn two_systems_that_know_the_same_cpf_know_one_person(app: &TestApp) {
    let billing = billing(app).await;
    app.send([ANA.identifies().with("cpf", "529.982.247-25")]).await;
    let known = Said::identify(Some("private-customer-7"), None).with("documento", "52998224725");
    app.send_as(&billing, [known.with("plan", "private-plan")]).await.unwrap();
    let ana = app.by_email(ANA.email).await.unwrap();
    assert!(ana.attributes.unwrap().iter().any(|one| one.name == "plan" && one.source == "billing"));
    assert_eq!(app.rows.count("profile").await, 1);
}

async fn a_household_shares_a_telephone_and_stays_two_people(app: &TestApp) {
    let phone = "+55 81 3333-4444";
    app.send([ANA.signs_in().with("phone", phone), BRUNO.signs_in().with("phone", phone)]).await;
    assert_ne!(app.by_user(ANA.user).await.unwrap().id, app.by_user(BRUNO.user).await.unwrap().id);
    let journal = app.rows.all("merge_journal").await;
    assert_eq!((journal[0].text("kind"), journal[0].text("cause")), ("suggest", "two-user-ids"));
}

async fn two_people_never_share_a_cpf(app: &TestApp) {
    // Two visitors, one tablet's telephone, two documents.
    let said = |device: &str, cpf: &str| {
        Said::identify(None, Some(device)).with("phone", "+55 81 3333-4444").with("cpf", cpf)
    };
    app.send([said(ANA.device, "52998224725")]).await;
    app.send([said(BRUNO.device, "11144477735")]).await;
    assert_ne!(app.by_device(ANA.device).await.unwrap().id, app.by_device(BRUNO.device).await.unwrap().id);
    let journal = app.rows.all("merge_journal").await;
    assert_eq!((journal[0].text("kind"), journal[0].text("cause")), ("suggest", "too-many-cpf"));
}

async fn a_number_that_does_not_check_is_only_a_trait(app: &TestApp) {
    app.send([ANA.signs_in().with("cpf", "529.982.247-26").with("phone", "private-phone")]).await;
    let ana = app.by_user(ANA.user).await.unwrap();
    assert_eq!(ana.identifiers.unwrap().shown().unwrap().len(), 2);
    assert_eq!(ana.attributes.unwrap().len(), 3);
}
