//! Deadlines, reckoned from the real policies and explained in a sentence. `docs/deadlines.md` is written by this test.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fmt::Write as _;
use std::sync::LazyLock;

use common::with;
use proptest::prelude::*;
use zelo_model::Timestamp;
use zelo_policy::{Bundle, ClockError, Due, Jurisdiction, Language, Law, Pause, Received};

mod common;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn of(slug: &str) -> Jurisdiction {
    slug.parse().unwrap()
}

fn law<'b>(bundle: &'b Bundle, slug: &str) -> &'b Law {
    bundle.law(of(slug)).unwrap()
}

/// What somebody received then must do, by one clock of one law.
fn due(slug: &str, clock: &str, received: &str) -> Due {
    let bundle = Bundle::embedded().unwrap();
    law(&bundle, slug).due(clock, &Received::at(at(received))).unwrap()
}

fn day(due: &Due) -> String {
    due.date.to_string()
}

#[test]
fn ana_asks_on_a_saturday_in_lisbon_and_has_her_answer_on_the_monday_behind_the_month() {
    let due = due("pt", "access", "2026-01-31T10:00:00Z");
    assert_eq!(due.at, at("2026-03-03T00:00:00Z"), "from then on it is late");
    assert_eq!(
        due.explain(Language::En),
        "Received on Saturday 31 January 2026 in Lisbon; one month by GDPR art. 12(3) ends on 28 February 2026, a \
         Saturday, so it is due on Monday 2 March 2026."
    );
    assert_eq!(
        due.explain(Language::PtBr),
        "Recebido no sábado, 31 de janeiro de 2026, em Lisboa; um mês conforme GDPR art. 12(3) termina em 28 de \
         fevereiro de 2026, um sábado, e por isso vence na segunda-feira, 2 de março de 2026."
    );
    let extended = due.extended.unwrap();
    assert_eq!((extended.tell_before, extended.reasons.len()), (due.at, 2));
    assert_eq!(
        extended.due.explain(Language::En),
        "Received on Saturday 31 January 2026 in Lisbon; one month by GDPR art. 12(3), extended by two months, ends on \
         Thursday 30 April 2026, when it is due."
    );
    assert_eq!(
        extended.due.explain(Language::PtBr),
        "Recebido no sábado, 31 de janeiro de 2026, em Lisboa; um mês conforme GDPR art. 12(3), com prorrogação de dois \
         meses, termina na quinta-feira, 30 de abril de 2026, quando vence."
    );
}

#[test]
fn an_incident_known_on_carnival_friday_is_told_on_ash_wednesday() {
    let due = due("br", "incident_authority", "2026-02-13T15:04:00-03:00");
    assert_eq!(due.at, at("2026-02-19T00:00:00-03:00"));
    assert_eq!(
        due.explain(Language::En),
        "Known on Friday 13 February 2026 by Brasília time; three working days by Res. CD/ANPD 15/2024 art. 6, 16 \
         February 2026 (Carnaval), 17 February 2026 (Carnaval) and 18 February 2026 (Quarta-feira de Cinzas, até as \
         14 horas) counted as working, to be safe, end on Wednesday 18 February 2026, when it is due."
    );
}

#[test]
fn an_answer_whose_last_day_is_tiradentes_is_given_on_the_day_before() {
    let tiradentes = due("br", "access", "2026-04-06T12:00:00-03:00");
    assert_eq!(
        tiradentes.explain(Language::PtBr),
        "Recebido na segunda-feira, 6 de abril de 2026, no horário de Brasília; 15 dias conforme LGPD art. 19 II \
         terminam em 21 de abril de 2026, uma terça-feira, feriado (Tiradentes), e por isso vence na segunda-feira, 20 de \
         abril de 2026."
    );
    assert_eq!(tiradentes.extended, None, "LGPD knows no extension");
    let carnival = due("br", "access", "2026-02-02T12:00:00-03:00");
    assert_eq!(day(&carnival), "2026-02-13", "nothing is left to end on Carnival Tuesday");
}

