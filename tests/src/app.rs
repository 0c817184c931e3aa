//! A whole installation for one test: databases, root key, a tenant with a shop, keys for the shop and for Davi.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use tempfile::TempDir;
use zelo_app::{
    App, AuditSetup, Batch, Bundle, CreateCredential, CreateSource, CreateTenant, Databases, Durability,
    GetProfile, IntakeBatch, Lookup, NewSecret, Plan, ProfileView, Receipt, Result, RootKey, Setup,
    StartError, StoreOptions, Unplanned, WantedConsents, WantedEvents, WantedStates, Wants,
};
use zelo_model::{Actor, IdentifierKind, ProfileId, Purpose, Role, Via};

use crate::{Cluster, Engine, HandClock, NumberedIds, Rows, Said, logs};

/// Where an installation lives.
#[derive(Debug)]
pub struct Place {
    /// Which database program.
    pub engine: Engine,
    folder: TempDir,
    /// URLs of the data and key databases, and on SQLite of the audit file.
    pub urls: Vec<String>,
}

static DATABASES: AtomicU32 = AtomicU32::new(1);

impl Place {
    /// Somewhere empty.
    pub async fn fresh(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let urls = match engine {
            Engine::Sqlite => ["zelo.db", "zelo-keys.db", "zelo-audit.db"]
                .map(|file| format!("sqlite://{}?mode=rwc", folder.path().join(file).display()))
                .to_vec(),
            Engine::Postgres => {
                let number = DATABASES.fetch_add(1, Ordering::Relaxed);
                let name = format!("zelo_{}_{number}", std::process::id());
                let cluster = Cluster::shared();
                vec![cluster.create(&name).await, cluster.create(&format!("{name}_keys")).await]
            }
        };
        Self { engine, folder, urls }
    }

    /// The folder of the files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder of the root key.
    pub fn root(&self) -> PathBuf {
        self.folder().join("root")
    }

    fn databases(&self) -> Databases {
        match self.engine {
            Engine::Sqlite => Databases::Sqlite { dir: self.folder().to_owned() },
            Engine::Postgres => {
                Databases::Postgres { data: self.urls[0].clone(), keys: self.urls[1].clone() }
            }
        }
    }

    /// Starts an application here; as often as a test likes.
    pub async fn start(&self, clock: &Arc<HandClock>) -> Result<App, StartError> {
        Box::pin(self.start_under(clock, Bundle::embedded().unwrap())).await
    }

    /// Starts one under other policies.
    pub async fn start_under(&self, clock: &Arc<HandClock>, policy: Bundle) -> Result<App, StartError> {
        let plan = Plan::embedded(&policy).unwrap();
        Box::pin(self.start_as(clock, policy, plan)).await
    }

    /// Starts one with this tracking plan.
    pub async fn start_with(&self, clock: &Arc<HandClock>, plan: Plan) -> Result<App, StartError> {
        Box::pin(self.start_as(clock, Bundle::embedded().unwrap(), plan)).await
    }

    async fn start_as(&self, clock: &Arc<HandClock>, policy: Bundle, plan: Plan) -> Result<App, StartError> {
        logs::keep();
        Box::pin(App::open(Setup {
            store: StoreOptions { databases: self.databases(), reads: Durability::Fsync },
            root: RootKey::File(self.root()),
            audit: AuditSetup {
                key: self.folder().join("audit.key"),
                anchor: self.folder().join("anchor.log"),
                origin: "zelo.example.com/audit".to_owned(),
            },
            policy,
            plan,
            clock: clock.clone(),
            ids: Arc::new(NumberedIds::default()),
        }))
        .await
    }
}

/// An installation at work, with the tenant `acme` and its source `shop`.
pub struct TestApp {
    /// The door.
    pub app: App,
    /// The time.
    pub clock: Arc<HandClock>,
    /// Where it all is.
    pub place: Place,
    /// The databases as a thief sees them.
    pub rows: Rows,
    /// The shop's write key.
    pub shop: Actor,
    /// Davi, a developer, who reads.
    pub davi: Actor,
    /// Davi's key.
    pub secret: NewSecret,
}

impl TestApp {
    /// A fresh installation.
    pub async fn on(engine: Engine) -> Self {
        let (place, clock) = (Place::fresh(engine).await, Arc::new(HandClock::default()));
        let app = place.start(&clock).await.unwrap();
        let rows = Rows::of(&place.urls).await;
        let (shop, secret) = tenant(&app, "acme").await;
        let davi = app.authenticate(&secret.secret).await.unwrap().actor(None, Via::GraphQl).unwrap();
        Self { app, clock, place, rows, shop, davi, secret }
    }

    /// Another process on the same databases.
    pub async fn another(&self) -> App {
        self.place.start(&self.clock).await.unwrap()
    }

