//! A steward decides who is who, where the rules cannot, and undoes what was wrong.

use zelo_app::{
    Error, JournalEntry, JournalKind, JournalState, LiftApart, MergeProfiles, Merging, Preview,
    PreviewChange, ReadJournal, Rearranged, Rearrangement, RejectSuggestion, Result, SplitProfile, UndoMerge,
};
use zelo_model::{Actor, OwnerId, ProfileId};
use zelo_tests::{ANA, BRUNO, Said, TestApp, export, on_both_databases};

on_both_databases! {
    two_people_taken_for_one_are_two_again_with_all_that_is_theirs,
    whom_a_steward_took_apart_no_message_and_no_steward_brings_together_until_it_is_lifted,
    a_merge_by_rule_is_undone_like_a_stewards,
    what_came_while_they_were_one_goes_to_whom_it_leads,
    a_profile_merged_twice_returns_twice,
    a_rejected_suggestion_is_not_made_again,
    a_followed_suggestion_makes_one_person_over_the_limit_it_named,
    a_record_that_is_somebody_elses_is_split_off,
    looking_at_what_a_merge_would_do_does_nothing,
    nobody_who_is_being_forgotten_is_merged,
    a_merge_moves_no_ciphertext,
    two_stewards_at_once_leave_one_truth,
    a_steward_and_a_shop_at_once_leave_one_truth,
    only_a_steward_decides_who_is_who,
}

/// Ana and Bruno, known to the shop since one minute of each other; their profiles.
async fn two_people(app: &TestApp) -> (ProfileId, ProfileId) {
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    app.clock.pass(60);
    app.send([BRUNO.identifies(), BRUNO.does("Product Viewed")]).await;
    app.clock.pass(60);
    (app.by_user(ANA.user).await.unwrap().id, app.by_user(BRUNO.user).await.unwrap().id)
}

async fn merge(app: &TestApp, who: &Actor, profiles: &[ProfileId]) -> Result<Rearranged> {
    let what = Merging::Profiles(profiles.to_vec());
    app.app.run(who, MergeProfiles { what, over_limits: true }).await
}

async fn preview(app: &TestApp, who: &Actor, of: Rearrangement) -> Preview {
    app.app.run(who, PreviewChange { of }).await.unwrap()
}

async fn journal(app: &TestApp, who: &Actor, kind: Option<JournalKind>, open: bool) -> Vec<JournalEntry> {
    app.app.run(who, ReadJournal { kind, open, first: 100, after: None }).await.unwrap().lines
}

async fn exports(app: &TestApp) -> [String; 2] {
    [export(&app.by_user(ANA.user).await.unwrap()), export(&app.by_user(BRUNO.user).await.unwrap())]
}

/// The record behind what somebody is called.
async fn record_of(app: &TestApp, user: &str) -> OwnerId {
    let attributes = app.by_user(user).await.unwrap().attributes.unwrap();
    attributes.iter().find(|one| one.name == "name").unwrap().record
}

async fn two_people_taken_for_one_are_two_again_with_all_that_is_theirs(app: &TestApp) {
    let elisa = app.steward().await;
    let (ana, bruno) = two_people(app).await;
    let before = exports(app).await;
    let merged = merge(app, &elisa, &[bruno, ana]).await.unwrap();
    assert_eq!((merged.kept, merged.others.as_slice(), merged.moved), (ana, [bruno].as_slice(), 1));
    let both = app.by_id(bruno).await.unwrap();
    assert_eq!((both.id, both.identifiers.as_ref().unwrap().shown().unwrap().len()), (ana, 6));

    app.clock.pass(60);
    let restarted = app.another().await;
    let again = restarted.run(&elisa, UndoMerge { merge: merged.line }).await.unwrap();
    assert_eq!((again.kept, again.others.as_slice(), again.moved), (ana, [bruno].as_slice(), 1));
    assert_eq!(exports(app).await, before, "to the letter");
    assert_eq!(app.by_id(bruno).await.unwrap().id, bruno, "under his own id");
    let twice = app.app.run(&elisa, UndoMerge { merge: merged.line }).await;
    assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");

    let lines = journal(app, &elisa, None, false).await;
    let told: Vec<_> = lines.iter().map(|line| (line.kind, line.state, line.cause.as_str())).collect();
    let unmerge = (JournalKind::Unmerge, JournalState::Standing, "steward");
    assert_eq!(told, [unmerge, (JournalKind::Merge, JournalState::Undone, "steward")]);
    assert_eq!(lines[0].answers, Some(merged.line));
    assert_eq!(lines[0].actor, Some(elisa.name()));
}

