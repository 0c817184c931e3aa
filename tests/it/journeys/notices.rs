//! Who saw which notice, also without answering it: on a person, and in numbers that tell of nobody.

use serde_json::{Value, json};
use zelo_app::{
    CountNotice, CreateCredential, Error, NoticeNumbers, ProfileView, RecordConsent, Result, Said as How,
    SeenNotice, Tally,
};
use zelo_model::ConsentKind::{Deny, Grant, Informed};
use zelo_model::{Actor, ConsentKind, Field, ProfileId, Role, Standing, Via};
use zelo_tests::{ANA, BRUNO, Said, TestApp, notice, on_both_databases};

on_both_databases! {
    who_only_saw_a_notice_has_said_nothing_and_it_is_known_what_they_saw,
    a_browser_that_shows_a_notice_says_so_once,
    what_somebody_answers_is_known_by_the_text_they_read,
    clara_counts_who_saw_and_few_are_not_told,
    a_browser_that_only_saw_a_notice_is_forgotten_like_any_other,
}

const DAY: i64 = 86_400;

fn advertising() -> String {
    notice("advertising", 1, "pt-BR")
}

fn shown(text: &str) -> Value {
    json!({ "notice": text })
}

fn answered(text: &str, yes: bool) -> Value {
    json!({ "notice": text, "categoryPreferences": {"advertising": yes} })
}

async fn writes(
    app: &TestApp,
    who: &Actor,
    (profile, purpose): (ProfileId, Option<&str>),
    (kind, notice): (ConsentKind, Option<String>),
) -> Result<Standing> {
    let purpose = purpose.map(|purpose| purpose.parse().unwrap());
    let said = How { channel: "counter".to_owned(), notice, ..How::default() };
    let record = RecordConsent { profile, purpose, recipient: None, kind, said };
    app.clock.pass(60);
    app.app.run(who, record).await.map(|view| view.state.standing)
}

fn seen(view: &ProfileView) -> Vec<SeenNotice> {
    view.notices.as_ref().unwrap().shown().unwrap().clone()
}

async fn who_only_saw_a_notice_has_said_nothing_and_it_is_known_what_they_saw(app: &TestApp) {
    let clara = app.officer().await;
    app.send([ANA.identifies()]).await;
    let ana = app.by_user(ANA.user).await.unwrap().id;
    let told = writes(app, &clara, (ana, None), (Informed, Some(notice("newsletter", 1, "en")))).await;
    assert_eq!(told.unwrap(), Standing::Unasked);
    let view = app.by_id(ana).await.unwrap();
    assert!(view.consents.as_ref().unwrap().shown().unwrap().is_empty(), "nothing was said to any purpose");
    let [one] = &seen(&view)[..] else { panic!("{view:?}") };
    assert_eq!((one.notice.as_str(), one.version, one.language.as_str()), ("newsletter", 1, "en"));
    assert!(one.answers.is_empty());
    let event = &view.consent_events.as_ref().unwrap().shown().unwrap().events[0];
    assert_eq!((event.kind, event.purpose.as_str()), (Informed, "marketing-email"));
    let evidence = event.evidence.as_ref().unwrap();
    assert_eq!(evidence.channel, "counter");

    let wrong = |outcome: &Result<Standing>, at: &str| matches!(outcome, Err(Error::Invalid(all)) if all.len() == 1 && all[0].at == at);
    let none = writes(app, &clara, (ana, None), (Informed, None)).await;
    assert!(wrong(&none, "notice"), "{none:?}");
    let unknown = writes(app, &clara, (ana, None), (Informed, Some("ab".repeat(32)))).await;
    assert!(wrong(&unknown, "notice"), "{unknown:?}");
    let later = writes(app, &clara, (ana, None), (Informed, Some(notice("newsletter", 2, "en")))).await;
    assert!(wrong(&later, "notice"), "{later:?}");
    let narrow = (Some("marketing-email"), Some(notice("newsletter", 1, "en")));
    let narrow = writes(app, &clara, (ana, narrow.0), (Informed, narrow.1)).await;
    assert!(wrong(&narrow, "purpose"), "{narrow:?}");
    let refused = writes(app, &app.davi, (ana, None), (Informed, Some(advertising()))).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
}

async fn a_browser_that_shows_a_notice_says_so_once(app: &TestApp) {
    for _ in 0..3 {
        let said = [
            ANA.browses("Product Viewed").context("consent", shown(&advertising())).at(Some(app.app.now())),
            ANA.browses("Product Viewed").context("consent", shown(&advertising())).at(Some(app.app.now())),
        ];
        app.send(said).await;
        app.clock.pass(60);
    }
    assert_eq!(app.rows.count("consent_event").await, 1);
    let view = app.by_device(ANA.device).await.unwrap();
    assert_eq!(seen(&view)[0].at.to_string(), "2026-01-31T12:00:00.000000Z", "when it was seen first");
    assert!(view.consents.as_ref().unwrap().shown().unwrap().is_empty());

    // Neither a text that nobody published, nor one of others, nor one of tomorrow, nor an answer that cannot be read.
    for consent in [
        shown(&"ab".repeat(32)),
        shown(&notice("analytics", 1, "en")),
        shown(&notice("newsletter", 2, "en")),
        shown("private-text"),
        json!({ "notice": advertising(), "categoryPreferences": {"advertising": "perhaps"} }),
        json!({ "notice": 5 }),
        json!("private-text"),
    ] {
        app.send([BRUNO.browses("Product Viewed").context("consent", consent)]).await;
    }
    assert_eq!(app.rows.count("consent_event").await, 1);
    let empty = json!({ "notice": advertising(), "categoryPreferences": {} });
    app.send([BRUNO.browses("Product Viewed").context("consent", empty)]).await;
    assert_eq!(app.rows.count("consent_event").await, 2, "one that holds no preferences");
}

