//! An application with a shop in it, to be measured from inside: the door without HTTP.

use std::sync::Arc;

use zelo_app::{
    App, AuditSetup, Batch, Bundle, CreateCredential, CreateSource, CreateTenant, Databases, Durability,
    GetProfile, Incoming, IntakeBatch, Kind, Lookup, Message, Plan, RootKey, Setup, StoreOptions,
    WantedEvents, Wants,
};
use zelo_model::{Actor, IdentifierKind, Purpose, Role, SystemClock, SystemIds, Via};

use crate::{EVENTS_EACH, KNOWN, Result, people};

/// An open application with one tenant, its shop's write key and a reader.
pub struct House {
    /// The application.
    pub app: App,
    /// The shop's write key.
    pub shop: Actor,
    /// Somebody who may read.
    pub reader: Actor,
    folder: tempfile::TempDir,
}

impl House {
    /// On SQLite in a temporary folder.
    pub async fn on_sqlite(reads: Durability) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let dir = folder.path().to_owned();
        Self::open(folder, Databases::Sqlite { dir }, reads).await
    }

    /// On two empty PostgreSQL databases.
    pub async fn on_postgres(data: String, keys: String, reads: Durability) -> Result<Self> {
        Self::open(tempfile::tempdir()?, Databases::Postgres { data, keys }, reads).await
    }

    async fn open(folder: tempfile::TempDir, databases: Databases, reads: Durability) -> Result<Self> {
        let root = folder.path().join("root");
        std::fs::create_dir(&root)?;
        let policy = Bundle::embedded()?;
        let setup = Setup {
            store: StoreOptions { databases, reads },
            root: RootKey::File(root),
            audit: AuditSetup {
                key: folder.path().join("audit.key"),
                anchor: folder.path().join("anchor"),
                origin: "bench.example.com".to_owned(),
            },
            plan: Plan::embedded(&policy)?,
            policy,
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
        };
        let app = App::open(setup).await?;
        let purpose: Purpose = "customer-service".parse()?;
        let operator = app.operator(None, Via::Cli).await?;
        let tenant =
            CreateTenant { slug: "shop".to_owned(), controller: "demo-controller".to_owned(), sample: false };
        app.run(&operator, tenant).await?;
        let operator = app.operator(Some("shop"), Via::Cli).await?;
        let source = CreateSource {
            slug: "web".to_owned(),
            priority: 0,
            jurisdiction: None,
            collects_for: vec![purpose.clone()],
            space: None,
        };
        app.run(&operator, source).await?;
        let mut actors = Vec::new();
        for (role, source, via) in
            [(Role::Source, Some("web".to_owned()), Via::Intake), (Role::Developer, None, Via::GraphQl)]
        {
            let name = role.slug().to_owned();
            let key = CreateCredential { name, role, purposes: vec![purpose.clone()], source };
            let secret = app.run(&operator, key).await?.secret;
            actors.push(app.authenticate(&secret).await?.actor(None, via)?);
        }
        let (Some(reader), Some(shop)) = (actors.pop(), actors.pop()) else { return Err("two keys".into()) };
        Ok(Self { app, shop, reader, folder })
    }

    /// Where the databases are, on SQLite.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Takes in everybody who is there from the beginning, with their events.
    pub async fn people(&self) -> Result<()> {
        for first in (0..KNOWN).step_by(500) {
            let items = (first..first + 500).map(|person| identify(person, person)).collect();
            self.take_in(items).await?;
        }
        for first in (0..KNOWN * EVENTS_EACH).step_by(1000) {
            let items = (first..first + 1000).map(|n| track(n % KNOWN, KNOWN + n)).collect();
            self.take_in(items).await?;
        }
        Ok(())
    }

    /// One batch through the door.
    pub async fn take_in(&self, items: Vec<Incoming>) -> Result<()> {
        let batch = Batch { items, sent_at: Some(people::time(1 << 30)), ..Batch::default() };
        Ok(self.app.run(&self.shop, IntakeBatch { batch }).await.map(drop)?)
    }

    /// One person by e-mail: identifiers and attributes, and so many of their events.
    pub fn by_email(person: usize, events: usize) -> GetProfile {
        let lookup =
            Lookup::Identifier { kind: IdentifierKind::Email, space: None, value: people::email(person) };
        let events = (events > 0).then_some(WantedEvents { first: events, after: None, bodies: true });
        GetProfile {
            lookup,
            wants: Wants { identifiers: true, attributes: true, events, ..Wants::default() },
        }
    }
}

/// The n-th message, in which somebody says who they are.
pub fn identify(person: usize, n: usize) -> Incoming {
    let traits = serde_json::from_str(&people::traits(person)).unwrap_or_default();
    message(Kind::Identify(traits), person, n, people::identify(person, n))
}

/// The n-th message, in which somebody looks at a product.
pub fn track(person: usize, n: usize) -> Incoming {
    message(Kind::Track("Product Viewed".to_owned()), person, n, people::track(person, n))
}

fn message(kind: Kind, person: usize, n: usize, raw: String) -> Incoming {
    Incoming::Message(Box::new(Message {
        kind,
        message_id: Some(people::message_id(n)),
        user_id: Some(people::user_id(person)),
        anonymous_id: None,
        happened: None,
        client_time: Some(people::time(n)),
        sent_at: None,
        raw: raw.into(),
    }))
}
