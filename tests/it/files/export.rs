//! Everybody's data is taken out page by page: what the purpose does not see is not in it, and the log has whom it showed.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;
use zelo_app::{
    AccessEntry, CancelExport, CreateSource, CreateTenant, EraseProfile, Error, ExportPage, ExportedPage,
    GetAccessLog, GetProfile, ListExports, Lookup, StartExport, Wants,
};
use zelo_model::{
    Actor, ErasureGround, Export, ExportState, Field, IdentifierKind, ProfileId, Role, Timestamp, Via,
};
use zelo_tests::{ANA, BRUNO, Said, TestApp, noon, on_both_databases};

use super::{worker, worker_in};

on_both_databases! {
    what_the_purpose_does_not_see_is_nowhere_in_it,
    it_says_of_ana_what_reading_her_says,
    whoever_is_forgotten_is_on_no_later_page,
    a_page_whose_answer_was_lost_is_had_again_and_no_other,
    anas_access_log_has_the_page_with_its_proof,
    all_that_ana_did_is_in_it_once,
    nobody_else_goes_on_with_it,
    where_a_purpose_rests_on_consent_nobody_is_taken_out_who_gave_none,
    a_cancelled_export_hands_nobody_out,
}

async fn start(app: &TestApp, who: &Actor, events: bool) -> Export {
    app.app.run(who, StartExport { events }).await.unwrap()
}

async fn page(app: &TestApp, who: &Actor, export: &Export, page: i64) -> Result<ExportedPage, Error> {
    app.app.run(who, ExportPage { id: export.id, page }).await
}

/// All pages, one after the other.
async fn whole(app: &TestApp, who: &Actor, events: bool) -> Vec<ExportedPage> {
    let export = start(app, who, events).await;
    let mut pages = Vec::new();
    loop {
        let next = page(app, who, &export, i64::try_from(pages.len()).unwrap()).await.unwrap();
        let over = next.export.state == ExportState::Done;
        pages.push(next);
        if over {
            return pages;
        }
    }
}

fn lines(pages: &[ExportedPage], kind: &str) -> Vec<Value> {
    let text: String = pages.iter().map(|page| page.content.as_str()).collect();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["type"] == kind).collect()
}

async fn many(app: &TestApp, count: usize) {
    let said = |n| Said::identify(Some(&format!("user-of-{n}")), None).with("name", format!("private-{n}"));
    app.send((0..count).map(said)).await;
}

async fn what_the_purpose_does_not_see_is_nowhere_in_it(app: &TestApp) {
    let ana = ANA.identifies().with("phone", "+55 81 91234-5678").with("cpf", "111.444.777-35");
    app.send([
        ana.with("plan", "private-gold").with("religion", "private-faith"),
        ANA.does("Order Completed"),
    ])
    .await;
    let workers = [
        (
            Role::Analyst,
            "analytics",
            &[ANA.email, ANA.name, ANA.user, ANA.device, "1234-5678", "91234", "111444777", "private-faith"]
                [..],
        ),
        (Role::Officer, "security", &[ANA.name, "91234", "111444777", "private-faith"][..]),
        (Role::Officer, "data-subject-rights", &[][..]),
    ];
    for (role, purpose, hidden) in workers {
        let who = worker(&app.app, role, purpose).await;
        let pages = whole(app, &who, true).await;
        let text: String = pages.iter().map(|page| page.content.as_str()).collect();
        for canary in hidden {
            assert!(!text.contains(canary), "{canary} for {purpose}\n{text}");
        }
        let ana = &lines(&pages, "profile")[0];
        if hidden.is_empty() {
            assert!(
                text.contains(ANA.email) && text.contains(ANA.name) && text.contains("private-faith"),
                "{text}"
            );
        } else {
            assert!(!ana["withheld"].as_array().unwrap().is_empty(), "it says what is missing: {ana}");
        }
    }
}

async fn it_says_of_ana_what_reading_her_says(app: &TestApp) {
    app.send([ANA.identifies().with("plan", "private-gold"), BRUNO.identifies()]).await;
    for (role, purpose) in
        [(Role::Officer, "customer-service"), (Role::Officer, "security"), (Role::Analyst, "analytics")]
    {
        let who = worker(&app.app, role, purpose).await;
        let id = app.by_email(ANA.email).await.unwrap().id;
        let wants = Wants { identifiers: true, attributes: true, ..Wants::default() };
        let read = app.app.run(&who, GetProfile { lookup: Lookup::Id(id), wants }).await.unwrap();
        let pages = whole(app, &who, false).await;
        let ana = lines(&pages, "profile").into_iter().find(|line| line["id"] == id.to_string()).unwrap();
        let exported: Vec<(String, String)> = ana["attributes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                (one["name"].as_str().unwrap().to_owned(), format!("{} {}", one["value"], one["withheld"]))
            })
            .collect();
        let shown: Vec<(String, String)> = read
            .attributes
            .unwrap()
            .into_iter()
            .map(|one| {
                (
                    one.name,
                    match one.value {
                        Field::Shown(value) => format!("{value} null"),
                        Field::Withheld(reason) => format!("null \"{}\"", reason.code()),
                    },
                )
            })
            .collect();
        assert_eq!(exported, shown, "{purpose}");
        let shown = read.identifiers.unwrap();
        let shown = shown.shown().map_or(0, Vec::len);
        assert_eq!(ana["identifiers"].as_array().unwrap().len(), shown, "{purpose}");
    }
}

