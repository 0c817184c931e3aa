//! The laws as data: what member states inherit, whose people are whose, and the mistakes that refuse a bundle.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use common::{copy, refuses, with};
use zelo_policy::{Bundle, Elsewhere, Jurisdiction, Law, Opens};

mod common;

fn law<'b>(bundle: &'b Bundle, slug: &str) -> &'b Law {
    bundle.law(Jurisdiction::from_slug(slug).unwrap()).unwrap()
}

#[test]
fn everybody_has_the_law_of_their_country_and_a_member_state_comes_before_the_union() {
    let bundle = Bundle::embedded().unwrap();
    let slugs: Vec<&str> = bundle.laws().iter().map(|law| law.key.slug()).collect();
    assert_eq!(slugs, ["br", "de", "eu", "ie", "pt", "us-ca"]);
    let of = |country| bundle.law_of_country(country).map(|law| law.key.to_string());
    let expected = [
        ("PT", "pt"),
        ("DE", "de"),
        ("IE", "ie"),
        ("FR", "eu"),
        ("NO", "eu"),
        ("BR", "br"),
        ("US-CA", "us-ca"),
    ];
    for (country, slug) in expected {
        assert_eq!(of(country).as_deref(), Some(slug));
    }
    assert_eq!(of("US"), None, "a law of one state is not the country's");
    let union = bundle.laws().iter().filter(|law| law.key.slug() != "br" && law.key.slug() != "us-ca");
    assert_eq!(union.map(|law| law.countries.len()).sum::<usize>(), 30, "the EEA");
}

#[test]
fn portugal_has_the_unions_rights_and_clocks_with_ages_and_a_soft_opt_in_of_its_own() {
    let bundle = Bundle::embedded().unwrap();
    let (eu, pt) = (law(&bundle, "eu"), law(&bundle, "pt"));
    assert_eq!((pt.parent, &pt.rights, &pt.clocks), (Some(eu.key), &eu.rights, &eu.clocks));
    assert_eq!((eu.ages.consent_from, pt.ages.consent_from), (16, 13));
    assert_eq!((pt.calendar.key.as_str(), pt.zone.name()), ("pt", "Europe/Lisbon"));
    let soft = pt.basis("soft_opt_in").unwrap();
    assert_eq!((soft.opens, soft.reference.as_str()), (Opens::OnProof, "Lei 41/2004 art. 13-A(3)"));
    assert_eq!(law(&bundle, "br").basis("soft_opt_in"), None, "Brazil knows none");
}

