//! How long the living are kept, and what they did: schedules take what is over, laws and people hold what they hold.

use std::path::{Path, PathBuf};

use zelo_app::{
    App, ApplyRetention, Bundle, EraseProfile, Error, Foreseen, Lookup, PreviewRetention, RecordConsent,
    Retained, Said as How, Tally,
};
use zelo_model::{Actor, ConsentKind, ErasureGround, ProfileId, Via};
use zelo_tests::{ANA, BRUNO, CLARA, Person, Said, TestApp, on_both_databases};

on_both_databases! {
    page_views_go_after_their_months_and_orders_stay_until_the_tax_law_lets_them,
    what_waits_for_the_last_word_of_whoever_did_it_stays_as_long_as_they_are_heard_of,
    what_is_counted_instead_names_nobody,
    a_transient_contact_goes_and_a_customer_stays,
    a_no_outlives_the_contact_that_said_it,
    a_minor_goes_sooner_and_nobody_is_shown_to_find_out,
    whoever_restricted_the_processing_of_their_data_is_left_alone,
    a_preview_tells_what_the_schedules_then_take_and_once_is_enough,
    fewer_than_five_people_are_not_counted_out,
    whoever_is_heard_of_again_in_between_stays,
    a_crash_leaves_each_event_either_there_or_counted,
    a_browser_nobody_signed_in_on_is_left_to_its_ninety_days,
}

const DAY: i64 = 24 * 3600;
const MONTH: i64 = 31 * DAY;

async fn operator(app: &App) -> Actor {
    app.operator(Some("acme"), Via::Job).await.unwrap()
}

async fn foreseen(app: &App, schedule: &str) -> Foreseen {
    let preview = PreviewRetention { schedule: Some(schedule.to_owned()) };
    app.run(&operator(app).await, preview).await.unwrap().pop().unwrap()
}

/// What a schedule takes: events and people.
async fn taken(app: &App, schedule: &str) -> (u64, u64) {
    let done = app.retain_in(&operator(app).await, Some(schedule)).await.unwrap();
    let [Retained { events, people, .. }] = done.as_slice() else { panic!("{done:?}") };
    (*events, *people)
}

/// Moves the clock on, and has somebody sign in then.
async fn back_after(app: &TestApp, seconds: i64, people: &[Person]) {
    app.clock.pass(seconds);
    let now = Some(app.app.now());
    app.send(people.iter().map(|person| person.signs_in().at(now)).collect::<Vec<_>>()).await;
}

/// The policies with a schedule more.
fn with_schedule(name: &str, text: &str) -> Bundle {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
            let to = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(&entry.path(), &to);
            } else {
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let real = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../policies");
    copy(&real, folder.path());
    std::fs::write(folder.path().join(format!("schedules/{name}.yaml")), text).unwrap();
    Bundle::load(folder.path()).unwrap()
}

/// Clara writes down what somebody said to the newsletter.
async fn says(app: &TestApp, person: &Person, kind: ConsentKind) -> ProfileId {
    let profile = app.by_email(person.email).await.unwrap().id;
    say(app, profile, kind).await;
    profile
}

async fn say(app: &TestApp, profile: ProfileId, kind: ConsentKind) {
    let said = How { channel: "telephone".to_owned(), ..How::default() };
    let purpose = Some("marketing-email".parse().unwrap());
    let record = RecordConsent { profile, purpose, recipient: None, kind, said };
    app.app.run(&app.officer().await, record).await.unwrap();
}

const ORDERS: &str = "label: {pt-BR: Pedidos, en: Orders}
what: events
names: [Order Completed, Order Refunded]
trigger: occurred
after: {months: 6}
then: erase
laws: {br: {citation: 'LGPD art. 15'}}
";

