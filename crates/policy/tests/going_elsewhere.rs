//! Whom data is given to, where it goes, what the machine decides, and what happens when it gets into wrong hands.
#![expect(clippy::unwrap_used, reason = "a helper that cannot make its files has failed the test")]

use std::collections::BTreeSet;

use common::{and, law, refusal, refuses, with};
use zelo_policy::{Bundle, CategoryMask, Crossing, DecisionEffect, Risk, Whom};

mod common;

#[test]
fn the_newsletters_post_office_may_keep_mail_in_the_united_states_and_nowhere_else() {
    let bundle = Bundle::embedded().unwrap();
    let goes = |country| bundle.transfers().crossing(law("br"), "carteiro-exemplo", country);
    assert_eq!(goes("BR"), Some(Crossing::Inside));
    let Some(Crossing::By(transfer, mechanism)) = goes("US") else { panic!("no clauses") };
    assert_eq!(
        (transfer.mechanism.as_str(), mechanism.reference.as_str()),
        ("standard_clauses", "LGPD art. 33 II b; Res. CD/ANPD 19/2024, annex II")
    );
    assert!(transfer.document.is_some());
    assert_eq!(goes("PT"), None, "adequate, but nobody has written down that it goes there");
    assert_eq!(bundle.transfers().crossing(law("eu"), "carteiro-exemplo", "US"), None);
}

#[test]
fn data_that_leaves_brazil_by_no_mechanism_is_refused() {
    let moved = with("processors/carteiro-exemplo.yaml", "countries: [BR]", "countries: [BR, PT]");
    assert!(refusal(&moved).ends_with(
        "carteiro-exemplo takes data of br to PT by no mechanism; add {recipient: carteiro-exemplo, country: PT, law: \
         br, mechanism: …}, or keep it inside"
    ));
    let entry = "transfers:\n  - {recipient: carteiro-exemplo, country: PT, law: br, mechanism: adequacy}\n";
    and(&moved, "transfers.yaml", ("transfers:\n  # The", &format!("{entry}  # The")));
    let bundle = Bundle::load(moved.path()).unwrap();
    assert!(bundle.transfers().crossing(law("br"), "carteiro-exemplo", "PT").is_some());
}

#[test]
fn a_mechanism_that_nothing_stands_behind_is_refused() {
    let at = "    country: US";
    let cases = [
        (
            ("mechanism: standard_clauses\n", "mechanism: adequacy\n"),
            "no decision says that this country is adequate; choose another mechanism",
        ),
        (
            ("    document: \"contratos/carteiro-exemplo/clausulas-padrao-2026.pdf\"\n", ""),
            "nothing stands behind it; add document:",
        ),
        (
            ("mechanism: standard_clauses\n", "mechanism: life\n"),
            "it is an exception and nobody says why; add why:",
        ),
        (
            ("mechanism: standard_clauses\n", "mechanism: dpf\n"),
            "unknown mechanism \"dpf\"; the mechanisms of br are adequacy, agreement, authorisation, \
             duty_contract_claims, global_rules, legal_cooperation, life, public_policy, seals, specific_clauses, \
             specific_consent, standard_clauses",
        ),
        (
            ("    country: US\n", "    country: CL\n"),
            "carteiro-exemplo does not work in CL; remove it, or add the country in processors/carteiro-exemplo.yaml",
        ),
    ];
    for (change, expected) in cases {
        let line = if change.0.contains("country") { "recipient: carteiro-exemplo" } else { at };
        let copy = with("transfers.yaml", change.0, change.1);
        let said = refusal(&copy);
        assert!(
            said.starts_with("policies/transfers.yaml line ") && said.ends_with(expected),
            "{line}: {said}"
        );
    }
    refuses(
        "transfers.yaml",
        ("inside: [BR]", "inside: [Brazil]"),
        "inside: [BR]",
        "\"Brazil\" is no country; write the two capital letters of ISO 3166-1, as in PT",
    );
}

#[test]
fn a_processor_gets_no_more_than_its_purpose_needs_under_a_contract_that_is_whole() {
    let file = "processors/carteiro-exemplo.yaml";
    refuses(
        file,
        ("categories: [name, email, language]", "categories: [name, email, purchases]"),
        "categories:",
        "it would get purchases, which none of its purposes needs; leave it out (LGPD art. 6 III, GDPR art. 5(1)(c)), or \
         name the purpose it is for",
    );
    refuses(
        file,
        ("deletes_or_returns, audits]", "audits]"),
        "  terms:",
        "the contract does not say what GDPR art. 28(3)(g) asks for; agree on it and add deletes_or_returns",
    );
    refuses(
        file,
        ("purposes: [marketing-email]", "purposes: []"),
        "purposes:",
        "nobody says what for; name at least one purpose",
    );
    refuses(
        file,
        ("controllers: [demo-controller]", "controllers: [demo]"),
        "controllers:",
        "unknown controller \"demo\"; name one of controller.yaml, or declare it there",
    );
    refuses(
        file,
        ("\"2026-01-12\"", "\"2026-02-30\""),
        "  signed:",
        "\"2026-02-30\" is no day; write it as 2026-01-31",
    );
    refuses(
        file,
        ("what: {pt-BR: \"Envia a newsletter por e-mail.\", en:", "what: {pt-BR: \" \", en:"),
        "what: {pt-BR: \"Envia",
        "\"pt-BR\" says nothing; write it, in plain words",
    );
}

