//! What the law asks, article by article, and the line of a policy that answers it: with the line taken out, the policies are
//! refused or answer no more.
#![expect(clippy::unwrap_used, reason = "a helper that cannot make its files has failed the test")]

use std::fs;

use common::copy;
use zelo_model::{ConsentState, Reason, Standing, Timestamp};
use zelo_policy::{Bundle, Jurisdiction, Law};

mod common;

/// The article, the file and a text in the line that answers it, and what must hold.
type Requirement = (&'static str, &'static str, &'static str, fn(&Bundle) -> bool);

fn law<'b>(bundle: &'b Bundle, key: &str) -> Option<&'b Law> {
    bundle.law(Jurisdiction::from_slug(key)?)
}

fn clock(bundle: &Bundle, home: &str, name: &str) -> bool {
    law(bundle, home).is_some_and(|law| law.clock(name).is_some())
}

fn right(bundle: &Bundle, home: &str, name: &str) -> bool {
    law(bundle, home).is_some_and(|law| law.right(name).is_some())
}

/// Why a purpose is closed in Brazil for somebody of this age who stands so to it.
fn closed(bundle: &Bundle, purpose: &str, standing: Standing, age: Option<u8>) -> Option<Reason> {
    let state = ConsentState { standing, ..ConsentState::default() };
    let laws = [law(bundle, "br").unwrap()];
    bundle.purpose(&purpose.parse().unwrap()).unwrap().closed(&laws, &state, age).whole
}