async fn whom_a_steward_took_apart_no_message_and_no_steward_brings_together_until_it_is_lifted(
    app: &TestApp,
) {
    let elisa = app.steward().await;
    app.send([ANA.browses("Product Viewed")]).await;
    app.clock.pass(60);
    app.send([ANA.signs_in(), ANA.does("Order Completed").on(None)]).await;
    let (browser, user) =
        (app.by_device(ANA.device).await.unwrap().id, app.by_user(ANA.user).await.unwrap().id);
    let merged = merge(app, &elisa, &[browser, user]).await.unwrap();
    app.app.run(&elisa, UndoMerge { merge: merged.line }).await.unwrap();

    // What made them one before, from every side.
    let crm = app.source("crm", 1).await;
    app.send([ANA.identifies()]).await;
    app.send_as(&crm, [ANA.identifies(), Said::identify(None, Some(ANA.device)).with("email", ANA.email)])
        .await
        .unwrap();
    assert_eq!(app.by_device(ANA.device).await.unwrap().id, browser);
    assert_eq!(app.by_user(ANA.user).await.unwrap().id, user);
    let refused = merge(app, &elisa, &[browser, user]).await;
    assert!(matches!(refused, Err(Error::Conflict(why)) if why.contains("apart")), "{refused:?}");
    assert!(
        journal(app, &elisa, Some(JournalKind::Suggestion), true).await.is_empty(),
        "nobody is asked again"
    );

    app.app.run(&elisa, LiftApart { profiles: [user, browser] }).await.unwrap();
    let twice = app.app.run(&elisa, LiftApart { profiles: [user, browser] }).await;
    assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
    merge(app, &elisa, &[browser, user]).await.unwrap();
    assert_eq!(app.by_user(ANA.user).await.unwrap().id, browser);
}

async fn a_merge_by_rule_is_undone_like_a_stewards(app: &TestApp) {
    let elisa = app.steward().await;
    // Bruno once read the shop's page on Ana's telephone; then she signs in on it.
    app.send([BRUNO.browses("Product Viewed").on(Some(ANA.device))]).await;
    app.clock.pass(60);
    app.send([ANA.signs_in()]).await;
    let (phone, ana) = (app.by_device(ANA.device).await.unwrap().id, app.by_user(ANA.user).await.unwrap().id);
    app.clock.pass(60);
    app.send([ANA.identifies()]).await;
    assert_eq!(app.by_user(ANA.user).await.unwrap().id, phone);

    let merges = journal(app, &elisa, Some(JournalKind::Merge), true).await;
    assert_eq!((merges.len(), merges[0].cause.as_str(), &merges[0].actor), (1, "identify", &None));
    let undo = preview(app, &elisa, Rearrangement::Unmerge(merges[0].id)).await;
    assert_eq!((undo.moves.len(), undo.moves[0].to), (1, Some(ana)));
    app.app.run(&elisa, UndoMerge { merge: merges[0].id }).await.unwrap();
    assert_eq!(app.by_user(ANA.user).await.unwrap().id, ana);
    assert_eq!(app.by_email(ANA.email).await.unwrap().id, ana);
    let phone = app.by_device(ANA.device).await.unwrap();
    assert_eq!(phone.events.unwrap().shown().unwrap().events.len(), 1);
    app.send([ANA.identifies(), ANA.does("Order Completed")]).await;
    assert_eq!(app.by_user(ANA.user).await.unwrap().id, ana);
    assert_ne!(app.by_device(ANA.device).await.unwrap().id, ana);
}