async fn whoever_is_forgotten_is_on_no_later_page(app: &TestApp) {
    many(app, 150).await;
    app.send([ANA.identifies()]).await;
    let clara = worker(&app.app, Role::Officer, "data-subject-rights").await;
    let export = start(app, &clara, false).await;
    let first = page(app, &clara, &export, 0).await.unwrap();
    assert_eq!(lines(std::slice::from_ref(&first), "profile").len(), 100);
    // Somebody signs up meanwhile, and Ana is forgotten.
    app.send([BRUNO.identifies()]).await;
    let by = Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: ANA.email.to_owned() };
    app.app
        .erase(&clara, EraseProfile { lookup: by, ground: ErasureGround::Request, lapsed: None })
        .await
        .unwrap();
    let second = page(app, &clara, &export, 1).await.unwrap();
    assert_eq!(lines(std::slice::from_ref(&second), "profile").len(), 50);
    assert!(!second.content.contains(ANA.email) && !second.content.contains(BRUNO.email));
    assert_eq!((second.export.state, second.export.now.profiles), (ExportState::Done, 150));
}

async fn a_page_whose_answer_was_lost_is_had_again_and_no_other(app: &TestApp) {
    many(app, 250).await;
    let clara = worker(&app.app, Role::Officer, "data-subject-rights").await;
    let export = start(app, &clara, false).await;
    assert!(matches!(page(app, &clara, &export, 1).await, Err(Error::Invalid(_))));
    let first = page(app, &clara, &export, 0).await.unwrap();
    let again = page(app, &clara, &export, 0).await.unwrap();
    assert_eq!((&first.content, &first.export.now), (&again.content, &again.export.now));
    page(app, &clara, &export, 1).await.unwrap();
    assert!(matches!(page(app, &clara, &export, 0).await, Err(Error::Invalid(_))));
    let last = page(app, &clara, &export, 2).await.unwrap();
    assert_eq!(last.export.state, ExportState::Done);
    let again = page(app, &clara, &export, 2).await.unwrap();
    assert_eq!((&last.content, &last.export.now), (&again.content, &again.export.now), "the very last, too");
    assert!(matches!(page(app, &clara, &export, 3).await, Err(Error::Conflict(_))));

    // What was handed out is what the export says it was.
    let pages = whole(app, &clara, false).await;
    let mut digest = [0; 32];
    for page in &pages {
        let chained = [&digest[..], &sha256_by_another_tool(page.content.as_bytes())].concat();
        digest = sha256_by_another_tool(&chained);
        assert_eq!(page.export.now.digest, digest);
    }
    assert_eq!(lines(&pages, "export").len(), 1, "its first line says what it is");
}

fn sha256_by_another_tool(bytes: &[u8]) -> [u8; 32] {
    let mut tool = Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    tool.stdin.take().unwrap().write_all(bytes).unwrap();
    let said = tool.wait_with_output().unwrap().stdout;
    hex::decode(&said[..64]).unwrap().try_into().unwrap()
}

