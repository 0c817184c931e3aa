//! A yes that was typed into a form counts once it is confirmed through the address it is about, and in time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use zelo_app::{
    Batch, ConfirmConsent, ConfirmationLink, Confirming, CreateCredential, EraseProfile, Error,
    GiveConfirmation, IntakeBatch, Lookup, ReadConfirmation, RecordConsent, Result, Said as How,
    WantedConsents, Wants,
};
use zelo_model::ConsentKind::{Deny, Grant, Object, Pending};
use zelo_model::{
    Actor, ConsentId, ConsentKind, ErasureGround, IdentifierKind, ProfileId, Role, Standing, Via,
};
use zelo_tests::{ANA, BRUNO, Person, Said, TestApp, notice, on_both_databases};

on_both_databases! {
    whoever_follows_their_link_has_said_yes_and_twice_is_once,
    what_nobody_confirms_in_time_can_become_no_yes_and_can_be_asked_again,
    a_text_that_was_replaced_is_confirmed_by_no_link,
    who_says_no_meanwhile_is_not_confirmed_by_an_old_mail,
    a_link_tells_nobody_whether_somebody_was_forgotten,
    nobody_makes_a_link_up_or_takes_it_to_another_tenant,
    a_link_is_for_the_address_it_was_sent_to,
    a_no_nobody_vouches_for_still_counts_and_the_page_says_so,
    whoever_presses_twice_at_once_confirms_once,
    a_link_finds_who_was_merged_since,
}

const DAY: i64 = 86_400;
const NEWSLETTER: &str = "marketing-email";

/// The newsletter has its second text from here on.
fn second_text(app: &TestApp) {
    app.clock.pass(DAY);
}

/// Somebody types an address into the form, and yes: each answer is a record of its own, which the address joins.
async fn types_yes(app: &TestApp, person: &Person, (purpose, text): (&str, String)) -> String {
    app.clock.pass(60);
    let device = format!("private-form-{}", app.app.now().micros());
    let consent = json!({ "categoryPreferences": {purpose: true}, "notice": text });
    let said =
        Said::identify(None, Some(&device)).with("email", person.email).context("consent", consent).at(None);
    let items = vec![said.incoming()];
    let batch = Batch { items, by_themselves: true, ..Batch::default() };
    app.app.run(&app.shop, IntakeBatch { batch }).await.unwrap();
    app.clock.pass(60);
    device
}

fn newsletter() -> (&'static str, String) {
    (NEWSLETTER, notice("newsletter", 2, "pt-BR"))
}

/// The profile, its newest word and what it comes to.
async fn stands(app: &TestApp, person: &Person) -> (ProfileId, ConsentId, ConsentKind, Standing) {
    let view = app.by_email(person.email).await.unwrap();
    let said = view.consent_events.unwrap();
    let newest = &said.shown().unwrap().events[0];
    let consents = view.consents.unwrap();
    let state = consents.shown().unwrap().iter().find(|one| one.purpose == newest.purpose).unwrap().state;
    (view.id, newest.id, newest.kind, state.standing)
}

async fn gives(app: &TestApp, who: &Actor, person: &Person) -> Result<ConfirmationLink> {
    let (profile, consent, ..) = stands(app, person).await;
    app.app.run(who, GiveConfirmation { profile, consent, identifier: None }).await
}

fn token(link: &ConfirmationLink) -> String {
    link.path.strip_prefix("/v1/confirmations/").unwrap().to_owned()
}

async fn looks(app: &TestApp, token: &str) -> Result<Confirming> {
    let holder = app.app.holder(token).await?;
    app.app.run(&holder, ReadConfirmation { token: token.to_owned() }).await
}

async fn confirms(app: &TestApp, token: &str) -> Result<Confirming> {
    let holder = app.app.holder(token).await?;
    let confirmed = app.app.run(&holder, ConfirmConsent { token: token.to_owned() }).await;
    app.clock.pass(60);
    confirmed
}

