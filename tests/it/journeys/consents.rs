//! What people say to purposes, and what merging and taking apart does to it.

use serde_json::Value;
use zelo_app::{
    CreateCredential, Error, GetProfile, Lookup, MergeProfiles, Merging, Part, PreviewChange, Rearrangement,
    RecordConsent, Result, Said as How, SplitProfile, UndoMerge, WantedConsents, Wants, WithdrawConsent,
    Withholding,
};
use zelo_model::ConsentKind::{Deny, Grant, Invalidate, Lift, Object, Restrict};
use zelo_model::{Actor, ConsentKind, IdentifierKind, ProfileId, Reason, Role, Standing, Via};
use zelo_tests::{ANA, BRUNO, CLARA, Person, Said, TestApp, on_both_databases};

on_both_databases! {
    ana_says_yes_takes_it_back_and_says_yes_again,
    a_consent_that_cannot_be_proven_is_refused,
    brunos_yes_does_not_undo_anas_no_while_they_are_taken_for_one,
    a_no_said_while_they_were_one_holds_for_both_and_a_yes_for_its_own,
    the_house_record_returns_to_the_profile_it_was_born_under,
    what_a_merge_would_withhold_is_told_before,
    the_log_proves_which_came_first,
    two_who_withdraw_at_once_withdraw_once,
    an_objection_and_a_restriction_stand_until_they_are_lifted,
    nobody_sends_as_the_house_itself,
    whoever_was_taken_for_one_rightly_takes_back_what_they_said_as_either,
    what_the_other_may_have_taken_back_is_said_again,
    who_is_split_off_takes_the_no_with_them,
    a_consent_that_changed_counts_no_more_whoever_gave_it,
    a_page_of_what_was_said_ends_where_the_next_begins,
    who_may_know_what_was_said_need_not_see_how,
    what_a_browser_said_no_to_is_not_forgotten_with_what_it_did,
}

const NEWSLETTER: &str = "marketing-email";

fn in_person(person: &Person) -> How {
    How {
        verified: Some((IdentifierKind::Email, None, person.email.to_owned())),
        language: Some("pt-BR".to_owned()),
        notice: Some(zelo_tests::notice("newsletter", 1, "pt-BR")),
        ..by_telephone()
    }
}

fn by_telephone() -> How {
    How { channel: "telephone".to_owned(), note: Some("private-note".to_owned()), ..How::default() }
}

async fn says(
    app: &TestApp,
    who: &Actor,
    profile: ProfileId,
    kind: ConsentKind,
    said: How,
) -> Result<Standing> {
    let purpose = NEWSLETTER.parse().unwrap();
    let record = RecordConsent { profile, purpose: Some(purpose), recipient: None, kind, said };
    Ok(app.app.run(who, record).await?.state.standing)
}

async fn withdraws(app: &TestApp, who: &Actor, profile: ProfileId) -> Result<Standing> {
    let purpose = NEWSLETTER.parse().unwrap();
    let withdraw = WithdrawConsent { profile, purpose, recipient: None, channel: "web".to_owned() };
    Ok(app.app.run(who, withdraw).await?.state.standing)
}

async fn standing(app: &TestApp, user: &str) -> Standing {
    let consents = app.by_user(user).await.unwrap().consents.unwrap();
    let shown = consents.shown().unwrap();
    shown.iter().find(|one| one.purpose == NEWSLETTER).map(|one| one.state.standing).unwrap_or_default()
}

async fn two_people(app: &TestApp) -> (ProfileId, ProfileId) {
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    app.clock.pass(60);
    app.send([BRUNO.identifies(), BRUNO.does("Product Viewed")]).await;
    app.clock.pass(60);
    (app.by_user(ANA.user).await.unwrap().id, app.by_user(BRUNO.user).await.unwrap().id)
}

async fn merge(app: &TestApp, who: &Actor, profiles: [ProfileId; 2]) -> UndoMerge {
    app.clock.pass(60);
    let what = Merging::Profiles(profiles.to_vec());
    let merge = app.app.run(who, MergeProfiles { what, over_limits: true }).await.unwrap().line;
    app.clock.pass(60);
    UndoMerge { merge }
}