#[test]
fn in_california_the_day_of_receipt_is_the_first_of_the_forty_five() {
    let answer = due("us-ca", "access", "2026-02-01T09:00:00-08:00");
    assert_eq!(
        answer.explain(Language::En),
        "Received on Sunday 1 February 2026 in California; 45 days by 11 CCR 7021(b), the first day counted, end on \
         Tuesday 17 March 2026, when it is due."
    );
    assert_eq!(day(&answer.extended.unwrap().due), "2026-05-01", "ninety days in all");
    let acknowledged = due("us-ca", "acknowledgement", "2026-11-20T09:00:00-08:00");
    assert_eq!(day(&acknowledged), "2026-12-07", "Thanksgiving is no business day, the Friday behind it is");
    let opted_out = due("us-ca", "opt_out", "2026-06-15T09:00:00-07:00");
    assert_eq!(day(&opted_out), "2026-07-07", "Juneteenth is no business day");
}

#[test]
fn a_month_that_lacks_the_day_ends_with_its_last_in_the_union_and_with_the_next_ones_first_in_brazil() {
    assert_eq!(day(&due("pt", "access", "2025-01-31T10:00:00Z")), "2025-02-28");
    let counted = "amount: 15, unit: day, exclude_start_day: true, roll: earliest_lawful,";
    let month = "amount: 1, unit: month, month_end: first_of_next, exclude_start_day: true, roll: none,";
    let bundle = Bundle::load(with("jurisdictions/br.yaml", counted, month).path()).unwrap();
    let due = |received| law(&bundle, "br").due("access", &Received::at(at(received))).unwrap();
    assert_eq!(day(&due("2025-01-31T10:00:00-03:00")), "2025-03-01");
    assert_eq!(day(&due("2028-01-29T10:00:00-03:00")), "2028-02-29", "there is one in a leap year");
}

#[test]
fn years_end_leap_days_come_and_holidays_are_those_of_the_place() {
    let cases = [
        ("pt", "access", "2026-12-31T10:00:00Z", "2027-02-01"),
        ("ie", "access", "2028-01-31T10:00:00Z", "2028-02-29"),
        ("ie", "access", "2028-02-29T10:00:00Z", "2028-03-29"),
        ("de", "access", "2026-05-04T10:00:00Z", "2026-06-05"),
        ("ie", "access", "2026-05-04T10:00:00Z", "2026-06-04"),
        ("pt", "access", "2026-03-03T10:00:00Z", "2026-04-06"),
        ("ie", "access", "2026-03-03T10:00:00Z", "2026-04-03"),
        ("pt", "collected_elsewhere", "2026-03-03T10:00:00Z", "2026-04-02"),
        ("br", "access", "2026-03-10T23:59:00-03:00", "2026-03-25"),
        ("br", "access", "2026-03-11T00:00:00-03:00", "2026-03-26"),
        ("us-ca", "access", "2026-02-01T23:59:00-08:00", "2026-03-17"),
        ("us-ca", "access", "2026-02-02T00:00:00-08:00", "2026-03-18"),
    ];
    for (slug, clock, received, expected) in cases {
        assert_eq!(day(&due(slug, clock, received)), expected, "{slug} {clock} {received}");
    }
    let extended = due("pt", "access", "2026-11-30T10:00:00Z").extended.unwrap();
    assert_eq!(day(&extended.due), "2027-03-01", "the 30th February is the 28th, a Sunday");
}

#[test]
fn summer_time_takes_an_hour_from_the_clock_on_the_wall_and_none_from_seventy_two() {
    let incident = due("pt", "incident_authority", "2026-03-27T12:00:00Z");
    assert_eq!(incident.at, at("2026-03-30T12:00:00Z"));
    assert_eq!(
        incident.explain(Language::En),
        "Known on Friday 27 March 2026 at 12:00 in Lisbon; 72 hours by GDPR art. 33(1) end on Monday 30 March 2026 at \
         13:00, when it is due."
    );
    let answer = due("pt", "access", "2026-02-28T12:00:00Z");
    assert_eq!((day(&answer), answer.at), ("2026-03-30".to_owned(), at("2026-03-30T23:00:00Z")));
}