async fn what_came_while_they_were_one_goes_to_whom_it_leads(app: &TestApp) {
    let elisa = app.steward().await;
    let (ana, bruno) = two_people(app).await;
    let merged = merge(app, &elisa, &[ana, bruno]).await.unwrap();
    app.clock.pass(60);
    let till = app.source("till", 1).await;
    let at_the_till = |person: &zelo_tests::Person| {
        let card = Said::identify(None, Some(&format!("{}-at-the-till", person.device)));
        card.with("email", person.email).with("city", person.city)
    };
    app.send_as(&till, [at_the_till(&ANA), at_the_till(&BRUNO)]).await.unwrap();
    app.send([ANA.does("Order Paid"), BRUNO.does("Order Paid")]).await;
    app.clock.pass(60);
    app.app.run(&elisa, UndoMerge { merge: merged.line }).await.unwrap();
    let [of_ana, of_bruno] = exports(app).await;
    for (own, theirs, person, other) in [(&of_ana, &of_bruno, ANA, BRUNO), (&of_bruno, &of_ana, BRUNO, ANA)] {
        assert!(own.contains(person.city) && !own.contains(other.city), "{own}");
        assert!(own.contains(&format!("{}-at-the-till", person.device)), "{own}");
        assert!(own.contains("Order Paid") && !theirs.contains(person.email), "{theirs}");
    }
    assert_eq!(app.by_device(&format!("{}-at-the-till", BRUNO.device)).await.unwrap().id, bruno);
    assert_eq!(app.by_device(&format!("{}-at-the-till", ANA.device)).await.unwrap().id, ana);
}

async fn a_profile_merged_twice_returns_twice(app: &TestApp) {
    let elisa = app.steward().await;
    let (ana, bruno) = two_people(app).await;
    app.send([Said::identify(Some("private-third"), None).with("name", "private-third")]).await;
    let third = app.by_user("private-third").await.unwrap().id;
    let before = exports(app).await;
    // The third into Bruno, then Bruno into Ana; undone in the order nobody expects.
    let first = merge(app, &elisa, &[bruno, third]).await.unwrap();
    let second = merge(app, &elisa, &[ana, bruno]).await.unwrap();
    assert_eq!(app.by_id(third).await.unwrap().id, ana);
    app.app.run(&elisa, UndoMerge { merge: first.line }).await.unwrap();
    assert_eq!(app.by_id(third).await.unwrap().id, third);
    assert_eq!(app.by_id(bruno).await.unwrap().id, ana, "the other merge stands");
    app.app.run(&elisa, UndoMerge { merge: second.line }).await.unwrap();
    assert_eq!(exports(app).await, before);
    let ids = [ANA.user, BRUNO.user, "private-third"];
    for (user, id) in ids.into_iter().zip([ana, bruno, third]) {
        assert_eq!(app.by_user(user).await.unwrap().id, id);
    }
}

/// Ana and Bruno share an address, so the rules suggest that they are one.
async fn suggested(app: &TestApp, who: &Actor) -> JournalEntry {
    let shared = "private-family@example.com";
    app.send([ANA.signs_in().with("email", shared)]).await;
    app.clock.pass(60);
    app.send([BRUNO.signs_in().with("email", shared)]).await;
    let mut open = journal(app, who, Some(JournalKind::Suggestion), true).await;
    assert_eq!((open.len(), open[0].cause.as_str(), open[0].state), (1, "two-user-ids", JournalState::Open));
    open.remove(0)
}