async fn ana_says_yes_takes_it_back_and_says_yes_again(app: &TestApp) {
    let clara = app.officer().await;
    let (ana, _) = two_people(app).await;
    assert!(
        matches!(withdraws(app, &clara, ana).await, Err(Error::Conflict(_))),
        "there is nothing to take back"
    );
    assert_eq!(says(app, &clara, ana, Grant, in_person(&ANA)).await.unwrap(), Standing::Granted);
    app.clock.pass(60);
    assert_eq!(withdraws(app, &clara, ana).await.unwrap(), Standing::Withdrawn);
    let twice = withdraws(app, &clara, ana).await;
    assert!(matches!(twice, Err(Error::Conflict(why)) if why.contains("withdrawn already")), "{twice:?}");
    app.clock.pass(60);
    assert_eq!(says(app, &clara, ana, Grant, in_person(&ANA)).await.unwrap(), Standing::Granted);
    assert_eq!(app.rows.count("consent_event").await, 3, "history is added to");
    app.clock.pass(60);
    says(app, &clara, ana, Invalidate, in_person(&ANA)).await.unwrap();
    assert_eq!(standing(app, ANA.user).await, Standing::Invalidated);
    assert_eq!(standing(app, BRUNO.user).await, Standing::Unasked);
}

async fn a_consent_that_cannot_be_proven_is_refused(app: &TestApp) {
    let clara = app.officer().await;
    let (ana, _) = two_people(app).await;
    for (said, at) in [
        (How { notice: None, ..in_person(&ANA) }, "notice"),
        (How { notice: Some("ab".to_owned()), ..in_person(&ANA) }, "notice"),
        (How { language: None, ..in_person(&ANA) }, "language"),
        (How { channel: "By Phone".to_owned(), ..in_person(&ANA) }, "channel"),
        (in_person(&BRUNO), "identifier"),
    ] {
        let outcome = says(app, &clara, ana, Grant, said).await;
        assert!(
            matches!(&outcome, Err(Error::Invalid(problems)) if problems[0].at == at),
            "{at}: {outcome:?}"
        );
    }
    let record = |purpose: &str, recipient: Option<&str>| RecordConsent {
        profile: ana,
        purpose: Some(purpose.parse().unwrap()),
        recipient: recipient.map(str::to_owned),
        kind: Grant,
        said: in_person(&ANA),
    };
    for (record, at) in [
        (record("billing", None), "purpose"),
        (record("no-such-purpose", None), "purpose"),
        (record(NEWSLETTER, Some("nobody")), "recipient"),
    ] {
        let outcome = app.app.run(&clara, record).await;
        assert!(
            matches!(&outcome, Err(Error::Invalid(problems)) if problems[0].at == at),
            "{at}: {outcome:?}"
        );
    }
    assert_eq!(app.rows.count("consent_event").await, 0);
    assert!(matches!(says(app, &app.davi, ana, Deny, by_telephone()).await, Err(Error::Forbidden)));
}

async fn brunos_yes_does_not_undo_anas_no_while_they_are_taken_for_one(app: &TestApp) {
    let (clara, elisa) = (app.officer().await, app.steward().await);
    let (ana, bruno) = two_people(app).await;
    says(app, &clara, ana, Deny, in_person(&ANA)).await.unwrap();
    let undo = merge(app, &elisa, [ana, bruno]).await;
    assert_eq!(says(app, &clara, ana, Grant, in_person(&BRUNO)).await.unwrap(), Standing::Denied);
    app.app.run(&elisa, undo).await.unwrap();
    assert_eq!(standing(app, ANA.user).await, Standing::Denied);
    assert_eq!(standing(app, BRUNO.user).await, Standing::Granted, "his yes stays with its anchor");
}

