//! The shortest way through every room: a tenant, an event, a profile, a verified log.

use std::sync::Arc;

use serde_json::json;
use zelo_app::{
    App, AuditSetup, Batch, Bundle, CreateCredential, CreateSource, CreateTenant, Databases, Durability,
    Error, GetAccessLog, GetProfile, Incoming, IntakeBatch, Kind, Lookup, Message, Plan, RootKey, Setup,
    StoreOptions, VerifyLog, WantedEvents, Wants,
};
use zelo_model::{FixedClock, IdentifierKind, Role, SeededIds, Timestamp, Via};

async fn open(folder: &std::path::Path) -> App {
    let policy = Bundle::embedded().expect("the policies in the repository load");
    let setup = Setup {
        store: StoreOptions {
            databases: Databases::Sqlite { dir: folder.to_owned() },
            reads: Durability::Fsync,
        },
        root: RootKey::File(folder.join("root")),
        audit: AuditSetup {
            key: folder.join("audit.key"),
            anchor: folder.join("anchor.log"),
            origin: "zelo.example.com/audit".to_owned(),
        },
        plan: Plan::embedded(&policy).expect("the tracking plan in this repository"),
        policy,
        clock: Arc::new(FixedClock(Timestamp::from_micros(1_767_225_600_000_000))),
        ids: Arc::new(SeededIds::default()),
    };
    App::open(setup).await.expect("a fresh folder opens")
}

fn message(kind: Kind, id: &str, raw: &serde_json::Value) -> Incoming {
    let at = "2026-01-01T00:00:00Z".parse().ok();
    Incoming::Message(Box::new(Message {
        kind,
        message_id: Some(id.to_owned()),
        user_id: Some("ana-1".to_owned()),
        anonymous_id: None,
        happened: None,
        client_time: at,
        sent_at: None,
        raw: raw.to_string().into(),
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn anas_first_event_becomes_a_profile_and_a_verified_log() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path()).await;
    let installation = app.operator(None, Via::Cli).await.unwrap();
    let shop = CreateTenant { slug: "shop".into(), controller: "acme-sa".into(), sample: false };
    app.run(&installation, shop).await.unwrap();
    let operator = app.operator(Some("shop"), Via::Cli).await.unwrap();
    let purpose = || "customer-service".parse().unwrap();
    let source = CreateSource {
        slug: "site".into(),
        priority: 10,
        jurisdiction: None,
        collects_for: vec![purpose()],
        space: None,
    };
    app.run(&operator, source).await.unwrap();
    let key = |role, source: Option<&str>| CreateCredential {
        name: "first".into(),
        role,
        purposes: vec![purpose()],
        source: source.map(str::to_owned),
    };
    let write = app.run(&operator, key(Role::Source, Some("site"))).await.unwrap();
    let read = app.run(&operator, key(Role::Developer, None)).await.unwrap();

    let sender = app.authenticate(&write.secret).await.unwrap().actor(None, Via::Intake).unwrap();
    let traits = json!({"email": "Ana@Example.com", "name": "Ana"});
    let batch = || Batch {
        items: vec![
            message(
                Kind::Identify(traits.as_object().unwrap().clone()),
                "m1",
                &json!({"type": "identify", "userId": "ana-1", "traits": traits}),
            ),
            message(
                Kind::Track("Order Completed".into()),
                "m2",
                &json!({"type": "track", "userId": "ana-1", "event": "Order Completed", "properties": {"total": 12}}),
            ),
        ],
        ..Batch::default()
    };
    let first = app.run(&sender, IntakeBatch { batch: batch() }).await.unwrap();
    assert_eq!((first.accepted, first.new_events, first.held), (2, 1, 0));
    let again = app.run(&sender, IntakeBatch { batch: batch() }).await.unwrap();
    assert_eq!((again.accepted, again.new_events), (2, 0), "a retried batch counts once");

    let developer = app.authenticate(&read.secret).await.unwrap().actor(None, Via::GraphQl).unwrap();
    let by_email =
        || Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: " ana@example.com".into() };
    let wants = Wants {
        identifiers: true,
        attributes: true,
        events: Some(WantedEvents { first: 10, after: None, bodies: true }),
        ..Wants::default()
    };
    let ana = app.run(&developer, GetProfile { lookup: by_email(), wants }).await.unwrap();
    let events = ana.events.unwrap();
    let events = &events.shown().unwrap().events;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].body.as_ref().unwrap().properties, json!({"total": 12}));
    assert_eq!(ana.attributes.unwrap().len(), 2);
    assert_eq!(ana.identifiers.unwrap().shown().unwrap().len(), 2);
    let refused = app.run(&sender, GetProfile { lookup: by_email(), wants }).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "a write key reads nothing");

    let sequenced = app.sequence().await.unwrap();
    assert_eq!(sequenced.logs, 2, "the installation's and the shop's");
    let report = app.run(&operator, VerifyLog { tenant: operator.tenant }).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(report.anchored_size, report.entries);
    let log = app.run(&developer, GetAccessLog { lookup: by_email(), first: 10, after: None }).await.unwrap();
    assert_eq!(log.entries.len(), 1, "one disclosure so far: the developer's read");
}