async fn a_rejected_suggestion_is_not_made_again(app: &TestApp) {
    let elisa = app.steward().await;
    let line = suggested(app, &elisa).await;
    app.app.run(&elisa, RejectSuggestion { suggestion: line.id }).await.unwrap();
    let lines = journal(app, &elisa, Some(JournalKind::Suggestion), false).await;
    assert_eq!(lines[0].state, JournalState::Rejected);
    let crm = app.source("crm", 1).await;
    let shared = BRUNO.signs_in().with("email", "private-family@example.com");
    app.send_as(&crm, [shared]).await.unwrap();
    assert_eq!(journal(app, &elisa, Some(JournalKind::Suggestion), false).await.len(), 1);
    assert_ne!(app.by_user(ANA.user).await.unwrap().id, app.by_user(BRUNO.user).await.unwrap().id);
    let follow = MergeProfiles { what: Merging::Suggestion(line.id), over_limits: true };
    assert!(matches!(app.app.run(&elisa, follow).await, Err(Error::Conflict(_))));
    let again = app.app.run(&elisa, RejectSuggestion { suggestion: line.id }).await;
    assert!(matches!(again, Err(Error::Conflict(_))));
}

async fn a_followed_suggestion_makes_one_person_over_the_limit_it_named(app: &TestApp) {
    let elisa = app.steward().await;
    let line = suggested(app, &elisa).await;
    let profiles = vec![line.kept, line.others[0]];
    let refused = MergeProfiles { what: Merging::Profiles(profiles), over_limits: false };
    let refused = app.app.run(&elisa, refused).await;
    assert!(matches!(refused, Err(Error::Conflict(why)) if why.contains("limit")), "{refused:?}");
    app.clock.pass(60);
    let follow = || MergeProfiles { what: Merging::Suggestion(line.id), over_limits: false };
    let done = app.app.run(&elisa, follow()).await.unwrap();
    assert_eq!(app.by_user(BRUNO.user).await.unwrap().id, app.by_user(ANA.user).await.unwrap().id);
    let lines = journal(app, &elisa, None, false).await;
    assert_eq!((lines[0].kind, lines[0].answers), (JournalKind::Merge, Some(line.id)));
    assert_eq!((lines[0].id, lines[1].state), (done.line, JournalState::Accepted));
    assert!(matches!(app.app.run(&elisa, follow()).await, Err(Error::Conflict(_))));
}

async fn a_record_that_is_somebody_elses_is_split_off(app: &TestApp) {
    let elisa = app.steward().await;
    // One account, and somebody else's card on file at the till.
    let till = app.source("till", 1).await;
    app.send([ANA.identifies()]).await;
    app.clock.pass(60);
    let card = "browser-of-bruno-at-the-till";
    let said = Said::identify(None, Some(card));
    app.send_as(&till, [said.with("email", ANA.email).with("name", BRUNO.name)]).await.unwrap();
    let ana = app.by_user(ANA.user).await.unwrap().id;
    assert_eq!(app.by_device(card).await.unwrap().id, ana);
    let mine = record_of(app, ANA.user).await;
    let records = app.by_user(ANA.user).await.unwrap();
    let kept = records.attributes.unwrap().iter().map(|one| one.record).collect::<Vec<_>>();
    assert!(kept.contains(&mine));
    let all = |records| SplitProfile { profile: ana, records };
    for wrong in [vec![], vec![OwnerId([9; 16])]] {
        assert!(matches!(app.app.run(&elisa, all(wrong)).await, Err(Error::Invalid(_))));
    }
    let look = preview(app, &elisa, Rearrangement::Split { profile: ana, records: vec![mine] }).await;
    assert_eq!((look.moves.len(), look.moves[0].source.as_str(), look.moves[0].to), (1, "shop", None));
    let done = app.app.run(&elisa, all(vec![mine])).await.unwrap();
    assert_eq!(done.kept, ana);
    assert_eq!(app.by_user(ANA.user).await.unwrap().id, done.others[0]);
    assert_eq!(app.by_device(card).await.unwrap().id, ana);
    assert_eq!(app.by_email(ANA.email).await.unwrap().id, done.others[0], "the address was hers first");
    let refused = merge(app, &elisa, &[ana, done.others[0]]).await;
    assert!(matches!(refused, Err(Error::Conflict(_))));
    app.send_as(&till, [Said::identify(Some(ANA.user), Some(card))]).await.unwrap();
    assert_ne!(app.by_user(ANA.user).await.unwrap().id, ana, "a card brings her to nobody else");
}

