//! The owner keys one passage needs, fetched together.

use std::collections::HashMap;

use zelo_model::{OwnerId, Timestamp};
use zelo_store::{FetchedKey, NewOwnerKey, StoreError};
use zelo_vault::OwnerKey;

use crate::error::{Error, Result};
use crate::inner::Inner;
use crate::tenant::Tenant;

/// Owner keys at hand. They leave this room only through `Tx::open` and `Tx::seal`.
#[derive(Default)]
pub(crate) struct Keyring(HashMap<OwnerId, Option<OwnerKey>>);

impl Keyring {
    /// From the cache, else from the key database in one query.
    pub(crate) async fn fetch(
        inner: &Inner,
        tenant: &Tenant,
        owners: &[OwnerId],
        now: Timestamp,
    ) -> Result<Self> {
        let id16 = tenant.row.id16;
        let fill = inner.cache.fill();
        let mut keys = HashMap::with_capacity(owners.len());
        let mut missing = Vec::new();
        for owner in owners {
            match inner.cache.get(now, id16, *owner) {
                Some(key) => drop(keys.insert(*owner, Some(key))),
                None => missing.push(*owner),
            }
        }
        missing.sort_unstable();
        missing.dedup();
        let mut tenant_keys = tenant.keys.clone();
        for fetched in inner.store.owner_keys(id16, &missing).await? {
            match fetched {
                FetchedKey::Key(owner, wrapped) => {
                    if !tenant_keys.has_kek(wrapped.version) {
                        // Rewrapped since ours were read.
                        tenant_keys =
                            inner.tenants.anew(&inner.store, inner.kms(), tenant).await?.keys.clone();
                    }
                    let key = tenant_keys.unwrap_owner(owner, &wrapped).map_err(Error::internal)?;
                    inner.cache.insert(fill, now, id16, owner, key.clone());
                    keys.insert(owner, Some(key));
                }
                FetchedKey::Erased(owner, _) => drop(keys.insert(owner, None)),
            }
        }
        Ok(Self(keys))
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
        let mut rows = Vec::with_capacity(owners.len());
        for owner in owners {
            let key = OwnerKey::generate(&inner.rng);
            let wrapped = tenant.keys.wrap_owner(&inner.rng, *owner, &key);
            let generation = tenant.row.keys.generation;
            rows.push(NewOwnerKey { tenant: tenant.row.id16, owner: *owner, wrapped, generation });
            self.0.insert(*owner, Some(key));
        }
        if let Err(refused) = inner.store.keep_owner_keys(rows).await {
            if matches!(refused, StoreError::Stale) {
                // Our newest KEK is not the newest any more.
                inner.tenants.anew(&inner.store, inner.kms(), tenant).await?;
            }
            return Err(refused.into());
        }
        for owner in owners {
            if let Some(Some(key)) = self.0.get(owner) {
                inner.cache.insert(fill, now, tenant.row.id16, *owner, key.clone());
            }
        }
        Ok(())
    }

    /// The key of an owner: `Erased` when it was destroyed on purpose, an internal failure when it is missing.
    pub(crate) fn of(&self, owner: OwnerId) -> Result<&OwnerKey> {
        match self.0.get(&owner) {
            Some(Some(key)) => Ok(key),
            Some(None) => Err(Error::Erased),
            None => Err(Error::internal("an owner has no key")),
        }
    }
}
