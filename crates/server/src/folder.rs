//! The data folder: its owner's alone, and one process at a time works in it.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process;

/// Why the data folder cannot be worked in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderError {
    /// It cannot be made or written.
    #[error("the data folder {} cannot be written", path.display())]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others can look into it.
    #[error("others may look into the data folder {0} (mode {1:04o}); allow its owner alone: chmod 700 {0}", .path.display(), .mode)]
    Loose {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Another process works in it.
    #[error(
        "the data folder {} is in use by {holder}; stop it first, or use another folder with --data",
        path.display()
    )]
    Held {
        /// Which.
        path: PathBuf,
        /// Who holds it.
        holder: String,
    },
    /// A command that only looks found nothing to look at.
    #[error("there is no Zelo data in {}; start `zelo serve` here, or name the folder with --data", .0.display())]
    Absent(PathBuf),
}

/// The data folder, held by this process until it is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// Never read again: the system lets go of the lock when it is closed.
    _lock: File,
}

impl Folder {
    /// Makes the folder if need be and locks it; `what` says to others who holds it.
    pub(crate) fn hold(path: &Path, what: &str) -> Result<Self, FolderError> {
        let unwritable = |source| FolderError::Unwritable { path: path.to_owned(), source };
        prepare(path)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut lock = options.open(path.join("zelo.lock")).map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(FolderError::Held { path: path.to_owned(), holder: holder(&mut lock) });
            }
            Err(TryLockError::Error(source)) => return Err(unwritable(source)),
        }
        lock.set_len(0).map_err(unwritable)?;
        writeln!(lock, "{what} (process {})", process::id()).map_err(unwritable)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn holder(lock: &mut File) -> String {
    let mut text = String::new();
    let read = lock.rewind().and_then(|()| lock.take(200).read_to_string(&mut text));
    let who = read.ok().map(|_| text.trim().to_owned()).filter(|who| !who.is_empty());
    who.unwrap_or_else(|| "another process".to_owned())
}

/// Makes it 0700. A folder that was there and is empty is made so; one with content that others may see is refused.
fn prepare(path: &Path) -> Result<(), FolderError> {
    let unwritable = |source| FolderError::Unwritable { path: path.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(unwritable)?;
    let mode = fs::metadata(path).map_err(unwritable)?.permissions().mode() & 0o7777;
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    if fs::read_dir(path).map_err(unwritable)?.next().is_some() {
        return Err(FolderError::Loose { path: path.to_owned(), mode });
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(unwritable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(error: &FolderError) -> String {
        crate::terminal::sentence(error)
    }

    #[test]
    fn a_second_server_is_told_who_holds_the_folder() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("zelo-data");
        let held = Folder::hold(&path, "zelo serve").unwrap();
        assert_eq!(fs::metadata(held.path()).unwrap().permissions().mode() & 0o777, 0o700);
        let refused = said(&Folder::hold(&path, "zelo serve").unwrap_err());
        let pid = process::id();
        assert!(
            refused.contains(&format!("is in use by zelo serve (process {pid}); stop it first")),
            "{refused}"
        );
        drop(held);
        Folder::hold(&path, "zelo tenant list").unwrap();
    }

    #[test]
    fn a_folder_others_can_look_into_is_refused_unless_it_is_empty() {
        let temp = tempfile::tempdir().unwrap();
        fs::set_permissions(temp.path(), fs::Permissions::from_mode(0o755)).unwrap();
        drop(Folder::hold(temp.path(), "zelo serve").unwrap());
        fs::set_permissions(temp.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let refused = said(&Folder::hold(temp.path(), "zelo serve").unwrap_err());
        assert!(refused.contains("(mode 0755); allow its owner alone: chmod 700"), "{refused}");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_one_sentence() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("a-file");
        fs::write(&file, "").unwrap();
        let refused = said(&Folder::hold(&file.join("zelo-data"), "zelo serve").unwrap_err());
        assert!(refused.contains("cannot be written: ") && !refused.contains('\n'), "{refused}");
    }
}
