//! Starting: the databases and the root key must belong together, or nothing is served.

pub(crate) mod declared;
mod error;

pub use error::StartError;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use zelo_model::{Clock, Ids, TenantId};
use zelo_plan::Plan;
use zelo_policy::Bundle;
use zelo_store::{KeysInForce, Options, Store, StoreError, TenantRow, TenantState};
use zelo_vault::{FileKms, KeyCache, Kms, KmsError, Rng, RootFileError, self_test};

use crate::inner::Inner;
use crate::lease::{Keeper, Lease};
use crate::operations::OPERATIONS;
use crate::policies::{Files, Policies, kept_under};
use crate::signing::{AuditSetup, Log};
use crate::tenant::create_keys;

/// Where the root key is kept.
#[derive(Debug, Clone)]
pub enum RootKey {
    /// A folder with one file an epoch; created when both databases are fresh. One that was made for development is
    /// refused.
    File(PathBuf),
    /// The same for trying it out: what is made here is marked, for it may lie beside the data.
    Development(PathBuf),
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
    /// What events may say; read with these policies.
    pub plan: Plan,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Fresh ids.
    pub ids: Arc<dyn Ids>,
}

/// The known plaintext every root wraps, to see at the start whether it is the right one.
const CANARY: [u8; 32] = *b"zelo root canary, known plaintxt";
const CANARY_CONTEXT: &[u8] = b"zelo/v1/root-canary";

pub(crate) async fn open(setup: Setup) -> Result<(Inner, Keeper), StartError> {
    self_test().map_err(StartError::SelfTest)?;
    let policy = setup.policy.govern(OPERATIONS).map_err(StartError::Policy)?;
    let setup = Setup { policy, ..setup };
    let store = Store::open(&setup.store).await.map_err(StartError::Databases)?;
    let rng = Rng::new();
    let (RootKey::File(folder) | RootKey::Development(folder)) = &setup.root;
    let tenants = store.reading().tenants().await.map_err(StartError::Databases)?;
    let roots = store.roots().await.map_err(StartError::Databases)?;
    let kms = match (roots.as_slice(), tenants.as_slice()) {
        ([], []) => found_root(&store, folder, &rng, &setup).await?,
        ([], _) => return Err(StartError::KeysMissing),
        (roots, _) => check_root(&store, roots, folder).await?,
    };
    let in_development = matches!(setup.root, RootKey::Development(_));
    if !in_development && store.is_development_root(kms.newest()).await.map_err(StartError::Databases)? {
        return Err(StartError::DevelopmentRoot(folder.clone()));
    }
    if tenants.is_empty() {
        // Keys of people without their data are a restore gone wrong; keys of nobody are a first start cut short.
        if store.has_owner_keys().await.map_err(StartError::Databases)? {
            return Err(StartError::DataMissing);
        }
        found_installation(&store, &kms, &rng, &setup).await?;
    }
    let files = Files::of(&setup.policy);
    let setup = approved(&store, &files, setup).await?;
    declared::check(&store, &tenants, &setup.policy).await?;
    store
        .keep_policy(setup.policy.digest(), &setup.policy.texts(), setup.clock.now())
        .await
        .map_err(StartError::Databases)?;
    let signed = store.reading().was_signed().await.map_err(StartError::Databases)?;
    let log = Log::open(&setup.audit, signed).map_err(StartError::Log)?;
    let lease = Lease::take(&store, rng.bytes()).await.map_err(StartError::Databases)?;
    let (lease, keeper) = lease;
    let inner = Inner {
        log,
        store,
        kms,
        rng,
        cache: KeyCache::default(),
        policy: Policies::new(setup.policy, files),
        plan: setup.plan,
        clock: setup.clock,
        ids: setup.ids,
        tenants: crate::tenant::Tenants::default(),
        known: crate::credentials::Known::default(),
        refusals: crate::refusals::Refusals::default(),
        lookups: crate::lookups::Lookups::default(),
        arrivals: crate::arrivals::Arrivals::default(),
        second_try: crate::lanes::Lanes::default(),
        alone: tokio::sync::Mutex::default(),
        rotating: crate::rotation::Rotating::default(),
        looked: crate::retention::Looked::default(),
        erasing: crate::lanes::Lanes::default(),
        lease,
        passages: crate::passages::Passages::default(),
    };
    Ok((inner, keeper))
}

