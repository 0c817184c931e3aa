//! What is said of how long the living are kept, and the mistakes in it that refuse a bundle.
#![expect(clippy::unwrap_used, reason = "a helper that cannot make its files has failed the test")]

use common::{refuses, with_file};
use zelo_model::Timestamp;
use zelo_policy::{Bundle, Jurisdiction, Scheduled, Then};

mod common;

fn law(slug: &str) -> Jurisdiction {
    Jurisdiction::from_slug(slug).unwrap()
}

#[test]
fn every_schedule_holds_in_brazil_and_the_union_and_says_by_which_law() {
    let bundle = Bundle::embedded().unwrap();
    let keys: Vec<&str> = bundle.schedules().iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["browsing", "inactive-customers", "product-views", "transient-contacts"]);
    for schedule in bundle.schedules() {
        assert!(schedule.citation(&[law("br")]).is_some_and(|law| law.contains("LGPD")), "{}", schedule.key);
        assert!(schedule.citation(&[law("pt"), law("eu")]).is_some_and(|law| law.contains("GDPR")));
        assert_eq!(schedule.citation(&[law("us-ca")]), None, "{}: nobody has said so there", schedule.key);
    }
    let Scheduled::Events(views) = &bundle.schedule("product-views").unwrap().what else { panic!("events") };
    assert!(views.then == Then::Anonymise && !views.pages);
    let Scheduled::People(customers) = &bundle.schedule("inactive-customers").unwrap().what else {
        panic!("people")
    };
    assert!(customers.unless.is_empty() && customers.minors == Some(24));
}

#[test]
fn months_count_by_the_calendar_and_a_law_of_retention_reaches_to_the_beginning_of_its_year() {
    let bundle = Bundle::embedded().unwrap();
    let now: Timestamp = "2026-03-31T12:00:00Z".parse().unwrap();
    let before = bundle.schedule("browsing").unwrap().before(now);
    assert_eq!(before.to_string(), "2025-02-28T12:00:00.000000Z");
    let fiscal = &bundle.retentions()[0];
    let since = fiscal.keeps_since(law("br"), now).unwrap();
    assert_eq!(since.to_string(), "2021-01-01T00:00:00.000000Z");
    assert!(fiscal.until(law("br"), since, now).is_some());
    assert_eq!(fiscal.until(law("br"), since.plus(-1), now), None);
}

#[test]
fn a_schedule_that_no_law_asks_for_is_refused() {
    refuses(
        "schedules/browsing.yaml",
        ("citation: \"LGPD art. 6 III, 15 I and 16\"", "citation: \" \""),
        "  br: {citation",
        "nobody says by which law; write citation and where the law says it, or leave the law out",
    );
    let text = "label: {pt-BR: Tudo, en: All}\nwhat: events\npages: true\ntrigger: occurred\nafter: {months: 1}\n\
                then: erase\nlaws: {}\n";
    let folder = with_file("schedules/all.yaml", text);
    let error = Bundle::load(folder.path()).unwrap_err().to_string();
    assert_eq!(
        error,
        "policies/schedules/all.yaml: no law asks for this schedule; name at least one with its citation, or remove \
         the file: what is deleted needs a ground, too"
    );
}

#[test]
fn what_a_schedule_cannot_mean_is_refused_with_line_and_remedy() {
    refuses(
        "schedules/browsing.yaml",
        ("after: {months: 13}", "after: {months: 0}"),
        "after: {months",
        "kept for no month at all; write at least 1: what is gone at once should not be collected",
    );
    refuses(
        "schedules/browsing.yaml",
        ("pages: true", "pages: false"),
        "what: events",
        "it is about no event at all; name them under names:, or write pages: true",
    );
    refuses(
        "schedules/product-views.yaml",
        ("  - Product Clicked\n", "  - Product Viewed\n"),
        "  - Product Viewed",
        "\"Product Viewed\" is there twice; keep one of the two",
    );
    refuses(
        "schedules/product-views.yaml",
        ("then: anonymise", "then: anonymise\nminors_after: {months: 3}"),
        "laws:",
        "minors_after says nothing of events; leave it out, or write what: as you mean it",
    );
    refuses(
        "schedules/transient-contacts.yaml",
        ("then: erase", "then: anonymise"),
        "then: erase",
        "a person cannot be made a number; write then: erase; what they did can be counted by a schedule of events \
         before",
    );
    refuses(
        "schedules/transient-contacts.yaml",
        ("minors_after: {months: 12}", "minors_after: {months: 24}"),
        "minors_after: {months",
        "minors would be kept no shorter than others; write fewer months than after:, or leave it out",
    );
    refuses(
        "schedules/inactive-customers.yaml",
        ("only: all", "only: transient"),
        "only: all",
        "everybody would be a transient contact; name under contracts: the events by which somebody is more than that",
    );
    refuses(
        "schedules/inactive-customers.yaml",
        ("trigger: last_seen", "trigger: occurred"),
        "trigger: last_seen",
        "a person does not occur; write trigger: last_seen: a person's time begins when they were last heard of",
    );
    refuses(
        "schedules/inactive-customers.yaml",
        ("trigger: last_seen", "trigger: last_heard"),
        "trigger: last_seen",
        "\"last_heard\" is not a known word here; write one of occurred, last_seen",
    );
}
