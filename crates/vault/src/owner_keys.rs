//! The keys of one owner: the one that seals and, while what they own is sealed anew, the one before.

use zeroize::Zeroizing;

use crate::{OpenError, OwnerKey, Rng, Slot};

/// Why a sealed value of an owner did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OwnerOpenError {
    /// It names a key that is not at hand: these keys, or the value, were read before it was sealed anew.
    #[error("this sealed value names another key")]
    OtherKey,
    /// It names one of these keys and does not open.
    #[error(transparent)]
    Failed(#[from] OpenError),
}

/// An owner's keys. Every sealed value says which it is under.
#[derive(Debug, Clone)]
pub struct OwnerKeys {
    generation: u32,
    newest: OwnerKey,
    older: Option<OwnerKey>,
}

impl OwnerKeys {
    /// The only key of an owner, of that generation.
    pub fn only(generation: u32, key: OwnerKey) -> Self {
        Self { generation, newest: key, older: None }
    }

    /// The same keys with a newer one, of that generation, which seals from now on.
    #[must_use]
    pub fn followed_by(self, generation: u32, key: OwnerKey) -> Self {
        Self { generation, newest: key, older: Some(self.newest) }
    }

    /// The generation of the key that seals.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// The key that seals.
    pub fn newest(&self) -> &OwnerKey {
        &self.newest
    }

    /// The key that seals and, if there is one, the one before.
    pub fn each(&self) -> impl Iterator<Item = &OwnerKey> {
        [Some(&self.newest), self.older.as_ref()].into_iter().flatten()
    }

    /// Seals under the newest key, as [`OwnerKey::seal`].
    ///
    /// # Panics
    /// If `plain` is over 64 GiB or the system has no random source.
    pub fn seal(&self, rng: &Rng, slot: &Slot, plain: &[u8]) -> Vec<u8> {
        self.newest.seal(rng, slot, plain)
    }

    /// Opens what was sealed for this slot under the key it names.
    pub fn open(&self, slot: &Slot, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OwnerOpenError> {
        let named = self.each().find(|key| key.is_named_by(sealed)).ok_or(OwnerOpenError::OtherKey)?;
        Ok(named.open(slot, sealed)?)
    }
}
