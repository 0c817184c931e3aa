//! What is declared of controllers and purposes, and the mistakes in it that refuse a bundle.
#![expect(clippy::unwrap_used, reason = "a helper that cannot make its files has failed the test")]

use common::{refuses, with};
use zelo_policy::{Bundle, Jurisdiction, Opens};

mod common;

fn of(slug: &str) -> Jurisdiction {
    slug.parse().unwrap()
}

#[test]
fn every_purpose_has_a_basis_wherever_a_controller_is_at_home() {
    let bundle = Bundle::embedded().unwrap();
    assert_eq!(bundle.controller("demo-controller").unwrap().home, of("br"));
    assert_eq!(bundle.controller("exemplo-lda").unwrap().home, of("eu"));
    assert!(bundle.controllers().iter().all(|one| one.officer.email.contains('@')));
    for purpose in bundle.purposes() {
        for home in bundle.laws().iter().map(|law| law.key) {
            assert!(purpose.basis.contains_key(&home), "{} in {home}", purpose.key);
            assert_ne!(purpose.is_open_in(home), purpose.is_by_consent_in(home), "{}", purpose.key);
        }
    }
}

#[test]
fn analytics_needs_consent_in_the_union_and_none_in_brazil_and_global_privacy_control_stops_advertising() {
    let bundle = Bundle::embedded().unwrap();
    let purpose = |key: &str| bundle.purpose(&key.parse().unwrap()).unwrap();
    let analytics = purpose("analytics");
    let basis = |slug| (analytics.basis[&of(slug)].slug.as_str(), analytics.basis[&of(slug)].opens);
    assert_eq!(basis("br"), ("legitimate_interest", Opens::UntilObjection));
    assert_eq!(basis("eu"), ("consent", Opens::OnGrant));
    assert_eq!(basis("pt"), basis("eu"), "a member state without a line has the Union's");
    assert_eq!(basis("us-ca"), ("notice", Opens::UntilObjection));
    assert!(purpose("advertising").opts_out_on_gpc && !purpose("customer-service").opts_out_on_gpc);
    assert!(purpose("marketing-email").excludes_minors);
    assert!(bundle.purpose(&"profiling".parse().unwrap()).is_none());
}

#[test]
fn a_purpose_without_a_basis_where_a_controller_is_at_home_is_refused() {
    refuses(
        "purposes/billing.yaml",
        ("  eu: contract\n", ""),
        "basis:",
        "there is no basis in eu, where a controller is at home; write eu: and one of consent, contract, \
         legal_obligation, vital_interests, public_task, legitimate_interest, soft_opt_in",
    );
}

#[test]
fn no_basis_is_asked_for_where_no_controller_is_at_home() {
    let folder = with("controller.yaml", "home: eu", "home: br");
    let billing = folder.path().join("purposes/billing.yaml");
    let text = std::fs::read_to_string(&billing).unwrap();
    std::fs::write(billing, text.replace("  eu: contract\n", "")).unwrap();
    Bundle::load(folder.path()).unwrap();
}

#[test]
fn a_soft_opt_in_is_neither_open_nor_by_consent_and_a_member_state_may_have_another_basis_than_the_union() {
    let folder =
        with("purposes/marketing-email.yaml", "  eu: consent\n", "  eu: soft_opt_in\n  de: consent\n");
    let bundle = Bundle::load(folder.path()).unwrap();
    let marketing = bundle.purpose(&"marketing-email".parse().unwrap()).unwrap();
    for home in ["eu", "ie", "pt"] {
        assert_eq!(marketing.basis[&of(home)].opens, Opens::OnProof);
        assert!(!marketing.is_open_in(of(home)) && !marketing.is_by_consent_in(of(home)), "{home}");
    }
    assert!(marketing.is_by_consent_in(of("de")));
    refuses(
        "purposes/marketing-email.yaml",
        ("br: consent", "br: soft_opt_in"),
        "  br: consent",
        "unknown basis \"soft_opt_in\"; the bases of br are consent, legal_obligation, public_policy, research, contract, \
         legal_claims, vital_interests, health_care, legitimate_interest, credit_protection",
    );
}

#[test]
fn an_unknown_category_is_refused() {
    refuses(
        "purposes/marketing-email.yaml",
        ("email, language", "e_mail, language"),
        "categories:",
        "unknown category \"e_mail\"; use a key of taxonomy/categories.yaml, or add it there",
    );
}

#[test]
fn sensitive_data_on_legitimate_interest_in_brazil_is_refused() {
    refuses(
        "purposes/analytics.yaml",
        ("purchases, device", "health, device"),
        "  br: legitimate_interest",
        "sensitive data (health) cannot rest on legitimate_interest (LGPD art. 7 IX); leave the category out, or find \
         a basis of LGPD art. 11",
    );
}

#[test]
fn an_unknown_basis_or_jurisdiction_is_refused_with_the_known_ones() {
    refuses(
        "purposes/billing.yaml",
        ("br: contract", "br: public_task"),
        "  br: contract",
        "unknown basis \"public_task\"; the bases of br are consent, legal_obligation, public_policy, research, \
         contract, legal_claims, vital_interests, health_care, legitimate_interest, credit_protection",
    );
    refuses(
        "purposes/billing.yaml",
        ("eu: contract", "uk: contract"),
        "  eu: contract",
        "unknown jurisdiction \"uk\"; the jurisdictions are br, de, eu, ie, pt, us-ca",
    );
    refuses(
        "controller.yaml",
        ("home: eu", "home: fr"),
        "home: eu",
        "unknown jurisdiction \"fr\"; the jurisdictions are br, de, eu, ie, pt, us-ca",
    );
}

#[test]
fn a_controller_nobody_can_be_asked_at_and_a_purpose_kept_for_ever_are_refused() {
    refuses(
        "controller.yaml",
        ("email: dpo@exemplo.example", "email: \"\""),
        "officer: {name: \"Inês",
        "exemplo-lda has nobody people can ask; name the encarregado or data protection officer, with an e-mail address",
    );
    refuses(
        "purposes/billing.yaml",
        ("retention: \"until paid, then as tax law asks\"", "retention: \"\""),
        "retention:",
        "nobody says how long it is kept; write how long the data is kept, and why",
    );
    refuses(
        "controller.yaml",
        ("id: acme-sa", "id: demo-controller"),
        "id: acme-sa",
        "\"id: demo-controller\" is there twice; keep one of the two",
    );
}
