//! Owner keys in use: bounded, at most a minute old, and never again once their owner was evicted.

use std::fmt;
use std::sync::{PoisonError, RwLock};

use quick_cache::sync::Cache;
use zelo_model::{OwnerId, TenantId, Timestamp};

use crate::OwnerKeys;
use crate::envelope::{AesGcm, FORMAT, Suite};

/// Which key: format version and suite are part of it, so that a blob of a later suite is never given this one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Name {
    tenant: TenantId,
    owner: OwnerId,
    format: u8,
    suite: u8,
}

impl Name {
    fn new(tenant: TenantId, owner: OwnerId) -> Self {
        Self { tenant, owner, format: FORMAT, suite: AesGcm::NUMBER }
    }
}

#[derive(Clone)]
struct Held {
    keys: OwnerKeys,
    since: Timestamp,
}

/// Permission to insert keys read from the key database, taken *before* reading them. It lapses at the next
/// eviction: a key read just before its owner was forgotten cannot slip back in just after.
#[derive(Debug, Clone, Copy)]
pub struct Fill(u64);

/// Unwrapped owner keys by tenant and owner.
///
/// A key goes when it is old, when room is needed, or when it is evicted; the bytes are wiped when the last
/// passage that holds a clone ends. Keys enter only from an unwrap, which has compared their commitment.
pub struct KeyCache {
    held: Cache<Name, Held>,
    ttl: i64,
    /// Counts evictions. Inserting holds it for reading, evicting for writing, so the two never overlap.
    evictions: RwLock<u64>,
}

impl KeyCache {
    /// How many keys a cache holds unless told otherwise.
    pub const CAPACITY: usize = 100_000;
    /// The longest a key may be held, in microseconds: 60 s.
    pub const MAX_TTL: i64 = 60 * Timestamp::SECOND;

    /// A cache of at most `capacity` keys, each held for `ttl` microseconds, at most [`KeyCache::MAX_TTL`].
    pub fn new(capacity: usize, ttl: i64) -> Self {
        Self { held: Cache::new(capacity), ttl: ttl.clamp(0, Self::MAX_TTL), evictions: RwLock::new(0) }
    }

    /// Begins a fill; take it before reading the key database.
    pub fn fill(&self) -> Fill {
        Fill(*self.evictions.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The keys held for these owners, in their order; `None` for those not held or too old at `now`.
    pub fn get_many(&self, now: Timestamp, tenant: TenantId, owners: &[OwnerId]) -> Vec<Option<OwnerKeys>> {
        owners.iter().map(|owner| self.get(now, tenant, *owner)).collect()
    }

    /// The keys held for this owner, unless too old at `now`.
    pub fn get(&self, now: Timestamp, tenant: TenantId, owner: OwnerId) -> Option<OwnerKeys> {
        let held = self.held.get(&Name::new(tenant, owner))?;
        self.is_fresh(now, &held).then_some(held.keys)
    }

    /// Holds an owner's keys from `now` on; says whether it did: not when anything was evicted since `fill` was taken.
    pub fn insert(
        &self,
        fill: Fill,
        now: Timestamp,
        tenant: TenantId,
        owner: OwnerId,
        keys: OwnerKeys,
    ) -> bool {
        let evictions = self.evictions.read().unwrap_or_else(PoisonError::into_inner);
        let allowed = *evictions == fill.0;
        if allowed {
            self.held.insert(Name::new(tenant, owner), Held { keys, since: now });
        }
        allowed
    }

    /// Drops one owner's key and lapses every open fill.
    pub fn evict(&self, tenant: TenantId, owner: OwnerId) {
        self.evicting(|| drop(self.held.remove(&Name::new(tenant, owner))));
    }

    /// Drops every key of a tenant and lapses every open fill.
    pub fn evict_tenant(&self, tenant: TenantId) {
        self.evicting(|| self.held.retain(|name, _| name.tenant != tenant));
    }

    /// Drops everything and lapses every open fill.
    pub fn clear(&self) {
        self.evicting(|| self.held.clear());
    }

    /// Drops the keys too old at `now`. Nobody gets them any more; this takes them out of memory as well.
    pub fn sweep(&self, now: Timestamp) {
        self.held.retain(|_, held| self.is_fresh(now, held));
    }

    /// How many keys are held, old ones included.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether no key is held.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    fn evicting(&self, drop_keys: impl FnOnce()) {
        let mut evictions = self.evictions.write().unwrap_or_else(PoisonError::into_inner);
        *evictions += 1;
        drop_keys();
    }

    /// A clock that went back makes a key old, never young.
    fn is_fresh(&self, now: Timestamp, held: &Held) -> bool {
        (0..self.ttl).contains(&now.since(held.since))
    }
}

impl Default for KeyCache {
    fn default() -> Self {
        Self::new(Self::CAPACITY, Self::MAX_TTL)
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyCache({} keys)", self.len())
    }
}