/// The page's entry in her access log, once the sequencer has got to it.
async fn in_the_log(app: &TestApp, clara: &Actor, id: ProfileId) -> AccessEntry {
    for _ in 0..100 {
        app.clock.pass(1);
        while app.app.sequence().await.unwrap().entries > 0 {}
        let read = GetAccessLog { lookup: Lookup::Id(id), first: 100, after: None };
        let log = app.app.run(clara, read).await.unwrap();
        let page = log.entries.into_iter().find(|entry| entry.leaf.contains("\"op\":\"export.page\""));
        if let Some(entry) = page {
            return entry;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the page is not in her access log");
}

async fn anas_access_log_has_the_page_with_its_proof(app: &TestApp) {
    app.send([ANA.identifies(), BRUNO.identifies()]).await;
    let clara = worker(&app.app, Role::Officer, "data-subject-rights").await;
    let id = app.by_email(ANA.email).await.unwrap().id;
    whole(app, &clara, true).await;
    let entry = in_the_log(app, &clara, id).await;
    let leaf: Value = serde_json::from_str(&entry.leaf).unwrap();
    assert_eq!((&leaf["class"], &leaf["purpose"]), (&"disclosure".into(), &"data-subject-rights".into()));
    assert_eq!(leaf["subjects"]["n"], 2, "all who were on the page: {leaf}");
    assert!(leaf["shown"].as_array().unwrap().contains(&"email".into()), "{leaf}");
    assert!(entry.checkpoint.contains("zelo.example.com/audit"));
}

async fn all_that_ana_did_is_in_it_once(app: &TestApp) {
    let at = |n: i64| Some(noon().plus(-Timestamp::SECOND * (n + 1)));
    app.send([ANA.identifies(), BRUNO.identifies()]).await;
    for from in [0, 1_000, 2_000] {
        app.send((from..from + 500).map(|n| ANA.does("Product Viewed").at(at(n)))).await;
    }
    app.send([BRUNO.does("Order Completed")]).await;
    let clara = worker(&app.app, Role::Officer, "data-subject-rights").await;
    let pages = whole(app, &clara, true).await;
    assert!(pages.len() > 1, "it goes on in the middle of her");
    let events = lines(&pages, "event");
    let ids: BTreeSet<String> = events.iter().map(|event| event["id"].to_string()).collect();
    assert_eq!((events.len(), ids.len()), (1_501, 1_501));
    assert_eq!(lines(&pages, "profile").len(), 2);
    assert_eq!(pages.last().unwrap().export.now.profiles, 2);
}

async fn nobody_else_goes_on_with_it(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    let clara = worker(&app.app, Role::Officer, "data-subject-rights").await;
    let export = start(app, &clara, false).await;
    let analyst = worker(&app.app, Role::Analyst, "analytics").await;
    assert!(matches!(page(app, &analyst, &export, 0).await, Err(Error::NotFound)));
    let end = app.app.run(&analyst, CancelExport { id: export.id }).await;
    assert!(matches!(end, Err(Error::NotFound)));
    for (role, purpose) in [
        (Role::Developer, "customer-service"),
        (Role::Agent, "customer-service"),
        (Role::Analyst, "marketing-email"),
    ] {
        let who = worker(&app.app, role, purpose).await;
        let refused = app.app.run(&who, StartExport { events: false }).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{role} {purpose}: {refused:?}");
    }
}

async fn where_a_purpose_rests_on_consent_nobody_is_taken_out_who_gave_none(app: &TestApp) {
    let installation = app.app.operator(None, Via::Cli).await.unwrap();
    let create =
        CreateTenant { slug: "porto".to_owned(), controller: "exemplo-lda".to_owned(), sample: false };
    app.app.run(&installation, create).await.unwrap();
    let operator = app.app.operator(Some("porto"), Via::Cli).await.unwrap();
    let shop = CreateSource {
        slug: "loja".to_owned(),
        priority: 10,
        jurisdiction: None,
        collects_for: vec!["customer-service".parse().unwrap()],
        space: None,
    };
    app.app.run(&operator, shop).await.unwrap();
    let key = zelo_tests::credential(&app.app, &operator, "loja", Role::Source, Some("loja")).await;
    let loja = app.app.authenticate(&key.secret).await.unwrap().actor(None, Via::Intake).unwrap();
    app.send_as(&loja, [ANA.identifies()]).await.unwrap();
    app.send([ANA.identifies()]).await;
    // In the Union analytics rests on consent, in Brazil it does not.
    for (tenant, people) in [("porto", 0), ("acme", 1)] {
        let analyst = worker_in(&app.app, tenant, Role::Analyst, "analytics").await;
        let export = app.app.run(&analyst, StartExport { events: false }).await.unwrap();
        let page = app.app.run(&analyst, ExportPage { id: export.id, page: 0 }).await.unwrap();
        assert_eq!(page.export.now.profiles, people, "{tenant}");
    }
}

async fn a_cancelled_export_hands_nobody_out(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    let clara = worker(&app.app, Role::Officer, "data-subject-rights").await;
    let export = start(app, &clara, false).await;
    app.app.run(&clara, CancelExport { id: export.id }).await.unwrap();
    assert!(matches!(page(app, &clara, &export, 0).await, Err(Error::Conflict(_))));
    assert!(matches!(app.app.run(&clara, CancelExport { id: export.id }).await, Err(Error::Conflict(_))));
    let all = app.app.run(&clara, ListExports).await.unwrap();
    assert_eq!((all.len(), all[0].state, all[0].now.profiles), (1, ExportState::Cancelled, 0));
}