async fn page_views_go_after_their_months_and_orders_stay_until_the_tax_law_lets_them(app: &TestApp) {
    app.send([
        ANA.identifies(),
        Said::page("private-page", Some(ANA.user), Some(ANA.device)),
        Said::screen("private-screen", Some(ANA.user), Some(ANA.device)),
        ANA.does("Order Completed").with("total", 129),
        ANA.does("Order Refunded").with("total", 129),
    ])
    .await;
    let policies = with_schedule("orders", ORDERS);
    let process = Box::pin(app.place.start_under(&app.clock, policies)).await.unwrap();
    assert_eq!(process.retain().await.unwrap(), 0, "nothing is over yet");
    back_after(app, 13 * MONTH, &[ANA]).await;
    let kept = foreseen(&process, "orders").await;
    assert_eq!((kept.due, kept.kept.len()), (Tally::Exactly(1), 1), "no law asks for the refund: {kept:?}");
    let law = &kept.kept[0];
    assert_eq!(
        (law.policy.as_str(), law.count, law.until.to_string()),
        ("fiscal-orders", Tally::Exactly(1), "2032-01-01T00:00:00.000000Z".to_owned())
    );
    assert_eq!(process.retain().await.unwrap(), 3, "a page, a screen and a refund");
    assert_eq!(app.rows.count("event").await, 1, "the order");
    assert_eq!(app.rows.count("event_count").await, 0, "these are not to be counted");
    back_after(app, 47 * MONTH, &[ANA]).await;
    back_after(app, 9 * MONTH, &[ANA]).await;
    assert_eq!(foreseen(&process, "orders").await.due, Tally::Exactly(0), "the sixth year has not begun");
    assert_eq!(process.retain().await.unwrap(), 0);
    back_after(app, MONTH, &[ANA]).await;
    assert_eq!(taken(&process, "orders").await, (1, 0), "now the tax law lets it go");
    app.by_email(ANA.email).await.unwrap();
}

const QUESTIONS: &str = "label: {pt-BR: Perguntas, en: Questions}
what: events
names: [Question Asked]
trigger: last_seen
after: {months: 6}
then: anonymise
laws: {br: {citation: 'LGPD art. 15'}}
";

async fn what_waits_for_the_last_word_of_whoever_did_it_stays_as_long_as_they_are_heard_of(app: &TestApp) {
    app.send([
        ANA.identifies(),
        ANA.does("Question Asked"),
        BRUNO.identifies(),
        BRUNO.does("Question Asked"),
    ])
    .await;
    let policies = with_schedule("questions", QUESTIONS);
    let process = Box::pin(app.place.start_under(&app.clock, policies)).await.unwrap();
    back_after(app, 4 * MONTH, &[ANA]).await;
    app.clock.pass(3 * MONTH);
    assert_eq!(foreseen(&process, "questions").await.due, Tally::Exactly(1), "Bruno's");
    assert_eq!(taken(&process, "questions").await, (1, 0));
    let ana = app.by_email(ANA.email).await.unwrap();
    assert_eq!(ana.events.unwrap().shown().unwrap().events.len(), 1);
    app.clock.pass(4 * MONTH);
    assert_eq!(taken(&process, "questions").await, (1, 0));
    let counts = app.rows.all("event_count").await;
    assert_eq!(counts.iter().map(|row| row.text("n")).collect::<Vec<_>>(), ["2"], "both on the same day");
}

async fn what_is_counted_instead_names_nobody(app: &TestApp) {
    app.send([ANA.identifies(), BRUNO.identifies()]).await;
    app.send([ANA.does("Product Viewed"), ANA.does("Product Viewed"), BRUNO.does("Product Viewed")]).await;
    app.send([ANA.does("Product Added"), ANA.does("Cart Shared")]).await;
    back_after(app, 12 * MONTH, &[ANA, BRUNO]).await;
    back_after(app, 12 * MONTH, &[ANA, BRUNO]).await;
    assert_eq!(taken(&app.app, "product-views").await, (4, 0));
    let counts = app.rows.all("event_count").await;
    let counts: Vec<_> = counts.iter().map(|row| (row.text("name"), row.text("n"))).collect();
    assert_eq!(counts, [("Product Added", "1"), ("Product Viewed", "3")]);
    assert_eq!(app.rows.count("event").await, 1, "what is on no schedule stays");
    assert_eq!(taken(&app.app, "product-views").await, (0, 0));
    let ana = app.by_email(ANA.email).await.unwrap();
    assert_eq!(ana.events.unwrap().shown().unwrap().events.len(), 1);
}

async fn a_transient_contact_goes_and_a_customer_stays(app: &TestApp) {
    app.send([ANA.identifies(), ANA.does("Order Completed"), BRUNO.identifies(), BRUNO.does("Cart Shared")])
        .await;
    app.clock.pass(23 * MONTH);
    assert_eq!(taken(&app.app, "transient-contacts").await, (0, 0));
    app.clock.pass(2 * MONTH);
    assert_eq!(taken(&app.app, "transient-contacts").await, (0, 1));
    app.by_email(ANA.email).await.unwrap();
    assert!(matches!(app.by_email(BRUNO.email).await, Err(Error::NotFound)));
    assert_eq!((app.rows.count("event").await, app.rows.count("suppression").await), (1, 0));
    let erasure = &app.rows.all("erasure").await[0];
    assert_eq!((erasure.text("ground"), erasure.text("state")), ("not-needed", "3"));

    // He may come back, as somebody new.
    let receipt = app.send([BRUNO.identifies().at(Some(app.app.now()))]).await;
    assert_eq!((receipt.accepted, receipt.suppressed), (1, 0));
    app.by_email(BRUNO.email).await.unwrap();
    // After five years without a word the customer goes, too, and what the tax law asks for goes with its year.
    app.clock.pass(36 * MONTH);
    assert_eq!(taken(&app.app, "inactive-customers").await, (0, 1));
    assert!(matches!(app.by_email(ANA.email).await, Err(Error::NotFound)));
    assert_eq!(app.rows.count("retained_set").await, 1, "the order of 2026");
}