async fn a_no_said_while_they_were_one_holds_for_both_and_a_yes_for_its_own(app: &TestApp) {
    let (clara, elisa) = (app.officer().await, app.steward().await);
    let (ana, bruno) = two_people(app).await;
    says(app, &clara, bruno, Grant, in_person(&BRUNO)).await.unwrap();
    let undo = merge(app, &elisa, [ana, bruno]).await;
    says(app, &clara, ana, Grant, in_person(&ANA)).await.unwrap();
    app.clock.pass(60);
    // Somebody calls and wants no newsletter: which of them, nobody asks, for they are one.
    assert_eq!(says(app, &clara, bruno, Deny, by_telephone()).await.unwrap(), Standing::Denied);
    app.clock.pass(60);
    app.app.run(&elisa, undo).await.unwrap();
    assert_eq!(
        (standing(app, ANA.user).await, standing(app, BRUNO.user).await),
        (Standing::Denied, Standing::Denied)
    );
    app.clock.pass(60);
    assert_eq!(says(app, &clara, bruno, Lift, by_telephone()).await.unwrap(), Standing::Granted);
    assert_eq!(standing(app, ANA.user).await, Standing::Denied, "each lifts their own");
    assert_eq!(says(app, &clara, ana, Lift, by_telephone()).await.unwrap(), Standing::Granted);
}

async fn the_house_record_returns_to_the_profile_it_was_born_under(app: &TestApp) {
    let (clara, elisa) = (app.officer().await, app.steward().await);
    let (ana, bruno) = two_people(app).await;
    says(app, &clara, bruno, Deny, by_telephone()).await.unwrap();
    let undo = merge(app, &elisa, [ana, bruno]).await;
    says(app, &clara, ana, Object, by_telephone()).await.unwrap();
    let house = |rows: Vec<zelo_tests::Row>| rows.iter().filter(|row| row.text("kind") == "2").count();
    assert_eq!(house(app.rows.all("record").await), 2, "his own, and one for the profile they are now");
    app.app.run(&elisa, undo).await.unwrap();
    assert_eq!(house(app.rows.all("record").await), 2, "he had one already");
    let consents = app.rows.all("consent_event").await;
    assert_eq!(consents.len(), 3, "his no, the objection, and the objection at his");
    let again = merge_refused(app, &elisa, [ana, bruno]).await;
    assert!(again, "kept apart");
    assert_eq!(standing(app, BRUNO.user).await, Standing::Objected);
    assert_eq!(standing(app, ANA.user).await, Standing::Objected);
}

async fn merge_refused(app: &TestApp, who: &Actor, profiles: [ProfileId; 2]) -> bool {
    let what = Merging::Profiles(profiles.to_vec());
    app.app.run(who, MergeProfiles { what, over_limits: true }).await.is_err()
}

async fn what_a_merge_would_withhold_is_told_before(app: &TestApp) {
    let (clara, elisa) = (app.officer().await, app.steward().await);
    let (ana, bruno) = two_people(app).await;
    says(app, &clara, ana, Grant, in_person(&ANA)).await.unwrap();
    says(app, &clara, bruno, Deny, in_person(&BRUNO)).await.unwrap();
    let of = Rearrangement::Merge(Merging::Profiles(vec![ana, bruno]));
    let look = app.app.run(&elisa, PreviewChange { of }).await.unwrap();
    let closed = |purpose: &str, reason| Withholding {
        purpose: purpose.to_owned(),
        recipient: "demo-controller".to_owned(),
        reason,
    };
    assert_eq!(look.withheld.shown().unwrap(), &[closed(NEWSLETTER, Reason::Consent)]);
}

async fn the_log_proves_which_came_first(app: &TestApp) {
    let clara = app.officer().await;
    let (ana, _) = two_people(app).await;
    let before = app.entries().await;
    app.by_id(ana).await.unwrap();
    says(app, &clara, ana, Deny, in_person(&ANA)).await.unwrap();
    app.by_id(ana).await.unwrap();
    let mut new = app.entries().await;
    new.retain(|entry| !before.contains(entry));
    let told: Vec<Value> = new.iter().map(|entry| serde_json::from_str(entry).unwrap()).collect();
    let made: Vec<i64> = told.iter().filter_map(|entry| entry["made"].as_i64()).collect();
    let mut seen: Vec<i64> = told
        .iter()
        .filter(|entry| entry["op"] == "profile.read")
        .filter_map(|entry| entry["seen"].as_i64())
        .collect();
    seen.sort_unstable();
    assert_eq!((made, seen), (vec![1], vec![0, 1]));
}