/// With what two people agreed on, where that is in force and not what the files say.
async fn approved(store: &Store, files: &Files, setup: Setup) -> Result<Setup, StartError> {
    let approved = store.reading().approved_policies().await.map_err(StartError::Databases)?;
    if let Some(outdone) = approved.as_ref().filter(|one| !one.superseded && files.supersede(one)) {
        let (n, now) = (outdone.n, setup.clock.now());
        let supersede = store.write::<_, StoreError, _>(move |tx| {
            Box::pin(async move { tx.supersede_approval(n, now).await })
        });
        supersede.await.map_err(StartError::Databases)?;
    }
    let digest = files.governed_by(approved.as_ref());
    if digest == setup.policy.digest() {
        return Ok(setup);
    }
    let bundle = kept_under(&store.reading(), digest).await?;
    let policy = bundle.govern(OPERATIONS).map_err(|error| StartError::Approved(Box::new(error)))?;
    setup.plan.fits(&policy).map_err(StartError::Plan)?;
    Ok(Setup { policy, ..setup })
}

/// A fresh start: a root and its canary.
async fn found_root(store: &Store, folder: &Path, rng: &Rng, setup: &Setup) -> Result<FileKms, StartError> {
    let kms = match FileKms::open(folder) {
        Ok(kms) => kms,
        Err(RootFileError::Missing(_)) => FileKms::create(folder, rng).map_err(StartError::Root)?,
        Err(error) => return Err(StartError::Root(error)),
    };
    let epoch = kms.newest();
    if matches!(setup.root, RootKey::Development(_)) {
        store.mark_development_root(epoch).await.map_err(StartError::Databases)?;
    }
    let canary = canary(&kms, epoch).await.map_err(|_| StartError::OtherRoot(folder.to_owned()))?;
    store.keep_root(epoch, canary, setup.clock.now()).await.map_err(StartError::Databases)?;
    Ok(kms)
}

/// The known plaintext, wrapped by the root of that epoch.
pub(crate) async fn canary(kms: &dyn Kms, epoch: u32) -> Result<Vec<u8>, KmsError> {
    kms.wrap(epoch, CANARY_CONTEXT, &CANARY).await
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
        keys: KeysInForce::default(),
    };
    store
        .write::<_, StoreError, _>(move |tx| Box::pin(async move { tx.insert_tenant(&row).await }))
        .await
        .map_err(StartError::Databases)
}

/// The newest root the key store knows must be here and be the right one; so must every older one that something is
/// still wrapped by. A newer one that the key store does not know is what a rotation left that was cut short.
async fn check_root(store: &Store, roots: &[(u32, Vec<u8>)], folder: &Path) -> Result<FileKms, StartError> {
    let kms = FileKms::open(folder).map_err(StartError::Root)?;
    let used = store.root_epochs_in_use().await.map_err(StartError::Databases)?;
    let newest = roots.last().map(|(epoch, _)| *epoch);
    for epoch in newest.into_iter().chain(used) {
        if !kms.has(epoch) && kms.newest() > epoch {
            return Err(StartError::RootDestroyed { epoch, newest: kms.newest() });
        }
        let canary = roots.iter().find(|(other, _)| *other == epoch).map(|(_, canary)| canary);
        let canary = canary.ok_or_else(|| StartError::OtherRoot(folder.to_owned()))?;
        let opened = kms.unwrap(epoch, CANARY_CONTEXT, canary).await;
        if !opened.is_ok_and(|plain| *plain == CANARY) {
            return Err(StartError::OtherRoot(folder.to_owned()));
        }
    }
    Ok(kms)
}
