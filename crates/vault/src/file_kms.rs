//! A root in files: one file an epoch, readable by its owner alone. For development and for small installations
//! that keep the directory out of every backup.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, DirBuilder};
use std::future::ready;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::root_file::{RootFileError, epochs, file, read, sync, write};
use crate::secret::Secret;
use crate::shared::Sealer;
use crate::{BoxFuture, Kms, KmsError, Rng};

/// Root keys in a directory of their own: `root-1.key`, `root-2.key`, … each of mode 0600.
pub struct FileKms {
    dir: PathBuf,
    roots: BTreeMap<u32, Sealer>,
    rng: Rng,
}

impl FileKms {
    /// Creates the directory and the root of epoch 1, durable before this returns; refuses to stand beside another.
    pub fn create(dir: &Path, rng: &Rng) -> Result<Self, RootFileError> {
        let io = |source| RootFileError::Io { path: dir.to_owned(), source };
        if !dir.exists() {
            DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(io)?;
            if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                sync(parent)?;
            }
        }
        if !epochs(dir)?.is_empty() {
            return Err(RootFileError::Exists(dir.to_owned()));
        }
        let mut kms = Self { dir: dir.to_owned(), roots: BTreeMap::new(), rng: Rng::new() };
        kms.add(1, rng)?;
        Ok(kms)
    }

    /// Opens every root in the directory; refuses files others may read, and damaged ones.
    pub fn open(dir: &Path) -> Result<Self, RootFileError> {
        if !dir.exists() {
            return Err(RootFileError::Missing(dir.to_owned()));
        }
        let roots = epochs(dir)?.into_iter().map(|epoch| Ok((epoch, Sealer::new(read(dir, epoch)?))));
        let roots = roots.collect::<Result<BTreeMap<_, _>, _>>()?;
        if roots.is_empty() {
            return Err(RootFileError::Missing(dir.to_owned()));
        }
        Ok(Self { dir: dir.to_owned(), roots, rng: Rng::new() })
    }

    /// Adds the root of the next epoch; answers its number.
    pub fn rotate(&mut self, rng: &Rng) -> Result<u32, RootFileError> {
        let next = self.epoch() + 1;
        self.add(next, rng)?;
        Ok(next)
    }

    /// Destroys an older root, which makes every KEK wrapped under it, in every backup, unreadable for ever.
    pub fn destroy(&mut self, epoch: u32) -> Result<(), RootFileError> {
        if epoch == self.epoch() || !self.roots.contains_key(&epoch) {
            return Err(RootFileError::NotOlder(epoch));
        }
        let path = file(&self.dir, epoch);
        fs::remove_file(&path).map_err(|source| RootFileError::Io { path, source })?;
        self.roots.remove(&epoch);
        sync(&self.dir)
    }

    fn add(&mut self, epoch: u32, rng: &Rng) -> Result<(), RootFileError> {
        let root = Sealer::new(Secret::generate(rng));
        write(&self.dir, epoch, &root)?;
        self.roots.insert(epoch, root);
        Ok(())
    }
}

impl Kms for FileKms {
    fn epoch(&self) -> u32 {
        self.roots.last_key_value().map_or(0, |(epoch, _)| *epoch)
    }

    fn wrap<'a>(&'a self, context: &'a [u8], key: &'a [u8; 32]) -> BoxFuture<'a, Result<Vec<u8>, KmsError>> {
        let epoch = self.epoch();
        let root = self.roots.get(&epoch).ok_or(KmsError::UnknownEpoch(epoch));
        Box::pin(ready(root.map(|root| root.seal(&self.rng, &aad(epoch, context), key))))
    }

    fn unwrap<'a>(
        &'a self,
        epoch: u32,
        context: &'a [u8],
        wrapped: &'a [u8],
    ) -> BoxFuture<'a, Result<Zeroizing<[u8; 32]>, KmsError>> {
        let root = self.roots.get(&epoch).ok_or(KmsError::UnknownEpoch(epoch));
        Box::pin(ready(root.and_then(|root| {
            let plain = root.open(&aad(epoch, context), wrapped).map_err(|_| KmsError::Refused)?;
            let secret = Secret::from_slice(&plain).map_err(|_| KmsError::Refused)?;
            Ok(Zeroizing::new(*secret.bytes()))
        })))
    }
}

impl fmt::Debug for FileKms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileKms(epoch {}, …)", self.epoch())
    }
}

/// `"ZLROOT1"|epoch u32|context`.
fn aad(epoch: u32, context: &[u8]) -> Vec<u8> {
    [b"ZLROOT1".as_slice(), &epoch.to_be_bytes(), context].concat()
}