async fn writes(app: &TestApp, who: &Actor, profile: ProfileId, kind: ConsentKind, said: How) -> Result<()> {
    let purpose = Some(NEWSLETTER.parse().unwrap());
    app.clock.pass(60);
    app.app.run(who, RecordConsent { profile, purpose, recipient: None, kind, said }).await.map(drop)
}

fn by_telephone() -> How {
    How { channel: "telephone".to_owned(), ..How::default() }
}

async fn whoever_follows_their_link_has_said_yes_and_twice_is_once(app: &TestApp) {
    let clara = app.officer().await;
    second_text(app);
    types_yes(app, &ANA, newsletter()).await;
    let (.., kind, standing) = stands(app, &ANA).await;
    assert_eq!((kind, standing), (Pending, Standing::Pending));
    let link = gives(app, &clara, &ANA).await.unwrap();
    assert!(!link.path.contains("ana") && link.path.len() < 256, "{}", link.path);
    let token = token(&link);
    for _ in 0..2 {
        let asked = looks(app, &token).await.unwrap();
        assert_eq!((asked.already, asked.counts), (false, false));
        assert_eq!(hex::encode(&asked.notice), notice("newsletter", 2, "pt-BR"));
    }
    assert_eq!(stands(app, &ANA).await.3, Standing::Pending, "looking confirms nothing");
    let confirmed = confirms(app, &token).await.unwrap();
    assert_eq!((confirmed.already, confirmed.counts), (false, true));
    let view = app.by_email(ANA.email).await.unwrap();
    let said = view.consent_events.unwrap();
    let [yes, waited] = &said.shown().unwrap().events[..] else { panic!("{said:?}") };
    assert_eq!((yes.kind, yes.vouched), (Grant, true));
    assert_eq!(yes.notice, waited.notice);
    let proof = |event: &zelo_app::ConsentEventView| {
        let evidence = event.evidence.clone().unwrap();
        (evidence.channel, evidence.language)
    };
    assert_eq!(proof(yes), ("form".to_owned(), Some("pt-BR".to_owned())));
    assert_eq!(proof(yes), proof(waited));
    let evidence = yes.evidence.as_ref().unwrap();
    assert_eq!(
        (evidence.actor.as_str(), evidence.confirms.clone()),
        ("subject", Some(waited.id.to_string()))
    );
    assert_eq!(view.consents.unwrap().shown().unwrap()[0].state.standing, Standing::Granted);

    let said = app.rows.count("consent_event").await;
    assert!(confirms(app, &token).await.unwrap().already && looks(app, &token).await.unwrap().already);
    assert_eq!(app.rows.count("consent_event").await, said);
    let (profile, consent) = (view.id, waited.id);
    let more = app.app.run(&clara, GiveConfirmation { profile, consent, identifier: None }).await;
    assert!(matches!(more, Err(Error::Conflict(why)) if why.contains("nothing left")), "{more:?}");
    let ana = app.by_email(ANA.email).await.unwrap().id;
    app.app.sequence().await.unwrap();
    let log = zelo_app::GetAccessLog { lookup: Lookup::Id(ana), first: 100, after: None };
    let log = app.app.run(&app.davi, log).await.unwrap();
    let by_her = |entry: &&zelo_app::AccessEntry| entry.leaf.contains("\"actor\":\"subject\"");
    assert!(log.entries.iter().filter(by_her).count() >= 5, "what was done with her link is in her log");
}

