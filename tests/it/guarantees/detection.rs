//! How good the detection of personal values is, on people and sentences others made up; `docs/detection.md` is written by
//! this test.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;

use serde_json::Value;
use zelo_resolve::{PersonalKind, Region, Spotted, spot};

use crate::journeys::clients::{installed, script};

/// What of a class of values must be found, and at least how much.
const FOUND: &[(&str, &str, f64)] = &[
    ("email", "E-mail address", 1.0),
    ("cpf", "CPF", 1.0),
    ("card", "Payment card", 0.99),
    ("iban", "IBAN", 1.0),
    ("phone", "Telephone with its country code", 0.99),
    ("phone_named", "Telephone as its country writes it, in a property called `phone`", 0.88),
    ("phone_national", "The same in a property of any other name, or a sentence", 0.60),
];

/// What of what is spotted must be that.
const RIGHT: &[(PersonalKind, f64)] = &[
    (PersonalKind::Email, 1.0),
    (PersonalKind::Cpf, 0.99),
    (PersonalKind::Card, 0.98),
    (PersonalKind::Iban, 1.0),
    (PersonalKind::Phone, 0.99),
];

#[derive(Default)]
struct Tally {
    /// By class: values there are, and those found.
    found: BTreeMap<String, (usize, usize)>,
    /// By kind: spotted, and rightly so.
    right: BTreeMap<PersonalKind, (usize, usize)>,
    /// Texts in which nothing is personal, and those that were left alone.
    alone: (usize, usize),
    lines: usize,
}

/// A value however it is spaced.
fn bare(value: &str) -> String {
    value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Tally {
    fn count(&mut self, line: &Value) {
        let text = line["text"].as_str().unwrap();
        let region = Region::of(line["region"].as_str().unwrap());
        let spotted = spot(line["name"].as_str().unwrap(), text, region);
        let has = line["has"].as_array().unwrap();
        let kind_of = |class: &str| class.split('_').next().unwrap().to_owned();
        let is = |one: &Spotted, pair: &Value| {
            let (class, value) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
            one.kind.slug() == kind_of(class) && bare(&one.value) == bare(value)
        };
        for pair in has {
            let (all, found) = self.found.entry(pair[0].as_str().unwrap().to_owned()).or_default();
            *all += 1;
            *found += usize::from(spotted.iter().any(|one| is(one, pair)));
        }
        for one in &spotted {
            let (all, right) = self.right.entry(one.kind).or_default();
            *all += 1;
            *right += usize::from(has.iter().any(|pair| is(one, pair)));
        }
        if has.is_empty() {
            self.alone.0 += 1;
            self.alone.1 += usize::from(spotted.is_empty());
        }
        self.lines += 1;
    }
}

fn share((all, some): (usize, usize)) -> f64 {
    let [all, some] = [all, some].map(|n| f64::from(u32::try_from(n).unwrap()));
    some / all
}

#[test]
fn what_says_who_people_are_is_spotted_and_what_shops_number_is_not() {
    let said = Command::new(installed("venv/bin/python")).arg(script("people.py")).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let mut tally = Tally::default();
    for line in String::from_utf8(said.stdout).unwrap().lines() {
        tally.count(&serde_json::from_str(line).unwrap());
    }
    assert!(tally.lines > 50_000, "these are all of them");
    expect_test::expect_file!["../../../docs/detection.md"].assert_eq(&report(&tally));
    for (class, label, bar) in FOUND {
        assert!(share(tally.found[*class]) >= *bar, "{label}: {:?} is less than {bar}", tally.found[*class]);
    }
    for (kind, bar) in RIGHT {
        assert!(share(tally.right[kind]) >= *bar, "{kind:?}: {:?} is less than {bar}", tally.right[kind]);
    }
    assert!(share(tally.alone) >= 0.99, "of what is nobody's: {:?}", tally.alone);
}

fn report(tally: &Tally) -> String {
    let mut text = String::from(HEAD);
    for (class, label, bar) in FOUND {
        let (all, found) = tally.found[*class];
        let _ = writeln!(text, "| {label} | {all} | {found} | {:.3} | {bar:.2} |", share((all, found)));
    }
    text.push_str(MIDDLE);
    for (kind, bar) in RIGHT {
        let (all, right) = tally.right[kind];
        let _ = writeln!(
            text,
            "| {} | {all} | {} | {:.3} | {bar:.2} |",
            kind.slug(),
            all - right,
            share((all, right))
        );
    }
    let (all, alone) = tally.alone;
    let _ = write!(
        text,
        "\nOf {all} texts in which nothing is personal, {} were taken for something ({:.2} %).\n{TAIL}",
        all - alone,
        100.0 * (1.0 - share(tally.alone))
    );
    text
}

const HEAD: &str = "\
# How good the detection of personal values is

Written by `tests/it/guarantees/detection.rs`, which fails when a number falls below its bar. Properties that the tracking plan
does not declare are looked through for e-mail addresses, CPFs, payment cards, telephones and IBANs; what is spotted is held
(`schema/events/README.md`).

**Measured on** the people (3,000, of 31 countries, from FakeNameGenerator.com) and the 209 sentences of PyPI
`presidio-evaluator` 0.3.2, each sentence filled ten times, and on what shops say of 1,500 of these people, property by
property: theirs, and order numbers, barcodes, ids, times, amounts, places, addresses of computers. Cards, IBANs and CPFs come
from PyPI `Faker`. `tests/clients/people.py` says it all, the same in every run. The shop is in the person's country.

| what there is | values | found | recall | bar |
|---|--:|--:|--:|--:|
";

const MIDDLE: &str = "
| what is spotted | values | wrongly | precision | bar |
|---|--:|--:|--:|--:|
";

const TAIL: &str = "
**Read it like this.** What has check digits, an `@` or a country code is found. A telephone written as its country writes it
is digits like others: where the property's name does not say so, most of what is missed has eight digits or fewer
(`9999 9999`). Declare such a property in the plan, or name it for what it holds. One in a hundred numbers of eleven digits
passes for a CPF, and one in ten of sixteen that begin like a card passes for one: they are held and not lost.

**Not looked for**: names and postal addresses, which look like any other words.
";
