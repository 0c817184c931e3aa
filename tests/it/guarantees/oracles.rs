//! Calendars and categories are what people outside say they are, or say why not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use zelo_policy::{Bundle, DayKind, Elsewhere};

use crate::journeys::clients::{installed, script};

/// What a script in `tests/clients` says, in a Python that has its libraries.
fn said(name: &str) -> Value {
    let python = std::env::var_os("ZELO_PYTHON").map_or_else(|| installed("venv/bin/python"), PathBuf::from);
    let said = Command::new(python).arg(script(name)).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    serde_json::from_slice(&said.stdout).unwrap()
}

/// Days by calendar, and their names.
type Days = BTreeMap<String, BTreeMap<String, String>>;

/// What the holidays library lists.
struct Listed {
    holidays: Days,
    optional: Days,
}

impl Listed {
    fn of(said: &Value) -> Self {
        let days = |kind: &str| serde_json::from_value(said[kind].clone()).unwrap();
        Self { holidays: days("holidays"), optional: days("optional") }
    }
}

#[test]
fn every_holiday_is_one_by_the_holidays_library_or_the_calendar_says_why_not() {
    let bundle = Bundle::embedded().unwrap();
    let Listed { holidays: theirs, optional } = Listed::of(&said("calendars.py"));
    let calendars: BTreeSet<&str> = bundle.calendars().iter().map(|one| one.key.as_str()).collect();
    assert_eq!(calendars, theirs.keys().map(String::as_str).collect(), "these are all of them");
    for calendar in bundle.calendars() {
        let theirs = &theirs[&calendar.key];
        let ours: BTreeMap<String, &String> =
            calendar.holidays.iter().map(|(date, name)| (date.to_string(), name)).collect();
        assert!(ours.len() >= 4 * 2 && theirs.len() >= 4 * 2, "{}: some of four years", calendar.key);
        let differ: BTreeSet<&String> = ours
            .keys()
            .chain(theirs.keys())
            .filter(|day| ours.contains_key(*day) != theirs.contains_key(*day))
            .collect();
        let explained: BTreeSet<String> = calendar.deviations.keys().map(ToString::to_string).collect();
        let told = |day: &&String| format!("{day}: {:?} here, {:?} there", ours.get(*day), theirs.get(*day));
        let silent: Vec<String> = differ.iter().filter(|day| !explained.contains(**day)).map(told).collect();
        assert!(silent.is_empty(), "{} differs and does not say why: {silent:#?}", calendar.key);
        let idle: Vec<&String> = explained.iter().filter(|day| !differ.contains(day)).collect();
        assert!(idle.is_empty(), "{} explains what does not differ: {idle:?}", calendar.key);
    }
    // What is in doubt there is nothing we are sure of.
    for (key, days) in optional {
        let calendar = bundle.calendars().iter().find(|one| one.key == key).unwrap();
        let sure = |day: &&String| calendar.day(day.parse().unwrap()).unwrap() == DayKind::Working;
        assert_eq!(days.keys().filter(sure).collect::<Vec<_>>(), [""; 0], "{key}");
    }
}

/// Keys that fideslang has in its repository since 3.2 and in no release, and the released ones they replace.
const YOUNGER: &[(&str, Option<&str>)] = &[
    ("user.biometrics", Some("user.biometric")),
    ("user.contact.social_url", Some("user.contact.url")),
    ("user.demographic.citizenship_or_immigration_status", None),
    ("user.demographic.philosophical_belief", None),
    ("user.demographic.union_membership", None),
    ("user.health", Some("user.health_and_medical")),
    ("user.health.genetic", Some("user.health_and_medical.genetic")),
    ("user.location.coarse", Some("user.location.imprecise")),
    ("user.professional_information", None),
    ("user.professional_information.job_title", Some("user.job_title")),
    ("user.settings", Some("user.account.settings")),
];

#[test]
fn every_category_and_kind_of_people_has_a_key_that_fideslang_knows_or_says_why_not() {
    let bundle = Bundle::embedded().unwrap();
    let theirs: BTreeMap<String, BTreeSet<String>> = serde_json::from_value(said("taxonomy.py")).unwrap();
    let unknown = |kind: &str, ours: Vec<&Elsewhere>| -> BTreeSet<String> {
        let named = ours.into_iter().filter_map(Elsewhere::name);
        named.filter(|key| !theirs[kind].contains(*key)).map(str::to_owned).collect()
    };
    let categories = unknown("data_category", bundle.categories().iter().map(|one| &one.fides).collect());
    assert_eq!(categories, YOUNGER.iter().map(|(key, _)| (*key).to_owned()).collect());
    let replaced: Vec<&str> = YOUNGER.iter().filter_map(|(_, old)| *old).collect();
    assert!(replaced.iter().all(|old| theirs["data_category"].contains(*old)), "{replaced:?}");
    let subjects = unknown("data_subject", bundle.subjects().iter().map(|one| &one.fides).collect());
    assert_eq!(subjects, BTreeSet::new());
}

#[test]
fn whoever_names_their_country_lives_under_the_law_of_its_code() {
    let bundle = Bundle::embedded().unwrap();
    let said: BTreeMap<String, Vec<String>> = serde_json::from_value(said("countries.py")).unwrap();
    let mut known = 0;
    for (code, names) in &said {
        let law = bundle.law_of_country(code).map(|law| law.key);
        known += usize::from(law.is_some());
        for name in names {
            // Of a country whose law is not here, no name leads to one either.
            assert_eq!(bundle.law_of_country(name).map(|law| law.key), law, "{code} is called {name}");
        }
    }
    assert_eq!(known, 31, "the Union with the EEA, and Brazil");
    let law = |country: &str| bundle.law_of_country(country).map(|law| law.key.to_string());
    assert_eq!(law(" espanha "), law("ES"));
    assert_eq!((law("ALEMANHA").as_deref(), law("Narnia")), (Some("de"), None));
}
