//! Ana asks who looked at her, and need not believe the answer: each line comes with its proofs.

use std::collections::BTreeSet;

use serde_json::Value;
use zelo_app::{AccessEntry, AccessPage, GetAccessLog, Lookup};
use zelo_ledger::{Checkpoint, Rooted, check_inclusion, check_leaf, subject_leaf};
use zelo_model::ProfileId;
use zelo_tests::{ANA, BRUNO, Said, TestApp, on_both_databases};

on_both_databases! {
    ana_reads_who_looked_at_her_over_all_her_records_and_nothing_of_bruno,
    every_line_of_an_access_log_is_proven,
}

async fn access_log(app: &TestApp, id: ProfileId, first: usize, after: Option<(i64, i64)>) -> AccessPage {
    app.app.run(&app.davi, GetAccessLog { lookup: Lookup::Id(id), first, after }).await.unwrap()
}

/// A second goes by, in which what was done finds its place in the log.
async fn a_second(app: &TestApp) {
    app.clock.pass(1);
    while app.app.sequence().await.unwrap().entries > 0 {}
}

/// Ana shops on two devices and at two sources before anybody knows that she is one person; Bruno is another.
/// How often somebody looked at her, whatever she was known as, and her profile at the end.
async fn looked_at(app: &TestApp) -> (usize, ProfileId) {
    let billing = app.source("billing", 20).await;
    app.send([ANA.browses("Page Viewed"), BRUNO.identifies()]).await;
    a_second(app).await;
    app.by_device(ANA.device).await.unwrap();
    a_second(app).await;
    app.send([ANA.signs_in()]).await;
    app.send_as(&billing, [Said::identify(Some("user-of-ana-at-billing"), None).with("email", ANA.email)])
        .await
        .unwrap();
    a_second(app).await;
    for _ in 0..3 {
        app.by_email(ANA.email).await.unwrap();
        app.by_email(BRUNO.email).await.unwrap();
        a_second(app).await;
    }
    let apart = app.by_device(ANA.device).await.unwrap().id;
    a_second(app).await;
    // She signs in on the device: two profiles become one.
    app.send([ANA.identifies()]).await;
    a_second(app).await;
    let ana = app.by_email(ANA.email).await.unwrap().id;
    assert_eq!(app.by_device(ANA.device).await.unwrap().id, ana);
    assert_eq!(app.by_id(apart).await.unwrap().id, ana, "the other profile leads to this one");
    a_second(app).await;
    (1 + 3 + 1 + 3, ana)
}

async fn ana_reads_who_looked_at_her_over_all_her_records_and_nothing_of_bruno(app: &TestApp) {
    let (times, ana) = looked_at(app).await;
    let page = access_log(app, ana, 100, None).await;
    let told: Vec<Value> =
        page.entries.iter().map(|entry| serde_json::from_str(&entry.leaf).unwrap()).collect();
    assert_eq!(told.len(), times, "{told:#?}");
    assert!(!page.has_next);
    for line in &told {
        assert_eq!((&line["op"], &line["decision"]), (&"profile.read".into(), &"allow".into()));
        assert_eq!(line["subjects"]["n"], 1);
    }
    assert!(page.entries.is_sorted_by(|newer, older| newer.place > older.place));

    let mut paged = Vec::new();
    let mut after = None;
    for _ in 0..times {
        let page = access_log(app, ana, 3, after).await;
        after = page.entries.last().map(|entry| entry.place);
        paged.extend(page.entries.into_iter().map(|entry| entry.id));
        if !page.has_next {
            break;
        }
    }
    assert_eq!(paged, page.entries.iter().map(|entry| entry.id).collect::<Vec<_>>());

    let bruno = app.by_email(BRUNO.email).await.unwrap().id;
    let of_bruno = access_log(app, bruno, 100, None).await;
    assert_eq!(of_bruno.entries.len(), 3, "the fourth has no place yet");
    let handles =
        |page: &AccessPage| page.entries.iter().map(|entry| entry.subject.handle).collect::<BTreeSet<_>>();
    assert_eq!((handles(&page).len(), handles(&of_bruno).len()), (2, 1), "she was two people to us");
    assert!(handles(&page).is_disjoint(&handles(&of_bruno)));

    // Whoever read the access log has looked at her, too.
    a_second(app).await;
    let page = access_log(app, ana, 100, None).await;
    let reads = page.entries.iter().filter(|entry| entry.leaf.contains("\"op\":\"profile.access_log\""));
    assert!(reads.count() > 1);
}

async fn every_line_of_an_access_log_is_proven(app: &TestApp) {
    let (_, ana) = looked_at(app).await;
    let page = access_log(app, ana, 100, None).await;
    let note = page.checkpoint.unwrap();
    let log = Checkpoint::unverified(note.as_bytes()).unwrap();
    let key = zelo_ledger::SigningKey::load(&app.place.folder().join("audit.key")).unwrap();
    assert_eq!(key.verify_key(&log.origin).open(note.as_bytes()).unwrap(), log);
    for entry in &page.entries {
        assert!(check_inclusion(&log.head, entry.leaf.as_bytes(), &entry.inclusion));
        assert!(speaks_of_her(entry, &entry.leaf));
        // Neither proof holds for anything else.
        let other = entry.leaf.replace("\"actor\":\"", "\"actor\":\"x");
        assert!(!check_inclusion(&log.head, other.as_bytes(), &entry.inclusion));
        let neighbour = page.entries.iter().find(|other| other.id != entry.id).unwrap();
        assert!(!check_inclusion(&log.head, neighbour.leaf.as_bytes(), &entry.inclusion));
        assert!(!speaks_of_her(entry, &neighbour.leaf), "a subject is bound to its entry");
    }
}

/// Whether the entry lists the person of the proof among its subjects.
fn speaks_of_her(entry: &AccessEntry, leaf: &str) -> bool {
    let told: Value = serde_json::from_str(leaf).unwrap();
    let root = hex::decode(told["subjects"]["root"].as_str().unwrap()).unwrap();
    let subjects = Rooted { n: told["subjects"]["n"].as_u64().unwrap(), root: root.try_into().unwrap() };
    check_leaf(&subjects, &subject_leaf(&entry.id, &entry.subject.handle), &entry.subject.path)
}