#[test]
fn sensitive_data_rests_in_brazil_on_what_article_11_names_and_on_nothing_else() {
    let bundle = Bundle::embedded().unwrap();
    let carried = |sensitive| {
        let bases = law(&bundle, "br").bases.iter().filter(move |basis| basis.sensitive == sensitive);
        bases.map(|basis| basis.slug.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(carried(false), ["contract", "legitimate_interest", "credit_protection"]);
    assert_eq!(carried(true).len(), 7);
}

#[test]
fn each_clock_and_right_says_where_it_is_written() {
    let bundle = Bundle::embedded().unwrap();
    for law in bundle.laws() {
        assert!(law.clocks.iter().all(|clock| !clock.reference.is_empty()), "{}", law.key);
        assert!(law.rights.iter().all(|right| !right.reference.is_empty()), "{}", law.key);
        assert!(law.authority.url.starts_with("https://"), "{}", law.key);
    }
}

#[test]
fn every_category_has_a_name_elsewhere_or_says_why_not() {
    let bundle = Bundle::embedded().unwrap();
    assert!(bundle.categories().iter().all(|one| one.fides.name().is_some() && one.dpv.name().is_some()));
    let child = bundle.subjects().iter().find(|one| one.key == "child").unwrap();
    assert!(matches!(&child.fides, Elsewhere::Unknown(reason) if !reason.is_empty()));
    refuses(
        "taxonomy/categories.yaml",
        ("fides: user.name, ", ""),
        "key: name,",
        "\"name\" has neither a name in fides nor a reason why not, or both; write fides: and its name there, or \
         no_fides: and why there is none",
    );
}

#[test]
fn a_calendar_that_ends_within_two_years_is_complained_of_and_refuses_nothing() {
    let bundle = Bundle::embedded().unwrap();
    let lint = |today: &str| {
        let found = bundle.lint(format!("{today}T12:00:00Z").parse().unwrap());
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(lint("2026-12-31"), [""; 0]);
    let complaints = lint("2027-01-01");
    assert_eq!(complaints.len(), 6, "{complaints:?}");
    assert_eq!(
        complaints[0],
        "policies/calendars/br.yaml line 11: it ends within 24 months, on 2028-12-31; add the holidays of the next years, \
         and move `until`"
    );
    let early = lint("2026-01-31");
    assert_eq!(early.len(), 6, "{early:?}");
    assert!(
        early[0].starts_with("policies/jurisdictions/br.yaml line 5: it is in force before it holds"),
        "{early:?}"
    );
}

#[test]
fn mistakes_in_a_law_are_refused() {
    let file = "jurisdictions/br.yaml";
    refuses(
        file,
        ("calendar: br", "calendar: rj"),
        "calendar:",
        "unknown calendar \"rj\"; add calendars/rj.yaml; there \
         are br, de-by, eu, ie, pt, us-ca",
    );
    refuses(
        file,
        ("America/Sao_Paulo", "America/Sampa"),
        "zone:",
        "unknown time zone \"America/Sampa\"; write an IANA name such as Europe/Lisbon",
    );
    refuses(
        file,
        ("child_below: 12", "child_below: 21"),
        "ages:",
        "these ages contradict each other; write full years above 0; a child is a minor, and whoever is none decides alone",
    );
    refuses(
        file,
        (
            "erasure: {ref: \"LGPD art. 18 VI and 16\", bases: [consent]",
            "erasure: {ref: \"x\", bases: [whim]",
        ),
        "  erasure:",
        "unknown basis \"whim\"; the bases here are consent, legal_obligation, public_policy, research, contract, \
         legal_claims, vital_interests, health_care, legitimate_interest, credit_protection",
    );
    refuses(
        file,
        ("bases: all, clock: access_simplified", "bases: all, clock: sometime"),
        "  confirmation:",
        "unknown clock \"sometime\"; the clocks here are access_simplified, access, rights, withdrawal, \
         incident_authority, incident_people, incident_complement",
    );
    refuses(
        "jurisdictions/pt.yaml",
        ("countries: [PT]", "countries: [PT, FR]"),
        "countries:",
        "FR stands in eu, too; leave it in the one whose law holds there",
    );
    refuses(
        "jurisdictions/pt.yaml",
        ("parent: eu", "parent: ie"),
        "parent:",
        "the parent is no law of its own; name another file of this folder that has no parent itself",
    );
}

#[test]
fn mistakes_in_a_clock_are_refused() {
    let file = "jurisdictions/eu.yaml";
    refuses(
        file,
        ("month_end: last_day, roll: earliest_lawful,", "roll: earliest_lawful,"),
        "  collected_elsewhere:",
        "it is not said, or needlessly, where a month ends; write month_end where months are counted, and only there",
    );
    refuses(
        file,
        ("amount: 72, unit: hour,", "amount: 3, unit: day,"),
        "  incident_authority:",
        "it is not said, or needlessly, how its days are counted; write exclude_start_day and roll where days or months \
         are counted, and only there",
    );
    refuses(
        "jurisdictions/us-ca.yaml",
        ("amount: 10, unit: working_day", "amount: 0, unit: working_day"),
        "  acknowledgement:",
        "it ends before it starts; write an amount; at once is 0 hours",
    );
    let folder = with(
        "jurisdictions/us-ca.yaml",
        "extension: {amount: 45, unit: day",
        "extension: {amount: 1, unit: month",
    );
    let error = Bundle::load(folder.path()).unwrap_err().to_string();
    assert!(
        error.ends_with("its extension cannot be added to it; write at least 1 of its own unit"),
        "{error}"
    );
    let folder = with(file, "source: statute, ref: \"GDPR art. 12(3)\",", "ref: \"GDPR art. 12(3)\",");
    let error = Bundle::load(folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("field \"source\" is missing; add \"source\""), "{error}");
}

#[test]
fn mistakes_in_a_calendar_are_refused() {
    let file = "calendars/br.yaml";
    refuses(
        file,
        ("2026-04-21:", "2026-04-31:"),
        "  2026-04-21:",
        "\"2026-04-31\" is no day of this calendar; write a date from 2025-01-01 to 2028-12-31",
    );
    refuses(
        file,
        ("2026-05-01: ", "2026-04-21: "),
        "  2026-05-01:",
        "\"2026-04-21:\" is there twice; keep one of the two",
    );
    refuses(
        file,
        ("2026-10-28: ", "2026-11-20: "),
        "  2026-10-28:",
        "2026-11-20 is a holiday, too; leave it where it belongs",
    );
    let folder = copy();
    std::fs::remove_file(folder.path().join("calendars/pt.yaml")).unwrap();
    let error = Bundle::load(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with("policies/jurisdictions/pt.yaml line 9: unknown calendar \"pt\""), "{error}");
}
