//! Doing again what was done after the backup was taken, as far as the anchor knows it.

use super::behind::Found;
use crate::app::App;
use crate::error::Result;
use crate::start::{Setup, StartError};

/// What a replay did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Logs that began a new epoch.
    pub epochs: usize,
    /// Tenants that were dropped again.
    pub dropped: usize,
}

impl App {
    /// Opens what a restore left behind and does again what the backup had not seen. When this has answered, a start
    /// serves; interrupted, it is done again from its beginning.
    pub async fn replay(setup: Setup) -> Result<(Self, Replayed), StartError> {
        let app = Self::unchecked(setup).await?;
        let found = app.restored().await?;
        let replayed = app.do_again(found).await.map_err(StartError::Replay)?;
        if let Some(behind) = app.restored().await?.standing() {
            return Err(StartError::Behind(behind));
        }
        Ok((app.started().await?, replayed))
    }

    /// Keys go first, whatever else can be done: nobody reads what was forgotten meanwhile. The logs come last: until
    /// then a start finds them behind, and so the rest is never passed over.
    async fn do_again(&self, found: Found) -> Result<Replayed> {
        let mut replayed = Replayed::default();
        for tenant in &found.keyed {
            self.inner.store.delete_tenant_keys(*tenant).await?;
        }
        let rows = self.inner.store.reading().tenants().await?;
        for row in rows.iter().filter(|row| found.alive.contains(&row.id16)) {
            let id = row.id;
            self.inner.store.write(move |tx| Box::pin(async move { tx.begin_drop(id).await })).await?;
            self.inner.tenants.forget(row.id16);
            replayed.dropped += 1;
        }
        replayed.epochs = found.logs.len();
        if !found.logs.is_empty() {
            self.begin_epochs(found.logs).await?;
        }
        Ok(replayed)
    }
}
