//! Two people are taken for one, things happen, the process ends, keys are replaced; then they are two again, and each
//! has all that is theirs, to the letter.

use zelo_app::{
    App, Batch, GetProfile, IntakeBatch, JournalKind, Lookup, OpenRotation, ReadJournal, RecordConsent,
    Said as How, UndoMerge,
};
use zelo_model::{Actor, ConsentKind, IdentifierKind, KeyClass, ProfileId, Timestamp, Via};
use zelo_tests::{ANA, BRUNO, Said, TestApp, export, look, noon, on_both_databases};

on_both_databases! {
    merged_by_rule_denied_restarted_rotated_and_undone_each_has_what_is_theirs,
}

async fn merged_by_rule_denied_restarted_rotated_and_undone_each_has_what_is_theirs(app: &TestApp) {
    let (clara, elisa) = (app.officer().await, app.steward().await);
    let crm = app.source("crm", 1).await;
    let first = app.another().await;
    // Bruno reads the shop's page on Ana's telephone; a minute later she signs in elsewhere, and says yes.
    send(&first, app, [BRUNO.browses("Product Viewed").on(Some(ANA.device)).at(Some(seconds(1)))]).await;
    let phone = by(&first, app, IdentifierKind::AnonymousId, ANA.device).await;
    app.clock.pass(60);
    send(&first, app, [ANA.signs_in().with("name", ANA.name).at(Some(seconds(61)))]).await;
    let ana = by(&first, app, IdentifierKind::UserId, ANA.user).await;
    app.clock.pass(60);
    says(&first, &clara, ana, ConsentKind::Grant, in_person()).await;
    app.clock.pass(60);
    // Then she signs in on the telephone: the rules take the two for one.
    let same = ANA.identifies().at(Some(seconds(181)));
    send(&first, app, [same.clone()]).await;
    assert_eq!(by(&first, app, IdentifierKind::UserId, ANA.user).await, phone);
    app.clock.pass(60);
    send(&first, app, [ANA.does("Order Paid").at(Some(seconds(241)))]).await;
    send(&first, app, [BRUNO.browses("Product Added").on(Some(ANA.device)).at(Some(seconds(242)))]).await;
    app.clock.pass(60);
    // Somebody calls and wants no newsletter: which of them, nobody asks, for they are one.
    says(&first, &clara, phone, ConsentKind::Deny, by_telephone()).await;
    app.clock.pass(60);

    // The process ends; another begins, and replaces all the tenant's keys.
    drop(first);
    let second = app.another().await;
    for what in [KeyClass::Owners, KeyClass::Index] {
        rotate(&second, what).await;
    }
    app.clock.pass(60);
    drop(second);
    let third = app.another().await;
    let read = ReadJournal { kind: Some(JournalKind::Merge), open: true, first: 10, after: None };
    let merges = third.run(&elisa, read).await.unwrap().lines;
    assert_eq!(merges.len(), 1);
    third.run(&elisa, UndoMerge { merge: merges[0].id }).await.unwrap();
    assert_eq!(told(&third, app, ana).await, OF_ANA);
    assert_eq!(told(&third, app, phone).await, OF_THE_TELEPHONE);

    // What made them one, and whatever else would: they stay two, and what was said stays said.
    let bridge = Said::identify(None, Some(ANA.device)).with("email", ANA.email);
    send(&third, app, [same.clone(), bridge.clone()]).await;
    let again = ANA.identifies().at(Some(seconds(541)));
    for said in [bridge, again] {
        let items = vec![said.incoming()];
        let batch = Batch { items, ..Batch::default() };
        third.run(&crm, IntakeBatch { batch }).await.unwrap();
    }
    assert_eq!(by(&third, app, IdentifierKind::UserId, ANA.user).await, ana);
    assert_eq!(by(&third, app, IdentifierKind::Email, ANA.email).await, ana);
    assert_eq!(by(&third, app, IdentifierKind::AnonymousId, ANA.device).await, phone);
    for (id, before) in [(ana, OF_ANA), (phone, OF_THE_TELEPHONE)] {
        let now = told(&third, app, id).await;
        let said = |text: &str| -> Vec<String> {
            text.lines().filter(|line| line.contains("marketing-email")).map(str::to_owned).collect()
        };
        assert_eq!(said(&now), said(before));
    }
}