const REQUIREMENTS: &[Requirement] = &[
    (
        "LGPD 6 I, GDPR 5(1)(b): a purpose says what it rests on",
        "purposes/analytics.yaml",
        "br: legitimate_interest",
        |b| closed(b, "analytics", Standing::Unasked, None).is_none(),
    ),
    ("LGPD 7 I, GDPR 6(1)(a): nothing before the yes", "purposes/marketing-email.yaml", "br: consent", |b| {
        closed(b, "marketing-email", Standing::Unasked, None) == Some(Reason::Consent)
    }),
    (
        "LGPD 18 §2, GDPR 21(1): an objection to legitimate interest",
        "jurisdictions/br.yaml",
        "legitimate_interest: {ref:",
        |b| closed(b, "analytics", Standing::Objected, None) == Some(Reason::Objection),
    ),
    (
        "GDPR 21(2)–(3): an objection to marketing needs no reason",
        "purposes/marketing-email.yaml",
        "marketing: true",
        |b| closed(b, "marketing-email", Standing::Objected, None) == Some(Reason::Objection),
    ),
    ("LGPD 18 IV, GDPR 18: restriction is a state", "purposes/billing.yaml", "restricted: stops", |b| {
        let restricted = Some(Timestamp::from_micros(0));
        let state = ConsentState { restricted, ..ConsentState::default() };
        let purpose = b.purpose(&"billing".parse().unwrap()).unwrap();
        purpose.closed(&[law(b, "br").unwrap()], &state, None).whole == Some(Reason::Restricted)
    }),
    (
        "LGPD 6 III, 10 §1: data that the purpose does not strictly need has a basis of its own",
        "purposes/analytics.yaml",
        "- categories: [location]",
        |b| {
            let analytics = b.purpose(&"analytics".parse().unwrap()).unwrap();
            let closed = analytics.closed(&[law(b, "br").unwrap()], &ConsentState::default(), None);
            closed.withholds(b.category("location").unwrap().id) == Some(Reason::Consent)
                && closed.withholds(b.category("browsing").unwrap().id).is_none()
        },
    ),
    ("LGPD 14, GDPR 8: no newsletter for minors", "purposes/marketing-email.yaml", "minors: excluded", |b| {
        closed(b, "marketing-email", Standing::Granted, Some(17)) == Some(Reason::Minor)
    }),
    ("LGPD 14 §1, GDPR 8: from which age", "jurisdictions/br.yaml", "ages:", |b| {
        law(b, "br").is_some_and(|law| law.ages.minor_below == 18)
    }),
    ("LGPD 14 §1: coming of age ends a guardian's yes", "minors.yaml", "at_majority: true", |_| true),
    ("LGPD 8 §2, GDPR 7(1): an old opt-in opens nothing", "consent.yaml", "opens_a_purpose: false", |_| {
        true
    }),
    ("LGPD 8 §6: another text asks again", "notices/newsletter/2/meta.yaml", "material: true", |b| {
        let first = b.notices().iter().find(|one| one.id == "newsletter").unwrap().version(1).unwrap();
        b.superseded_at(&first.texts["pt-BR"].sha256).is_some()
    }),
    (
        "LGPD 11: sensitive data on no legitimate interest",
        "jurisdictions/br.yaml",
        "legitimate_interest: {ref:",
        |b| !law(b, "br").unwrap().basis("legitimate_interest").unwrap().sensitive,
    ),
    ("LGPD 18 II: access", "jurisdictions/br.yaml", "access: {ref: \"LGPD art. 18 II", |b| {
        right(b, "br", "access")
    }),
    ("LGPD 18 III: correction", "jurisdictions/br.yaml", "rectification: {ref:", |b| {
        right(b, "br", "rectification")
    }),
    ("LGPD 18 V: portability", "jurisdictions/br.yaml", "portability: {ref:", |b| {
        right(b, "br", "portability")
    }),
    ("LGPD 18 VI: elimination", "jurisdictions/br.yaml", "erasure: {ref:", |b| right(b, "br", "erasure")),
    ("LGPD 18 VII: recipients", "jurisdictions/br.yaml", "recipients: {ref:", |b| {
        right(b, "br", "recipients")
    }),
    (
        "LGPD 18 VIII: what refusing leads to",
        "jurisdictions/br.yaml",
        "consequences_of_refusing: {ref:",
        |b| right(b, "br", "consequences_of_refusing"),
    ),
    ("LGPD 18 IX: revocation", "jurisdictions/br.yaml", "withdraw_consent: {ref:", |b| {
        right(b, "br", "withdraw_consent")
    }),
    ("LGPD 19 II: within 15 days", "jurisdictions/br.yaml", "{starts: receipt, amount: 15, unit: day", |b| {
        clock(b, "br", "access")
    }),
    (
        "LGPD 20: review of what the machine decides",
        "jurisdictions/br.yaml",
        "automated_decision: {ref:",
        |b| right(b, "br", "automated_decision"),
    ),
    ("LGPD 33: data leaves by a mechanism", "transfers.yaml", "    mechanism: standard_clauses", |_| true),
    ("LGPD 41: somebody who answers", "controller.yaml", "Helena Duarte", |b| {
        b.controller("demo-controller").is_some_and(|one| !one.officer.name.is_empty())
    }),
    ("Res. 15/2024: three working days", "jurisdictions/br.yaml", "{starts: awareness, amount: 3", |b| {
        clock(b, "br", "incident_authority")
    }),
    ("GDPR 12(3): a month", "jurisdictions/eu.yaml", "{starts: receipt, amount: 1, unit: month", |b| {
        clock(b, "eu", "access")
    }),
    ("GDPR 12(4): a way to complain", "jurisdictions/eu.yaml", "complaint:", |b| right(b, "eu", "complaint")),
    (
        "GDPR 33(1): 72 hours",
        "jurisdictions/eu.yaml",
        "incident_authority: {starts: awareness, amount: 72",
        |b| clock(b, "eu", "incident_authority"),
    ),
    (
        "11 CCR 7026(f): an opt-out in 15 working days",
        "jurisdictions/us-ca.yaml",
        "amount: 15, unit: working_day",
        |b| clock(b, "us-ca", "opt_out"),
    ),
    ("Sec-GPC: the signal objects", "purposes/advertising.yaml", "gpc: opts_out", |b| {
        b.purpose(&"advertising".parse().unwrap()).is_some_and(|one| one.opts_out_on_gpc)
    }),
    ("LGPD 9, GDPR 13: a notice in each language", "notices/newsletter/2/meta.yaml", "  en: ", |b| {
        b.notices().iter().all(|one| one.versions.iter().all(|version| version.texts.len() == 2))
    }),
    (
        "LGPD 16 I, GDPR 17(3)(b): what is kept has a ground and an end",
        "retention/fiscal-orders.yaml",
        "  br: {citation:",
        |b| b.retentions().iter().any(|one| one.laws.contains_key(&Jurisdiction::from_slug("br").unwrap())),
    ),
];

#[test]
fn what_the_law_asks_stands_in_a_line_and_without_the_line_nowhere() {
    let real = Bundle::embedded().unwrap();
    for (asks, file, line, holds) in REQUIREMENTS {
        assert!(holds(&real), "{asks}");
        let folder = copy();
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        let at = text
            .lines()
            .position(|one| one.contains(line))
            .unwrap_or_else(|| panic!("{asks}: no {line:?} in {file}"));
        let left: Vec<&str> =
            text.lines().enumerate().filter(|(n, _)| *n != at).map(|(_, one)| one).collect();
        fs::write(&path, left.join("\n") + "\n").unwrap();
        let without = Bundle::load(folder.path());
        assert!(
            without.is_err() || without.is_ok_and(|bundle| !holds(&bundle)),
            "{asks}: the line is not what answers it"
        );
    }
}
