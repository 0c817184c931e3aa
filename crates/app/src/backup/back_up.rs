//! Making a backup beside everything else that goes on.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::task::spawn_blocking;
use zelo_ledger::Class;
use zelo_store::backup::{BackupError, Class as StoreClass};

use super::class::{BackupClass, Classes, SIGNING};
use super::manifest::{About, Manifest};
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx};

/// Copies the databases and the log's signing key, each class into a folder of its own.
pub struct BackUp {
    /// Where to; a folder must not exist, or be empty.
    pub to: Classes,
}

/// A class that was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// Which.
    pub class: BackupClass,
    /// Where it is.
    pub folder: PathBuf,
    /// How large its files are together, in bytes.
    pub bytes: u64,
}

impl Operation for BackUp {
    const NAME: &'static str = "backup.create";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    /// Terabytes take their time, and half a copy is none.
    const LONGEST: Duration = Duration::from_hours(48);
    type Access = Read;
    type Ready = ();
    type Output = Vec<BackedUp>;

    fn pinned(&self) -> bool {
        false
    }

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<()> {
        tx.in_installation()?;
        let wanted = self.to.wanted();
        if wanted.is_empty() {
            return Err(Error::invalid("backup", "name a folder to write to"));
        }
        let beside = |one: &PathBuf, other: &PathBuf| one.starts_with(other) || other.starts_with(one);
        for (n, (_, one)) in wanted.iter().enumerate() {
            if wanted[..n].iter().any(|(_, other)| beside(one, other)) {
                return Err(Error::invalid(
                    "backup",
                    "each class needs a folder of its own, none inside another",
                ));
            }
        }
        for (class, folder) in &wanted {
            prepared(folder).map_err(|why| Error::invalid(class.name(), why))?;
        }
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Vec<BackedUp>> {
        let set = hex::encode(tx.ids.random());
        let mut done = Vec::new();
        for (class, folder) in self.to.wanted() {
            match copied(tx, class, &folder, set.clone()).await {
                Ok(bytes) => done.push(BackedUp { class, folder, bytes }),
                Err(error) => {
                    // Half a copy is none, and would be in the way of the next.
                    for (_, folder) in self.to.wanted() {
                        let _ = fs::remove_dir_all(folder);
                    }
                    return Err(error);
                }
            }
        }
        Ok(done)
    }
}

/// Makes the folder, its owner's alone.
fn prepared(folder: &Path) -> Result<(), String> {
    let path = folder.display();
    match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => {}
        Ok(false) => {
            return Err(format!("{path} is not empty; nothing is overwritten, so name a new folder"));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(_) => return Err(format!("{path} is no folder that can be written")),
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| format!("{path} cannot be made: {}", error.kind()))
}

async fn copied(tx: &Tx<'_, Read>, class: BackupClass, folder: &Path, set: String) -> Result<u64> {
    let store = &tx.inner.store;
    let engine = if store.is_postgres() { "postgres" } else { "sqlite" };
    let begun = tx.inner.clock.now();
    let about = About { class, engine, installation: tx.tenant.row.id16.to_string(), set, begun };
    let files = match class {
        BackupClass::Data => store.back_up(StoreClass::Data, folder).await.map_err(refused)?,
        BackupClass::Keys => store.back_up(StoreClass::Keys, folder).await.map_err(refused)?,
        BackupClass::Signing => {
            let (key, file) = (tx.inner.log.file.clone(), folder.join(SIGNING));
            fs::copy(key, &file)
                .and_then(|_| fs::File::open(&file)?.sync_all())
                .map_err(Error::unavailable)?;
            vec![file]
        }
    };
    let folder = folder.to_owned();
    let written = spawn_blocking(move || Manifest::write(&folder, about, &files)).await;
    let manifest = written.map_err(Error::internal)?.map_err(Error::unavailable)?;
    Ok(manifest.files.iter().map(|file| file.bytes).sum())
}

/// What the operator can do something about is told, the rest goes to the log.
fn refused(error: BackupError) -> Error {
    match error {
        BackupError::NoTool(..) | BackupError::Tool(..) => Error::invalid("backup", error.to_string()),
        BackupError::File(path, source) => {
            Error::invalid("backup", format!("{} cannot be written: {source}", path.display()))
        }
        other => Error::unavailable(other),
    }
}