async fn looking_at_what_a_merge_would_do_does_nothing(app: &TestApp) {
    let elisa = app.steward().await;
    let (ana, bruno) = two_people(app).await;
    let tables = ["membership", "profile", "merge_journal", "cannot_link", "identifier_link"];
    let mut before = Vec::new();
    for table in tables {
        before.push(app.rows.all(table).await);
    }
    let look = preview(app, &elisa, Rearrangement::Merge(Merging::Profiles(vec![ana, bruno]))).await;
    assert_eq!((look.kept, look.others, look.moves.len()), (ana, vec![bruno], 1));
    assert_eq!((look.moves[0].from, look.moves[0].to), (bruno, Some(ana)));
    assert_eq!((look.limits, look.kept_apart), (vec!["two-user-ids"], false));
    for (table, before) in tables.into_iter().zip(before) {
        assert_eq!(app.rows.all(table).await, before, "{table}");
    }
    let alone = Merging::Profiles(vec![ana, ana]);
    let alone = app.app.run(&elisa, PreviewChange { of: Rearrangement::Merge(alone) }).await;
    assert!(matches!(alone, Err(Error::Conflict(_))));
}

async fn nobody_who_is_being_forgotten_is_merged(app: &TestApp) {
    let elisa = app.steward().await;
    let (ana, bruno) = two_people(app).await;
    let merged = merge(app, &elisa, &[ana, bruno]).await.unwrap();
    for state in [2, 3] {
        app.rows.tamper(0, &format!("update profile set state = {state} where state <> 1")).await;
        let undo = app.app.run(&elisa, UndoMerge { merge: merged.line }).await;
        assert!(matches!(undo, Err(Error::NotFound | Error::Erased)), "{undo:?}");
        app.clock.pass(60);
        app.send([Said::identify(Some(&format!("private-{state}")), None)]).await;
        let other = app.by_user(&format!("private-{state}")).await.unwrap().id;
        let refused = merge(app, &elisa, &[other, ana]).await;
        assert!(matches!(refused, Err(Error::NotFound | Error::Erased)), "{refused:?}");
        assert_eq!(app.by_id(other).await.unwrap().id, other);
    }
}

async fn a_merge_moves_no_ciphertext(app: &TestApp) {
    let elisa = app.steward().await;
    let (ana, bruno) = two_people(app).await;
    let (records, events) = (app.rows.all("record").await, app.rows.all("event").await);
    let merged = merge(app, &elisa, &[ana, bruno]).await.unwrap();
    assert_eq!(
        (app.rows.all("record").await, app.rows.all("event").await),
        (records.clone(), events.clone())
    );
    app.app.run(&elisa, UndoMerge { merge: merged.line }).await.unwrap();
    assert_eq!((app.rows.all("record").await, app.rows.all("event").await), (records, events));
    let closed = app.rows.all("membership").await.iter().filter(|row| !row.is_null("until")).count();
    assert_eq!(closed, 2, "one way there, one way back");
}

/// How many profiles are nobody's alias, after checking that no record is in one that is, and that nobody who is kept
/// apart is together.
async fn one_truth(app: &TestApp) -> usize {
    let profiles = app.rows.all("profile").await;
    let mut homes = std::collections::BTreeMap::new();
    for row in app.rows.all("membership").await.iter().filter(|row| row.is_null("until")) {
        let home = profiles.iter().find(|profile| profile.text("id") == row.text("profile")).unwrap();
        assert_eq!(home.text("state"), "0", "a record was left in a profile that is gone");
        let twice = homes.insert(row.text("record").to_owned(), row.text("profile").to_owned());
        assert_eq!(twice, None, "a record is in two profiles");
    }
    for pair in app.rows.all("cannot_link").await {
        assert_ne!(homes[pair.text("low")], homes[pair.text("high")], "kept apart, and together");
    }
    profiles.iter().filter(|row| row.text("state") == "0").count()
}

