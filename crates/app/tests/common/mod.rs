//! A shop with a controller of its choice, a source, and keys.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use zelo_app::{
    App, AuditSetup, Batch, Bundle, CreateCredential, CreateSource, CreateTenant, Databases, Durability,
    GetProfile, Incoming, IntakeBatch, Kind, Lookup, Message, Plan, ProfileView, Receipt, RecordConsent,
    Result, RootKey, Said, Setup, StoreOptions, WantedEvents, Wants,
};
use zelo_model::{Actor, ConsentKind, FixedClock, IdentifierKind, Purpose, Role, SeededIds, Timestamp, Via};

pub(crate) const ANA: &str = "ana@example.com";

pub(crate) struct Shop {
    pub(crate) app: App,
    pub(crate) operator: Actor,
    source: Actor,
    _folder: TempDir,
}

impl Shop {
    /// A tenant of this controller whose source collects for these purposes.
    pub(crate) async fn of(controller: &str, collects_for: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = open(&folder).await;
        let installation = app.operator(None, Via::Cli).await.unwrap();
        let tenant = CreateTenant { slug: "shop".into(), controller: controller.into(), sample: false };
        app.run(&installation, tenant).await.unwrap();
        let operator = app.operator(Some("shop"), Via::Cli).await.unwrap();
        let source = CreateSource {
            slug: "site".into(),
            priority: 10,
            jurisdiction: None,
            collects_for: purposes(collects_for),
            space: None,
        };
        app.run(&operator, source).await.unwrap();
        let source = key(&app, &operator, Role::Source, collects_for[0]).await;
        Self { app, operator, source, _folder: folder }
    }

    /// Somebody with a key for this one purpose.
    pub(crate) async fn somebody(&self, role: Role, purpose: &str) -> Actor {
        key(&self.app, &self.operator, role, purpose).await
    }

    /// Sends what is said of `ana-1`, with this `context`.
    pub(crate) async fn send(&self, messages: Vec<(Kind, Value)>, gpc: bool) -> Receipt {
        let items = messages.into_iter().enumerate().map(|(n, (kind, context))| message(n, kind, &context));
        let batch = Batch { items: items.collect(), gpc, ..Batch::default() };
        self.app.run(&self.source, IntakeBatch { batch }).await.unwrap()
    }

    /// Ana agrees to a purpose, by the text of a notice, and an officer writes it down.
    pub(crate) async fn ana_agrees(&self, purpose: &str, notice: &str) {
        let clara = self.somebody(Role::Officer, "customer-service").await;
        let profile = self.ana(&clara).await.unwrap().id;
        let policies = self.app.policy();
        let notice = policies.notices().iter().find(|one| one.id == notice).unwrap();
        let text = &notice.in_force(self.app.now()).unwrap().texts["pt-BR"];
        let said = Said {
            channel: "web".to_owned(),
            language: Some("pt-BR".to_owned()),
            notice: Some(hex::encode(text.sha256)),
            verified: Some((IdentifierKind::Email, None, ANA.to_owned())),
            ..Said::default()
        };
        let purpose = purpose.parse().ok();
        let yes = RecordConsent { profile, purpose, recipient: None, kind: ConsentKind::Grant, said };
        self.app.run(&clara, yes).await.unwrap();
    }

    /// Looks Ana up, with all there is to see.
    pub(crate) async fn ana(&self, who: &Actor) -> Result<ProfileView> {
        let lookup = Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: ANA.to_owned() };
        let events = Some(WantedEvents { first: 10, after: None, bodies: true });
        self.app
            .run(
                who,
                GetProfile {
                    lookup,
                    wants: Wants { identifiers: true, attributes: true, events, ..Wants::default() },
                },
            )
            .await
    }
}

/// Who Ana is.
pub(crate) fn identify() -> Kind {
    let traits = json!({"email": ANA, "name": "Ana", "totalSpent": "129.90", "plan": "clube", "shoe": 37});
    Kind::Identify(traits.as_object().unwrap().clone())
}

/// Something Ana does.
pub(crate) fn order() -> Kind {
    Kind::Track("Order Completed".into())
}

async fn open(folder: &TempDir) -> App {
    let path = folder.path();
    let policy = Bundle::embedded().unwrap();
    let setup = Setup {
        store: StoreOptions {
            databases: Databases::Sqlite { dir: path.to_owned() },
            reads: Durability::Process,
        },
        root: RootKey::File(path.join("root")),
        audit: AuditSetup {
            key: path.join("audit.key"),
            anchor: path.join("anchor.log"),
            origin: "zelo.example.com/audit".to_owned(),
        },
        plan: Plan::embedded(&policy).unwrap(),
        policy,
        clock: Arc::new(FixedClock(Timestamp::from_micros(1_767_225_600_000_000))),
        ids: Arc::new(SeededIds::default()),
    };
    App::open(setup).await.unwrap()
}

async fn key(app: &App, operator: &Actor, role: Role, purpose: &str) -> Actor {
    let (source, via) = match role {
        Role::Source => (Some("site".to_owned()), Via::Intake),
        _ => (None, Via::GraphQl),
    };
    let create = CreateCredential { name: "key".into(), role, purposes: purposes(&[purpose]), source };
    let secret = app.run(operator, create).await.unwrap().secret;
    app.authenticate(&secret).await.unwrap().actor(None, via).unwrap()
}

pub(crate) fn purposes(names: &[&str]) -> Vec<Purpose> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn message(n: usize, kind: Kind, context: &Value) -> Incoming {
    let raw = match &kind {
        Kind::Identify(traits) => {
            json!({"type": "identify", "userId": "ana-1", "anonymousId": "phone-1", "traits": traits, "context": context})
        }
        Kind::Track(event) => {
            json!({"type": "track", "userId": "ana-1", "event": event, "properties": {"total": 12}, "context": context})
        }
        _ => panic!("not said here"),
    };
    Incoming::Message(Box::new(Message {
        message_id: Some(format!("m{n}")),
        user_id: Some("ana-1".into()),
        anonymous_id: matches!(kind, Kind::Identify(_)).then(|| "phone-1".into()),
        happened: None,
        client_time: "2026-01-01T00:00:00Z".parse().ok(),
        sent_at: None,
        raw: raw.to_string().into(),
        kind,
    }))
}
