//! How what people ask goes its way: no state leads nowhere, no letter has a hole, no refusal is without a law.
#![expect(clippy::unwrap_used, reason = "a helper that cannot make its files has failed the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::{refusal, refuses, with, with_file, without};
use zelo_policy::{Assurance, Bundle, Language, RefusalKind, RequestNeed};

mod common;

#[test]
fn nobody_proves_who_they_are_to_say_no() {
    let bundle = Bundle::embedded().unwrap();
    let proof = bundle.identity_proof();
    for right in &bundle.requests().at_once {
        assert_eq!(proof.needed(right), Assurance::None, "{right}");
        assert_eq!(proof.enough_for(right).count(), 0, "{right}");
    }
    assert_eq!(proof.needed("access"), Assurance::Substantial);
    let ways: Vec<_> = proof.enough_for("access").map(|one| one.key.as_str()).collect();
    assert_eq!(ways, ["session", "two_codes", "document_seen"], "what costs the person least comes first");
    assert_eq!(proof.needed("something_new"), Assurance::High);
    let copy = with("identity-proof.yaml", "objection: none", "objection: low");
    assert!(refusal(&copy).ends_with(
        "objection acts at once, and identity-proof.yaml asks who it is first; write none there: who only says no \
         proves nothing"
    ));
    refuses(
        "identity-proof.yaml",
        ("tells_who_is_known: false", "tells_who_is_known: true"),
        "tells_who_is_known: false",
        "whoever asks would learn whether somebody is known here; write false: an answer would tell strangers who is a \
         customer",
    );
}

#[test]
fn a_request_goes_from_its_receipt_to_its_end_and_a_task_that_failed_keeps_it_from_being_fulfilled() {
    let bundle = Bundle::embedded().unwrap();
    let requests = bundle.requests();
    let way = [
        "received",
        "triage",
        "identity_pending",
        "identity_verified",
        "scoped",
        "extended",
        "executing",
        "review",
        "approved",
        "delivering",
        "closed",
        "reopened",
    ];
    for two in way.windows(2) {
        assert!(requests.request.may(two[0], two[1]), "{} to {}", two[0], two[1]);
    }
    assert!(!requests.request.may("received", "closed") && !requests.request.may("closed", "executing"));
    assert!(requests.request.state("extended").unwrap().needs.contains(&RequestNeed::BeforeOriginalDue));
    assert!(requests.task.may("failed", "retry") && !requests.task.may("failed", "done"));
    assert!(requests.outcome("fulfilled").unwrap().needs.contains(&RequestNeed::EveryTaskDone));
    assert_eq!(requests.warn_at_percent, [50, 75, 90]);
    refuses(
        "requests/workflow.yaml",
        ("letter: closing, needs: [identity, every_task_done]", "letter: closing, needs: [identity]"),
        "  fulfilled:",
        "a request would be fulfilled with a task that failed; write fulfilled: with needs: [every_task_done]",
    );
}

#[test]
fn a_state_that_leads_nowhere_and_one_that_nothing_comes_to_are_refused() {
    let file = "requests/workflow.yaml";
    refuses(
        file,
        (
            "en: \"Approved\"}, needs: [approval], to: [delivering]",
            "en: \"Approved\"}, needs: [approval], to: []",
        ),
        "    approved:",
        "what is \"approved\" never comes to an end; add a way to a state that ends",
    );
    refuses(
        file,
        ("to: [acknowledged, done, nothing_found", "to: [done, nothing_found"),
        "    acknowledged:",
        "nothing ever comes to \"acknowledged\"; add it to the to: of a state before it",
    );
    refuses(
        file,
        ("letter: acknowledgement, to: [triage]", "letter: acknowledgement, to: [sorting]"),
        "    received:",
        "unknown state \"sorting\"; name one of states:",
    );
    refuses(
        file,
        ("warn_at_percent: [50, 75, 90]", "warn_at_percent: [90, 75]"),
        "warn_at_percent:",
        "nobody is warned in time; write hundredths from 1 to 100, ascending",
    );
}

#[test]
fn ana_gets_her_letter_with_nothing_left_open_in_it() {
    let bundle = Bundle::embedded().unwrap();
    let letter = bundle.requests().letter("closing").unwrap();
    let words = [
        ("receipt", "R-2026-7"),
        ("outcome", "Fulfilled"),
        ("received_on", "31 January 2026"),
        ("delivery", "Your data is behind the link we have sent you."),
        ("officer", "Helena Duarte"),
        ("officer_email", "encarregado@example.com"),
        ("complaint", "You can petition ANPD."),
        ("controller", "Loja Demonstração Ltda."),
    ];
    let mut words: BTreeMap<&str, String> =
        words.into_iter().map(|(place, word)| (place, word.to_owned())).collect();
    let hole = letter.write(Language::En, &words).unwrap_err().to_string();
    assert_eq!(
        hole,
        "the letter \"closing\" has a place for controller_address, and nothing to fill it with"
    );
    words.insert("controller_address", "Rua do Exemplo 1, Recife".to_owned());
    let text = letter.write(Language::En, &words).unwrap();
    assert!(text.starts_with("# Your request R-2026-7: Fulfilled\n") && !text.contains("{{"), "{text}");
}