async fn a_no_outlives_the_contact_that_said_it(app: &TestApp) {
    app.send([CLARA.identifies(), BRUNO.identifies()]).await;
    says(app, &CLARA, ConsentKind::Object).await;
    app.clock.pass(25 * MONTH);
    assert_eq!(taken(&app.app, "transient-contacts").await, (0, 2));
    let now = Some(app.app.now());
    let receipt = app.send([CLARA.identifies().at(now), BRUNO.identifies().at(now)]).await;
    assert_eq!((receipt.accepted, receipt.suppressed), (1, 1), "her address is not collected again");
}

async fn a_minor_goes_sooner_and_nobody_is_shown_to_find_out(app: &TestApp) {
    app.send([
        ANA.identifies().with("birthday", "2015-05-01"),
        BRUNO.identifies().with("birthday", "1990-05-01"),
        CLARA.identifies(),
    ])
    .await;
    app.clock.pass(13 * MONTH);
    assert_eq!(taken(&app.app, "transient-contacts").await, (0, 1));
    let applied = applied(app).await;
    let [applied] = applied.as_slice() else { panic!("one passage looked: {applied:?}") };
    assert_eq!(
        (&applied["class"], &applied["count"]),
        (&"processing".into(), &3.into()),
        "three were opened"
    );
    assert!(applied["shown"].is_null(), "and shown to nobody: {applied}");
    assert!(matches!(app.by_email(ANA.email).await, Err(Error::NotFound)));
    app.by_email(BRUNO.email).await.unwrap();
    app.by_email(CLARA.email).await.unwrap();
    // Within the day nobody is opened again to be found grown up.
    assert_eq!(taken(&app.app, "transient-contacts").await, (0, 0));
    assert_eq!(self::applied(app).await.len(), 1);
}

/// The entries of schedules that were applied.
async fn applied(app: &TestApp) -> Vec<serde_json::Value> {
    let entries = app.entries().await.into_iter().map(|entry| serde_json::from_str(&entry).unwrap());
    entries.filter(|entry: &serde_json::Value| entry["op"] == "retention.apply").collect()
}

async fn whoever_restricted_the_processing_of_their_data_is_left_alone(app: &TestApp) {
    let page = |person: &Person| Said::page("private-page", Some(person.user), Some(person.device));
    app.send([ANA.identifies(), BRUNO.identifies(), page(&ANA), page(&BRUNO)]).await;
    let ana = says(app, &ANA, ConsentKind::Restrict).await;
    app.clock.pass(25 * MONTH);
    let browsing = foreseen(&app.app, "browsing").await;
    assert_eq!((browsing.due, browsing.held_back), (Tally::Exactly(1), Tally::Few));
    assert_eq!(app.app.retain().await.unwrap(), 2, "Bruno's page, and Bruno");
    assert_eq!(
        (app.rows.count("event").await, app.rows.count("owner_key").await),
        (1, 2),
        "hers and the house's"
    );
    let erase = EraseProfile {
        lookup: Lookup::Id(ana),
        ground: ErasureGround::NotNeeded,
        lapsed: Some("transient-contacts".to_owned()),
    };
    let refused = app.app.run(&operator(&app.app).await, erase).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    say(app, ana, ConsentKind::Lift).await;
    assert_eq!(app.app.retain().await.unwrap(), 2, "her page, and she");
    assert_eq!(app.rows.count("event").await, 0);
}

fn contact(n: usize) -> [Said; 2] {
    let user = format!("user-of-contact-{n}");
    let address = format!("private-{n}@example.com");
    [Said::identify(Some(&user), None).with("email", address), Said::page("private-page", Some(&user), None)]
}

