//! Putting a backup back, while nothing runs.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use tokio::task::spawn_blocking;
use zelo_store::Databases;
use zelo_store::backup::{self, BackupError, Class as StoreClass};

use super::class::{BackupClass, Classes, SIGNING};
use super::manifest::{Manifest, ManifestError};

/// Where a backup is put back to.
#[derive(Debug, Clone)]
pub struct PutBack {
    /// The backups.
    pub from: Classes,
    /// Where the databases are.
    pub databases: Databases,
    /// The file of the log's signing key.
    pub signing_key: PathBuf,
    /// Whether what is there is replaced.
    pub replace: bool,
}

/// Why a backup was not put back. Nothing of what was there has been touched, unless a database or a file refused in
/// the middle of it.
#[derive(Debug, thiserror::Error)]
pub enum PutBackError {
    /// No backup was named.
    #[error("name a backup to restore")]
    Nothing,
    /// A backup cannot be used.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// It is of the other kind of database.
    #[error("the backup in {} is of {} databases, and this installation uses the other kind", .0.display(), .1)]
    OtherEngine(PathBuf, String),
    /// Data and keys are of two installations.
    #[error("the backups named are of different installations: keys of one never open the data of another")]
    OtherInstallation,
    /// The keys were copied before the data.
    #[error(
        "the backup of the keys is older than that of the data, and lacks the keys of whoever came in between: take one that was made with the data, or later"
    )]
    OlderKeys,
    /// There is something already.
    #[error("there are {0} here already; to replace them for good, say so with --replace")]
    Occupied(&'static str),
    /// The databases refused.
    #[error(transparent)]
    Store(#[from] BackupError),
    /// The signing key could not be put back.
    #[error("the signing key cannot be put back to {}", .0.display())]
    SigningKey(PathBuf, #[source] io::Error),
    /// A step could not be carried out at all.
    #[error("the restore was interrupted")]
    Interrupted,
}

/// Puts the backups back; `told` hears which class is being looked at. The caller holds the data folder.
///
/// Every backup is read to its end before anything is written. The keys come before the data: a crash in between leaves
/// data that are older than their keys, which a start finds.
pub async fn put_back(
    how: &PutBack,
    told: impl Fn(BackupClass, &'static str),
) -> Result<Vec<BackupClass>, PutBackError> {
    let mut found = Vec::new();
    for (class, folder) in how.from.wanted() {
        let manifest = Manifest::read(&folder, class)?;
        let engine = if matches!(how.databases, Databases::Postgres { .. }) { "postgres" } else { "sqlite" };
        if class != BackupClass::Signing && manifest.engine != engine {
            return Err(PutBackError::OtherEngine(folder, manifest.engine));
        }
        found.push((class, folder, manifest));
    }
    let Some((_, _, first)) = found.first() else { return Err(PutBackError::Nothing) };
    if found.iter().any(|(_, _, manifest)| manifest.installation != first.installation) {
        return Err(PutBackError::OtherInstallation);
    }
    let of = |wanted| found.iter().find(|(class, ..)| *class == wanted).map(|(_, _, manifest)| manifest);
    // RFC 3339 in UTC with microseconds: the order of the texts is that of the times.
    if let (Some(data), Some(keys)) = (of(BackupClass::Data), of(BackupClass::Keys))
        && keys.begun < data.begun
    {
        return Err(PutBackError::OlderKeys);
    }
    for (class, folder, _) in &found {
        if !how.replace && is_there(how, *class, folder).await? {
            return Err(PutBackError::Occupied(match class {
                BackupClass::Data => "data",
                BackupClass::Keys => "keys",
                BackupClass::Signing => "signing keys",
            }));
        }
    }
    let mut ready = Vec::new();
    for (class, folder, manifest) in found {
        told(class, "verifying");
        let verified = spawn_blocking(move || manifest.verified(&folder)).await;
        ready.push((class, verified.map_err(|_| PutBackError::Interrupted)??));
    }
    let mut done = Vec::new();
    for (class, files) in ready.into_iter().rev() {
        told(class, "restoring");
        match class {
            BackupClass::Data => put(how, StoreClass::Data, &files).await?,
            BackupClass::Keys => put(how, StoreClass::Keys, &files).await?,
            BackupClass::Signing => signing(how, &files)?,
        }
        done.push(class);
    }
    Ok(done)
}

async fn is_there(how: &PutBack, class: BackupClass, folder: &Path) -> Result<bool, BackupError> {
    match class {
        BackupClass::Data => backup::is_there(&how.databases, StoreClass::Data).await,
        BackupClass::Keys => backup::is_there(&how.databases, StoreClass::Keys).await,
        // The same key again replaces nothing.
        BackupClass::Signing => {
            let same = fs::read(&how.signing_key).ok() == fs::read(folder.join(SIGNING)).ok();
            Ok(how.signing_key.exists() && !same)
        }
    }
}

async fn put(how: &PutBack, class: StoreClass, files: &[PathBuf]) -> Result<(), BackupError> {
    backup::put_back(&how.databases, class, files, how.replace).await
}

/// The key's file is its owner's alone from its first byte on.
fn signing(how: &PutBack, files: &[PathBuf]) -> Result<(), PutBackError> {
    let place = &how.signing_key;
    let put = |from: &Path| {
        let bytes = zeroize::Zeroizing::new(fs::read(from)?);
        if let Some(folder) = place.parent() {
            use std::os::unix::fs::DirBuilderExt as _;
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        let beside = place.with_extension("restoring");
        let mut options = fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&beside, place)
    };
    let from = files.first().ok_or(BackupError::Incomplete("signing key"))?;
    put(from).map_err(|error| PutBackError::SigningKey(place.clone(), error))
}
