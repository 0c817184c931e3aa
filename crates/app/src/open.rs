//! Opening the application, and finishing what a crash left half done.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use zelo_ledger::AnchoredDrop;
use zelo_model::{Problem, TenantId};
use zelo_store::TenantState;

use crate::admin::{BeginTenantDrop, FinishTenantDrop};
use crate::app::App;
use crate::error::Error;
use crate::lease;
use crate::start::{self, Setup, StartError};

impl App {
    /// Opens the databases and the root key, checks that they belong together and are not older than the anchor, and
    /// finishes what a crash left half done.
    pub async fn open(setup: Setup) -> Result<Self, StartError> {
        let app = Self::unchecked(setup).await?;
        match app.restored().await?.standing() {
            Some(behind) => Err(StartError::Behind(behind)),
            None => app.started().await,
        }
    }

    /// Opens it to look at the log, which can be judged and copied also when it is behind the anchor. Then nothing is
    /// put into it: what is entered meanwhile waits.
    pub async fn inspect(setup: Setup) -> Result<Self, StartError> {
        let app = Self::unchecked(setup).await?;
        if app.restored().await?.standing().is_none() {
            return app.started().await;
        }
        app.inner.log.held.store(true, Ordering::Relaxed);
        Ok(app)
    }

    /// The databases and the root key belong together; nothing is said about the anchor yet.
    pub(crate) async fn unchecked(setup: Setup) -> Result<Self, StartError> {
        let (inner, keeper) = Box::pin(start::open(setup)).await?;
        let app = Self { inner: Arc::new(inner) };
        lease::keep(&app.inner, keeper);
        Ok(app)
    }

    /// Copies heads to the anchor that a crash kept from it, and finishes what it left half done.
    pub(crate) async fn started(self) -> Result<Self, StartError> {
        self.anchor_heads().await.map_err(StartError::RollForward)?;
        self.roll_forward().await?;
        Ok(self)
    }

    /// Finishes the dropping of tenants and the forgetting of people that a crash interrupted.
    pub(crate) async fn roll_forward(&self) -> Result<(), StartError> {
        let tenants = self.inner.store.reading().tenants().await.map_err(StartError::Databases)?;
        for tenant in tenants.iter().filter(|tenant| tenant.state == TenantState::Dropping) {
            self.finish_drop(tenant.id16).await.map_err(StartError::RollForward)?;
        }
        self.finish_erasures().await.map_err(StartError::RollForward)
    }

    /// Drops a tenant: it is refused from the first step on, then its keys go, then its rows. Its entries stay.
    pub async fn drop_tenant(&self, slug: &str) -> Result<(), Error> {
        if slug.is_empty() || slug == "installation" {
            return Err(Error::Invalid(vec![Problem::new(
                "slug",
                "name a tenant; the installation cannot be dropped",
            )]));
        }
        let operator = self.operator(None, zelo_model::Via::Cli).await?;
        let id = self.run(&operator, BeginTenantDrop { slug: slug.to_owned() }).await?;
        self.inner.tenants.forget(id);
        self.inner.known.clear();
        self.finish_drop(id).await
    }

    /// The anchor comes before the keys: whatever backup is restored later, the tenant stays dropped.
    pub(crate) async fn finish_drop(&self, id: TenantId) -> Result<(), Error> {
        let dropped = AnchoredDrop { tenant: id, at: self.now() };
        self.inner.log.anchor.lock().await.append_drop(&dropped).map_err(Error::unavailable)?;
        self.inner.store.delete_tenant_keys(id).await?;
        self.inner.cache.evict_tenant(id);
        self.inner.arrivals.forget(id);
        let operator = self.operator(None, zelo_model::Via::Cli).await?;
        self.run(&operator, FinishTenantDrop { id }).await
    }
}