async fn a_preview_tells_what_the_schedules_then_take_and_once_is_enough(app: &TestApp) {
    app.send((0..7).flat_map(contact).collect::<Vec<_>>()).await;
    app.send([ANA.identifies(), ANA.does("Order Completed"), ANA.does("Product Viewed")]).await;
    app.clock.pass(25 * MONTH);
    let preview = PreviewRetention { schedule: None };
    let all = app.app.run(&operator(&app.app).await, preview).await.unwrap();
    let told: Vec<_> = all.iter().map(|one| (one.schedule.as_str(), one.of_people, one.due)).collect();
    assert_eq!(
        told,
        [
            ("browsing", false, Tally::Exactly(7)),
            ("inactive-customers", true, Tally::Few),
            ("product-views", false, Tally::Exactly(1)),
            ("transient-contacts", true, Tally::Exactly(7)),
        ]
    );
    assert!(all.iter().all(|one| one.citation.contains("LGPD") && one.held_back == Tally::Few));
    assert_eq!(app.rows.count("event").await, 9, "to look is not to take");
    let done = app.app.retain_in(&operator(&app.app).await, None).await.unwrap();
    let done: Vec<_> = done.iter().map(|one| (one.schedule.as_str(), one.events, one.people)).collect();
    assert_eq!(
        done,
        [
            ("browsing", 7, 0),
            ("inactive-customers", 0, 0),
            ("product-views", 1, 0),
            ("transient-contacts", 0, 7)
        ]
    );
    let before = app.entries().await.len();
    assert_eq!(app.app.retain().await.unwrap(), 0);
    let entries = app.entries().await;
    assert_eq!(entries.len(), before, "a job with nothing to do says nothing");
    let counts: Vec<_> =
        app.rows.all("event_count").await.iter().map(|row| row.text("n").to_owned()).collect();
    assert_eq!(counts, ["1"]);
}

async fn fewer_than_five_people_are_not_counted_out(app: &TestApp) {
    app.send((0..4).flat_map(contact).collect::<Vec<_>>()).await;
    app.clock.pass(25 * MONTH);
    assert_eq!(foreseen(&app.app, "transient-contacts").await.due, Tally::Few);
    assert_eq!(taken(&app.app, "transient-contacts").await, (0, 4), "whoever runs it is told what was done");
    assert_eq!(foreseen(&app.app, "transient-contacts").await.due, Tally::Few, "none looks like few");
}

async fn whoever_is_heard_of_again_in_between_stays(app: &TestApp) {
    app.send([ANA.identifies(), BRUNO.identifies()]).await;
    let [ana, bruno] = [ANA, BRUNO].map(|person| person.email);
    let (ana, bruno) = (app.by_email(ana).await.unwrap().id, app.by_email(bruno).await.unwrap().id);
    back_after(app, 25 * MONTH, &[ANA]).await;
    let lapsed = |id: ProfileId| EraseProfile {
        lookup: Lookup::Id(id),
        ground: ErasureGround::NotNeeded,
        lapsed: Some("transient-contacts".to_owned()),
    };
    let operator = operator(&app.app).await;
    let refused = app.app.erase(&operator, lapsed(ana)).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    app.app.erase(&operator, lapsed(bruno)).await.unwrap();
    app.by_email(ANA.email).await.unwrap();
    assert!(matches!(app.by_email(BRUNO.email).await, Err(Error::NotFound)));
    let unknown = EraseProfile { lapsed: Some("no-such".to_owned()), ..lapsed(ana) };
    assert!(matches!(app.app.run(&operator, unknown).await, Err(Error::Invalid(_))));
}

async fn a_crash_leaves_each_event_either_there_or_counted(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    for _ in 0..8 {
        app.send((0..150).map(|_| ANA.does("Product Viewed")).collect::<Vec<_>>()).await;
    }
    back_after(app, 12 * MONTH, &[ANA]).await;
    back_after(app, 13 * MONTH, &[ANA]).await;
    let counted = async || {
        let rows = app.rows.all("event_count").await;
        rows.iter().map(|row| row.text("n").parse::<usize>().unwrap()).sum::<usize>()
    };
    app.rows.refuse_deletes(0, "event").await;
    assert!(app.app.retain().await.is_err());
    assert_eq!((app.rows.count("event").await, counted().await), (1200, 0));
    app.rows.allow_deletes(0, "event").await;
    // One chunk gets through, then whoever did it is gone.
    let applied = app.app.run(&operator(&app.app).await, ApplyRetention::of("product-views")).await.unwrap();
    assert_eq!(applied.events, 1000);
    assert_eq!((app.rows.count("event").await, counted().await), (200, 1000));
    let again = Box::pin(app.another()).await;
    assert_eq!(again.retain().await.unwrap(), 200, "whoever starts next goes on");
    assert_eq!((app.rows.count("event").await, counted().await), (0, 1200));
}

async fn a_browser_nobody_signed_in_on_is_left_to_its_ninety_days(app: &TestApp) {
    app.send([ANA.browses("Cart Shared")]).await;
    app.clock.pass(25 * MONTH);
    assert_eq!(taken(&app.app, "transient-contacts").await, (0, 0));
    assert_eq!(app.app.expire().await.unwrap(), 1);
}
