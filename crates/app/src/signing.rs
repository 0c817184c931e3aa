//! The signing key and the anchor: what the log is kept with.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use tokio::sync::Mutex;
use zelo_ledger::{Anchor, AnchorError, Checkpoint, KeyError, Origin, SigningKey, VerifyKey};
use zelo_model::TenantId;

use crate::error::{Error, Result};

/// How the log is signed, named and anchored.
#[derive(Debug, Clone)]
pub struct AuditSetup {
    /// The file of the Ed25519 signing key: a backup class of its own. Made when it is not there and the log is new.
    pub key: PathBuf,
    /// The append-only file outside both backups that checkpoints are copied to.
    pub anchor: PathBuf,
    /// What the logs of this installation are called: the prefix of `<prefix>/<tenant id>/<epoch>`.
    pub origin: String,
}

/// The signing key and the anchor of a running installation.
pub(crate) struct Log {
    pub(crate) key: SigningKey,
    /// The key's file.
    pub(crate) file: PathBuf,
    pub(crate) anchor: Mutex<Anchor>,
    pub(crate) origin: String,
    /// One pass at a time.
    pub(crate) pass: Mutex<()>,
    /// Whether heads are signed and stored that the anchor could not be given.
    pub(crate) behind: AtomicBool,
    /// Whether nothing may be put into the log, because it is older than the anchor: the next entry would contradict
    /// what was signed before.
    pub(crate) held: AtomicBool,
}

/// Why the log cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The signing key is missing although the log was signed before.
    #[error("the audit signing key {0} is missing although the log has been signed: restore it")]
    KeyMissing(PathBuf),
    /// The signing key cannot be used.
    #[error("the audit signing key {0} cannot be used: {1}")]
    Key(PathBuf, #[source] KeyError),
    /// The anchor cannot be used.
    #[error("the anchor {0} cannot be used: {1}")]
    Anchor(PathBuf, #[source] AnchorError),
}

impl Log {
    /// Opens key and anchor; makes the key when nothing was ever signed.
    pub(crate) fn open(setup: &AuditSetup, signed: bool) -> Result<Self, LogError> {
        let at_key = |error| LogError::Key(setup.key.clone(), error);
        let key = if setup.key.exists() {
            SigningKey::load(&setup.key).map_err(at_key)?
        } else if signed {
            return Err(LogError::KeyMissing(setup.key.clone()));
        } else {
            SigningKey::create(&setup.key, &setup.origin).map_err(at_key)?
        };
        let anchor =
            Anchor::open(&setup.anchor).map_err(|error| LogError::Anchor(setup.anchor.clone(), error))?;
        Ok(Self {
            key,
            file: setup.key.clone(),
            anchor: Mutex::new(anchor),
            origin: setup.origin.clone(),
            pass: Mutex::new(()),
            behind: AtomicBool::new(false),
            held: AtomicBool::new(false),
        })
    }

    /// The name of a tenant's log in an epoch.
    pub(crate) fn origin(&self, tenant: TenantId, epoch: i64) -> Result<Origin> {
        let epoch = u64::try_from(epoch).map_err(Error::internal)?;
        Origin::new(&self.origin, tenant, epoch).map_err(Error::internal)
    }

    /// What people verify it with.
    pub(crate) fn verify_key(&self, tenant: TenantId, epoch: i64) -> Result<VerifyKey> {
        Ok(self.key.verify_key(&self.origin(tenant, epoch)?))
    }
}

/// The size a signed checkpoint speaks of.
pub(crate) fn size_of(note: &str) -> Result<u64> {
    let checkpoint =
        Checkpoint::unverified(note.as_bytes()).ok_or_else(|| Error::internal("a head without a size"))?;
    Ok(checkpoint.head.n)
}