#[test]
fn nobody_is_decided_about_by_the_machine_without_a_ground_nor_for_having_asked() {
    let bundle = Bundle::embedded().unwrap();
    let [only] = bundle.automated_decisions() else { panic!("there is one") };
    assert_eq!((only.key.as_str(), only.effect), ("same_person", DecisionEffect::None));
    let file = "automated-decisions.yaml";
    refuses(
        file,
        ("requests_are_inputs: false", "requests_are_inputs: true"),
        "requests_are_inputs: false",
        "that somebody asked about themselves would weigh in decisions; write false: exercising a right never counts \
         against anybody (LGPD art. 21)",
    );
    refuses(
        file,
        ("effect: none", "effect: significant"),
        "    effect:",
        "nothing makes this decision lawful; add ground: contract, law or explicit_consent (GDPR art. 22(2))",
    );
    let weighs = with(file, "effect: none", "effect: significant\n    ground: contract");
    assert!(refusal(&weighs).ends_with(
        "it would decide about minors, whom billing includes; make it for purposes that keep minors out (GDPR \
         recital 71)"
    ));
    and(&weighs, file, ("inputs: [user_id,", "inputs: [health, user_id,"));
    assert!(refusal(&weighs).ends_with(
        "it would weigh sensitive data (health) without an express yes; leave it out, or write ground: explicit_consent \
         (GDPR art. 22(4))"
    ));
}

/// What the officer answered yes to, which categories are concerned, and what it weighs in Brazil and in the Union.
const INCIDENTS: [(&[&str], &[&str], Risk, Risk); 8] = [
    (&[], &["email"], Risk::None, Risk::Risk),
    (&["unlikely_to_harm"], &["email"], Risk::None, Risk::None),
    (&["affects_rights"], &["email"], Risk::None, Risk::Risk),
    (&["affects_rights", "large_scale"], &["email"], Risk::Risk, Risk::HighRisk),
    (&["affects_rights"], &["email", "bank_account"], Risk::Risk, Risk::HighRisk),
    (&[], &["health"], Risk::None, Risk::Risk),
    (&["affects_rights", "unintelligible"], &["health"], Risk::Risk, Risk::Risk),
    (&["affects_rights", "vulnerable", "risk_averted"], &["name"], Risk::Risk, Risk::Risk),
];

#[test]
fn an_incident_weighs_what_the_officers_answers_and_the_data_say() {
    let bundle = Bundle::embedded().unwrap();
    let rules = bundle.incident_rules();
    for (yes, data, brazil, union) in INCIDENTS {
        let yes: BTreeSet<String> = yes.iter().map(|&name| name.to_owned()).collect();
        let mask: CategoryMask = data.iter().map(|key| bundle.category(key).unwrap().id).collect();
        let risk = |place| rules.risk(law(place), &yes, mask);
        assert_eq!((risk("br"), risk("eu")), (brazil, union), "{yes:?} {data:?}");
    }
    let told = |place, risk| rules.told(law(place), risk).map(|tell| tell.whom).collect::<Vec<_>>();
    assert_eq!(told("br", Risk::Risk), [Whom::Authority, Whom::Subjects]);
    assert_eq!(told("eu", Risk::Risk), [Whom::Authority]);
    assert_eq!(told("eu", Risk::HighRisk), [Whom::Authority, Whom::Subjects]);
    assert!(told("br", Risk::None).is_empty());
    assert_eq!(rules.register.years, 5);
    let authority = rules.told(law("br"), Risk::Risk).next().unwrap();
    assert_eq!(authority.clock.as_deref(), Some("incident_authority"));
}

#[test]
fn every_sensitive_category_weighs_by_itself_in_an_incident() {
    let bundle = Bundle::embedded().unwrap();
    let sensitive =
        bundle.categories().iter().filter(|one| one.sensitivity == zelo_policy::Sensitivity::Sensitive);
    for category in sensitive {
        assert!(
            bundle.incident_rules().questions["sensitive"].yes_with.allows(category.id),
            "{}",
            category.key
        );
    }
}

#[test]
fn an_incident_nobody_is_told_of_or_writes_down_is_refused() {
    let file = "incident.yaml";
    refuses(
        file,
        (
            "any_of: [sensitive, vulnerable, financial, credentials, secrecy, large_scale], ref",
            "any_of: [secret], ref",
        ),
        "- {level: risk, all_of",
        "unknown question \"secret\"; ask it under questions:",
    );
    refuses(
        file,
        ("register: {years: 5", "register: {years: 0"),
        "register: {",
        "incidents stay for no year at all; write at least 1: what nobody can look up was never written down",
    );
    let copy = with(file, "\n  eu:\n    - whom: authority", "\n  xx:\n    - whom: authority");
    assert!(refusal(&copy).contains("unknown jurisdiction \"xx\""));
    refuses(
        file,
        ("yes_with: [national_id, photo]", "yes_with: [passport]"),
        "yes_with: [national_id",
        "unknown category \"passport\"; use a key of taxonomy/categories.yaml, or add it there",
    );
}