async fn two_stewards_at_once_leave_one_truth(app: &TestApp) {
    let elisa = app.steward().await;
    let mut people = Vec::new();
    for n in 0..6 {
        app.send([Said::identify(Some(&format!("private-{n}")), None).with("name", "private-name")]).await;
        app.clock.pass(1);
        people.push(app.by_user(&format!("private-{n}")).await.unwrap().id);
    }
    // Each pair of neighbours at once, in both directions: whoever comes second finds what the first has left.
    let mut at_once = tokio::task::JoinSet::new();
    for pair in people.windows(2).flat_map(|pair| [[pair[0], pair[1]], [pair[1], pair[0]]]) {
        let (door, elisa) = (app.app.clone(), elisa.clone());
        let what = Merging::Profiles(pair.to_vec());
        at_once.spawn(async move { door.run(&elisa, MergeProfiles { what, over_limits: true }).await });
    }
    let outcomes = at_once.join_all().await;
    let (done, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert!(refused.iter().all(|one| matches!(one, Err(Error::Conflict(_)))), "{refused:?}");
    assert_eq!((done.len(), one_truth(app).await), (5, 1));
    for person in &people {
        assert_eq!(app.by_id(*person).await.unwrap().id, people[0], "the oldest id survives");
    }
    // The same merge undone by two at once is undone once.
    let merges = journal(app, &elisa, Some(JournalKind::Merge), true).await;
    let mut at_once = tokio::task::JoinSet::new();
    for line in merges.iter().flat_map(|line| [line.id, line.id]) {
        let (door, elisa) = (app.app.clone(), elisa.clone());
        at_once.spawn(async move { door.run(&elisa, UndoMerge { merge: line }).await });
    }
    let outcomes = at_once.join_all().await;
    assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 5, "{outcomes:?}");
    assert_eq!(one_truth(app).await, 6);
    for (n, person) in people.iter().enumerate() {
        assert_eq!(app.by_user(&format!("private-{n}")).await.unwrap().id, *person);
    }
}

async fn a_steward_and_a_shop_at_once_leave_one_truth(app: &TestApp) {
    let elisa = app.steward().await;
    for n in 0..8 {
        let (user, device) = (format!("user-of-ana-{n}"), format!("browser-of-ana-{n}"));
        app.send([Said::identify(Some(&user), None)]).await;
        app.send([Said::identify(None, Some(&device))]).await;
        let (one, other) = (app.by_user(&user).await.unwrap().id, app.by_device(&device).await.unwrap().id);
        let merged = merge(app, &elisa, &[one, other]).await.unwrap();
        let undo = app.app.run(&elisa, UndoMerge { merge: merged.line });
        let bridge = app
            .send([Said::identify(Some(&user), Some(&device)), Said::track("Order Paid", Some(&user), None)]);
        let (undone, _) = tokio::join!(undo, bridge);
        undone.unwrap();
        one_truth(app).await;
        assert_ne!(app.by_user(&user).await.unwrap().id, app.by_device(&device).await.unwrap().id);
    }
}

async fn only_a_steward_decides_who_is_who(app: &TestApp) {
    let (ana, bruno) = two_people(app).await;
    for who in [&app.davi, &app.shop] {
        assert!(matches!(merge(app, who, &[ana, bruno]).await, Err(Error::Forbidden)));
        let read = ReadJournal { kind: None, open: false, first: 1, after: None };
        assert!(matches!(app.app.run(who, read).await, Err(Error::Forbidden)));
    }
    assert_eq!(one_truth(app).await, 2);
}
