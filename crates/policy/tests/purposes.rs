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

#[test]
fn where_somebody_is_needs_their_consent_where_the_rest_of_analytics_needs_none() {
    let bundle = Bundle::embedded().unwrap();
    let analytics = bundle.purpose(&"analytics".parse().unwrap()).unwrap();
    let [part] = analytics.parts.as_slice() else { panic!("{:?}", analytics.parts) };
    assert!(part.categories.allows(bundle.category("location").unwrap().id));
    assert!(part.basis[&of("br")].is_consent() && part.basis[&of("ie")].is_consent());
    assert!(analytics.is_open_in(of("br")), "as a whole it rests on what it rested on");
}

#[test]
fn a_part_of_a_purpose_must_ask_for_more_of_data_the_purpose_needs_and_say_why() {
    const FILE: &str = "purposes/billing.yaml";
    // In the line before `categories:`, which is there without a part, too.
    let refuse = |parts: &str, message: &str| {
        refuses(FILE, ("categories:", &format!("parts: [{parts}]\ncategories:")), "categories:", message);
    };
    refuse(
        "{categories: [name], why: 'LGPD art. 10'}",
        "a part asks for nothing more; write its `basis`, or `minors: excluded`",
    );
    refuse(
        "{categories: [name], minors: excluded, why: ' '}",
        "a part does not say why it needs more; write `why`, with the article",
    );
    refuse(
        "{categories: [health], minors: excluded, why: 'LGPD art. 14'}",
        "the purpose does not need health, so no part of it is about that; add it to `categories`",
    );
    refuse(
        "{categories: [name], basis: {br: consent}, why: 'LGPD art. 10'}",
        "a part has no basis in eu, where a controller is at home; write eu: and one of consent, contract, \
         legal_obligation, vital_interests, public_task, legitimate_interest, soft_opt_in",
    );
}

#[test]
fn sensitive_data_may_have_the_basis_it_needs_where_the_purpose_itself_rests_on_another() {
    let needs = "categories: [health, ";
    let folder =
        with("purposes/customer-service.yaml", "categories:\n  [mixed, ", &format!("{needs}mixed, "));
    let refused = Bundle::load(folder.path()).unwrap_err();
    assert!(refused.problem.contains("sensitive data (health) cannot rest on contract"), "{refused}");
    let path = folder.path().join("purposes/customer-service.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let part = "parts:\n  - categories: [health]\n    basis: {br: consent, eu: consent}\n    \
                why: 'LGPD art. 11 I; GDPR art. 9(2)(a)'\nrecipients:";
    std::fs::write(&path, text.replace("recipients:", part)).unwrap();
    let bundle = Bundle::load(folder.path()).unwrap();
    let purpose = bundle.purpose(&"customer-service".parse().unwrap()).unwrap();
    let state = zelo_model::ConsentState::default();
    let closed = purpose.closed(&[bundle.law(of("br")).unwrap()], &state, None);
    let health = bundle.category("health").unwrap().id;
    assert_eq!((closed.whole, closed.withholds(health)), (None, Some(zelo_model::Reason::Consent)));
}
