//! Opening the application where the configuration points to.

use std::fs::DirBuilder;
use std::io;
use std::num::NonZeroU32;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use url::Url;
use zelo_app::{
    App, AuditSetup, Bundle, Databases, Durability, Plan, Replayed, RootKey, Setup, StartError, StoreOptions,
    Unplanned,
};
use zelo_model::{Clock, FixedClock, SystemClock, SystemIds, Timestamp};

use crate::config::{self, Config, Profile, Reads};
use crate::failure::Failure;

/// How long a server may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opens the application; `clock` is given by the ephemeral mode, where time may stand still.
pub(crate) async fn app(config: &Config, clock: Option<Timestamp>) -> Result<App, Failure> {
    let app = opened(config, Box::pin(App::open(setup(config, clock)?)).await).await?;
    app.limit_lookups(NonZeroU32::new(config.limits.lookups_per_second));
    let config::Rotation { chunk, pause_ms } = config.rotation;
    app.pace_rotations(chunk, Duration::from_millis(pause_ms.into()));
    Ok(app)
}

/// Opens it for somebody who only looks at the log or copies the databases, also when they are older than the anchor.
pub(crate) async fn inspect(config: &Config) -> Result<App, Failure> {
    opened(config, Box::pin(App::inspect(setup(config, None)?)).await).await
}

/// Opens what a restore left behind, and does again what was done since the backup.
pub(crate) async fn replay(config: &Config) -> Result<(App, Replayed), Failure> {
    opened(config, Box::pin(App::replay(setup(config, None)?)).await).await
}

async fn opened<T>(config: &Config, opened: Result<T, StartError>) -> Result<T, Failure> {
    match opened {
        Ok(app) => Ok(app),
        Err(error @ StartError::Databases(_)) => Err(silent(config).await.unwrap_or(Failure::Start(error))),
        Err(error) => Err(Failure::Start(error)),
    }
}

fn setup(config: &Config, clock: Option<Timestamp>) -> Result<Setup, Failure> {
    let root = config.root();
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&root);
    made.map_err(|source| Failure::Root { path: root.clone(), source })?;
    let clock: Arc<dyn Clock> = match clock {
        Some(time) => Arc::new(FixedClock(time)),
        None => Arc::new(SystemClock),
    };
    let policy = policies(config, None)?;
    Ok(Setup {
        store: StoreOptions { databases: databases(config), reads: durability(config.audit.reads) },
        root: match config.profile {
            Profile::Development => RootKey::Development(root),
            Profile::Production => RootKey::File(root),
        },
        audit: AuditSetup {
            key: config.signing_key(),
            anchor: config.anchor(),
            origin: config.audit.origin.clone(),
        },
        plan: plan(config, &policy)?,
        policy,
        clock,
        ids: Arc::new(SystemIds),
    })
}

/// The policies of this folder, else of the one that is configured, else those that came with the program.
pub(crate) fn policies(config: &Config, folder: Option<&Path>) -> Result<Bundle, Failure> {
    let policies = match folder.or(config.policy.folder.as_deref()) {
        Some(folder) => Bundle::load(folder),
        None => Bundle::embedded(),
    };
    policies.map_err(Failure::Policy)
}

/// The tracking plan, read with these policies.
pub(crate) fn plan(config: &Config, policies: &Bundle) -> Result<Plan, Failure> {
    let config::Plan { folder, unplanned } = &config.plan;
    let plan = match folder {
        Some(folder) => Plan::load(folder, policies),
        None => Plan::embedded(policies),
    };
    let unplanned = match unplanned {
        config::Unplanned::Accept => Unplanned::Accept,
        config::Unplanned::Hold => Unplanned::Hold,
    };
    Ok(plan.map_err(Failure::Plan)?.with_unplanned(unplanned))
}

/// The PostgreSQL server that does not answer, if it is that: what the driver says after waiting names nobody.
async fn silent(config: &Config) -> Option<Failure> {
    for url in [&config.data.keys_url, &config.data.url].into_iter().flatten() {
        let (host, port, _) = config::database(&Url::parse(url).ok()?);
        // A folder is where its socket lies.
        let connected = async {
            if host.starts_with('/') {
                UnixStream::connect(format!("{host}/.s.PGSQL.{port}")).await.map(drop)
            } else {
                TcpStream::connect(format!("{host}:{port}")).await.map(drop)
            }
        };
        let connected = timeout(PATIENCE, connected).await;
        if let Err(source) = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
            return Some(Failure::Silent { at: format!("{host}:{port}"), source });
        }
    }
    None
}

pub(crate) fn databases(config: &Config) -> Databases {
    match (&config.data.url, &config.data.keys_url) {
        (Some(data), Some(keys)) => Databases::Postgres { data: data.clone(), keys: keys.clone() },
        _ => Databases::Sqlite { dir: config.data.dir.clone() },
    }
}

fn durability(reads: Reads) -> Durability {
    match reads {
        Reads::Fsync => Durability::Fsync,
        Reads::Process => Durability::Process,
    }
}

/// What `/health` calls the databases.
pub(crate) fn kind(config: &Config) -> &'static str {
    if config.data.url.is_some() { "postgres" } else { "sqlite" }
}