async fn what_nobody_confirms_in_time_can_become_no_yes_and_can_be_asked_again(app: &TestApp) {
    let clara = app.officer().await;
    second_text(app);
    types_yes(app, &ANA, newsletter()).await;
    // Advertising asks nobody to confirm; what is typed into a form waits all the same, and not for ever.
    types_yes(app, &BRUNO, ("advertising", notice("advertising", 1, "pt-BR"))).await;
    let ends = gives(app, &clara, &ANA).await.unwrap();
    let other = gives(app, &clara, &BRUNO).await.unwrap();
    app.clock.pass(6 * DAY);
    assert!(looks(app, &token(&ends)).await.is_ok(), "until {}", ends.until);
    app.clock.pass(DAY);
    assert_eq!(stands(app, &ANA).await.3, Standing::Expired);
    assert_eq!(stands(app, &BRUNO).await.3, Standing::Expired);
    for link in [&ends, &other] {
        let late = confirms(app, &token(link)).await;
        assert!(matches!(late, Err(Error::NotFound)), "{late:?}");
    }
    let again = gives(app, &clara, &ANA).await;
    assert!(matches!(again, Err(Error::Conflict(why)) if why.contains("in time")), "{again:?}");
    assert_eq!(app.rows.count("consent_event").await, 2, "that it ran out is stored nowhere");

    types_yes(app, &ANA, newsletter()).await;
    assert_eq!(stands(app, &ANA).await.3, Standing::Pending, "she can say it again");
    let link = gives(app, &clara, &ANA).await.unwrap();
    assert!(confirms(app, &token(&link)).await.unwrap().counts);
}

async fn a_text_that_was_replaced_is_confirmed_by_no_link(app: &TestApp) {
    let clara = app.officer().await;
    types_yes(app, &ANA, (NEWSLETTER, notice("newsletter", 1, "en"))).await;
    let link = gives(app, &clara, &ANA).await.unwrap();
    assert_eq!(link.until.to_string(), "2026-02-01T03:00:00.000000Z", "then there is another text");
    assert!(looks(app, &token(&link)).await.is_ok());
    second_text(app);
    assert!(matches!(confirms(app, &token(&link)).await, Err(Error::NotFound)));
    assert_eq!(stands(app, &ANA).await.3, Standing::Invalidated);
}

async fn who_says_no_meanwhile_is_not_confirmed_by_an_old_mail(app: &TestApp) {
    let clara = app.officer().await;
    second_text(app);
    for against in [Deny, Object] {
        types_yes(app, &ANA, newsletter()).await;
        let link = gives(app, &clara, &ANA).await.unwrap();
        let (ana, consent, ..) = stands(app, &ANA).await;
        writes(app, &clara, ana, against, by_telephone()).await.unwrap();
        let give = GiveConfirmation { profile: ana, consent, identifier: None };
        let another = app.app.run(&clara, give).await;
        assert!(matches!(another, Err(Error::Conflict(why)) if why.contains("said no")), "{another:?}");
        assert!(matches!(looks(app, &token(&link)).await, Err(Error::NotFound)));
        assert!(matches!(confirms(app, &token(&link)).await, Err(Error::NotFound)));
        writes(app, &clara, ana, ConsentKind::Lift, by_telephone()).await.unwrap();
        assert!(matches!(confirms(app, &token(&link)).await, Err(Error::NotFound)), "lifting grants nothing");
    }
    let said = app.by_email(ANA.email).await.unwrap().consent_events.unwrap();
    assert!(said.shown().unwrap().events.iter().all(|event| event.kind != Grant));
    // To everything at once, too.
    types_yes(app, &BRUNO, newsletter()).await;
    let link = gives(app, &clara, &BRUNO).await.unwrap();
    let (profile, kind, said) = (stands(app, &BRUNO).await.0, Object, by_telephone());
    app.app.run(&clara, RecordConsent { profile, purpose: None, recipient: None, kind, said }).await.unwrap();
    assert!(matches!(confirms(app, &token(&link)).await, Err(Error::NotFound)));
}

