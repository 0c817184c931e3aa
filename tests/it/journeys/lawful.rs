//! For which purposes somebody may be seen: what they said, the laws that apply to them, how old they are.

use serde_json::{Value, json};
use zelo_app::{
    Batch, Error, ExportPage, Fate, GetProfile, HeldFilter, Hold, Incoming, InspectHeld, IntakeBatch,
    ListHeld, Lookup, ProfileView, RecordConsent, Said as How, StartExport, TailIntake, Wants,
    WithdrawConsent,
};
use zelo_model::ConsentKind::{Deny, Grant, Lift, Object, Pending, Restrict, Unproven};
use zelo_model::{
    Actor, ConsentKind, Field, IdentifierKind, ProfileId, Reason, Role, Standing, Timestamp, Via,
};
use zelo_tests::{ANA, BRUNO, CLARA, DAVI, Person, TestApp, notice, on_both_databases};

on_both_databases! {
    the_newsletter_sees_ana_from_her_yes_to_her_no,
    no_read_that_began_after_her_no_shows_her,
    where_somebody_is_is_told_of_who_said_yes_alone,
    nobody_shows_in_what_arrives_whom_the_purpose_is_closed_for,
    what_is_held_of_whom_the_purpose_is_closed_for_is_not_shown,
    who_lives_in_portugal_is_asked_there,
    an_objection_closes_analytics_at_the_next_read_and_nothing_else,
    what_is_restricted_is_shown_to_who_answers_her_alone,
    a_child_gets_no_newsletter,
    a_guardians_yes_ends_when_the_child_is_grown_up,
    an_old_opt_in_opens_nothing,
    a_yes_runs_out_and_another_text_asks_again,
    a_yes_is_to_a_text_that_everybody_can_read,
    paper_counts_from_when_it_was_signed,
    what_was_so_on_a_day_is_told,
    a_browser_that_says_do_not_sell_objects_where_that_is_heeded,
    what_a_consent_manager_says_counts_as_far_as_it_can_be_proven,
    a_no_is_not_lost_to_a_yes_that_comes_late_or_to_a_clock_that_is_behind,
    an_export_leaves_out_whoever_the_purpose_is_closed_for,
    a_no_in_what_is_held_is_heard_before_it_is_mended,
}

const NEWSLETTER: &str = "marketing-email";
const ANALYTICS: &str = "analytics";
const YEAR: i64 = 366 * 86_400;

fn in_person(person: &Person) -> How {
    How {
        verified: Some((IdentifierKind::Email, None, person.email.to_owned())),
        language: Some("pt-BR".to_owned()),
        notice: Some(notice("newsletter", 1, "pt-BR")),
        ..by_letter()
    }
}

fn by_letter() -> How {
    How { channel: "letter".to_owned(), ..How::default() }
}

async fn says(
    app: &TestApp,
    (who, profile): (&Actor, ProfileId),
    (purpose, kind): (Option<&str>, ConsentKind),
    said: How,
) -> Result<Standing, Error> {
    let purpose = purpose.map(|purpose| purpose.parse().unwrap());
    let record = RecordConsent { profile, purpose, recipient: None, kind, said };
    app.clock.pass(60);
    let said = app.app.run(who, record).await.map(|view| view.state.standing);
    app.clock.pass(60);
    said
}

/// Somebody at work for a purpose.
async fn at_work(app: &TestApp, role: Role, purpose: &str) -> Actor {
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let purposes = vec![purpose.parse().unwrap()];
    let name = format!("{}-{purpose}", role.slug());
    let key = zelo_app::CreateCredential { name, role, purposes, source: None };
    let secret = app.app.run(&operator, key).await.unwrap().secret;
    app.app.authenticate(&secret).await.unwrap().actor(None, Via::GraphQl).unwrap()
}

async fn sees(app: &TestApp, who: &Actor, profile: ProfileId) -> ProfileView {
    let wants = Wants { identifiers: true, attributes: true, ..Wants::default() };
    app.app.run(who, GetProfile { lookup: Lookup::Id(profile), wants }).await.unwrap()
}