const OF_ANA: &str = r#"since 2026-01-31T12:01:00.000000Z until 2026-01-31T12:03:00.000000Z
user_id user-of-ana from shop at 2026-01-31T12:01:00.000000Z
anonymous_id browser-of-ana from shop at 2026-01-31T12:03:00.000000Z
email ana@example.com from shop at 2026-01-31T12:01:00.000000Z
email = Some(String("ana@example.com")) from shop at 2026-01-31T12:03:01.000000Z
name = Some(String("Ana Encarnação")) from shop at 2026-01-31T12:03:01.000000Z
Order Paid {"note":"private-user-of-ana"} from shop at 2026-01-31T12:04:01.000000Z
marketing-email for demo-controller is Denied since 2026-01-31T12:07:00.000000Z, restricted since never
deny to marketing-email for demo-controller at 2026-01-31T12:07:00.000000Z, written down at 2026-01-31T12:07:00.000000Z, by nobody known, notice "", by unmerge in None, None
grant to marketing-email for demo-controller at 2026-01-31T12:02:00.000000Z, written down at 2026-01-31T12:02:00.000000Z, vouched for, notice "76e1b0d3edb7ca4190168e5bbf9214f7f15837522954d8642fca9b2b2fc9a8d9", by telephone in Some("pt-BR"), Some("private-note")
"#;

const OF_THE_TELEPHONE: &str = r#"since 2026-01-31T12:00:00.000000Z until 2026-01-31T12:04:00.000000Z
anonymous_id browser-of-ana from shop at 2026-01-31T12:00:00.000000Z
Product Added {"note":"private-browser-of-bruno"} from shop at 2026-01-31T12:04:02.000000Z
Product Viewed {"note":"private-browser-of-bruno"} from shop at 2026-01-31T12:00:01.000000Z
marketing-email for demo-controller is Denied since 2026-01-31T12:05:00.000000Z, restricted since never
deny to marketing-email for demo-controller at 2026-01-31T12:05:00.000000Z, written down at 2026-01-31T12:05:00.000000Z, by nobody known, notice "", by telephone in None, Some("private-note")
"#;

fn seconds(n: i64) -> Timestamp {
    noon().plus(n * Timestamp::SECOND)
}

async fn send(process: &App, app: &TestApp, said: impl IntoIterator<Item = Said>) {
    let items = said.into_iter().map(|said| said.incoming()).collect();
    process.run(&app.shop, IntakeBatch { batch: Batch { items, ..Batch::default() } }).await.unwrap();
}

async fn by(process: &App, app: &TestApp, kind: IdentifierKind, value: &str) -> ProfileId {
    let lookup = Lookup::Identifier { kind, space: None, value: value.to_owned() };
    process.run(&app.davi, GetProfile { lookup, wants: zelo_app::Wants::default() }).await.unwrap().id
}

async fn told(process: &App, app: &TestApp, id: ProfileId) -> String {
    export(&look(process, &app.davi, Lookup::Id(id)).await.unwrap())
}

fn by_telephone() -> How {
    How { channel: "telephone".to_owned(), note: Some("private-note".to_owned()), ..How::default() }
}

fn in_person() -> How {
    How {
        verified: Some((IdentifierKind::Email, None, ANA.email.to_owned())),
        language: Some("pt-BR".to_owned()),
        notice: Some(zelo_tests::notice("newsletter", 1, "pt-BR")),
        ..by_telephone()
    }
}

async fn says(process: &App, clara: &Actor, profile: ProfileId, kind: ConsentKind, said: How) {
    let purpose = "marketing-email".parse().unwrap();
    process
        .run(clara, RecordConsent { profile, purpose: Some(purpose), recipient: None, kind, said })
        .await
        .unwrap();
}

async fn rotate(process: &App, what: KeyClass) {
    process.pace_rotations(1, std::time::Duration::ZERO);
    let actor = process.operator(Some("acme"), Via::Cli).await.unwrap();
    let rotation = process.begin_rotation(&actor, what).await.unwrap();
    let mut open = OpenRotation { actor, rotation };
    for _ in 0..1_000 {
        if open.rotation.ended.is_some() {
            return;
        }
        open.rotation = process.rotate_on(&open).await.unwrap();
    }
    panic!("it does not end: {open:?}");
}