    /// Another process on the same databases, with this tracking plan: schemas by path.
    pub async fn planned(&self, schemas: &[(&str, Value)], unplanned: Unplanned) -> App {
        let folder = tempfile::tempdir().unwrap();
        for (path, schema) in schemas {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, schema.to_string()).unwrap();
        }
        let plan = Plan::load(folder.path(), &Bundle::embedded().unwrap()).unwrap();
        self.place.start_with(&self.clock, plan.with_unplanned(unplanned)).await.unwrap()
    }

    /// The shop sends a batch.
    pub async fn send(&self, said: impl IntoIterator<Item = Said>) -> Receipt {
        self.send_as(&self.shop, said).await.unwrap()
    }

    /// Somebody sends a batch.
    pub async fn send_as(&self, who: &Actor, said: impl IntoIterator<Item = Said>) -> Result<Receipt> {
        let items = said.into_iter().map(|said| said.incoming()).collect();
        self.app.run(who, IntakeBatch { batch: Batch { items, ..Batch::default() } }).await
    }

    /// Davi looks somebody up, with all there is to see.
    pub async fn look(&self, lookup: Lookup) -> Result<ProfileView> {
        look(&self.app, &self.davi, lookup).await
    }

    /// Davi looks somebody up by e-mail.
    pub async fn by_email(&self, email: &str) -> Result<ProfileView> {
        self.look(by(IdentifierKind::Email, email)).await
    }

    /// Davi looks somebody up by the shop's id.
    pub async fn by_user(&self, user: &str) -> Result<ProfileView> {
        self.look(by(IdentifierKind::UserId, user)).await
    }

    /// Davi looks somebody up by browser.
    pub async fn by_device(&self, device: &str) -> Result<ProfileView> {
        self.look(by(IdentifierKind::AnonymousId, device)).await
    }

    /// Davi looks somebody up by id.
    pub async fn by_id(&self, id: ProfileId) -> Result<ProfileView> {
        self.look(Lookup::Id(id)).await
    }

    /// Elisa, a steward of `acme`.
    pub async fn steward(&self) -> Actor {
        let operator = self.app.operator(Some("acme"), Via::Cli).await.unwrap();
        let key = credential(&self.app, &operator, "elisa", Role::Steward, None).await;
        self.app.authenticate(&key.secret).await.unwrap().actor(None, Via::GraphQl).unwrap()
    }

    /// Clara, the officer of `acme`.
    pub async fn officer(&self) -> Actor {
        let operator = self.app.operator(Some("acme"), Via::Cli).await.unwrap();
        let key = credential(&self.app, &operator, "clara", Role::Officer, None).await;
        self.app.authenticate(&key.secret).await.unwrap().actor(None, Via::GraphQl).unwrap()
    }

    /// Another source of `acme`, and its write key.
    pub async fn source(&self, slug: &str, priority: i32) -> Actor {
        let operator = self.app.operator(Some("acme"), Via::Cli).await.unwrap();
        source(&self.app, &operator, slug, priority).await
    }
}

/// A lookup by identifier.
fn by(kind: IdentifierKind, value: &str) -> Lookup {
    Lookup::Identifier { kind, space: None, value: value.to_owned() }
}

/// Looks somebody up, with all there is to see.
pub async fn look(app: &App, who: &Actor, lookup: Lookup) -> Result<ProfileView> {
    let events = Some(WantedEvents { first: 100, after: None, bodies: true });
    let wants = Wants {
        identifiers: true,
        attributes: true,
        events,
        consents: Some(WantedStates::default()),
        consent_events: Some(ALL_SAID),
        notices: true,
    };
    app.run(who, GetProfile { lookup, wants }).await
}

/// All that was said to purposes, with its proof.
const ALL_SAID: WantedConsents = WantedConsents { first: 100, after: None, evidence: true };

/// Creates a tenant with a shop: the shop's write key, and a developer's key.
pub async fn tenant(app: &App, slug: &str) -> (Actor, NewSecret) {
    let installation = app.operator(None, Via::Cli).await.unwrap();
    let create =
        CreateTenant { slug: slug.to_owned(), controller: "demo-controller".to_owned(), sample: false };
    app.run(&installation, create).await.unwrap();
    let operator = app.operator(Some(slug), Via::Cli).await.unwrap();
    let shop = source(app, &operator, "shop", 10).await;
    let davi = credential(app, &operator, "davi", Role::Developer, None).await;
    (shop, davi)
}

async fn source(app: &App, operator: &Actor, slug: &str, priority: i32) -> Actor {
    let create = CreateSource {
        slug: slug.to_owned(),
        priority,
        jurisdiction: Some("br".to_owned()),
        collects_for: vec![purpose()],
        space: None,
    };
    app.run(operator, create).await.unwrap();
    let key = credential(app, operator, slug, Role::Source, Some(slug)).await;
    app.authenticate(&key.secret).await.unwrap().actor(None, Via::Intake).unwrap()
}

/// Creates a key.
pub async fn credential(
    app: &App,
    operator: &Actor,
    name: &str,
    role: Role,
    source: Option<&str>,
) -> NewSecret {
    let (name, source) = (name.to_owned(), source.map(str::to_owned));
    app.run(operator, CreateCredential { name, role, purposes: vec![purpose()], source }).await.unwrap()
}

fn purpose() -> Purpose {
    "customer-service".parse().unwrap()
}