async fn what_somebody_answers_is_known_by_the_text_they_read(app: &TestApp) {
    let said = async |consent: Value| {
        app.clock.pass(60);
        app.send([ANA.identifies().context("consent", consent).at(Some(app.app.now()))]).await;
        app.clock.pass(60);
        app.by_user(ANA.user).await.unwrap()
    };
    let view = said(shown(&advertising())).await;
    assert!(seen(&view)[0].answers.is_empty());
    let answers = |view: &ProfileView| {
        let all = seen(view);
        assert_eq!(all.len(), 1);
        all[0].answers.iter().map(|one| (one.purpose.clone(), one.kind)).collect::<Vec<_>>()
    };
    let view = said(answered(&advertising(), true)).await;
    assert_eq!(answers(&view), [("advertising".to_owned(), Grant)]);
    let view = said(answered(&advertising(), false)).await;
    assert_eq!(answers(&view), [("advertising".to_owned(), Deny)], "a no names the text, too");
    let events = view.consent_events.unwrap();
    let events = &events.shown().unwrap().events;
    assert_eq!(events.iter().map(|one| one.kind).collect::<Vec<_>>(), [Deny, Grant, Informed]);
    let standing = view.consents.unwrap().shown().unwrap()[0].state.standing;
    assert_eq!(standing, Standing::Denied);
    // In another language it is another text, answered or not.
    let view = said(shown(&notice("advertising", 1, "en"))).await;
    let both: Vec<_> = seen(&view).into_iter().map(|one| (one.language, one.answers.len())).collect();
    assert_eq!(both, [("pt-BR".to_owned(), 1), ("en".to_owned(), 0)]);
    let standing = view.consents.unwrap().shown().unwrap()[0].state.standing;
    assert_eq!(standing, Standing::Denied, "to have seen it changes nothing");
    // Whoever may not see what was said may not see what was seen.
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let purposes = vec!["analytics".parse().unwrap()];
    let key = CreateCredential { name: "gil".to_owned(), role: Role::Analyst, purposes, source: None };
    let secret = app.app.run(&operator, key).await.unwrap().secret;
    let gil = app.app.authenticate(&secret).await.unwrap().actor(None, Via::GraphQl).unwrap();
    let view = zelo_tests::look(&app.app, &gil, zelo_app::Lookup::Id(view.id)).await.unwrap();
    assert!(matches!(view.notices, Some(Field::Withheld(_))));
}

async fn clara_counts_who_saw_and_few_are_not_told(app: &TestApp) {
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let purposes = vec!["data-subject-rights".parse().unwrap()];
    let key = CreateCredential { name: "clara".to_owned(), role: Role::Officer, purposes, source: None };
    let secret = app.app.run(&operator, key).await.unwrap().secret;
    let clara = app.app.authenticate(&secret).await.unwrap().actor(None, Via::GraphQl).unwrap();
    let count = async || -> Vec<NoticeNumbers> {
        app.app.run(&clara, CountNotice { notice: "advertising".to_owned() }).await.unwrap()
    };
    let somebody = |n: usize, consent: Value| {
        let user = format!("private-user-{n}");
        Said::identify(Some(&user), None).context("consent", consent)
    };
    let (pt, en) = (advertising(), notice("advertising", 1, "en"));
    let consent = |n: usize| match n {
        0..4 => shown(&pt),
        4..11 => answered(if n.is_multiple_of(2) { &pt } else { &en }, true),
        _ => answered(&en, false),
    };
    app.send((0..16).map(|n| somebody(n, consent(n)))).await;
    let expected = NoticeNumbers {
        version: 1,
        saw: Tally::Exactly(16),
        said_yes: Tally::Exactly(7),
        said_no: Tally::Exactly(5),
        only_saw: Tally::Few,
    };
    assert_eq!(count().await, [expected]);
    // The fifth who only saw it, twice, in both languages: a person counts once.
    app.clock.pass(60);
    app.send([somebody(20, shown(&pt)), somebody(20, shown(&en))]).await;
    let expected = NoticeNumbers { saw: Tally::Exactly(17), only_saw: Tally::Exactly(5), ..expected };
    assert_eq!(count().await, [expected]);
    let newsletter = app.app.run(&clara, CountNotice { notice: "newsletter".to_owned() }).await.unwrap();
    assert_eq!(
        newsletter.iter().map(|one| (one.version, one.saw)).collect::<Vec<_>>(),
        [(1, Tally::Few), (2, Tally::Few)]
    );
    let none = app.app.run(&clara, CountNotice { notice: "nothing".to_owned() }).await;
    assert!(matches!(none, Err(Error::NotFound)));
    let refused = app.app.run(&app.davi, CountNotice { notice: "advertising".to_owned() }).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
    // Without anybody's keys: nothing is opened.
    app.rows.tamper(1, "delete from owner_key").await;
    let cold = app.another().await;
    assert_eq!(cold.run(&clara, CountNotice { notice: "advertising".to_owned() }).await.unwrap(), [expected]);
}

async fn a_browser_that_only_saw_a_notice_is_forgotten_like_any_other(app: &TestApp) {
    app.send([
        ANA.browses("Product Viewed").context("consent", shown(&advertising())),
        BRUNO.browses("Product Viewed").context("consent", answered(&advertising(), false)),
    ])
    .await;
    assert_eq!(app.rows.count("consent_event").await, 2);
    app.clock.pass(91 * DAY);
    app.app.expire().await.unwrap();
    assert_eq!(app.rows.count("consent_event").await, 1, "his no is kept");
    assert!(matches!(app.by_device(ANA.device).await, Err(Error::NotFound)));
    app.by_device(BRUNO.device).await.unwrap();
}
