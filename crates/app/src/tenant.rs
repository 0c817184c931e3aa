//! Tenants at hand: their row, keys and sources, loaded once.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use zelo_model::{Actor, SourceId, TenantId};
use zelo_store::{SourceRow, Store, TenantRow, TenantState};
use zelo_vault::{Kek, Kms, TenantKeys};

use crate::error::{Error, Result};

/// A tenant a passage works in.
pub(crate) struct Tenant {
    pub(crate) row: TenantRow,
    pub(crate) keys: Arc<TenantKeys>,
    /// By surrogate.
    pub(crate) sources: HashMap<i64, SourceRow>,
    loaded: Instant,
    unwrapped: Instant,
}

/// How long another process's new source or dropped tenant may go unnoticed.
const FRESH: Duration = Duration::from_secs(1);
/// How long keys stay in memory before the root is asked for them again.
const UNWRAPPED: Duration = Duration::from_mins(1);

impl Tenant {
    /// The source a write key speaks for.
    pub(crate) fn source_of(&self, actor: &Actor) -> Result<&SourceRow> {
        let source = actor.source.ok_or(Error::Forbidden)?;
        self.sources.values().find(|row| row.id16 == source).ok_or(Error::Forbidden)
    }

    /// A source's name, for people.
    pub(crate) fn source_name(&self, id: i64) -> &str {
        self.sources.get(&id).map_or("", |source| &source.slug)
    }
}

/// The tenants loaded so far.
#[derive(Default)]
pub(crate) struct Tenants {
    known: RwLock<HashMap<TenantId, Arc<Tenant>>>,
    loading: Mutex<()>,
}

impl Tenants {
    /// The tenant with this id; `Unauthenticated` when it is dropped or unknown, for its credentials are dead.
    pub(crate) async fn get(&self, store: &Store, kms: &dyn Kms, id: TenantId) -> Result<Arc<Tenant>> {
        let known = self.at_hand(id);
        if let Some(tenant) = known.as_ref().filter(|tenant| tenant.loaded.elapsed() < FRESH) {
            return Ok(tenant.clone());
        }
        // One passage reads it anew; the others go on meanwhile with what is at hand.
        let _turn = match (self.loading.try_lock(), known) {
            (Ok(turn), _) => turn,
            (Err(_), Some(tenant)) => return Ok(tenant),
            (Err(_), None) => self.loading.lock().await,
        };
        match self.at_hand(id) {
            Some(tenant) if tenant.loaded.elapsed() < FRESH => Ok(tenant),
            known => self.load(store, kms, id, known).await,
        }
    }

    async fn load(
        &self,
        store: &Store,
        kms: &dyn Kms,
        id: TenantId,
        known: Option<Arc<Tenant>>,
    ) -> Result<Arc<Tenant>> {
        let mut read = self.read(store, kms, id, known.as_ref()).await;
        for _ in 1..READINGS {
            if !matches!(read, Err(Error::Internal(_))) {
                break;
            }
            read = self.read(store, kms, id, known.as_ref()).await;
        }
        let tenant = Arc::new(read?);
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(id, tenant.clone());
        Ok(tenant)
    }

    async fn read(
        &self,
        store: &Store,
        kms: &dyn Kms,
        id: TenantId,
        known: Option<&Arc<Tenant>>,
    ) -> Result<Tenant> {
        let rows = store.reading().tenants().await?;
        let row = rows.into_iter().find(|row| row.id16 == id && row.state == TenantState::Active);
        let Some(row) = row else {
            self.forget(id);
            return Err(Error::Unauthenticated);
        };
        let sources = store.reading().sources(row.id).await?;
        let sources: HashMap<i64, SourceRow> =
            sources.into_iter().map(|source| (source.id, source)).collect();
        let usable =
            |tenant: &&Arc<Tenant>| tenant.unwrapped.elapsed() < UNWRAPPED && tenant.row.keys == row.keys;
        let (keys, unwrapped) = match known.filter(usable) {
            Some(tenant) => (tenant.keys.clone(), tenant.unwrapped),
            None => (Arc::new(read_keys(store, kms, &row).await?), Instant::now()),
        };
        Ok(Tenant { row, keys, sources, loaded: Instant::now(), unwrapped })
    }

    /// The tenant with keys read after those of `outdated`: one of its keys has been replaced.
    pub(crate) async fn anew(&self, store: &Store, kms: &dyn Kms, outdated: &Tenant) -> Result<Arc<Tenant>> {
        let id = outdated.row.id16;
        {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            known.retain(|other, held| *other != id || held.unwrapped > outdated.unwrapped);
        }
        self.get(store, kms, id).await
    }

    /// Loads it anew next time, unless that has been done since: other keys are in force.
    pub(crate) fn outdate(&self, outdated: &Tenant) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|id, held| *id != outdated.row.id16 || held.row.keys != outdated.row.keys);
    }

    fn at_hand(&self, id: TenantId) -> Option<Arc<Tenant>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Loads it anew next time.
    pub(crate) fn forget(&self, id: TenantId) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

/// How often a tenant is read when its keys do not fit: while they rotate, those read first may be gone before those read
/// last.
const READINGS: usize = 4;

async fn read_keys(store: &Store, kms: &dyn Kms, row: &TenantRow) -> Result<TenantKeys> {
    let (wrapped, shared) = store.tenant_keys(row.id16).await?;
    let mut versions = Vec::with_capacity(wrapped.len());
    for kek in &wrapped {
        versions.push(Kek::unwrap(kms, row.id16, kek).await?);
    }
    let keys = TenantKeys::unwrap(row.id16, versions, &shared).map_err(Error::internal)?;
    keys.indexed(row.keys.index, row.keys.index_next).map_err(Error::internal)
}

/// What a group's row is found by: a keyed digest of its source and what that source calls it.
pub(crate) fn group_digest(tenant: &Tenant, source: SourceId, group: &str) -> [u8; 16] {
    let digest = tenant.keys.dedup().message(&source, &format!("group\0{group}"));
    std::array::from_fn(|at| digest[at])
}

/// Makes a new tenant's keys and keeps them; durable when this returns.
pub(crate) async fn create_keys(
    store: &Store,
    kms: &dyn Kms,
    rng: &zelo_vault::Rng,
    id: TenantId,
) -> Result<()> {
    let keys = TenantKeys::generate(id, rng);
    let kek = keys.kek().wrap(kms, newest_root(store).await?, id).await?;
    Ok(store.keep_tenant_keys(id, kek, keys.wrap(rng)).await?)
}

/// The epoch of the root that keys are wrapped by.
pub(crate) async fn newest_root(store: &Store) -> Result<u32> {
    let roots = store.roots().await?;
    roots.last().map(|(epoch, _)| *epoch).ok_or_else(|| Error::internal("the key store knows no root"))
}