async fn a_link_tells_nobody_whether_somebody_was_forgotten(app: &TestApp) {
    let clara = app.officer().await;
    second_text(app);
    types_yes(app, &ANA, newsletter()).await;
    let token = token(&gives(app, &clara, &ANA).await.unwrap());
    let operator = app.app.operator(Some("acme"), Via::Cli).await.unwrap();
    let purposes = vec!["data-subject-rights".parse().unwrap()];
    let key = CreateCredential { name: "helena".to_owned(), role: Role::Officer, purposes, source: None };
    let secret = app.app.run(&operator, key).await.unwrap().secret;
    let helena = app.app.authenticate(&secret).await.unwrap().actor(None, Via::GraphQl).unwrap();
    let lookup = Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: ANA.email.to_owned() };
    let erase = EraseProfile { lookup, ground: ErasureGround::Request, lapsed: None };
    app.app.erase(&helena, erase).await.unwrap();
    assert!(matches!(looks(app, &token).await, Err(Error::NotFound)));
    assert!(matches!(confirms(app, &token).await, Err(Error::NotFound)));
    assert_eq!(app.rows.count("consent_event").await, 0);
}

async fn nobody_makes_a_link_up_or_takes_it_to_another_tenant(app: &TestApp) {
    let clara = app.officer().await;
    second_text(app);
    types_yes(app, &ANA, newsletter()).await;
    let good = token(&gives(app, &clara, &ANA).await.unwrap());
    let other = gives(app, &clara, &ANA).await.unwrap();
    assert_ne!(good, token(&other), "no two are alike");
    for at in (0..good.len()).step_by(7) {
        let mut bad = good.clone().into_bytes();
        bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
        let bad = String::from_utf8(bad).unwrap();
        assert!(matches!(app.app.holder(&bad).await, Err(Error::Unauthenticated)), "{at}");
    }
    for bad in ["", "A", "ana@example.com", &good[1..], &good[..good.len() - 4], &"A".repeat(100_000)] {
        assert!(matches!(app.app.holder(bad).await, Err(Error::Unauthenticated)));
    }
    // The same bytes under another tenant's name open nothing there.
    zelo_tests::tenant(&app.app, "other").await;
    let operator = app.app.operator(Some("other"), Via::Cli).await.unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(&good).unwrap();
    bytes[..16].copy_from_slice(&operator.tenant.0);
    let moved = URL_SAFE_NO_PAD.encode(&bytes);
    assert!(matches!(app.app.holder(&moved).await, Err(Error::Unauthenticated)));
    let elsewhere = Actor { tenant: operator.tenant, ..app.app.holder(&good).await.unwrap() };
    let confirm = app.app.run(&elsewhere, ConfirmConsent { token: good.clone() }).await;
    assert!(matches!(confirm, Err(Error::NotFound)), "{confirm:?}");
    assert!(matches!(gives(app, &app.davi, &ANA).await, Err(Error::Forbidden)));
    assert!(confirms(app, &good).await.unwrap().counts);
}

