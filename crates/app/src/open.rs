//! Opening the application, and finishing what a crash left half done.

use std::sync::Arc;

use zelo_model::{Problem, TenantId};
use zelo_store::TenantState;

use crate::admin::{BeginTenantDrop, FinishTenantDrop};
use crate::app::App;
use crate::error::Error;
use crate::start::{self, Setup, StartError};

impl App {
    /// Opens the databases and the root key, checks that they belong together, and finishes what a crash left half
    /// done.
    pub async fn open(setup: Setup) -> Result<Self, StartError> {
        let inner = Box::pin(start::open(setup)).await?;
        let app = Self { inner: Arc::new(inner) };
        app.anchor_heads().await.map_err(StartError::RollForward)?;
        app.roll_forward().await?;
        Ok(app)
    }

    /// Finishes the dropping of tenants that a crash interrupted.
    pub(crate) async fn roll_forward(&self) -> Result<(), StartError> {
        let tenants = self.inner.store.reading().tenants().await.map_err(StartError::Databases)?;
        for tenant in tenants.iter().filter(|tenant| tenant.state == TenantState::Dropping) {
            self.finish_drop(tenant.id16).await.map_err(StartError::RollForward)?;
        }
        Ok(())
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

    async fn finish_drop(&self, id: TenantId) -> Result<(), Error> {
        self.inner.store.delete_tenant_keys(id).await?;
        self.inner.cache.evict_tenant(id);
        self.inner.arrivals.forget(id);
        let operator = self.operator(None, zelo_model::Via::Cli).await?;
        self.run(&operator, FinishTenantDrop { id }).await
    }
}