#[test]
fn what_is_due_at_once_is_due_when_it_comes() {
    let received = "2026-04-06T15:04:00-03:00";
    let due = due("br", "access_simplified", received);
    assert_eq!(due.at, at(received));
    assert_eq!(
        due.explain(Language::En),
        "Received on Monday 6 April 2026 at 15:04 by Brasília time; due at once by LGPD art. 19 I."
    );
    assert_eq!(
        due.explain(Language::PtBr),
        "Recebido na segunda-feira, 6 de abril de 2026, às 15:04, no horário de Brasília; vence de imediato conforme \
         LGPD art. 19 I."
    );
}

#[test]
fn a_small_agent_has_twice_the_time_and_the_sentence_says_why() {
    let bundle = Bundle::embedded().unwrap();
    let small = |clock: &str, received| {
        let received = Received { small_agent: true, ..Received::at(at(received)) };
        law(&bundle, "br").due(clock, &received).unwrap()
    };
    let access = small("access", "2026-04-06T12:00:00-03:00");
    assert_eq!(
        access.explain(Language::En),
        "Received on Monday 6 April 2026 by Brasília time; 30 days for a small agent by Res. CD/ANPD 2/2022 art. 14 III \
         end on Wednesday 6 May 2026, when it is due."
    );
    assert_eq!(day(&small("access_simplified", "2026-04-06T12:00:00-03:00")), "2026-04-20");
    assert_eq!(day(&small("incident_authority", "2026-02-13T12:00:00-03:00")), "2026-02-23");
}

#[test]
fn bruno_is_asked_who_he_is_and_the_clock_of_the_union_waits_for_him() {
    let bundle = Bundle::embedded().unwrap();
    let pause = |from, until| Pause { from: at(from), until: at(until) };
    let asked = |slug: &str, pauses: &[Pause]| {
        let received = Received { pauses, ..Received::at(at("2026-03-02T10:00:00Z")) };
        law(&bundle, slug).due("access", &received).unwrap()
    };
    let soon = pause("2026-03-03T10:00:00Z", "2026-03-10T18:00:00Z");
    assert_eq!(
        asked("pt", &[soon]).explain(Language::En),
        "Received on Monday 2 March 2026 in Lisbon; one month by GDPR art. 12(3), suspended for seven days while it was \
         asked who the person is, ends on Thursday 9 April 2026, when it is due."
    );
    let overlapping = pause("2026-03-05T10:00:00Z", "2026-03-12T10:00:00Z");
    assert_eq!(
        day(&asked("pt", &[overlapping, soon])),
        "2026-04-13",
        "nine days, counted once, and a Saturday"
    );
    let late = pause("2026-03-10T10:00:00Z", "2026-03-17T10:00:00Z");
    assert_eq!(day(&asked("pt", &[late])), "2026-04-02", "whoever asks late loses the time");
    let brazil = asked("br", &[soon]);
    assert_eq!(day(&brazil), "2026-03-17", "LGPD's clock runs on");
}

