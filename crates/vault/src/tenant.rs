//! All keys of one tenant, as a running process holds them.

use zelo_model::{OwnerId, TenantId};
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::{
    DedupKey, IndexKey, Kek, OpenError, OwnerKey, Rng, SharedPurpose, Slot, SuppressionKey, TenantKey,
    Wrapped,
};

/// A shared key of a tenant as the key database keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedShared {
    /// What it is for.
    pub purpose: SharedPurpose,
    /// Its epoch, counted from 1; always 1 for dedup and suppression keys, which never rotate.
    pub epoch: u32,
    /// The key.
    pub wrapped: Wrapped,
}

/// The keys of one tenant: key-encryption keys by version, data and index keys by epoch, dedup, suppression.
/// There is always at least one of each.
#[derive(Debug)]
pub struct TenantKeys {
    tenant: TenantId,
    keks: Vec<Kek>,
    data: Vec<TenantKey>,
    index: Vec<IndexKey>,
    /// The epoch of the index that is matched on, and the one that is written beside it.
    indexed: (u32, Option<u32>),
    dedup: DedupKey,
    suppression: SuppressionKey,
}

impl TenantKeys {
    /// Fresh keys for a new tenant, all of version or epoch 1.
    pub fn generate(tenant: TenantId, rng: &Rng) -> Self {
        Self {
            tenant,
            keks: vec![Kek::generate(1, rng)],
            data: vec![TenantKey::generate(1, rng)],
            index: vec![IndexKey::generate(1, rng)],
            indexed: (1, None),
            dedup: DedupKey::generate(rng),
            suppression: SuppressionKey::generate(rng),
        }
    }

    /// Unwraps a tenant's shared keys, each under the KEK version it names. A missing purpose, a purpose given twice
    /// at one epoch, and a second dedup or suppression key are refused like any value that does not open.
    pub fn unwrap(tenant: TenantId, mut keks: Vec<Kek>, rows: &[WrappedShared]) -> Result<Self, OpenError> {
        keks.sort_by_key(Kek::version);
        let open = |row: &WrappedShared| {
            let kek = keks.iter().find(|kek| kek.version() == row.wrapped.version).ok_or(OpenError)?;
            Ok((row.epoch, kek.unwrap_shared(tenant, row.purpose, row.epoch, &row.wrapped)?))
        };
        let all = |purpose| -> Result<Vec<(u32, Secret)>, OpenError> {
            let mut found: Vec<_> =
                rows.iter().filter(|row| row.purpose == purpose).map(open).collect::<Result<_, _>>()?;
            found.sort_by_key(|(epoch, _)| *epoch);
            let distinct = found.windows(2).all(|pair| pair[0].0 < pair[1].0);
            if found.is_empty() || !distinct { Err(OpenError) } else { Ok(found) }
        };
        let only = |purpose| match <[_; 1]>::try_from(all(purpose)?) {
            Ok([(1, secret)]) => Ok(secret),
            _ => Err(OpenError),
        };
        let index: Vec<_> =
            all(SharedPurpose::Index)?.into_iter().map(|(epoch, key)| IndexKey::new(epoch, key)).collect();
        Ok(Self {
            tenant,
            indexed: (newest(&index).epoch(), None),
            index,
            data: all(SharedPurpose::Data)?
                .into_iter()
                .map(|(epoch, key)| TenantKey::new(epoch, key))
                .collect(),
            dedup: DedupKey::new(only(SharedPurpose::Dedup)?),
            suppression: SuppressionKey::new(only(SharedPurpose::Suppression)?),
            keks,
        })
    }

    /// Wraps every shared key under the newest KEK, for the key database.
    ///
    /// # Panics
    /// If the system has no random source.
    pub fn wrap(&self, rng: &Rng) -> Vec<WrappedShared> {
        let row = |purpose, epoch, key| {
            let wrapped = self.kek().wrap_shared(rng, self.tenant, purpose, epoch, key);
            WrappedShared { purpose, epoch, wrapped }
        };
        let data = self.data.iter().map(|key| row(SharedPurpose::Data, key.epoch(), key.secret()));
        let index = self.index.iter().map(|key| row(SharedPurpose::Index, key.epoch(), key.secret()));
        let rest = [
            row(SharedPurpose::Dedup, 1, self.dedup.secret()),
            row(SharedPurpose::Suppression, 1, self.suppression.secret()),
        ];
        data.chain(index).chain(rest).collect()
    }

