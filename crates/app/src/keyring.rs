//! The owner keys one passage needs, fetched together.

use std::collections::HashMap;
use std::sync::Arc;

use zelo_model::{OwnerId, Timestamp};
use zelo_store::{FetchedKey, NewOwnerKey, StoreError};
use zelo_vault::{OwnerKey, OwnerKeys, TenantKeys, Wrapped};

use crate::error::{Error, Result};
use crate::inner::Inner;
use crate::tenant::Tenant;

/// Owner keys at hand. They leave this room only through `Tx::open` and `Tx::seal`.
#[derive(Default)]
pub(crate) struct Keyring(HashMap<OwnerId, Option<OwnerKeys>>);

/// Whose keys are fetched, and what for.
#[derive(Clone, Copy)]
pub(crate) struct Fetching<'f> {
    pub(crate) inner: &'f Inner,
    pub(crate) tenant: &'f Tenant,
    pub(crate) now: Timestamp,
    /// Whether something may be sealed under them: then each owner has a key of the generation in force.
    pub(crate) seals: bool,
}

impl Keyring {
    /// From the cache, else from the key database in one query.
    pub(crate) async fn fetch(from: Fetching<'_>, owners: &[OwnerId]) -> Result<Self> {
        from.inner.lease.check()?;
        let mut ring = Self(HashMap::with_capacity(owners.len()));
        let mut missing = Vec::new();
        for owner in owners {
            match from.inner.cache.get(from.now, from.tenant.row.id16, *owner).filter(|keys| from.suits(keys))
            {
                Some(keys) => drop(ring.0.insert(*owner, Some(keys))),
                None => missing.push(*owner),
            }
        }
        missing.sort_unstable();
        missing.dedup();
        let outdated = ring.read(from, &missing).await?;
        if !outdated.is_empty() {
            from.give_next(&outdated).await?;
            ring.read(from, &outdated).await?;
        }
        Ok(ring)
    }

    /// Reads keys from the key database; answers those owners whose keys do not suit.
    async fn read(&mut self, from: Fetching<'_>, owners: &[OwnerId]) -> Result<Vec<OwnerId>> {
        let Fetching { inner, tenant, now, .. } = from;
        let id16 = tenant.row.id16;
        let fill = inner.cache.fill();
        let mut tenant_keys = tenant.keys.clone();
        let mut outdated = Vec::new();
        for fetched in inner.store.owner_keys(id16, owners).await? {
            match fetched {
                FetchedKey::Key(owner, generation, wrapped, next) => {
                    let key = from.unwrap(&mut tenant_keys, owner, &wrapped).await?;
                    let mut keys = OwnerKeys::only(generation, key);
                    if let Some((generation, wrapped)) = next {
                        let key = from.unwrap(&mut tenant_keys, owner, &wrapped).await?;
                        keys = keys.followed_by(generation, key);
                    }
                    if from.suits(&keys) {
                        inner.cache.insert(fill, now, id16, owner, keys.clone());
                    } else {
                        outdated.push(owner);
                    }
                    self.0.insert(owner, Some(keys));
                }
                FetchedKey::Erased(owner, _) => drop(self.0.insert(owner, None)),
            }
        }
        fail::fail_point!("passage-holds-keys");
        Ok(outdated)
    }

    /// Takes in what another fetch brought.
    pub(crate) fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Fresh keys for new owners, durable when this returns.
    pub(crate) async fn create(
        &mut self,
        inner: &Inner,
        tenant: &Tenant,
        owners: &[OwnerId],
        now: Timestamp,
    ) -> Result<()> {
        let fill = inner.cache.fill();
        let generation = tenant.row.keys.generation;
        let mut rows = Vec::with_capacity(owners.len());
        for owner in owners {
            let key = OwnerKey::generate(&inner.rng);
            let wrapped = tenant.keys.wrap_owner(&inner.rng, *owner, &key);
            rows.push(NewOwnerKey { tenant: tenant.row.id16, owner: *owner, wrapped, generation });
            self.0.insert(*owner, Some(OwnerKeys::only(generation, key)));
        }
        if let Err(refused) = inner.store.keep_owner_keys(rows).await {
            if matches!(refused, StoreError::Stale) {
                // Our newest KEK is not the newest any more.
                inner.tenants.anew(&inner.store, inner.kms(), tenant).await?;
            }
            return Err(refused.into());
        }
        for owner in owners {
            if let Some(Some(keys)) = self.0.get(owner) {
                inner.cache.insert(fill, now, tenant.row.id16, *owner, keys.clone());
            }
        }
        Ok(())
    }

    /// Whether an owner has keys, or has had them and was forgotten.
    pub(crate) fn has(&self, owner: OwnerId) -> bool {
        self.0.contains_key(&owner)
    }

    /// The keys of an owner: `Erased` when they were destroyed on purpose, an internal failure when they are missing.
    pub(crate) fn of(&self, owner: OwnerId) -> Result<&OwnerKeys> {
        match self.0.get(&owner) {
            Some(Some(keys)) => Ok(keys),
            Some(None) => Err(Error::Erased),
            None => Err(Error::internal("an owner has no key")),
        }
    }
}

impl Fetching<'_> {
    fn suits(&self, keys: &OwnerKeys) -> bool {
        !self.seals || keys.generation() >= self.tenant.row.keys.generation
    }

    /// Unwraps an owner's key; a KEK that is not at hand is newer than ours.
    async fn unwrap(
        &self,
        tenant_keys: &mut Arc<TenantKeys>,
        owner: OwnerId,
        wrapped: &Wrapped,
    ) -> Result<OwnerKey> {
        if !tenant_keys.has_kek(wrapped.version) {
            let Self { inner, tenant, .. } = self;
            *tenant_keys = inner.tenants.anew(&inner.store, inner.kms(), tenant).await?.keys.clone();
        }
        tenant_keys.unwrap_owner(owner, wrapped).map_err(Error::internal)
    }

    /// Gives owners a key of the generation in force beside their older one, durable when this returns.
    async fn give_next(&self, owners: &[OwnerId]) -> Result<()> {
        let Self { inner, tenant, .. } = self;
        let next = owners.iter().map(|owner| {
            let key = OwnerKey::generate(&inner.rng);
            (*owner, tenant.keys.wrap_owner(&inner.rng, *owner, &key))
        });
        let generation = tenant.row.keys.generation;
        Ok(inner.store.keep_next_owner_keys(tenant.row.id16, generation, next.collect()).await?)
    }
}