#[test]
fn of_the_laws_that_hold_for_somebody_the_earliest_counts_and_the_others_are_named() {
    let bundle = Bundle::embedded().unwrap();
    let received = Received::at(at("2026-04-06T12:00:00-03:00"));
    let both = [of("pt"), of("br")];
    let due = bundle.answer_due(&both, "access", &received).unwrap().unwrap();
    assert_eq!((due.law, due.clock.as_str()), (of("br"), "access"));
    assert!(
        due.explain(Language::En).ends_with(
            "so it is due on Monday 20 April 2026; by other laws it would be later, 6 May 2026 (Portugal)."
        ),
        "{}",
        due.explain(Language::En)
    );
    assert!(
        due.explain(Language::PtBr)
            .ends_with("; por outras leis seria mais tarde, em 6 de maio de 2026 (Portugal).")
    );
    let incident = bundle.due(&both, "incident_authority", &received).unwrap().unwrap();
    assert_eq!((incident.law, day(&incident).as_str()), (of("pt"), "2026-04-09"));
    assert_eq!(bundle.answer_due(&both, "complaint", &received).unwrap(), None, "the authority answers that");
    let nowhere = bundle.due(&[of("uk")], "access", &received).unwrap_err();
    assert_eq!(nowhere.to_string(), "there is no policies/jurisdictions/uk.yaml");
}

#[test]
fn a_deadline_in_a_year_whose_holidays_nobody_has_written_down_is_an_error() {
    let bundle = Bundle::embedded().unwrap();
    let error = law(&bundle, "pt").due("access", &Received::at(at("2028-12-20T10:00:00Z"))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "2029-01-20 lies outside 2025-01-01 to 2028-12-31, which is all that policies/calendars/pt.yaml covers"
    );
    let error = law(&bundle, "pt").due("lunch", &Received::at(at("2026-12-20T10:00:00Z"))).unwrap_err();
    assert_eq!(error, ClockError::NoClock { law: of("pt"), clock: "lunch".to_owned() });
}

proptest! {
    #[test]
    fn whoever_comes_later_is_never_due_earlier(first in 0_i64..1_000 * 86_400, later in 0_i64..40 * 86_400) {
        static BUNDLE: LazyLock<Bundle> = LazyLock::new(|| Bundle::embedded().unwrap());
        let start = at("2025-02-01T00:00:00Z");
        let first = start.plus(first * Timestamp::SECOND);
        let second = first.plus(later * Timestamp::SECOND);
        for law in BUNDLE.laws() {
            for clock in &law.clocks {
                let due = |received| law.due(&clock.key, &Received::at(received)).unwrap();
                let (one, other) = (due(first), due(second));
                prop_assert!(one.at >= first && one.at <= other.at, "{} {} {first}", law.key, clock.key);
                if let Some(extended) = one.extended {
                    prop_assert!(extended.due.at > one.at);
                }
            }
        }
    }
}

#[test]
fn every_deadline_stands_in_the_docs_as_a_sentence() {
    let bundle = Bundle::embedded().unwrap();
    let mut text = String::from(HEAD);
    for law in bundle.laws() {
        let _ = write!(text, "\n## {} / {}\n\n", law.label.en, law.label.pt_br);
        let parent = law.parent.and_then(|parent| bundle.law(parent));
        for clock in &law.clocks {
            if parent.is_some_and(|parent| parent.clock(&clock.key) == Some(clock)) {
                continue;
            }
            let due = law.due(&clock.key, &Received::at(at("2026-01-30T15:00:00Z"))).unwrap();
            let _ = writeln!(text, "`{}`\n", clock.key);
            for lang in Language::ALL.into_iter().rev() {
                let _ = writeln!(text, "- {}", due.explain(lang));
                if let Some(extended) = &due.extended {
                    let _ = writeln!(text, "- {}", extended.due.explain(lang));
                }
            }
            text.push('\n');
        }
        if let Some(parent) = parent {
            let _ = writeln!(text, "The clocks of \"{}\", {}.", parent.label.en, law.zone.place().en);
        }
    }
    expect_test::expect_file!["../../../docs/deadlines.md"].assert_eq(&text);
}

const HEAD: &str = "\
# Deadlines

What every clock of `policies/jurisdictions` makes of something that came on Friday 30 January 2026 at 15:00 UTC, as people
are told it, and what an extension makes of it. Written by `crates/policy/tests/clocks.rs`, never by hand: whoever changes a
clock sees here what it changes.
";
