//! How far an import is, in a file beside its own: positions and counts, and nobody's data.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::report::Counts;
use crate::cli;

/// Why it cannot be known how far an import is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateError {
    /// The operating system refuses.
    #[error("{} cannot be read or written", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is none, or of another version.
    #[error("{} does not say how far the import is; say --restart to begin again (what was brought in counts once)", .0.display())]
    Unreadable(PathBuf),
    /// It is about something else.
    #[error("{what} since the import was begun of which {} tells; say --restart to begin again", path.display())]
    Other {
        /// Which file.
        path: PathBuf,
        /// What is different.
        what: &'static str,
    },
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    version: u32,
    /// SHA-256 of what is imported.
    digest: String,
    tenant: Option<String>,
    source: String,
    map: Option<String>,
    pub(super) as_of: String,
    /// So many rows are done.
    pub(super) row: u64,
    /// How long the file of rejects was then.
    pub(super) rejects: u64,
    /// Which file that is, and whether this import is the one that began it.
    rejects_in: PathBuf,
    pub(super) rejecting: bool,
    pub(super) counts: Counts,
}

const VERSION: u32 = 1;

impl State {
    /// The beginning of an import.
    pub(super) fn begin(how: &cli::Import, digest: String, map: Option<String>) -> Self {
        let (tenant, source) = (how.tenant.clone(), how.source.clone());
        let counts = Counts::default();
        Self {
            version: VERSION,
            digest,
            tenant,
            source,
            map,
            as_of: String::new(),
            row: 0,
            rejects: 0,
            rejects_in: PathBuf::new(),
            rejecting: false,
            counts,
        }
    }

    /// The same, with the time of what says none.
    pub(super) fn dated(self, as_of: String) -> Self {
        Self { as_of, ..self }
    }

    /// The same, with the file its rejects go into.
    pub(super) fn rejecting_into(self, rejects_in: PathBuf) -> Self {
        Self { rejects_in, ..self }
    }

    /// Whether its rejects went into this file, so that it is ours to shorten.
    pub(super) fn rejects_into(&self, file: &Path) -> bool {
        self.rejecting && self.rejects_in == file
    }

    /// What an earlier run wrote down, if one did.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, StateError> {
        match fs::read(path) {
            Ok(bytes) => {
                let state: Option<Self> = serde_json::from_slice(&bytes).ok();
                let state = state.filter(|state| state.version == VERSION);
                state.map(Some).ok_or_else(|| StateError::Unreadable(path.to_owned()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StateError::Io { path: path.to_owned(), source }),
        }
    }

    /// The same, if it is about the import that is to be done.
    pub(super) fn fits(self, now: &Self, path: &Path) -> Result<Self, StateError> {
        let other = |what| StateError::Other { path: path.to_owned(), what };
        if self.digest != now.digest {
            Err(other("the file has changed"))
        } else if self.map != now.map {
            Err(other("the map has changed"))
        } else if (&self.tenant, &self.source) != (&now.tenant, &now.source) {
            Err(other("another tenant or source was named"))
        } else if self.rejecting && self.rejects_in != now.rejects_in {
            Err(other("another file for the rejects was named"))
        } else {
            Ok(self)
        }
    }

    /// Writes it down, durably and at once.
    pub(super) fn write(&self, path: &Path) -> Result<(), StateError> {
        let next = path.with_extension("import-state-next");
        let write = || -> io::Result<()> {
            let mut options = OpenOptions::new();
            let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&next)?;
            file.write_all(&serde_json::to_vec(self)?)?;
            file.sync_data()?;
            fs::rename(&next, path)?;
            sync_folder(path)
        };
        write().map_err(|source| StateError::Io { path: path.to_owned(), source })
    }

    /// There is nothing left to go on with.
    pub(super) fn end(path: &Path) -> Result<(), StateError> {
        match fs::remove_file(path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(StateError::Io { path: path.to_owned(), source })
            }
            _ => Ok(()),
        }
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