async fn two_who_withdraw_at_once_withdraw_once(app: &TestApp) {
    let clara = app.officer().await;
    let (ana, _) = two_people(app).await;
    says(app, &clara, ana, Grant, in_person(&ANA)).await.unwrap();
    app.clock.pass(60);
    let (one, other) = tokio::join!(withdraws(app, &clara, ana), withdraws(app, &clara, ana));
    let outcomes = [one, other];
    assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!(app.rows.count("consent_event").await, 2);
    // Two who write something down at once make one house record.
    let (one, other) = tokio::join!(
        says(app, &clara, ana, Deny, by_telephone()),
        says(app, &clara, ana, Object, by_telephone())
    );
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(app.rows.all("record").await.iter().filter(|row| row.text("kind") == "2").count(), 1);
}

async fn an_objection_and_a_restriction_stand_until_they_are_lifted(app: &TestApp) {
    let clara = app.officer().await;
    let (ana, _) = two_people(app).await;
    says(app, &clara, ana, Grant, in_person(&ANA)).await.unwrap();
    app.clock.pass(60);
    says(app, &clara, ana, Restrict, in_person(&ANA)).await.unwrap();
    let consents = app.by_id(ana).await.unwrap().consents.unwrap();
    let state = consents.shown().unwrap()[0].state;
    assert!(state.restricted.is_some() && state.standing == Standing::Granted);
    app.clock.pass(60);
    assert_eq!(says(app, &clara, ana, Object, in_person(&ANA)).await.unwrap(), Standing::Objected);
    app.clock.pass(60);
    assert_eq!(says(app, &clara, ana, Lift, in_person(&ANA)).await.unwrap(), Standing::Unasked);
}

async fn nobody_sends_as_the_house_itself(app: &TestApp) {
    use zelo_app::CreateSource;
    let clara = app.officer().await;
    let (ana, _) = two_people(app).await;
    says(app, &clara, ana, Deny, by_telephone()).await.unwrap();
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let (slug, purpose) = ("zelo".to_owned(), "customer-service".parse().unwrap());
    let create =
        CreateSource { slug, priority: 1, jurisdiction: None, collects_for: vec![purpose], space: None };
    assert!(matches!(app.app.run(&operator, create).await, Err(Error::Invalid(_))));
    let (name, source) = ("house".to_owned(), Some("zelo".to_owned()));
    let purposes = vec!["customer-service".parse().unwrap()];
    let key = CreateCredential { name, role: Role::Source, purposes, source };
    assert!(matches!(app.app.run(&operator, key).await, Err(Error::Invalid(_))));
}

async fn whoever_was_taken_for_one_rightly_takes_back_what_they_said_as_either(app: &TestApp) {
    let (clara, elisa) = (app.officer().await, app.steward().await);
    let (ana, bruno) = two_people(app).await;
    // Both are Ana, who said no on the telephone as each.
    says(app, &clara, ana, Deny, by_telephone()).await.unwrap();
    says(app, &clara, bruno, Restrict, by_telephone()).await.unwrap();
    merge(app, &elisa, [ana, bruno]).await;
    says(app, &clara, ana, Grant, in_person(&ANA)).await.unwrap();
    assert_eq!(standing(app, ANA.user).await, Standing::Denied);
    assert_eq!(says(app, &clara, ana, Lift, by_telephone()).await.unwrap(), Standing::Granted);
    let state = app.by_id(ana).await.unwrap().consents.unwrap().shown().unwrap()[0].state;
    assert_eq!((state.standing, state.restricted), (Standing::Granted, None));
    let again = says(app, &clara, ana, Lift, by_telephone()).await;
    assert!(matches!(again, Err(Error::Conflict(why)) if why.contains("nobody vouches")), "{again:?}");
    let hers = says(app, &clara, ana, Lift, in_person(&ANA)).await;
    assert!(matches!(hers, Err(Error::Conflict(why)) if why.contains("this identifier")), "{hers:?}");
}

