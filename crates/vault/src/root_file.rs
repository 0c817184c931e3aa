//! One root key in one file, and the sentences for when it cannot be used.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::shared::Sealer;

const MAGIC: &[u8; 8] = b"ZLROOT01";
/// Magic, epoch, key, commitment.
const LEN: usize = 8 + 4 + 32 + 32;

/// Why a root's files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RootFileError {
    /// A file or its directory could not be read or written.
    #[error("the root key at {} cannot be read or written", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A root is never created over another.
    #[error("there is already a root key in {}", .0.display())]
    Exists(PathBuf),
    /// The directory holds no root.
    #[error("there is no root key in {}", .0.display())]
    Missing(PathBuf),
    /// The file's mode lets others in.
    #[error("others may use the root key {} (mode {mode:04o}); allow its owner alone: chmod 600", path.display())]
    Loose {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is cut, changed, or not a root key.
    #[error("the root key {} is damaged", .0.display())]
    Damaged(PathBuf),
    /// The newest root is in use, and an epoch that is not here cannot be destroyed.
    #[error("root epoch {0} is not an older one that could be destroyed")]
    NotOlder(u32),
}

pub(crate) fn file(dir: &Path, epoch: u32) -> PathBuf {
    dir.join(format!("root-{epoch}.key"))
}

pub(crate) fn epochs(dir: &Path) -> Result<Vec<u32>, RootFileError> {
    let io = |source| RootFileError::Io { path: dir.to_owned(), source };
    let mut epochs = Vec::new();
    for entry in fs::read_dir(dir).map_err(io)? {
        let name = entry.map_err(io)?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("root-")?.strip_suffix(".key"));
        epochs.extend(number.and_then(|number| number.parse::<u32>().ok()));
    }
    Ok(epochs)
}

/// Writes a new root. It has its name only once it is whole and durable: a root cut short by a crash would be a
/// damaged one for ever.
pub(crate) fn write(dir: &Path, epoch: u32, root: &Sealer) -> Result<(), RootFileError> {
    let (path, draft) = (file(dir, epoch), dir.join(format!("root-{epoch}.new")));
    let bytes = Zeroizing::new(
        [MAGIC.as_slice(), &epoch.to_be_bytes(), root.secret.bytes(), &root.commitment].concat(),
    );
    let write = || -> io::Result<()> {
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        // Unlike a rename, a link never takes the place of a root that is there.
        let linked = fs::hard_link(&draft, &path);
        fs::remove_file(&draft)?;
        linked
    };
    match write() {
        Ok(()) => sync(dir),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(RootFileError::Exists(dir.to_owned()))
        }
        Err(source) => Err(RootFileError::Io { path, source }),
    }
}

pub(crate) fn read(dir: &Path, epoch: u32) -> Result<Secret, RootFileError> {
    let path = file(dir, epoch);
    let mut bytes = Zeroizing::new(vec![0; LEN + 1]);
    let mut read = || -> io::Result<(u32, usize)> {
        let mut file = File::open(&path)?;
        // Asked of the open file, so that nobody can change it in between.
        let mode = file.metadata()?.permissions().mode() & 0o7777;
        let mut length = 0;
        while length < bytes.len() {
            match file.read(&mut bytes[length..])? {
                0 => break,
                count => length += count,
            }
        }
        Ok((mode, length))
    };
    let (mode, length) = read().map_err(|source| RootFileError::Io { path: path.clone(), source })?;
    if mode & 0o077 != 0 {
        return Err(RootFileError::Loose { path, mode });
    }
    parse(&bytes[..length], epoch).ok_or(RootFileError::Damaged(path))
}

/// Takes a root's name away and overwrites it, durable when this returns. Where the file system keeps old blocks
/// (snapshots, copy on write, flash), the overwriting reaches only what it can.
pub(crate) fn unlink(dir: &Path, epoch: u32) -> Result<(), RootFileError> {
    let (path, old) = (file(dir, epoch), dir.join(format!("root-{epoch}.old")));
    let gone = |error: io::Error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) };
    let unlink = || -> io::Result<()> {
        // Half overwritten under its own name it would be a damaged root, and nothing would start any more.
        fs::rename(&path, &old).or_else(gone)?;
        let overwritten = OpenOptions::new().write(true).open(&old).and_then(|mut file| {
            file.write_all(&[0; LEN])?;
            file.sync_all()
        });
        overwritten.or_else(gone)?;
        fs::remove_file(&old).or_else(gone)
    };
    unlink().map_err(|source| RootFileError::Io { path, source })?;
    sync(dir)
}

fn parse(bytes: &[u8], epoch: u32) -> Option<Secret> {
    let rest = bytes.strip_prefix(MAGIC)?.strip_prefix(&epoch.to_be_bytes())?;
    let (key, commitment) = rest.split_at_checked(32)?;
    let secret = Secret::from_slice(key).ok()?;
    secret.is_committed_by(commitment.try_into().ok()?).then_some(secret)
}

/// Makes the names in a directory durable.
pub(crate) fn sync(dir: &Path) -> Result<(), RootFileError> {
    let synced = File::open(dir).and_then(|dir| dir.sync_all());
    synced.map_err(|source| RootFileError::Io { path: dir.to_owned(), source })
}
