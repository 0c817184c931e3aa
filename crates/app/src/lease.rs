//! A process among others on one PostgreSQL: it says every two seconds that it lives, lets go of keys when an erasure asks,
//! and answers nothing once it has not been heard of for too long. On SQLite there is only one.

use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use zelo_store::{LEASE, Store, StoreError};

use crate::app::App;
use crate::error::{Error, Result};
use crate::inner::Inner;

/// How often a process looks for keys to let go of.
const LOOK: Duration = Duration::from_secs(1);
/// How often it says that it lives.
const RENEW: Duration = Duration::from_secs(2);

/// Until when this process may hold keys.
pub(crate) struct Lease {
    node: [u8; 16],
    /// `None` where there is no other process.
    until: Option<RwLock<Instant>>,
    /// Dropped with the application: then the process says that it holds nothing any more.
    _present: oneshot::Sender<()>,
}

/// What [`keep`] needs once the application is made.
pub(crate) struct Keeper {
    node: [u8; 16],
    gone: oneshot::Receiver<()>,
}

impl Lease {
    /// Takes a lease before any key is fetched.
    pub(crate) async fn take(store: &Store, node: [u8; 16]) -> Result<(Self, Keeper), StoreError> {
        let asked = Instant::now();
        store.renew_lease(node).await?;
        let until = store.is_postgres().then(|| RwLock::new(asked + lease()));
        let (present, gone) = oneshot::channel();
        Ok((Self { node, until, _present: present }, Keeper { node, gone }))
    }

    pub(crate) fn node(&self) -> [u8; 16] {
        self.node
    }

    /// `Unavailable` when this process has not been heard of for so long that an erasure may no longer wait for it.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_held() { Ok(()) } else { Err(Error::unavailable("this process was not heard of in time")) }
    }

    fn is_held(&self) -> bool {
        let until = self.until.as_ref().map(|until| *until.read().unwrap_or_else(PoisonError::into_inner));
        until.is_none_or(|until| Instant::now() < until)
    }

    fn renewed(&self, asked: Instant) {
        if let Some(until) = &self.until {
            *until.write().unwrap_or_else(PoisonError::into_inner) = asked + lease();
        }
    }
}

fn lease() -> Duration {
    Duration::from_micros(LEASE.unsigned_abs())
}

/// Keeps the lease as long as the application lives, and lets go of keys when asked to.
pub(crate) fn keep(inner: &Arc<Inner>, keeper: Keeper) {
    if inner.store.is_postgres() {
        tokio::spawn(living(Arc::downgrade(inner), inner.store.clone(), keeper));
        // Apart, for letting go waits for passages, and meanwhile the process must be heard of.
        tokio::spawn(listening(Arc::downgrade(inner)));
    }
}

async fn living(inner: Weak<Inner>, store: Store, Keeper { node, mut gone }: Keeper) {
    loop {
        tokio::select! {
            _ = &mut gone => break,
            () = tokio::time::sleep(RENEW) => {}
        }
        let Some(inner) = inner.upgrade() else { break };
        if let Err(error) = inner.renew().await {
            tracing::warn!(error = ?error, "this process could not say that it lives");
        }
    }
    // The row lapses by itself if this does not get through.
    let _ = store.end_lease(node).await;
}

async fn listening(inner: Weak<Inner>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(inner) = inner.upgrade() else { return };
        if let Err(error) = inner.let_go().await {
            tracing::warn!(error = ?error, "this process could not say which keys it has let go of");
        }
    }
}

impl App {
    /// Says that this process holds nobody's keys any more, so that no erasure waits for it. Call it last; a process that
    /// ends without a word is waited for until its lease has lapsed.
    pub async fn leave(&self) {
        self.inner.cache.clear();
        self.inner.passages.drained().await;
        if let Err(error) = self.inner.store.end_lease(self.inner.lease.node()).await {
            tracing::warn!(error = ?error, "this process could not say that it ends");
        }
    }
}

impl Inner {
    async fn renew(&self) -> Result<()> {
        let asked = Instant::now();
        if !self.lease.is_held() {
            // Nobody waited for us: whatever is in memory may be of somebody forgotten since.
            self.cache.clear();
        }
        fail::fail_point!("lease-renewal", |_| Err(Error::unavailable("cut off")));
        self.store.renew_lease(self.lease.node()).await?;
        self.lease.renewed(asked);
        Ok(())
    }

    async fn let_go(&self) -> Result<()> {
        let lease = &self.lease;
        for erasure in self.store.to_let_go(lease.node()).await? {
            let owners = self.store.reading().erased_owners(erasure.tenant, erasure.n).await?;
            for owner in &owners {
                self.cache.evict(erasure.tenant_id16, owner.id16);
            }
            self.passages.drained().await;
            self.store.let_go(lease.node(), erasure.tenant, erasure.n).await?;
        }
        Ok(())
    }

    /// Lets go of an erasure's keys here, and waits until every other process has.
    pub(crate) async fn nobody_holds(&self, tenant: i64, n: i64) -> Result<()> {
        self.passages.drained().await;
        self.store.let_go(self.lease.node(), tenant, n).await?;
        while self.store.is_held(tenant, n).await? {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }
}
