//! What people agreed to stays as they read it, and who agreed to something else is asked again.
#![expect(clippy::unwrap_used, reason = "a helper that cannot make its files has failed the test")]

use std::fs;

use common::{and, copy, refusal, refuses, with, without};
use ring::digest::{SHA256, digest};
use tempfile::TempDir;
use zelo_model::Timestamp;
use zelo_policy::{Bundle, Notice};

mod common;

fn notice<'b>(bundle: &'b Bundle, id: &str) -> &'b Notice {
    bundle.notices().iter().find(|one| one.id == id).unwrap()
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn sha256(text: &str) -> String {
    hex::encode(digest(&SHA256, text.as_bytes()))
}

/// A copy with one more version of the newsletter's notice, said to hold from that time.
fn third(valid_from: &str, material: bool, purposes: &str) -> TempDir {
    let copy = copy();
    let folder = copy.path().join("notices/newsletter/3");
    fs::create_dir(&folder).unwrap();
    let (pt, en) = ("# Newsletter\n\nTrês.\n", "# Newsletter\n\nThree.\n");
    fs::write(folder.join("pt-BR.md"), pt).unwrap();
    fs::write(folder.join("en.md"), en).unwrap();
    let meta = format!(
        "valid_from: \"{valid_from}\"\nmaterial: {material}\npurposes: [{purposes}]\ncontrollers: [demo-controller]\n\
         sha256: {{pt-BR: \"{}\", en: \"{}\"}}\n",
        sha256(pt),
        sha256(en)
    );
    fs::write(folder.join("meta.yaml"), meta).unwrap();
    copy
}

#[test]
fn ana_who_agreed_to_the_first_newsletter_is_asked_again_once_the_second_holds() {
    let bundle = Bundle::embedded().unwrap();
    let newsletter = notice(&bundle, "newsletter");
    let first = &newsletter.version(1).unwrap().texts["pt-BR"];
    let second = &newsletter.version(2).unwrap().texts["en"];
    assert!(!bundle.superseded(&first.sha256, at("2026-02-01T02:59:59Z")), "it is still January in Recife");
    assert!(bundle.superseded(&first.sha256, at("2026-02-01T03:00:00Z")));
    assert!(!bundle.superseded(&second.sha256, at("2030-01-01T00:00:00Z")));
    assert!(
        !bundle.superseded(&[7; 32], at("2030-01-01T00:00:00Z")),
        "of a text nobody has, nothing is known"
    );
    let in_force = |time| newsletter.in_force(at(time)).map(|version| version.number);
    assert_eq!(in_force("2025-05-31T12:00:00Z"), None);
    assert_eq!(in_force("2025-12-24T12:00:00Z"), Some(1));
    assert_eq!(in_force("2026-02-14T12:00:00Z"), Some(2));
}

#[test]
fn a_spelling_mended_in_the_third_version_asks_nobody_again_who_agreed_to_the_second() {
    let load = |material| {
        let copy = third("2026-03-01T00:00:00-03:00", material, "marketing-email");
        Bundle::load(copy.path()).unwrap()
    };
    let later = at("2026-03-02T00:00:00Z");
    for material in [false, true] {
        let bundle = load(material);
        let text = |number| notice(&bundle, "newsletter").version(number).unwrap().texts["pt-BR"].sha256;
        assert_eq!(bundle.superseded(&text(2), later), material);
        assert!(bundle.superseded(&text(1), later), "the second was material, whatever the third is");
    }
}

#[test]
fn the_text_somebody_agreed_to_is_found_by_its_hash_with_language_purposes_and_controllers() {
    let bundle = Bundle::embedded().unwrap();
    for one in bundle.notices() {
        for version in &one.versions {
            for (language, text) in &version.texts {
                assert_eq!(hex::encode(text.sha256), sha256(&text.text));
                let (found, number, tag) = bundle.notice_of_hash(&text.sha256).unwrap();
                assert_eq!((found, number.number, tag), (one, version.number, language.as_str()));
            }
            assert!(version.texts.keys().eq(["en", "pt-BR"]));
            assert!(version.purposes.iter().all(|purpose| bundle.purpose(purpose).is_some()));
        }
    }
    let advertising = notice(&bundle, "advertising").version(1).unwrap();
    assert!(advertising.is_of("demo-controller") && !advertising.is_of("acme-sa"));
    assert!(bundle.notice_of_hash(b"nothing").is_none());
}

#[test]
fn who_reads_the_difference_sees_who_sends_the_newsletter_now() {
    let bundle = Bundle::embedded().unwrap();
    let newsletter = notice(&bundle, "newsletter");
    let diff = newsletter.diff(1, 2, "en").unwrap();
    assert!(diff.starts_with("--- newsletter/1/en\n+++ newsletter/2/en\n@@ "), "{diff}");
    assert!(
        diff.contains("\n-**Who else gets it.** Nobody.\n+**Who else gets it.** **Carteiro Exemplo Ltda.**"),
        "{diff}"
    );
    assert_eq!(newsletter.diff(2, 2, "en").unwrap(), "");
    assert_eq!((newsletter.diff(1, 3, "en"), newsletter.diff(1, 2, "fr")), (None, None));
}

