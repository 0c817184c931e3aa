//! Starting: the databases and the root key must belong together, or nothing is served.

use std::path::{Path, PathBuf};

use zelo_model::{Problem, TenantId};
use zelo_policy::PolicyError;
use zelo_store::{Store, StoreError, TenantRow, TenantState};
use zelo_vault::{FileKms, KeyCache, Kms, Rng, RootFileError, SelfTestFailed, self_test};

use crate::admin::{BeginTenantDrop, FinishTenantDrop};
use crate::app::{App, Inner, RootKey, Setup};
use crate::declared::check_declared;
use crate::error::Error;
use crate::log::{Log, LogError};
use crate::operation::OPERATIONS;
use crate::tenant::create_keys;

/// Why the application does not start; each is one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A cipher does not compute what it should.
    #[error("the cryptography self-test failed: {}", .0.0)]
    SelfTest(SelfTestFailed),
    /// The databases cannot be opened.
    #[error("the databases cannot be opened: {}", cause(.0))]
    Databases(#[source] StoreError),
    /// The root key cannot be used.
    #[error("{0}")]
    Root(#[source] RootFileError),
    /// There is data, but the key store beside it is empty.
    #[error(
        "there is data but no key store for it: restore the key database that belongs to it, or begin in an empty folder"
    )]
    KeysMissing,
    /// There are keys, but no data.
    #[error("there is a key store but no data for it: restore the data database, or move the key store away")]
    DataMissing,
    /// The root key on disk is not the one the key store was made with.
    #[error("the root key in {0} does not open this key store: restore the one that belongs to it")]
    OtherRoot(PathBuf),
    /// The log cannot be kept.
    #[error("{0}")]
    Log(#[source] LogError),
    /// The policies cannot be used.
    #[error("{0}")]
    Policy(#[source] PolicyError),
    /// A half-finished act could not be finished.
    #[error("what was left half done could not be finished: {0}")]
    RollForward(#[source] Error),
}

/// The known plaintext every root wraps, to see at the start whether it is the right one.
const CANARY: [u8; 32] = *b"zelo root canary, known plaintxt";
const CANARY_CONTEXT: &[u8] = b"zelo/v1/root-canary";

pub(crate) async fn open(setup: Setup) -> Result<Inner, StartError> {
    self_test().map_err(StartError::SelfTest)?;
    let policy = setup.policy.govern(OPERATIONS).map_err(StartError::Policy)?;
    let setup = Setup { policy, ..setup };
    let store = Store::open(&setup.store).await.map_err(StartError::Databases)?;
    let rng = Rng::new();
    let RootKey::File(folder) = &setup.root;
    let tenants = store.reading().tenants().await.map_err(StartError::Databases)?;
    let roots = store.roots().await.map_err(StartError::Databases)?;
    let kms = match (roots.as_slice(), tenants.as_slice()) {
        ([], []) => found_root(&store, folder, &rng, &setup).await?,
        ([], _) => return Err(StartError::KeysMissing),
        (roots, _) => check_root(roots, folder).await?,
    };
    if tenants.is_empty() {
        // Keys of people without their data are a restore gone wrong; keys of nobody are a first start cut short.
        if store.has_owner_keys().await.map_err(StartError::Databases)? {
            return Err(StartError::DataMissing);
        }
        found_installation(&store, &kms, &rng, &setup).await?;
    }
    check_declared(&store, &tenants, &setup.policy).await?;
    store
        .keep_policy(setup.policy.digest(), &policy_files(&setup), setup.clock.now())
        .await
        .map_err(StartError::Databases)?;
    let signed = store.reading().was_signed().await.map_err(StartError::Databases)?;
    let log = Log::open(&setup.audit, signed).map_err(StartError::Log)?;
    Ok(Inner {
        log,
        store,
        kms,
        rng,
        cache: KeyCache::default(),
        policy: setup.policy,
        clock: setup.clock,
        ids: setup.ids,
        tenants: crate::tenant::Tenants::default(),
        known: crate::credentials::Known::default(),
        refusals: crate::refusals::Refusals::default(),
        lookups: crate::lookups::Lookups::default(),
        second_try: tokio::sync::Mutex::new(()),
    })
}

/// A fresh start: a root and its canary.
async fn found_root(store: &Store, folder: &Path, rng: &Rng, setup: &Setup) -> Result<FileKms, StartError> {
    let kms = match FileKms::open(folder) {
        Ok(kms) => kms,
        Err(RootFileError::Missing(_)) => FileKms::create(folder, rng).map_err(StartError::Root)?,
        Err(error) => return Err(StartError::Root(error)),
    };
    let canary =
        kms.wrap(CANARY_CONTEXT, &CANARY).await.map_err(|_| StartError::OtherRoot(folder.to_owned()))?;
    store.keep_root(kms.epoch(), canary, setup.clock.now()).await.map_err(StartError::Databases)?;
    Ok(kms)
}

/// The installation's own keys and row: the one write outside the door, for the door needs it to exist.
async fn found_installation(
    store: &Store,
    kms: &FileKms,
    rng: &Rng,
    setup: &Setup,
) -> Result<(), StartError> {
    let id16 = TenantId(setup.ids.random());
    create_keys(store, kms, rng, id16).await.map_err(StartError::RollForward)?;
    let row = TenantRow {
        id: 0,
        id16,
        slug: "installation".to_owned(),
        controller: "installation".to_owned(),
        sample: false,
        state: TenantState::Active,
        created: setup.clock.now(),
    };
    store
        .write::<_, StoreError, _>(move |tx| Box::pin(async move { tx.insert_tenant(&row).await }))
        .await
        .map_err(StartError::Databases)
}

async fn check_root(roots: &[(u32, Vec<u8>)], folder: &Path) -> Result<FileKms, StartError> {
    let kms = FileKms::open(folder).map_err(StartError::Root)?;
    for (epoch, canary) in roots.iter().filter(|(epoch, _)| *epoch == kms.epoch()) {
        let opened = kms.unwrap(*epoch, CANARY_CONTEXT, canary).await;
        if opened.is_ok_and(|plain| *plain == CANARY) {
            return Ok(kms);
        }
    }
    Err(StartError::OtherRoot(folder.to_owned()))
}

fn policy_files(setup: &Setup) -> String {
    let files = setup
        .policy
        .files()
        .map(|(path, bytes)| (path.to_owned(), String::from_utf8_lossy(bytes).into_owned()));
    serde_json::Value::Object(files.map(|(path, text)| (path, text.into())).collect()).to_string()
}

/// The deepest cause, for the operator's one sentence; database errors name files and hosts, never rows.
fn cause(error: &StoreError) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

impl App {
    /// Finishes the dropping of tenants that a crash interrupted.
    pub(crate) async fn roll_forward(&self) -> Result<(), StartError> {
        let tenants = self.inner.store.reading().tenants().await.map_err(StartError::Databases)?;
        for tenant in tenants.iter().filter(|tenant| tenant.state == TenantState::Dropping) {
            self.finish_drop(tenant.id16).await.map_err(StartError::RollForward)?;
        }
        Ok(())
    }

    /// Drops a tenant: it is refused from the first step on, then its keys go, then its rows. Its entries stay.
    pub async fn drop_tenant(&self, slug: &str) -> Result<(), Error> {
        if slug.is_empty() || slug == "installation" {
            return Err(Error::Invalid(vec![Problem::new(
                "slug",
                "name a tenant; the installation cannot be dropped",
            )]));
        }
        let operator = self.operator(None, zelo_model::Via::Cli).await?;
        let id = self.run(&operator, BeginTenantDrop { slug: slug.to_owned() }).await?;
        self.inner.tenants.forget(id);
        self.inner.known.clear();
        self.finish_drop(id).await
    }

    async fn finish_drop(&self, id: TenantId) -> Result<(), Error> {
        self.inner.store.delete_tenant_keys(id).await?;
        self.inner.cache.evict_tenant(id);
        let operator = self.operator(None, zelo_model::Via::Cli).await?;
        self.run(&operator, FinishTenantDrop { id }).await
    }
}
