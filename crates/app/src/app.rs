//! The application: the door's handle, and what may be asked of it without a passage.

use std::sync::Arc;

use zelo_model::{TenantId, Timestamp};
use zelo_policy::Bundle;

use crate::error::Result;
use crate::inner::Inner;
use crate::tenant::Tenant;

/// The door and all that stands behind it. Cloning shares it.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

impl App {
    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// A number nobody can guess and nobody is known by, for what is shown to a stranger.
    pub fn ticket(&self) -> String {
        hex::encode(self.inner.ids.random())
    }

    /// The policies in force.
    pub fn policy(&self) -> Arc<Bundle> {
        self.inner.policy.get()
    }

    /// Whether the databases answer.
    pub async fn ready(&self) -> Result<()> {
        self.inner.store.reading().tenants().await?;
        self.inner.store.roots().await?;
        Ok(())
    }

    /// How many messages are held, by reason.
    pub async fn quarantine_counts(&self) -> Result<Vec<(String, i64)>> {
        Ok(self.inner.store.reading().quarantine_counts().await?)
    }

    /// Takes keys out of memory that are too old to be handed out, and roots that were destroyed; call it every few
    /// seconds.
    pub fn sweep_keys(&self) {
        self.inner.cache.sweep(self.now());
        self.inner.kms.refresh();
    }

    pub(crate) async fn tenant(&self, id: TenantId) -> Result<Arc<Tenant>> {
        self.inner.tenants.get(&self.inner.store, self.inner.kms(), id).await
    }
}