#[test]
fn a_notice_edited_in_place_is_refused_and_a_new_version_is_asked_for() {
    let copy = with("notices/newsletter/1/en.md", "After 24 months", "After 240 months");
    assert_eq!(
        refusal(&copy),
        "policies/notices/newsletter/1/meta.yaml line 7: notices/newsletter/1/en.md was edited in place; put back the \
         text people agreed to, and make a new version, notices/newsletter/3"
    );
}

#[test]
fn whoever_writes_a_new_version_is_told_the_hash_of_its_text() {
    let copy = third("2026-03-01T00:00:00-03:00", true, "marketing-email");
    let hash = sha256("# Newsletter\n\nThree.\n");
    and(&copy, "notices/newsletter/3/meta.yaml", (&hash, ""));
    assert_eq!(
        refusal(&copy),
        format!(
            "policies/notices/newsletter/3/meta.yaml line 5: \"\" is no SHA-256; the one of \
             notices/newsletter/3/en.md is \"{hash}\""
        )
    );
}

#[test]
fn a_notice_in_one_language_only_or_with_a_version_missing_is_refused() {
    assert_eq!(
        refusal(&without("notices/analytics/1/en.md")),
        "policies/notices/analytics/1/en.md: the notice is not there in en; write it: a notice speaks pt-BR and en"
    );
    assert_eq!(
        refusal(&without("notices/newsletter/1")),
        "policies/notices/newsletter/2: there is no version 1; restore it, or name this folder 1: versions count up \
         without gaps"
    );
    assert_eq!(
        refusal(&without("notices/newsletter/1/meta.yaml")),
        "policies/notices/newsletter/1/meta.yaml: is missing; a bundle is loaded whole; restore the file"
    );
    let copy = copy();
    fs::rename(copy.path().join("notices/analytics/1"), copy.path().join("notices/analytics/01")).unwrap();
    assert_eq!(
        refusal(&copy),
        "policies/notices/analytics/01: is no version; number the versions 1, 2, 3 and so on"
    );
    let copy = common::with_file("notices/analytics/1/fr.md", "# Bonjour\n");
    assert!(refusal(&copy).starts_with("policies/notices/analytics/1/fr.md: nothing reads this file"));
}

#[test]
fn a_yes_to_one_purpose_is_none_to_another() {
    let copy = third("2026-03-01T00:00:00-03:00", false, "marketing-email, advertising");
    assert_eq!(
        refusal(&copy),
        "policies/notices/newsletter/3/meta.yaml line 2: it is for other purposes or controllers than version 2; write \
         material: true; a yes to one purpose or controller is none to another"
    );
    let copy = third("2026-01-01T00:00:00-03:00", true, "marketing-email");
    assert_eq!(
        refusal(&copy),
        "policies/notices/newsletter/3/meta.yaml line 1: it holds no later than version 2; write a later time, so that \
         one of them is in force"
    );
}

#[test]
fn one_text_cannot_stand_for_two_versions() {
    let copy = third("2026-03-01T00:00:00-03:00", true, "marketing-email");
    let second = copy.path().join("notices/newsletter/2/en.md");
    let text = fs::read_to_string(&second).unwrap();
    fs::copy(second, copy.path().join("notices/newsletter/3/en.md")).unwrap();
    let old = sha256("# Newsletter\n\nThree.\n");
    and(&copy, "notices/newsletter/3/meta.yaml", (&old, &sha256(&text)));
    assert_eq!(
        refusal(&copy),
        "policies/notices/newsletter/3/meta.yaml line 5: the text in en is there already, elsewhere; a text belongs to \
         one version and language; leave this one out, or say what is new"
    );
}

#[test]
fn a_notice_for_nothing_declared_is_refused() {
    refuses(
        "notices/analytics/1/meta.yaml",
        ("purposes: [analytics]", "purposes: [profiling]"),
        "purposes:",
        "unknown purpose \"profiling\"; name one of policies/purposes, or declare it there",
    );
    refuses(
        "notices/analytics/1/meta.yaml",
        ("controllers: [exemplo-lda]", "controllers: [nobody]"),
        "controllers:",
        "unknown controller \"nobody\"; name one of controller.yaml, or declare it there",
    );
    refuses(
        "notices/analytics/1/meta.yaml",
        ("material: true", "material: false"),
        "material:",
        "the first version changes nothing; write material: true; nobody has agreed to it yet",
    );
    refuses(
        "notices/analytics/1/meta.yaml",
        ("2025-06-01T00:00:00+01:00", "2025-06-01"),
        "valid_from:",
        "\"2025-06-01\" is no time; write a time with its offset, such as \"2026-02-01T00:00:00-03:00\"",
    );
}
