//! What a backup is and the digests of its files. It is written last: a folder without one is no backup.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zelo_model::Timestamp;
use zelo_vault::sha256_of;

use super::class::BackupClass;

/// Its name in the folder.
const NAME: &str = "manifest.json";
/// The version of its form; raised when an older Zelo would misread it.
const VERSION: u32 = 1;

/// Why a folder is no backup that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// There is no manifest.
    #[error("{} is no finished backup: it has no {NAME}", .0.display())]
    Absent(PathBuf),
    /// There is one that cannot be read.
    #[error("the manifest of {} cannot be read: {}", .0.display(), .1)]
    Unreadable(PathBuf, String),
    /// It was written by a Zelo of the future.
    #[error("the backup in {} was made by a newer version of Zelo ({}); restore it with that one", .0.display(), .1)]
    Newer(PathBuf, String),
    /// It is of another class.
    #[error("{} holds a backup of the class {}, not of {}", .0.display(), .1, .2)]
    OtherClass(PathBuf, &'static str, &'static str),
    /// A file is not what was copied.
    #[error("{} is not the file that was copied: its digest is another", .0.display())]
    Changed(PathBuf),
    /// A file cannot be read or written.
    #[error("{} cannot be read or written", .0.display())]
    File(PathBuf, #[source] io::Error),
}

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Copied {
    pub(super) name: String,
    pub(super) bytes: u64,
    sha256: String,
}

/// What a backup is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    version: u32,
    /// Which Zelo made it.
    zelo: String,
    pub(super) class: BackupClass,
    /// `sqlite` or `postgres`; the signing key is the same for both.
    pub(super) engine: String,
    /// The installation's id.
    pub(super) installation: String,
    /// The same in the manifests of all classes that were copied by one command.
    pub(super) set: String,
    /// When the copying began, RFC 3339.
    pub(super) begun: String,
    pub(super) files: Vec<Copied>,
}

/// What is known of a backup before its files are there.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub(super) class: BackupClass,
    pub(super) engine: &'static str,
    pub(super) installation: String,
    pub(super) set: String,
    pub(super) begun: Timestamp,
}

impl Manifest {
    /// Digests the files and writes the manifest beside them; durable when this returns.
    pub(super) fn write(folder: &Path, about: About, files: &[PathBuf]) -> Result<Self, ManifestError> {
        let About { class, engine, installation, set, begun } = about;
        let files = files.iter().map(|file| copied(file)).collect::<Result<_, _>>()?;
        let manifest = Self {
            version: VERSION,
            zelo: env!("CARGO_PKG_VERSION").to_owned(),
            class,
            engine: engine.to_owned(),
            installation,
            set,
            begun: begun.to_string(),
            files,
        };
        let path = folder.join(NAME);
        let written = || {
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            file.write_all(&serde_json::to_vec_pretty(&manifest)?)?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            File::open(folder)?.sync_all()
        };
        written().map_err(|error| ManifestError::File(path.clone(), error))?;
        Ok(manifest)
    }

    /// Reads the manifest of a backup of this class.
    pub(super) fn read(folder: &Path, class: BackupClass) -> Result<Self, ManifestError> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
            zelo: String,
        }
        let bytes = fs::read(folder.join(NAME)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ManifestError::Absent(folder.to_owned()),
            _ => ManifestError::File(folder.join(NAME), error),
        })?;
        let unreadable =
            |error: serde_json::Error| ManifestError::Unreadable(folder.to_owned(), error.to_string());
        let Version { version, zelo } = serde_json::from_slice(&bytes).map_err(unreadable)?;
        if version > VERSION {
            return Err(ManifestError::Newer(folder.to_owned(), zelo));
        }
        let manifest: Self = serde_json::from_slice(&bytes).map_err(unreadable)?;
        let named = |file: &Copied| file.name.contains(['/', '\\']) || file.name.starts_with('.');
        if manifest.files.is_empty() || manifest.files.iter().any(named) {
            let why = "it names no files, or files elsewhere".to_owned();
            return Err(ManifestError::Unreadable(folder.to_owned(), why));
        }
        if manifest.class != class {
            let folder = folder.to_owned();
            return Err(ManifestError::OtherClass(folder, manifest.class.name(), class.name()));
        }
        Ok(manifest)
    }

    /// The files, each of which is what was copied.
    pub(super) fn verified(&self, folder: &Path) -> Result<Vec<PathBuf>, ManifestError> {
        let verified = |one: &Copied| {
            let file = folder.join(&one.name);
            if copied(&file)? == *one { Ok(file) } else { Err(ManifestError::Changed(file)) }
        };
        self.files.iter().map(verified).collect()
    }
}

fn copied(file: &Path) -> Result<Copied, ManifestError> {
    let digest = File::open(file).and_then(sha256_of);
    let (sha256, bytes) = digest.map_err(|error| ManifestError::File(file.to_owned(), error))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Copied { name, bytes, sha256: hex::encode(sha256) })
}
