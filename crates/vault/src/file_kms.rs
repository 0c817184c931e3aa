//! A root in files: one file an epoch, readable by its owner alone. For development and for small installations
//! that keep the directory out of every backup.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::DirBuilder;
use std::future::ready;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use zeroize::Zeroizing;

use crate::root_file::{RootFileError, epochs, file, read, sync, unlink, write};
use crate::secret::Secret;
use crate::shared::Sealer;
use crate::{BoxFuture, Kms, KmsError, Rng};

type Roots = BTreeMap<u32, Arc<Sealer>>;

/// Root keys in a directory of their own: `root-1.key`, `root-2.key`, … each of mode 0600. Processes that share an
/// installation share the directory: a root one of them made is found by the others when they meet its epoch.
pub struct FileKms {
    dir: PathBuf,
    roots: RwLock<Roots>,
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
        let root = Sealer::new(Secret::generate(rng));
        write(dir, 1, &root)?;
        let roots = RwLock::new([(1, Arc::new(root))].into());
        Ok(Self { dir: dir.to_owned(), roots, rng: Rng::new() })
    }

    /// Opens every root in the directory; refuses files others may read, and damaged ones.
    pub fn open(dir: &Path) -> Result<Self, RootFileError> {
        if !dir.exists() {
            return Err(RootFileError::Missing(dir.to_owned()));
        }
        let roots = all(dir)?;
        if roots.is_empty() {
            return Err(RootFileError::Missing(dir.to_owned()));
        }
        Ok(Self { dir: dir.to_owned(), roots: RwLock::new(roots), rng: Rng::new() })
    }

    /// The newest root there is.
    pub fn newest(&self) -> u32 {
        let roots = self.roots.read().unwrap_or_else(PoisonError::into_inner);
        roots.last_key_value().map_or(0, |(epoch, _)| *epoch)
    }

    /// Whether there is a root of that epoch.
    pub fn has(&self, epoch: u32) -> bool {
        self.root(epoch).is_ok()
    }

    /// Forgets roots whose files are gone: another process has destroyed them.
    pub fn refresh(&self) {
        let mut roots = self.roots.write().unwrap_or_else(PoisonError::into_inner);
        roots.retain(|epoch, _| file(&self.dir, *epoch).exists());
    }

    /// The root of that epoch; the directory is read anew when it is not at hand.
    fn root(&self, epoch: u32) -> Result<Arc<Sealer>, KmsError> {
        let held = self.roots.read().unwrap_or_else(PoisonError::into_inner).get(&epoch).cloned();
        if let Some(root) = held {
            return Ok(root);
        }
        let found = all(&self.dir).map_err(|error| KmsError::Unavailable(error.into()))?;
        let root = found.get(&epoch).cloned().ok_or(KmsError::UnknownEpoch(epoch));
        *self.roots.write().unwrap_or_else(PoisonError::into_inner) = found;
        root
    }

    fn add(&self, epoch: u32) -> Result<(), RootFileError> {
        if epochs(&self.dir)?.contains(&epoch) {
            return Ok(());
        }
        match write(&self.dir, epoch, &Sealer::new(Secret::generate(&self.rng))) {
            // Another process was first; its root is as good.
            Err(RootFileError::Exists(_)) => Ok(()),
            other => other,
        }
    }

    fn remove(&self, epoch: u32) -> Result<(), RootFileError> {
        if epochs(&self.dir)?.into_iter().max().is_none_or(|newest| epoch >= newest) {
            return Err(RootFileError::NotOlder(epoch));
        }
        unlink(&self.dir, epoch)?;
        self.roots.write().unwrap_or_else(PoisonError::into_inner).remove(&epoch);
        Ok(())
    }
}

fn all(dir: &Path) -> Result<Roots, RootFileError> {
    epochs(dir)?.into_iter().map(|epoch| Ok((epoch, Arc::new(Sealer::new(read(dir, epoch)?))))).collect()
}

impl Kms for FileKms {
    fn create(&self, epoch: u32) -> BoxFuture<'_, Result<(), KmsError>> {
        let made = self.add(epoch).map_err(|error| KmsError::Unavailable(error.into()));
        Box::pin(ready(made.and_then(|()| self.root(epoch).map(drop))))
    }

    fn destroy(&self, epoch: u32) -> BoxFuture<'_, Result<(), KmsError>> {
        Box::pin(ready(self.remove(epoch).map_err(|error| KmsError::Unavailable(error.into()))))
    }

    fn wrap<'a>(
        &'a self,
        epoch: u32,
        context: &'a [u8],
        key: &'a [u8; 32],
    ) -> BoxFuture<'a, Result<Vec<u8>, KmsError>> {
        Box::pin(ready(self.root(epoch).map(|root| root.seal(&self.rng, &aad(epoch, context), key))))
    }

    fn unwrap<'a>(
        &'a self,
        epoch: u32,
        context: &'a [u8],
        wrapped: &'a [u8],
    ) -> BoxFuture<'a, Result<Zeroizing<[u8; 32]>, KmsError>> {
        Box::pin(ready(self.root(epoch).and_then(|root| {
            let plain = root.open(&aad(epoch, context), wrapped).map_err(|_| KmsError::Refused)?;
            let secret = Secret::from_slice(&plain).map_err(|_| KmsError::Refused)?;
            Ok(Zeroizing::new(*secret.bytes()))
        })))
    }
}

impl fmt::Debug for FileKms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileKms(epoch {}, …)", self.newest())
    }
}

/// `"ZLROOT1"|epoch u32|context`.
fn aad(epoch: u32, context: &[u8]) -> Vec<u8> {
    [b"ZLROOT1".as_slice(), &epoch.to_be_bytes(), context].concat()
}