async fn a_link_is_for_the_address_it_was_sent_to(app: &TestApp) {
    let clara = app.officer().await;
    second_text(app);
    let device = types_yes(app, &ANA, newsletter()).await;
    let (ana, typed, ..) = stands(app, &ANA).await;
    app.send([Said::identify(None, Some(&device)).with("phone", "+5581912345678")]).await;
    let phone = || Some((IdentifierKind::Phone, None, "+55 81 91234-5678".to_owned()));
    let give = |consent, identifier| GiveConfirmation { profile: ana, consent, identifier };
    let wrong = app.app.run(&clara, give(typed, phone())).await;
    assert!(matches!(&wrong, Err(Error::Invalid(all)) if all[0].message.contains("by email")), "{wrong:?}");
    let nobodys = Some((IdentifierKind::Email, None, BRUNO.email.to_owned()));
    let wrong = app.app.run(&clara, give(typed, nobodys)).await;
    assert!(matches!(&wrong, Err(Error::Invalid(all)) if all[0].at == "identifier"), "{wrong:?}");

    // Staff wrote another down on the telephone: that came with no address.
    let said = How {
        language: Some("en".to_owned()),
        notice: Some(notice("newsletter", 2, "en")),
        ..by_telephone()
    };
    writes(app, &clara, ana, Pending, said).await.unwrap();
    let (_, told, ..) = stands(app, &ANA).await;
    let none = app.app.run(&clara, give(told, None)).await;
    assert!(matches!(&none, Err(Error::Invalid(all)) if all[0].at == "identifier"), "{none:?}");
    let device = Some((IdentifierKind::AnonymousId, None, device));
    let none = app.app.run(&clara, give(told, device)).await;
    assert!(matches!(&none, Err(Error::Invalid(all)) if all[0].at == "identifier"), "{none:?}");
    let other = app.app.run(&clara, give(told, phone())).await;
    assert!(matches!(&other, Err(Error::Invalid(all)) if all[0].message.contains("by email")), "{other:?}");
    let email = Some((IdentifierKind::Email, None, ANA.email.to_owned()));
    let link = app.app.run(&clara, give(told, email)).await.unwrap();
    assert!(confirms(app, &token(&link)).await.unwrap().counts);
    let (_, yes, kind, _) = stands(app, &ANA).await;
    assert_eq!(kind, Grant);
    let no_wait = app.app.run(&clara, give(yes, None)).await;
    assert!(matches!(&no_wait, Err(Error::Invalid(all)) if all[0].at == "consent"), "{no_wait:?}");
    let nothing = app.app.run(&clara, give(ConsentId([9; 16]), None)).await;
    assert!(matches!(nothing, Err(Error::NotFound)));
}

async fn a_no_nobody_vouches_for_still_counts_and_the_page_says_so(app: &TestApp) {
    let clara = app.officer().await;
    second_text(app);
    app.send([ANA.identifies()]).await;
    let ana = app.by_email(ANA.email).await.unwrap().id;
    writes(app, &clara, ana, Deny, by_telephone()).await.unwrap();
    types_yes(app, &ANA, newsletter()).await;
    let link = gives(app, &clara, &ANA).await.unwrap();
    let confirmed = confirms(app, &token(&link)).await.unwrap();
    assert_eq!((confirmed.already, confirmed.counts), (false, false));
    assert_eq!(stands(app, &ANA).await.3, Standing::Denied, "whoever telephoned may have been somebody else");
}

async fn whoever_presses_twice_at_once_confirms_once(app: &TestApp) {
    let clara = app.officer().await;
    second_text(app);
    types_yes(app, &ANA, newsletter()).await;
    let token = token(&gives(app, &clara, &ANA).await.unwrap());
    let (one, other) = tokio::join!(confirms(app, &token), confirms(app, &token));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert!(one.already != other.already && one.counts && other.counts);
    assert_eq!(app.rows.count("consent_event").await, 2, "what waited, and the yes");
}

async fn a_link_finds_who_was_merged_since(app: &TestApp) {
    let (clara, elisa) = (app.officer().await, app.steward().await);
    second_text(app);
    app.send([BRUNO.identifies()]).await;
    types_yes(app, &ANA, newsletter()).await;
    let token = token(&gives(app, &clara, &ANA).await.unwrap());
    let people = vec![stands(app, &ANA).await.0, app.by_email(BRUNO.email).await.unwrap().id];
    let what = zelo_app::Merging::Profiles(people);
    app.app.run(&elisa, zelo_app::MergeProfiles { what, over_limits: true }).await.unwrap();
    assert!(confirms(app, &token).await.unwrap().counts);
    let wants = Wants {
        consent_events: Some(WantedConsents { first: 1, after: None, evidence: false }),
        ..Wants::default()
    };
    let lookup =
        Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: BRUNO.email.to_owned() };
    let both = app.app.run(&clara, zelo_app::GetProfile { lookup, wants }).await.unwrap();
    assert_eq!(both.consent_events.unwrap().shown().unwrap().events[0].kind, Grant);
}