async fn what_the_other_may_have_taken_back_is_said_again(app: &TestApp) {
    let (clara, elisa) = (app.officer().await, app.steward().await);
    let (ana, bruno) = two_people(app).await;
    says(app, &clara, bruno, Object, by_telephone()).await.unwrap();
    let undo = merge(app, &elisa, [ana, bruno]).await;
    // Whoever calls now may be Ana.
    assert_eq!(says(app, &clara, ana, Lift, by_telephone()).await.unwrap(), Standing::Unasked);
    app.clock.pass(60);
    app.app.run(&elisa, undo).await.unwrap();
    assert_eq!(
        (standing(app, ANA.user).await, standing(app, BRUNO.user).await),
        (Standing::Unasked, Standing::Objected)
    );
}

async fn who_is_split_off_takes_the_no_with_them(app: &TestApp) {
    let (clara, elisa) = (app.officer().await, app.steward().await);
    let crm = app.source("crm", 1).await;
    app.send([ANA.identifies()]).await;
    let ana = app.by_user(ANA.user).await.unwrap().id;
    app.clock.pass(60);
    says(app, &clara, ana, Restrict, by_telephone()).await.unwrap();
    app.clock.pass(60);
    app.send_as(&crm, [Said::identify(Some(ANA.user), None).with("city", ANA.city)]).await.unwrap();
    app.clock.pass(60);
    says(app, &clara, ana, Deny, by_telephone()).await.unwrap();
    let of_crm = app.by_id(ana).await.unwrap().attributes.unwrap();
    let of_crm = of_crm.iter().find(|one| one.name == "city").unwrap().record;
    app.clock.pass(60);
    let split = app.app.run(&elisa, SplitProfile { profile: ana, records: vec![of_crm] }).await.unwrap();
    let of = async |id: ProfileId| {
        let consents = app.by_id(id).await.unwrap().consents.unwrap();
        consents.shown().unwrap().iter().map(|one| one.state).next().unwrap()
    };
    let (hers, other) = (of(ana).await, of(split.others[0]).await);
    assert_eq!((hers.standing, other.standing), (Standing::Denied, Standing::Denied));
    assert!(
        hers.restricted.is_some() && other.restricted.is_none(),
        "that was before they were taken for one"
    );
}

async fn a_consent_that_changed_counts_no_more_whoever_gave_it(app: &TestApp) {
    let clara = app.officer().await;
    let (ana, _) = two_people(app).await;
    let none = says(app, &clara, ana, Invalidate, by_telephone()).await;
    assert!(matches!(none, Err(Error::Conflict(_))), "{none:?}");
    says(app, &clara, ana, Grant, in_person(&ANA)).await.unwrap();
    assert_eq!(says(app, &clara, ana, Invalidate, by_telephone()).await.unwrap(), Standing::Invalidated);
    assert_eq!(says(app, &clara, ana, Grant, in_person(&ANA)).await.unwrap(), Standing::Granted);
}

fn asks(profile: ProfileId, first: usize, after: Option<zelo_model::ConsentId>) -> GetProfile {
    let consent_events = Some(WantedConsents { first, after, evidence: true });
    GetProfile { lookup: Lookup::Id(profile), wants: Wants { consent_events, ..Wants::default() } }
}

async fn a_page_of_what_was_said_ends_where_the_next_begins(app: &TestApp) {
    let clara = app.officer().await;
    let (ana, _) = two_people(app).await;
    let words = [Grant, Deny, Object, Restrict, Grant];
    for word in words {
        says(app, &clara, ana, word, in_person(&ANA)).await.unwrap();
        app.clock.pass(60);
    }
    let (mut after, mut told) = (None, Vec::new());
    loop {
        let page = app.app.run(&app.davi, asks(ana, 2, after)).await.unwrap().consent_events.unwrap();
        let page = page.shown().unwrap().clone();
        assert!(page.events.len() <= 2);
        after = page.events.last().map(|one| one.id);
        told.extend(page.events);
        if !page.has_next {
            break;
        }
    }
    let kinds: Vec<ConsentKind> = told.iter().rev().map(|one| one.kind).collect();
    assert_eq!(kinds, words, "newest first, each once");
    let evidence = told[0].evidence.as_ref().unwrap();
    assert_eq!((evidence.channel.as_str(), evidence.language.as_deref()), ("telephone", Some("pt-BR")));
    assert_eq!((evidence.note.as_deref(), &evidence.actor), (Some("private-note"), &clara.name()));
    let notice = told[0].notice.as_ref().map(hex::encode);
    assert!(told[0].vouched && notice == Some(zelo_tests::notice("newsletter", 1, "pt-BR")));
}

