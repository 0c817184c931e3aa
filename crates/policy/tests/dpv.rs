//! Which right goes with which basis, held against the W3C Data Privacy Vocabulary; `docs/dpv.md` is written by this test.
//! The vocabulary stays outside, under its own licence: name the folder with its CSV files of the GDPR module in `DPV_FOLDER`.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use zelo_policy::{Bundle, Jurisdiction, Law};

/// Where we say something else, by basis and right, and why.
const DEVIATIONS: &[(&str, &str, &str)] = &[(
    "legal_obligation",
    "information_indirect",
    "Art. 14(5)(c) exempts only what a law expressly orders to be obtained, with safeguards. That is looked at case by case, so \
     the right stands.",
)];

/// Rights DPV names and pairs with no basis, and what becomes of them here.
const UNPAIRED: &[(&str, &str)] = &[
    (
        "A19",
        "a duty that follows from rectification, erasure and restriction: recipients are told of each of them",
    ),
    ("A22-3-a", "a part of `automated_decision`"),
    ("A22-3-b", "a part of `automated_decision`"),
    ("A22-3-c", "a part of `automated_decision`"),
    ("A78", "against the authority, not the controller"),
    ("A79", "stands as `remedies.court` in each law"),
];

/// Every row of a CSV file as a map from the words of its head.
fn rows(folder: &Path, file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// What stands behind the # of an IRI.
fn term(iri: &str) -> String {
    iri.rsplit('#').next().unwrap().to_owned()
}

/// DPV's pairs of a variant of a basis and a right, such as (`A6-1-a-explicit-consent`, `A15`).
fn theirs(folder: &Path) -> BTreeSet<(String, String)> {
    let pairs = rows(folder, "legal_basis_rights_mapping.csv");
    pairs.iter().map(|pair| (term(&pair["legal_basis"]), term(&pair["right"]))).collect()
}

/// Our basis behind a variant of DPV's: what follows the letter of art. 6(1) only tells how it is used.
fn basis<'l>(law: &'l Law, variant: &str) -> Option<&'l str> {
    let letter: Vec<&str> = variant.splitn(4, '-').take(3).collect();
    let name = format!("eu-gdpr:{}", letter.join("-"));
    law.bases.iter().find(|basis| basis.dpv.as_deref() == Some(&name)).map(|basis| basis.slug.as_str())
}

fn folder() -> Option<PathBuf> {
    std::env::var_os("DPV_FOLDER").map(PathBuf::from).filter(|folder| folder.is_dir())
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that was left out says so")]
fn which_right_goes_with_which_basis_is_what_dpv_says_or_the_deviation_has_a_reason() {
    let Some(folder) = folder() else {
        eprintln!("left out: DPV_FOLDER names no folder with the CSV files of DPV's GDPR module");
        return;
    };
    let bundle = Bundle::embedded().unwrap();
    let law = bundle.law(Jurisdiction::from_slug("eu").unwrap()).unwrap();
    let theirs = theirs(&folder);
    let variants: BTreeSet<&String> = theirs.iter().map(|(variant, _)| variant).collect();
    let paired: BTreeSet<&String> = theirs.iter().map(|(_, right)| right).collect();

    let mut agreed = 0;
    let mut deviations: BTreeMap<(String, String), bool> = BTreeMap::new();
    for variant in &variants {
        let slug = basis(law, variant).unwrap_or_else(|| panic!("no basis of ours is DPV's {variant}"));
        for term in &paired {
            let name = format!("eu-gdpr:{term}");
            let right = law.rights.iter().find(|right| right.dpv.as_deref() == Some(&name));
            let right = right.unwrap_or_else(|| panic!("no right of ours is DPV's {term}"));
            let in_theirs = theirs.contains(&((*variant).clone(), (*term).clone()));
            let in_ours = right.bases.iter().any(|basis| basis == slug);
            agreed += usize::from(in_theirs && in_ours);
            if in_theirs != in_ours {
                deviations.insert((slug.to_owned(), right.slug.clone()), in_theirs);
            }
        }
    }
    let reasons: BTreeMap<(String, String), &str> =
        DEVIATIONS.iter().map(|(basis, right, why)| (((*basis).into(), (*right).into()), *why)).collect();
    assert!(
        deviations.keys().eq(reasons.keys()),
        "these deviate: {deviations:?}; reasons are given for {:?}",
        reasons.keys()
    );
    let named: BTreeSet<String> = rows(&folder, "rights.csv")
        .iter()
        .filter(|row| row["dpvtype"].ends_with("#Right"))
        .map(|row| row["term"].clone())
        .collect();
    let unpaired: BTreeSet<&str> = named
        .iter()
        .map(String::as_str)
        .filter(|right| !paired.iter().any(|paired| paired == right))
        .collect();
    assert_eq!(unpaired, UNPAIRED.iter().map(|(right, _)| *right).collect::<BTreeSet<_>>());

    let mut text = String::from(HEAD);
    let _ = writeln!(
        text,
        "Of DPV's {} pairs, over {} variants of the six bases and {} rights, {agreed} are ours, too.\n",
        theirs.len(),
        variants.len(),
        paired.len()
    );
    text.push_str("| basis | right | DPV | here | why |\n|---|---|---|---|---|\n");
    for ((basis, right), in_theirs) in &deviations {
        let (dpv, here) = if *in_theirs { ("yes", "no") } else { ("no", "yes") };
        let why = reasons[&(basis.clone(), right.clone())];
        let _ = writeln!(text, "| `{basis}` | `{right}` | {dpv} | {here} | {why} |");
    }
    text.push_str("\nRights DPV names and pairs with no basis:\n\n");
    for (right, why) in UNPAIRED {
        let _ = writeln!(text, "- {right}: {why}");
    }
    let _ = write!(text, "\nBases of ours that DPV has no concept for: {}.\n", unnamed(law).join(", "));
    expect_test::expect_file!["../../../docs/dpv.md"].assert_eq(&text);
}

fn unnamed(law: &Law) -> Vec<String> {
    let unnamed = law.bases.iter().filter(|basis| basis.dpv.is_none());
    unnamed.map(|basis| format!("`{}` ({})", basis.slug, basis.reference)).collect()
}

const HEAD: &str = "\
# Rights and bases, held against DPV

Written by `crates/policy/tests/dpv.rs`, never by hand. It reads `policies/jurisdictions/eu.yaml` and the GDPR module of the
[W3C Data Privacy Vocabulary](https://w3id.org/dpv/legal/eu/gdpr) 2.2, which says for each basis of GDPR art. 6(1) which
rights people have. The test needs DPV's CSV files, in the folder that `DPV_FOLDER` names, and says so where they are missing.

";