/// Why the purpose is closed for her; then nothing of her is there.
async fn closed(app: &TestApp, who: &Actor, profile: ProfileId) -> Option<Reason> {
    let view = sees(app, who, profile).await;
    if let Some(why) = view.closed {
        assert!(matches!(view.identifiers, Some(Field::Withheld(reason)) if reason == why), "{view:?}");
        assert_eq!(view.attributes.map(|all| all.len()), Some(0));
    } else {
        assert!(view.identifiers.unwrap().shown().is_some());
    }
    view.closed
}

/// The categories that an entry says were shown.
fn shown(entry: &Value) -> Vec<&str> {
    entry["shown"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// She takes her yes to the newsletter back.
async fn takes_back(app: &TestApp, with: &Actor, profile: ProfileId) {
    let purpose = NEWSLETTER.parse().unwrap();
    let channel = "web".to_owned();
    app.app.run(with, WithdrawConsent { profile, purpose, recipient: None, channel }).await.unwrap();
}

async fn ana(app: &TestApp) -> ProfileId {
    app.send([ANA.identifies(), BRUNO.identifies()]).await;
    app.by_user(ANA.user).await.unwrap().id
}

async fn the_newsletter_sees_ana_from_her_yes_to_her_no(app: &TestApp) {
    let (clara, rita) = (app.officer().await, at_work(app, Role::Agent, NEWSLETTER).await);
    let ana = ana(app).await;
    let before = app.entries().await;
    assert_eq!(closed(app, &rita, ana).await, Some(Reason::Consent), "nothing was said");
    let new: Vec<String> = app.entries().await.into_iter().filter(|one| !before.contains(one)).collect();
    let entry: Value = serde_json::from_str(new.last().unwrap()).unwrap();
    assert_eq!(entry["op"], "profile.read");
    assert!(entry["opened"].as_u64().unwrap_or(0) == 0 && shown(&entry).is_empty(), "{entry}");

    let about = (&clara, ana);
    assert_eq!(
        says(app, about, (Some(NEWSLETTER), Grant), in_person(&ANA)).await.unwrap(),
        Standing::Granted
    );
    assert_eq!(closed(app, &rita, ana).await, None);
    let bruno = app.by_user(BRUNO.user).await.unwrap().id;
    assert_eq!(closed(app, &rita, bruno).await, Some(Reason::Consent), "it was her yes");
    takes_back(app, &clara, ana).await;
    assert_eq!(closed(app, &rita, ana).await, Some(Reason::Consent));
    assert!(app.by_id(ana).await.unwrap().closed.is_none(), "her orders are another matter");
}

async fn no_read_that_began_after_her_no_shows_her(app: &TestApp) {
    let (clara, rita) = (app.officer().await, at_work(app, Role::Agent, NEWSLETTER).await);
    let ana = ana(app).await;
    says(app, (&clara, ana), (Some(NEWSLETTER), Grant), in_person(&ANA)).await.unwrap();
    let before = app.entries().await;
    let reads = (0..4).map(|_| {
        let (door, rita) = (app.app.clone(), rita.clone());
        tokio::spawn(async move {
            let mut shown = Vec::new();
            for _ in 0..25 {
                let wants = Wants { identifiers: true, ..Wants::default() };
                let view = door.run(&rita, GetProfile { lookup: Lookup::Id(ana), wants }).await.unwrap();
                shown.push(view.closed.is_none());
            }
            shown
        })
    });
    let reads: Vec<_> = reads.collect();
    takes_back(app, &clara, ana).await;
    assert_eq!(closed(app, &rita, ana).await, Some(Reason::Consent), "the very next read");
    for read in reads {
        let shown = read.await.unwrap();
        let after = shown.iter().skip_while(|shown| **shown);
        assert!(after.clone().all(|shown| !shown), "once she is not shown she stays unseen: {shown:?}");
    }
    let mut new = app.entries().await;
    new.retain(|entry| !before.contains(entry));
    let told: Vec<Value> = new.iter().map(|entry| serde_json::from_str(entry).unwrap()).collect();
    let made = told.iter().find_map(|entry| entry["made"].as_i64()).unwrap();
    let reads: Vec<&Value> = told.iter().filter(|entry| entry["op"] == "profile.read").collect();
    assert_eq!(reads.len(), 101);
    for read in reads {
        let (saw, showed) = (read["seen"].as_i64().unwrap(), !shown(read).is_empty());
        assert_eq!(showed, saw < made, "the log proves which came first: {read}");
    }
}

async fn where_somebody_is_is_told_of_who_said_yes_alone(app: &TestApp) {
    let (clara, hugo) = (app.officer().await, at_work(app, Role::Analyst, ANALYTICS).await);
    app.send([ANA.identifies().with("timezone", "private-Recife").with("language", "pt")]).await;
    let ana = app.by_user(ANA.user).await.unwrap().id;
    let told = async || {
        let view = sees(app, &hugo, ana).await;
        assert_eq!(view.closed, None, "the rest of it needs no consent");
        let all = view.attributes.unwrap();
        let of = |name: &str| all.iter().find(|one| one.name == name).unwrap().value.clone();
        assert!(of("language").shown().is_some());
        match of("timezone") {
            Field::Shown(_) => None,
            Field::Withheld(why) => Some(why),
        }
    };
    assert_eq!(told().await, Some(Reason::Consent));
    let said = How { notice: Some(notice("location", 1, "pt-BR")), ..in_person(&ANA) };
    says(app, (&clara, ana), (Some(ANALYTICS), Grant), said).await.unwrap();
    assert_eq!(told().await, None);
    let purpose = ANALYTICS.parse().unwrap();
    let no = WithdrawConsent { profile: ana, purpose, recipient: None, channel: "web".to_owned() };
    app.app.run(&clara, no).await.unwrap();
    let view = sees(app, &hugo, ana).await;
    assert_eq!(
        view.closed,
        Some(Reason::Objection),
        "who takes it back says no to all of it, and is heard at once"
    );
}

async fn nobody_shows_in_what_arrives_whom_the_purpose_is_closed_for(app: &TestApp) {
    let clara = app.officer().await;
    let ana = ana(app).await;
    says(app, (&clara, ana), (None, Restrict), by_letter()).await.unwrap();
    app.send([ANA.does("Order Completed"), BRUNO.does("Order Completed")]).await;
    let before = app.entries().await;
    let tail = app.app.run(&app.davi, TailIntake { after: None, first: 2 }).await.unwrap();
    let profile = |n: usize| match &tail.arrivals[n].fate {
        Fate::Taken { profile, .. } => profile.clone(),
        other => panic!("{other:?}"),
    };
    assert!(matches!(profile(0), Field::Withheld(Reason::Restricted)), "{tail:?}");
    assert!(matches!(tail.arrivals[0].name, Field::Withheld(Reason::Restricted)), "{tail:?}");
    assert!(matches!(profile(1), Field::Shown(Some(_))), "{tail:?}");
    let mut new = app.entries().await;
    new.retain(|entry| !before.contains(entry));
    assert!(new.iter().any(|entry| entry.contains("intake.tail")), "{new:?}");
    let log =
        app.app.run(&clara, zelo_app::GetAccessLog { lookup: Lookup::Id(ana), first: 10, after: None }).await;
    let seen = log.unwrap().entries.iter().filter(|one| one.leaf.contains("intake.tail")).count();
    assert_eq!(seen, 0, "she was not shown, and is not told that she was");
}

async fn what_is_held_of_whom_the_purpose_is_closed_for_is_not_shown(app: &TestApp) {
    let clara = app.officer().await;
    let ana = ana(app).await;
    let raw = ANA.does("ana@example.com").json().to_string().into_bytes().into();
    let held = Incoming::Held { reason: Hold::EventName, raw };
    let batch = Batch { items: vec![held], ..Batch::default() };
    app.app.run(&app.shop, IntakeBatch { batch }).await.unwrap();
    let list = ListHeld { filter: HeldFilter::default(), first: 1, after: None };
    let id = app.app.run(&app.davi, list).await.unwrap().entries[0].id;
    assert!(app.app.run(&app.davi, InspectHeld { id }).await.unwrap().body.shown().is_some());
    says(app, (&clara, ana), (None, Restrict), by_letter()).await.unwrap();
    let view = app.app.run(&app.davi, InspectHeld { id }).await.unwrap();
    assert!(matches!(view.body, Field::Withheld(Reason::Restricted)), "{view:?}");
    assert!(matches!(view.context, Field::Withheld(Reason::Restricted)), "{view:?}");
    let answering = at_work(app, Role::Officer, "data-subject-rights").await;
    let view = app.app.run(&answering, InspectHeld { id }).await.unwrap();
    assert!(view.body.shown().is_some(), "whoever answers her sees what there is");
}

async fn who_lives_in_portugal_is_asked_there(app: &TestApp) {
    let hugo = at_work(app, Role::Analyst, ANALYTICS).await;
    app.send([ANA.identifies(), BRUNO.identifies().with("country", "portugal")]).await;
    let ana = app.by_user(ANA.user).await.unwrap().id;
    let bruno = app.by_user(BRUNO.user).await.unwrap().id;
    assert_eq!(sees(app, &hugo, ana).await.closed, None, "in Brazil it rests on legitimate interest");
    let closed = sees(app, &hugo, bruno).await.closed;
    assert_eq!(
        closed,
        Some(Reason::Consent),
        "in the Union it needs his consent, and both laws apply to him"
    );
}

async fn an_objection_closes_analytics_at_the_next_read_and_nothing_else(app: &TestApp) {
    let (clara, hugo) = (app.officer().await, at_work(app, Role::Analyst, ANALYTICS).await);
    let ana = ana(app).await;
    assert_eq!(sees(app, &hugo, ana).await.closed, None);
    says(app, (&clara, ana), (Some(ANALYTICS), Object), by_letter()).await.unwrap();
    assert_eq!(sees(app, &hugo, ana).await.closed, Some(Reason::Objection));
    assert!(app.by_id(ana).await.unwrap().closed.is_none());
    says(app, (&clara, ana), (Some(ANALYTICS), Lift), by_letter()).await.unwrap();
    assert_eq!(sees(app, &hugo, ana).await.closed, None);
    says(app, (&clara, ana), (None, Object), by_letter()).await.unwrap();
    assert_eq!(sees(app, &hugo, ana).await.closed, Some(Reason::Objection), "to all that can be objected to");
    assert!(app.by_id(ana).await.unwrap().closed.is_none(), "a contract is no matter of objection");
}

async fn what_is_restricted_is_shown_to_who_answers_her_alone(app: &TestApp) {
    let clara = app.officer().await;
    let answering = at_work(app, Role::Officer, "data-subject-rights").await;
    let ana = ana(app).await;
    says(app, (&clara, ana), (None, Restrict), by_letter()).await.unwrap();
    assert_eq!(app.by_id(ana).await.unwrap().closed, Some(Reason::Restricted));
    assert_eq!(closed(app, &answering, ana).await, None);
    says(app, (&clara, ana), (None, Lift), by_letter()).await.unwrap();
    assert_eq!(app.by_id(ana).await.unwrap().closed, None);
}

async fn a_child_gets_no_newsletter(app: &TestApp) {
    let (clara, rita) = (app.officer().await, at_work(app, Role::Agent, NEWSLETTER).await);
    app.send([ANA.identifies().with("nascimento", "2011-05-04")]).await;
    let ana = app.by_user(ANA.user).await.unwrap().id;
    says(app, (&clara, ana), (Some(NEWSLETTER), Grant), in_person(&ANA)).await.unwrap();
    assert_eq!(closed(app, &rita, ana).await, Some(Reason::Minor));
}

async fn a_guardians_yes_ends_when_the_child_is_grown_up(app: &TestApp) {
    // Beatriz is seventeen; for a purpose that minors are not kept out of, her mother says yes.
    let clara = app.officer().await;
    let rita = at_work(app, Role::Agent, NEWSLETTER).await;
    app.send([ANA.identifies().with("birthday", "2008-03-01")]).await;
    let ana = app.by_user(ANA.user).await.unwrap().id;
    let mother = How { guardian: Some("linked_account".to_owned()), ..in_person(&ANA) };
    assert_eq!(says(app, (&clara, ana), (Some(NEWSLETTER), Grant), mother).await.unwrap(), Standing::Granted);
    assert_eq!(closed(app, &rita, ana).await, Some(Reason::Minor), "the newsletter keeps minors out anyway");
    app.clock.pass(60 * 86_400);
    assert_eq!(
        closed(app, &rita, ana).await,
        Some(Reason::Consent),
        "she is eighteen now and is asked herself"
    );
    let said = How { notice: Some(notice("newsletter", 2, "pt-BR")), ..in_person(&ANA) };
    says(app, (&clara, ana), (Some(NEWSLETTER), Grant), said).await.unwrap();
    assert_eq!(closed(app, &rita, ana).await, None);
}

async fn an_old_opt_in_opens_nothing(app: &TestApp) {
    let (clara, rita) = (app.officer().await, at_work(app, Role::Agent, NEWSLETTER).await);
    let ana = ana(app).await;
    let about = (&clara, ana);
    assert_eq!(
        says(app, about, (Some(NEWSLETTER), Unproven), by_letter()).await.unwrap(),
        Standing::Unproven
    );
    assert_eq!(closed(app, &rita, ana).await, Some(Reason::Consent));
    let said = How { verified: None, ..in_person(&ANA) };
    assert_eq!(says(app, about, (Some(NEWSLETTER), Pending), said.clone()).await.unwrap(), Standing::Pending);
    assert_eq!(closed(app, &rita, ana).await, Some(Reason::Consent), "it is still to be confirmed");
    let refused = says(app, about, (Some(NEWSLETTER), Grant), said).await;
    assert!(matches!(&refused, Err(Error::Invalid(all)) if all[0].at == "identifier"), "{refused:?}");
    says(app, about, (Some(NEWSLETTER), Grant), in_person(&ANA)).await.unwrap();
    assert_eq!(closed(app, &rita, ana).await, None);
}

async fn a_yes_runs_out_and_another_text_asks_again(app: &TestApp) {
    let (clara, rita) = (app.officer().await, at_work(app, Role::Agent, NEWSLETTER).await);
    let ana = ana(app).await;
    let about = (&clara, ana);
    says(app, about, (Some(NEWSLETTER), Grant), in_person(&ANA)).await.unwrap();
    app.clock.pass(2 * 86_400);
    assert_eq!(closed(app, &rita, ana).await, Some(Reason::Consent), "version 2 says something else");
    let standing = |view: ProfileView| view.consents.unwrap().shown().unwrap()[0].state.standing;
    assert_eq!(standing(app.by_id(ana).await.unwrap()), Standing::Invalidated);
    let old = says(app, about, (Some(NEWSLETTER), Grant), in_person(&ANA)).await;
    assert!(matches!(&old, Err(Error::Invalid(all)) if all[0].at == "notice"), "{old:?}");
    let said = How { notice: Some(notice("newsletter", 2, "pt-BR")), ..in_person(&ANA) };
    says(app, about, (Some(NEWSLETTER), Grant), said).await.unwrap();
    assert_eq!(closed(app, &rita, ana).await, None);
    app.clock.pass(2 * YEAR);
    assert_eq!(closed(app, &rita, ana).await, Some(Reason::Consent), "two years are over");
    assert_eq!(standing(app.by_id(ana).await.unwrap()), Standing::Expired);
}

async fn a_yes_is_to_a_text_that_everybody_can_read(app: &TestApp) {
    let clara = app.officer().await;
    let ana = ana(app).await;
    for (said, at) in [
        (How { notice: Some("ab".repeat(32)), ..in_person(&ANA) }, "notice"),
        (How { notice: Some(notice("advertising", 1, "pt-BR")), ..in_person(&ANA) }, "notice"),
        (How { language: Some("en".to_owned()), ..in_person(&ANA) }, "language"),
        (How { language: None, ..in_person(&ANA) }, "language"),
        (How { guardian: Some("own_word".to_owned()), ..in_person(&ANA) }, "guardian"),
        (How { notice: Some(notice("newsletter", 2, "pt-BR")), ..in_person(&ANA) }, "notice"),
        (How { at: Some(app.app.now().plus(900_000_000)), ..in_person(&ANA) }, "at"),
    ] {
        let refused = says(app, (&clara, ana), (Some(NEWSLETTER), Grant), said).await;
        assert!(matches!(&refused, Err(Error::Invalid(all)) if all[0].at == at), "{at}: {refused:?}");
    }
    let everything = says(app, (&clara, ana), (None, Grant), in_person(&ANA)).await;
    assert!(matches!(&everything, Err(Error::Invalid(all)) if all[0].at == "purpose"), "{everything:?}");
}

async fn paper_counts_from_when_it_was_signed(app: &TestApp) {
    let clara = app.officer().await;
    let ana = ana(app).await;
    let about = (&clara, ana);
    let signed = app.app.now();
    app.clock.pass(86_400 / 4);
    let no = How { channel: "web".to_owned(), ..in_person(&ANA) };
    says(app, about, (Some(NEWSLETTER), Deny), no).await.unwrap();
    // The card from the till is typed in after her no on the web, and was signed before.
    let paper = How { at: Some(signed), channel: "till".to_owned(), ..in_person(&ANA) };
    let standing = says(app, about, (Some(NEWSLETTER), Grant), paper).await.unwrap();
    assert_eq!(standing, Standing::Denied, "what she said last counts");
}

async fn what_was_so_on_a_day_is_told(app: &TestApp) {
    let clara = app.officer().await;
    let ana = ana(app).await;
    let (before, about) = (app.app.now(), (&clara, ana));
    says(app, about, (Some(NEWSLETTER), Grant), in_person(&ANA)).await.unwrap();
    let between = app.app.now();
    says(app, about, (Some(NEWSLETTER), Deny), in_person(&ANA)).await.unwrap();
    for (at, standing) in
        [(Some(before), None), (Some(between), Some(Standing::Granted)), (None, Some(Standing::Denied))]
    {
        let wants = Wants { consents: Some(zelo_app::WantedStates { at }), ..Wants::default() };
        let view = app.app.run(&clara, GetProfile { lookup: Lookup::Id(ana), wants }).await.unwrap();
        let consents = view.consents.unwrap();
        assert_eq!(consents.shown().unwrap().first().map(|one| one.state.standing), standing, "{at:?}");
    }
}

async fn a_browser_that_says_do_not_sell_objects_where_that_is_heeded(app: &TestApp) {
    let (rita, clara) = (at_work(app, Role::Agent, NEWSLETTER).await, app.officer().await);
    let ana = ana(app).await;
    says(app, (&clara, ana), (Some(NEWSLETTER), Grant), in_person(&ANA)).await.unwrap();
    assert_eq!(closed(app, &rita, ana).await, None);
    let again = |gpc: bool| {
        let (door, shop) = (app.app.clone(), app.shop.clone());
        async move {
            let items = vec![ANA.does("Order Completed").incoming()];
            door.run(&shop, IntakeBatch { batch: Batch { items, gpc, ..Batch::default() } }).await.unwrap();
        }
    };
    again(false).await;
    assert_eq!(closed(app, &rita, ana).await, None);
    app.clock.pass(60);
    again(true).await;
    assert_eq!(closed(app, &rita, ana).await, Some(Reason::Objection), "an objection is stronger than a yes");
    let said = app.rows.count("consent_event").await;
    app.clock.pass(60);
    again(true).await;
    assert_eq!(app.rows.count("consent_event").await, said, "said again it is the same");
    assert!(app.by_id(ana).await.unwrap().closed.is_none(), "her orders are another matter");
}

async fn a_no_is_not_lost_to_a_yes_that_comes_late_or_to_a_clock_that_is_behind(app: &TestApp) {
    const MINUTE: i64 = 60_000_000;
    let said = |person: &Person, value: bool, at: Timestamp| {
        let text = value.then(|| notice("advertising", 1, "pt-BR"));
        let preferences = json!({ "categoryPreferences": {"advertising": value}, "notice": text });
        person.identifies().context("consent", preferences).at(Some(at))
    };
    let standing = async |person: &Person| {
        let consents = app.by_user(person.user).await.unwrap().consents.unwrap();
        let all = consents.shown().unwrap().iter().find(|one| one.purpose == "advertising");
        all.map(|one| one.state.standing)
    };
    app.clock.pass(7200);
    let now = app.app.now();
    let before = |minutes: i64| now.plus(-minutes * MINUTE);
    // Her browser says no with every message; what her telephone kept back was said in between.
    for at in [30, 10] {
        app.send([said(&ANA, false, before(at)).sent(now)]).await;
    }
    app.send([said(&ANA, true, before(20)).sent(now)]).await;
    assert_eq!(standing(&ANA).await, Some(Standing::Denied), "she said no again after it");
    app.send([said(&ANA, true, now).sent(now)]).await;
    assert_eq!(standing(&ANA).await, Some(Standing::Granted), "what she says now counts");

    app.send([said(&BRUNO, true, before(5)).sent(now)]).await;
    assert_eq!(standing(&BRUNO).await, Some(Standing::Granted));
    app.clock.pass(60);
    app.send([said(&BRUNO, false, before(60)).sent(before(60))]).await;
    assert_eq!(standing(&BRUNO).await, Some(Standing::Denied), "his clock is an hour behind and says so");

    app.send([said(&CLARA, true, now.plus(365 * 86_400_000_000))]).await;
    assert_eq!(standing(&CLARA).await, Some(Standing::Granted));
    app.send([said(&CLARA, false, before(60))]).await;
    assert_eq!(
        standing(&CLARA).await,
        Some(Standing::Denied),
        "a clock nobody can set right outweighs no no"
    );

    let raw = DAVI.identifies().context("consent", json!({"categoryPreferences": {"advertising": false}}));
    let raw = raw.json().to_string().replace("\"consent\"", "\"c\\u006fnsent\"");
    let message = zelo_app::wire::parse(&raw, None).unwrap();
    let batch = Batch { items: vec![Incoming::Message(Box::new(message))], ..Batch::default() };
    app.app.run(&app.shop, IntakeBatch { batch }).await.unwrap();
    assert_eq!(standing(&DAVI).await, Some(Standing::Denied), "however it is spelled");
}

async fn what_a_consent_manager_says_counts_as_far_as_it_can_be_proven(app: &TestApp) {
    let hugo = at_work(app, Role::Analyst, "advertising").await;
    let said = |value: bool, text: Option<String>| {
        let preferences = json!({ "categoryPreferences": {"advertising": value}, "notice": text });
        ANA.identifies().context("consent", preferences)
    };
    let standing = async || {
        let consents = app.by_user(ANA.user).await.unwrap().consents.unwrap();
        consents
            .shown()
            .unwrap()
            .iter()
            .find(|one| one.purpose == "advertising")
            .map(|one| one.state.standing)
    };
    app.send([said(true, None)]).await;
    assert_eq!(standing().await, Some(Standing::Unproven));
    let ana = app.by_user(ANA.user).await.unwrap().id;
    assert_eq!(sees(app, &hugo, ana).await.closed, Some(Reason::Consent));
    app.clock.pass(60);
    app.send([said(true, Some(notice("advertising", 1, "pt-BR"))).at(Some(app.app.now()))]).await;
    assert_eq!(standing().await, Some(Standing::Granted));
    assert_eq!(sees(app, &hugo, ana).await.closed, None);
    app.clock.pass(60);
    app.send([said(false, None).at(Some(app.app.now()))]).await;
    assert_eq!(standing().await, Some(Standing::Denied), "a no needs no proof");
    assert_eq!(sees(app, &hugo, ana).await.closed, Some(Reason::Consent));
    app.clock.pass(60);
    app.send([said(true, Some(notice("advertising", 1, "pt-BR"))).at(Some(app.app.now()))]).await;
    assert_eq!(standing().await, Some(Standing::Granted), "who said no there says yes there");
    app.clock.pass(60);
    let now = Some(app.app.now());
    app.send([said(false, None).at(now), said(true, Some(notice("advertising", 1, "pt-BR"))).at(now)]).await;
    assert_eq!(standing().await, Some(Standing::Denied), "of one instant the no counts");
    app.clock.pass(60);
    let items = vec![said(true, Some(notice("advertising", 1, "pt-BR"))).at(Some(app.app.now())).incoming()];
    let batch = Batch { items, gpc: true, ..Batch::default() };
    app.app.run(&app.shop, IntakeBatch { batch }).await.unwrap();
    assert_eq!(standing().await, Some(Standing::Objected), "the signal is heard beside a yes");
    app.clock.pass(60);
    let broken = json!({ "categoryPreferences": {"advertising": "false"}, "notice": 5 });
    app.send([BRUNO.identifies().context("consent", broken)]).await;
    let bruno = app.by_user(BRUNO.user).await.unwrap().consents.unwrap();
    assert_eq!(
        bruno.shown().unwrap()[0].state.standing,
        Standing::Denied,
        "a no is heard however it is written"
    );
}

async fn an_export_leaves_out_whoever_the_purpose_is_closed_for(app: &TestApp) {
    let (clara, hugo) = (app.officer().await, at_work(app, Role::Analyst, ANALYTICS).await);
    let ana = ana(app).await;
    let bruno = app.by_user(BRUNO.user).await.unwrap().id;
    says(app, (&clara, ana), (Some(ANALYTICS), Object), by_letter()).await.unwrap();
    let export = app.app.run(&hugo, StartExport { events: true }).await.unwrap();
    let page = app.app.run(&hugo, ExportPage { id: export.id, page: 0 }).await.unwrap();
    assert!(page.content.contains(&bruno.to_string()) && !page.content.contains(&ana.to_string()));
    assert_eq!(page.export.now.profiles, 1);
}

async fn a_no_in_what_is_held_is_heard_before_it_is_mended(app: &TestApp) {
    let ana = ana(app).await;
    let clara = app.officer().await;
    says(app, (&clara, ana), (Some(NEWSLETTER), Grant), in_person(&ANA)).await.unwrap();
    let standing = async |purpose: &str| {
        let consents = app.by_id(ana).await.unwrap().consents.unwrap();
        let shown = consents.shown().unwrap();
        shown.iter().find(|one| one.purpose == purpose).map(|one| one.state.standing)
    };
    // An event whose name nobody may read in the clear is held whole; what it says no to counts now, its yes does not.
    let held = |consent: Value| {
        let mut item = ANA.does("ana@example.com").context("consent", consent).json();
        item["event"] = json!("ana@example.com");
        zelo_app::Incoming::Held {
            reason: zelo_app::Hold::EventName,
            raw: item.to_string().into_bytes().into(),
        }
    };
    let send = async |consent: Value, gpc: bool| {
        app.clock.pass(60);
        let batch = Batch { items: vec![held(consent)], gpc, ..Batch::default() };
        let receipt = app.app.run(&app.shop, IntakeBatch { batch }).await.unwrap();
        assert_eq!(receipt.held, 1);
        app.clock.pass(60);
    };
    send(json!({ "categoryPreferences": {"advertising": true} }), false).await;
    assert_eq!(standing("advertising").await, None);
    send(json!({ "categoryPreferences": {"advertising": false} }), false).await;
    assert_eq!(standing("advertising").await, Some(Standing::Denied));
    send(json!({}), true).await;
    assert_eq!(standing(NEWSLETTER).await, Some(Standing::Objected), "and a browser's signal");
    let said = app.rows.count("consent_event").await;
    send(json!({ "categoryPreferences": {"advertising": false} }), true).await;
    assert_eq!(app.rows.count("consent_event").await, said, "said again it is the same");
}