    /// Whose keys these are.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The newest KEK: what new keys are wrapped under.
    pub fn kek(&self) -> &Kek {
        newest(&self.keks)
    }

    /// The KEKs of every version in use, oldest first: each is wrapped by the root on its own.
    pub fn keks(&self) -> &[Kek] {
        &self.keks
    }

    /// Whether a KEK of this version is at hand.
    pub fn has_kek(&self, version: u32) -> bool {
        self.keks.iter().any(|kek| kek.version() == version)
    }

    /// The newest data key: what new values are sealed under.
    pub fn data(&self) -> &TenantKey {
        newest(&self.data)
    }

    /// The same keys with the epoch of the index that is matched on and the one that is written beside it; both must be
    /// there.
    pub fn indexed(self, matched: u32, beside: Option<u32>) -> Result<Self, OpenError> {
        let has = |epoch| self.index.iter().any(|key| key.epoch() == epoch);
        if !has(matched) || !beside.is_none_or(has) {
            return Err(OpenError);
        }
        Ok(Self { indexed: (matched, beside), ..self })
    }

    /// The index key that is matched on.
    ///
    /// # Panics
    /// Never: [`TenantKeys::indexed`] takes only an epoch that is there.
    pub fn index(&self) -> &IndexKey {
        self.index_of(self.indexed.0).expect("the epoch that is matched on is there")
    }

    /// The index key that is written beside it, while the index rotates.
    pub fn index_beside(&self) -> Option<&IndexKey> {
        self.index_of(self.indexed.1?)
    }

    /// The newest epoch of the index there is a key of, in force or not.
    pub fn newest_index(&self) -> u32 {
        newest(&self.index).epoch()
    }

    fn index_of(&self, epoch: u32) -> Option<&IndexKey> {
        self.index.iter().find(|key| key.epoch() == epoch)
    }

    /// The dedup key.
    pub fn dedup(&self) -> &DedupKey {
        &self.dedup
    }

    /// The suppression key.
    pub fn suppression(&self) -> &SuppressionKey {
        &self.suppression
    }

    /// Opens a value sealed under a data key of any epoch: the one its kid names.
    pub fn open_data(&self, slot: &Slot, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        self.data.iter().find(|key| key.is_named_by(sealed)).ok_or(OpenError)?.open(slot, sealed)
    }

    /// Wraps an owner's key under the newest KEK.
    ///
    /// # Panics
    /// If the system has no random source.
    pub fn wrap_owner(&self, rng: &Rng, owner: OwnerId, key: &OwnerKey) -> Wrapped {
        self.kek().wrap_owner(rng, self.tenant, owner, key)
    }

    /// Unwraps an owner's key under the KEK version it names.
    pub fn unwrap_owner(&self, owner: OwnerId, wrapped: &Wrapped) -> Result<OwnerKey, OpenError> {
        let kek = self.keks.iter().find(|kek| kek.version() == wrapped.version).ok_or(OpenError)?;
        kek.unwrap_owner(self.tenant, owner, wrapped)
    }

    /// Adds a KEK of the next version; wrap everything anew after it.
    pub fn rotate_kek(&mut self, rng: &Rng) {
        self.keks.push(Kek::generate(self.kek().version() + 1, rng));
    }

    /// Adds a data key of the next epoch; what was sealed before still opens.
    pub fn rotate_data(&mut self, rng: &Rng) {
        self.data.push(TenantKey::generate(self.data().epoch() + 1, rng));
    }

    /// Adds an index key of the next epoch; it is in force once [`TenantKeys::indexed`] says so.
    pub fn rotate_index(&mut self, rng: &Rng) {
        self.index.push(IndexKey::generate(self.newest_index() + 1, rng));
    }

    /// A fresh index key of the epoch behind the newest, wrapped for the key database.
    ///
    /// # Panics
    /// If the system has no random source.
    pub fn next_index(&self, rng: &Rng) -> WrappedShared {
        let (purpose, epoch) = (SharedPurpose::Index, self.newest_index() + 1);
        let wrapped = self.kek().wrap_shared(rng, self.tenant, purpose, epoch, &Secret::generate(rng));
        WrappedShared { purpose, epoch, wrapped }
    }
}

fn newest<T>(keys: &[T]) -> &T {
    keys.last().expect("a tenant has at least one key of each purpose")
}
