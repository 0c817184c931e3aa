//! The privacy notice says everything the policies say, in each language, and nothing else; `docs/notices` is written by this
//! test.
#![expect(clippy::unwrap_used, reason = "a helper that cannot make its files has failed the test")]

use std::path::Path;

use common::{refusal, refuses, with};
use expect_test::expect_file;
use zelo_policy::{Bundle, Language, RightsText};

mod common;

fn notice(bundle: &Bundle, controller: &str, language: Language) -> String {
    let controller = bundle.controller(controller).unwrap();
    bundle.privacy_notice(controller, language, &RightsText::default())
}

#[test]
fn the_notices_in_the_docs_are_what_the_policies_say() {
    let bundle = Bundle::embedded().unwrap();
    for controller in ["demo-controller", "exemplo-lda"] {
        for language in Language::ALL {
            let path = format!("../../../docs/notices/{controller}.{}.md", language.tag());
            expect_file![Path::new(&path)].assert_eq(&notice(&bundle, controller, language));
        }
    }
}

#[test]
fn everything_a_purpose_says_stands_in_the_notice() {
    let bundle = Bundle::embedded().unwrap();
    for language in Language::ALL {
        let text = notice(&bundle, "demo-controller", language);
        for purpose in bundle.purposes() {
            let head = format!("### {}\n", purpose.label.in_language(language));
            let section = text
                .split(&head)
                .nth(1)
                .unwrap()
                .split("\n###")
                .next()
                .unwrap()
                .split("\n## ")
                .next()
                .unwrap();
            for basis in purpose.basis.values() {
                assert!(section.contains(basis.reference.as_str()), "{}: {section}", purpose.key);
            }
            let all = bundle.categories().iter().all(|one| purpose.categories.allows(one.id));
            for category in bundle.categories().iter().filter(|one| purpose.categories.allows(one.id) && !all)
            {
                assert!(
                    section.contains(category.label.in_language(language)),
                    "{}: {}",
                    purpose.key,
                    category.key
                );
            }
            if language == Language::En {
                for text in purpose.recipients.iter().chain([&purpose.retention]) {
                    assert!(section.contains(text), "{}: {text}", purpose.key);
                }
                assert_eq!(section.contains("is not used for this"), purpose.excludes_minors);
                assert_eq!(section.contains("counts as a no"), purpose.opts_out_on_gpc);
            }
        }
    }
}

#[test]
fn a_recipient_taken_out_of_a_purpose_is_gone_from_the_notice() {
    let before = Bundle::embedded().unwrap();
    let copy = with(
        "purposes/order-fulfilment.yaml",
        "recipients: [\"carriers chosen by the controller\"]",
        "recipients: []",
    );
    let after = Bundle::load(copy.path()).unwrap();
    for (language, carriers) in
        [(Language::En, "carriers chosen"), (Language::PtBr, "transportadoras escolhidas")]
    {
        assert!(notice(&before, "acme-sa", language).contains(carriers));
        assert!(!notice(&after, "acme-sa", language).contains(carriers));
    }
}

#[test]
fn who_works_for_one_controller_does_not_stand_in_the_notice_of_another() {
    let bundle = Bundle::embedded().unwrap();
    let text = notice(&bundle, "demo-controller", Language::En);
    assert!(
        text.contains("Carteiro Exemplo Ltda.")
            && text.contains("Transfer to US: ANPD's standard contractual clauses")
    );
    let other = notice(&bundle, "acme-sa", Language::En);
    assert!(!other.contains("Carteiro") && other.contains("Beatriz Prado"));
}

#[test]
fn who_asks_to_be_forgotten_can_read_before_what_the_law_keeps_of_them() {
    let bundle = Bundle::embedded().unwrap();
    let at_home = |controller| notice(&bundle, controller, Language::En);
    assert!(
        at_home("demo-controller")
            .contains("**Fiscal records of sales:** for 5 full years (Código Tributário")
    );
    assert!(at_home("exemplo-lda").contains("**Fiscal records of sales:** for 10 full years (Código do IVA"));
}

#[test]
fn what_the_law_gives_people_stands_at_the_end_of_the_notice() {
    let bundle = Bundle::embedded().unwrap();
    let rights = RightsText {
        rights: vec!["access (LGPD art. 18 II)".to_owned()],
        complaint: Some("You can petition ANPD.".to_owned()),
        court: None,
    };
    let controller = bundle.controller("acme-sa").unwrap();
    let text = bundle.privacy_notice(controller, Language::En, &rights);
    assert!(text.ends_with(
        "## Your rights\n\n- access (LGPD art. 18 II)\n\nAsk Beatriz Prado, encarregado@acme.example. It is free of \
         charge, and asking is never held against you.\n\n## If you do not agree\n\n- You can petition ANPD.\n"
    ), "{text}");
}

#[test]
fn a_purpose_that_speaks_one_language_only_and_a_basis_without_a_name_are_refused() {
    let copy = with("purposes/billing.yaml", "until paid, then as tax law asks", "for ten years");
    assert!(
        refusal(&copy).ends_with(
            "billing says \"for ten years\" in one language only; add it here as en:, beside pt-BR:"
        )
    );
    let copy = with("privacy-notice.yaml", "  legal_obligation: {label", "  legal_duty: {label");
    assert!(refusal(&copy).ends_with(
        "nothing says what the basis legal_obligation is called; add legal_obligation: with its label"
    ));
    refuses(
        "privacy-notice.yaml",
        ("asked again after {{months}} months", "asked again after {{weeks}} weeks"),
        "  asked_again:",
        "unknown place \"weeks\"; the places are controller, months, officer, officer_email, years",
    );
}
