//! The application: everything the door needs, opened once.

use std::path::PathBuf;
use std::sync::Arc;

use zelo_model::{Clock, Ids, TenantId, Timestamp};
use zelo_policy::Bundle;
use zelo_store::{Options, Store};
use zelo_vault::{FileKms, KeyCache, Kms, Rng};

use crate::credentials::Known;
use crate::error::{Error, Result};
use crate::log::{AuditSetup, Log};
use crate::lookups::Lookups;
use crate::refusals::Refusals;
use crate::start::{self, StartError};
use crate::tenant::{Tenant, Tenants};

/// Where the root key is kept.
#[derive(Debug, Clone)]
pub enum RootKey {
    /// A folder with one file an epoch; created when both databases are fresh.
    File(PathBuf),
}

/// What an application is opened with.
pub struct Setup {
    /// Where the databases are and what their entries survive.
    pub store: Options,
    /// Where the root key is.
    pub root: RootKey,
    /// How the log is signed and anchored.
    pub audit: AuditSetup,
    /// The policies in force.
    pub policy: Bundle,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Fresh ids.
    pub ids: Arc<dyn Ids>,
}

/// The door and all that stands behind it. Cloning shares it.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) kms: FileKms,
    pub(crate) rng: Rng,
    pub(crate) cache: KeyCache,
    pub(crate) policy: Bundle,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) tenants: Tenants,
    pub(crate) known: Known,
    pub(crate) refusals: Refusals,
    pub(crate) log: Log,
    pub(crate) lookups: Lookups,
    /// Passages whose ground has moved line up here, so that they do not move it for each other.
    pub(crate) second_try: tokio::sync::Mutex<()>,
}

impl App {
    /// Opens the databases and the root key, checks that they belong together, and finishes what a crash left half
    /// done.
    pub async fn open(setup: Setup) -> Result<Self, StartError> {
        let inner = Box::pin(start::open(setup)).await?;
        let app = Self { inner: Arc::new(inner) };
        app.anchor_heads().await.map_err(StartError::RollForward)?;
        app.roll_forward().await?;
        Ok(app)
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// The policies in force.
    pub fn policy(&self) -> &Bundle {
        &self.inner.policy
    }

    /// Whether the databases answer.
    pub async fn ready(&self) -> Result<()> {
        self.inner.store.reading().tenants().await?;
        self.inner.store.roots().await?;
        Ok(())
    }

    /// How many messages are held, by reason.
    pub async fn quarantine_counts(&self) -> Result<Vec<(String, i64)>> {
        Ok(self.inner.store.reading().quarantine_counts().await?)
    }

    /// Takes keys out of memory that are too old to be handed out; call it every few seconds.
    pub fn sweep_keys(&self) {
        self.inner.cache.sweep(self.now());
    }

    pub(crate) async fn tenant(&self, id: TenantId) -> Result<Arc<Tenant>> {
        self.inner.tenants.get(&self.inner.store, self.inner.kms(), id).await
    }
}

impl Inner {
    pub(crate) fn kms(&self) -> &dyn Kms {
        &self.kms
    }

    pub(crate) fn refusal_as<T>(result: Result<T>) -> Result<T> {
        result.map_err(
            |error| if matches!(error, Error::Stale) { Error::internal("too contended") } else { error },
        )
    }
}
