//! What makes a consent count, and what holds for children.
#![expect(clippy::unwrap_used, reason = "a helper that cannot make its files has failed the test")]

use common::{refusal, refuses, with};
use zelo_policy::{Assurance, Bundle};

mod common;

#[test]
fn bruno_confirms_the_newsletter_by_e_mail_and_is_asked_again_after_two_years() {
    let bundle = Bundle::embedded().unwrap();
    let rules = |purpose: &str| bundle.consent_rules(&purpose.parse().unwrap());
    let newsletter = rules("marketing-email");
    assert!(newsletter.double_opt_in && newsletter.guardian_below_minor);
    assert_eq!((newsletter.expires_after_months, newsletter.confirm_within_days), (Some(24), 7));
    assert_eq!(rules("analytics").expires_after_months, Some(12));
    assert!(!rules("analytics").double_opt_in);
    assert_eq!(rules("analytics").confirm_within_days, 7, "what is typed into a form waits everywhere");
    assert!(rules("billing").reference.starts_with("House choice"), "it has the rules of every purpose");
    for purpose in bundle.purposes() {
        assert!(!rules(purpose.key.as_str()).reference.is_empty());
    }
}

#[test]
fn an_old_opt_in_that_nobody_can_prove_opens_nothing() {
    refuses(
        "consent.yaml",
        ("opens_a_purpose: false", "opens_a_purpose: true"),
        "opens_a_purpose:",
        "an opt-in that nobody can prove would open a purpose; write false: the burden of proof is the controller's \
         (LGPD art. 8 §2, GDPR art. 7(1))",
    );
    let copy = with("consent.yaml", "unproven:\n  opens_a_purpose: false", "unproven: {");
    assert!(refusal(&copy).starts_with("policies/consent.yaml line"));
}

#[test]
fn whoever_bought_in_the_union_may_be_offered_the_like_and_nobody_in_brazil() {
    let bundle = Bundle::embedded().unwrap();
    let soft = |purpose: &str, law| bundle.soft_opt_in(&purpose.parse().unwrap(), common::law(law));
    let proof = soft("marketing-email", "eu").unwrap();
    assert!(proof.events.iter().eq(["Order Completed", "Pedido concluído"]));
    assert_eq!(proof.laws[&common::law("eu")].reference, "Directive 2002/58/EC art. 13(2)");
    let months = |law: &str| proof.laws[&common::law(law)].within_months;
    assert_eq!([months("eu"), months("pt"), months("ie")], [None, None, Some(12)], "Ireland says how long");
    let differ = |purpose: &str| bundle.sales_differ(&purpose.parse().unwrap());
    assert!(differ("marketing-email") && !differ("analytics"));
    assert!(soft("marketing-email", "br").is_none() && soft("advertising", "eu").is_none());
}

#[test]
fn rules_of_consent_that_cannot_be_kept_are_refused() {
    let cases = [
        (
            ("    expires_after_months: 13", "    expires_after_months: 0"),
            "    expires_after_months: 13",
            "a consent that never counts; write at least 1, or null if it does not expire",
        ),
        (
            ("    confirm_within_days: 7\n", "    confirm_within_days: 0\n"),
            "    confirm_within_days: 7",
            "nobody can confirm anything in no time; write at least 1: whoever types an address into a form has to be \
             able to show that it is theirs",
        ),
        (
            ("    confirm_by: [email]\n", "    confirm_by: []\n"),
            "    confirm_by: [email]",
            "a link can be sent nowhere; name email, phone or both",
        ),
        (
            ("  analytics:\n", "  profiling:\n"),
            "  analytics:",
            "unknown purpose \"profiling\"; name one of policies/purposes, or declare it there",
        ),
        (
            ("      eu: {within_months: null", "      eu: {within: 12"),
            "      eu: {within",
            "unknown field \"within\"; known fields are within_months, ref",
        ),
        (
            ("within_months: 12", "within_months: 0"),
            "      ie: {within",
            "a sale that never counts; write at least 1, or null where the law names no time",
        ),
        (
            ("[\"Order Completed\", \"Pedido concluído\"]", "[]"),
            "- purpose: marketing-email",
            "nothing proves that somebody is a customer; name at least one law, and at least one event exactly as it \
             is sent",
        ),
        (
            ("ref: \"Directive 2002/58/EC art. 13(2)\"", "ref: \"\""),
            "      eu: {within",
            "\"ref\" says nothing; write it, in plain words",
        ),
    ];
    for (change, at, expected) in cases {
        refuses("consent.yaml", change, at, expected);
    }
}

#[test]
fn a_birthday_says_who_is_a_child_however_it_is_spelt() {
    let bundle = Bundle::embedded().unwrap();
    let minors = bundle.minors();
    for name in ["birthday", "birth_date", "birthDate", "nascimento", "dataNascimento"] {
        assert!(minors.says_birth(name).is_some(), "{name}");
    }
    for name in ["country", "pais", "address.country", "address.pais"] {
        assert!(minors.says_country(name).is_some(), "{name}");
    }
    assert_eq!((minors.says_birth("age"), minors.says_country("nationality")), (None, None));
    assert!(!minors.unknown_is_minor);
    let own_word = minors.guardian_verified_by.iter().find(|one| one.key == "own_word").unwrap();
    assert_eq!((own_word.assurance, own_word.sufficient), (Assurance::Low, false));
}

#[test]
fn every_purpose_that_keeps_children_out_says_by_which_law() {
    let bundle = Bundle::embedded().unwrap();
    for purpose in bundle.purposes() {
        let grounds = bundle.minors().closed.iter().filter(|one| one.purposes.contains(&purpose.key));
        assert_eq!(grounds.count() > 0, purpose.excludes_minors, "{}", purpose.key);
    }
    let copy = with("purposes/advertising.yaml", "minors: excluded", "minors: included");
    assert!(refusal(&copy).ends_with(
        "advertising is closed to minors here and open in its own file; write minors: excluded in \
         purposes/advertising.yaml, or open it here"
    ));
    let copy = with("purposes/security.yaml", "minors: included", "minors: excluded");
    assert!(
        refusal(&copy)
            .ends_with("security keeps minors out and nobody says by which law; add it here with its ground")
    );
}

#[test]
fn a_guardians_yes_ends_when_the_child_is_of_age() {
    refuses(
        "minors.yaml",
        ("at_majority: true", "at_majority: false"),
        "at_majority:",
        "a guardian's consent would outlive the child's majority; write true: from then on the person speaks for \
         themselves and is asked",
    );
    refuses(
        "minors.yaml",
        ("birth_date: [birthday,", "birth_date: [age, birthday,"),
        "birth_date: [",
        "the data map says that \"age\" is age, not birth_date; classify it in data-map.yaml, or name another attribute",
    );
    let copy = with("minors.yaml", "sufficient: true", "sufficient: false");
    common::and(&copy, "minors.yaml", ("sufficient: true", "sufficient: false"));
    common::and(&copy, "minors.yaml", ("sufficient: true", "sufficient: false"));
    assert!(
        refusal(&copy).ends_with("no way to verify a guardian is enough; mark one of them sufficient: true")
    );
}