async fn who_may_know_what_was_said_need_not_see_how(app: &TestApp) {
    let clara = app.officer().await;
    let (ana, _) = two_people(app).await;
    says(app, &clara, ana, Deny, by_telephone()).await.unwrap();
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let staff = async |name: &str, role, purpose: &str| {
        let purposes = vec![purpose.parse().unwrap()];
        let key = CreateCredential { name: name.to_owned(), role, purposes, source: None };
        let secret = app.app.run(&operator, key).await.unwrap().secret;
        app.app.authenticate(&secret).await.unwrap().actor(None, Via::GraphQl).unwrap()
    };
    let agent = staff("fabio", Role::Agent, "marketing-email").await;
    let analyst = staff("gil", Role::Analyst, "analytics").await;

    // Without her keys: what is not shown is not opened.
    app.rows.tamper(1, "delete from owner_key").await;
    let cold = app.another().await;
    let seen = cold.run(&agent, asks(ana, 10, None)).await.unwrap();
    let events = seen.consent_events.unwrap();
    let events = &events.shown().unwrap().events;
    assert!(events[0].kind == Deny && events[0].evidence.is_none());
    let omitted: Vec<_> = seen.omitted.iter().map(|one| (one.part, one.reason)).collect();
    assert_eq!(omitted, [(Part::ConsentEvidence, Reason::Purpose)]);

    let mut all = asks(ana, 10, None);
    all.wants.consents = Some(zelo_app::WantedStates::default());
    let seen = cold.run(&analyst, all).await.unwrap();
    assert!(matches!(seen.consents, Some(zelo_model::Field::Withheld(Reason::Purpose))));
    assert!(matches!(seen.consent_events, Some(zelo_model::Field::Withheld(Reason::Purpose))));
}

async fn what_a_browser_said_no_to_is_not_forgotten_with_what_it_did(app: &TestApp) {
    const DAY: i64 = 24 * 3600;
    let clara = app.officer().await;
    app.send([ANA.browses("Product Viewed"), BRUNO.browses("Product Viewed")]).await;
    app.send([CLARA.browses("Product Viewed")]).await;
    let of_ana = app.by_device(ANA.device).await.unwrap().id;
    let of_bruno = app.by_device(BRUNO.device).await.unwrap().id;
    let its_own =
        How { verified: Some((IdentifierKind::AnonymousId, None, ANA.device.to_owned())), ..by_telephone() };
    says(app, &clara, of_ana, Object, its_own).await.unwrap();
    says(app, &clara, of_bruno, Deny, by_telephone()).await.unwrap();
    app.clock.pass(91 * DAY);
    assert_eq!(app.app.expire().await.unwrap(), 1, "Clara's browser said nothing");
    assert_eq!((app.rows.count("event").await, app.rows.count("consent_event").await), (0, 2));
    let (ana, bruno) = (app.by_device(ANA.device).await.unwrap(), app.by_device(BRUNO.device).await.unwrap());
    for (view, standing) in [(ana, Standing::Objected), (bruno, Standing::Denied)] {
        assert_eq!(view.consents.unwrap().shown().unwrap()[0].state.standing, standing);
    }
    let before = app.entries().await.len();
    app.app.expire().await.unwrap();
    assert_eq!(app.entries().await.len(), before, "there is no more to do");
    // She signs in, and what she said as nobody is hers.
    app.send([ANA.identifies()]).await;
    assert_eq!(standing(app, ANA.user).await, Standing::Objected);
}