#[test]
fn a_refusal_without_the_way_to_complain_or_in_one_language_only_is_refused() {
    let folder = "requests/letters/refusal";
    let copy = with(&format!("{folder}/en.md"), "{{complaint}} {{court}}", "{{complaint}}");
    assert_eq!(
        refusal(&copy),
        "policies/requests/letters/refusal/en.md: the letter does not say court; add {{court}}: requests/workflow.yaml \
         says that it must"
    );
    let copy = with(&format!("{folder}/en.md"), "{{kept}}", "nothing");
    assert_eq!(
        refusal(&copy),
        "policies/requests/letters/refusal/en.md: only one of the languages says kept; write {{kept}} in each, or in none"
    );
    let said = refusal(&with(&format!("{folder}/en.md"), "**The law.** {{law}}", "**The law.** {{lawyer}}"));
    assert!(
        said.starts_with(
            "policies/requests/letters/refusal/en.md line 9: unknown place \"lawyer\"; the places are"
        ),
        "{said}"
    );
    assert_eq!(
        refusal(&without(&format!("{folder}/pt-BR.md"))),
        "policies/requests/letters/refusal/pt-BR.md: the letter is not there in pt-BR; write it: letters speak pt-BR and \
         en"
    );
    let copy = common::copy();
    std::fs::create_dir(copy.path().join("requests/letters/farewell")).unwrap();
    std::fs::write(copy.path().join("requests/letters/farewell/en.md"), "# Farewell\n").unwrap();
    assert_eq!(
        refusal(&copy),
        "policies/requests/letters/farewell: nobody sends this letter; name it under letters: in \
         requests/workflow.yaml, or remove it"
    );
    let copy = with_file("requests/letter.md", "# Dear\n");
    assert!(refusal(&copy).contains("nothing reads this file"));
}

#[test]
fn every_refusal_names_a_law_and_only_a_second_human_calls_a_request_excessive() {
    let bundle = Bundle::embedded().unwrap();
    let requests = bundle.requests();
    for one in &requests.refusals {
        assert!(one.gdpr.is_some() || one.lgpd.is_some(), "{}", one.code);
        let excessive = one.code.starts_with("manifestly");
        assert_eq!(
            excessive,
            one.second_approver
                && one.lgpd.is_none()
                && one.kind == RefusalKind::Refuses
                && one.dpv.is_some(),
            "{}",
            one.code
        );
    }
    refuses(
        "requests/refusals.yaml",
        ("dpv: \"eu-gdpr:JustificationA12Complexity\"\n", "\n"),
        "  complexity:",
        "nobody says which DPV concept it is, or why none; write dpv:, or no_dpv: with the reason",
    );
    refuses(
        "requests/refusals.yaml",
        ("rights: [erasure, restriction]\n", "rights: [deletion]\n"),
        "    rights: [erasure, restriction]",
        "unknown right \"deletion\"; use one that identity-proof.yaml names, or add it there",
    );
}

/// The justifications of W3C DPV's GDPR module, from the folder named by `DPV_FOLDER`.
fn justifications() -> Option<BTreeSet<String>> {
    let folder = std::env::var_os("DPV_FOLDER")?;
    let mut reader = csv::Reader::from_path(Path::new(&folder).join("rights_justifications.csv")).unwrap();
    let terms = reader.records().map(|row| row.unwrap()[0].to_owned());
    Some(terms.collect())
}

/// Justifications that are no answer to a request: about being told unasked (art. 13 and 14), why somebody may ask for an
/// erasure (art. 17(1)), and those a narrower one of ours stands for.
fn is_no_answer(term: &str) -> bool {
    const ASKED_FOR: [&str; 6] =
        ["ChildData", "LegalErasure", "NoLegalBasis", "NonNecessity", "ObjectA21", "UnlawfulProcessing"];
    const NARROWER: [&str; 4] = ["A12Delay", "A12LackOfIntent", "A12MaliciousIntent", "A17PublicInterest"];
    let name = term.trim_start_matches("Justification");
    name.starts_with("A13")
        || name.starts_with("A14")
        || NARROWER.contains(&name)
        || name.strip_prefix("A17").is_some_and(|rest| ASKED_FOR.contains(&rest))
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "whoever runs the tests is told that this one had nothing to compare with"
)]
fn our_refusals_are_those_of_the_data_privacy_vocabulary() {
    let Some(terms) = justifications() else {
        eprintln!("left out: DPV_FOLDER names no folder with DPV's rights_justifications.csv");
        return;
    };
    let bundle = Bundle::embedded().unwrap();
    let ours: BTreeSet<String> =
        bundle.requests().refusals.iter().filter_map(|one| one.dpv.clone()).collect();
    let ours: BTreeSet<String> =
        ours.iter().map(|one| one.strip_prefix("eu-gdpr:").unwrap().to_owned()).collect();
    let theirs: BTreeSet<String> = terms.iter().filter(|term| !is_no_answer(term)).cloned().collect();
    assert_eq!(ours, theirs);
}
