//! Doing again what was done after the backup was taken, as far as the anchor knows it.

use std::collections::BTreeSet;

use zelo_model::TenantId;

use super::behind::{Forgotten, Found};
use crate::app::App;
use crate::erasure::{EraseAgain, ErasureFile, janitor};
use crate::error::Result;
use crate::start::{Setup, StartError};

/// What a replay did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Logs that began a new epoch.
    pub epochs: usize,
    /// Tenants that were dropped again.
    pub dropped: usize,
    /// People who were forgotten again.
    pub forgotten: usize,
}

impl App {
    /// Opens what a restore left behind and does again what the backup had not seen. When this has answered, a start
    /// serves; interrupted, it is done again from its beginning.
    pub async fn replay(setup: Setup) -> Result<(Self, Replayed), StartError> {
        let app = Self::unchecked(setup).await?;
        let found = app.restored().await?;
        let forgetting = app.written(&found).await?;
        let replayed = app.do_again(found, forgetting).await.map_err(StartError::Replay)?;
        if let Some(behind) = app.restored().await?.standing() {
            return Err(StartError::Behind(behind));
        }
        Ok((app.started().await?, replayed))
    }

    /// Keys go first, whatever else can be done: nobody reads what was forgotten meanwhile. The logs come last: until
    /// then a start finds them behind, and so the rest is never passed over.
    async fn do_again(&self, found: Found, forgetting: Vec<Forgetting>) -> Result<Replayed> {
        let mut replayed = Replayed::default();
        for tenant in &found.keyed {
            self.inner.store.delete_tenant_keys(*tenant).await?;
        }
        for one in forgetting {
            replayed.forgotten += self.forget_again(one).await?;
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

    /// What was written down of the erasures that are to be done again. All of it must be there before anything is
    /// done: without it nobody knows whom to forget.
    async fn written(&self, found: &Found) -> Result<Vec<Forgetting>, StartError> {
        let anchor = self.anchor().await;
        let mut forgetting = Vec::with_capacity(found.erasures.len());
        for Forgotten { tenant, keys, data, anchored, .. } in &found.erasures {
            let mut again = Vec::new();
            for (n, digest) in anchored.iter().filter(|(n, _)| **n > *keys || !data.contains(n)) {
                let path = || zelo_ledger::erasure_file(&anchor, tenant.id16, *n);
                let file = ErasureFile::read(&anchor, tenant.id16, *n, Some(digest));
                again.push((file.ok_or_else(|| StartError::NotWritten(path()))?, *digest));
            }
            forgetting.push(Forgetting { tenant: tenant.id16, keys: *keys, data: data.clone(), again });
        }
        Ok(forgetting)
    }

    /// Destroys keys again in the order of the erasures, then begins those again that the data have not seen, past
    /// their keys; the start that follows deletes the rows and closes them.
    async fn forget_again(&self, one: Forgetting) -> Result<usize> {
        let Forgetting { tenant, keys, data, again } = one;
        for (file, _) in again.iter().filter(|(file, _)| file.n > keys) {
            self.inner.store.shred(tenant, file.n, &file.owners()?).await?;
        }
        let (actor, forgotten) = (janitor(tenant)?, again.len());
        for (ErasureFile { n, .. }, sha256) in again {
            self.run(&actor, EraseAgain { n, sha256, known: data.contains(&n) }).await?;
        }
        Ok(forgotten)
    }
}

/// A tenant's erasures that are to be done again, in their order.
struct Forgetting {
    tenant: TenantId,
    /// The last one whose keys are destroyed.
    keys: i64,
    /// Those the data know.
    data: BTreeSet<i64>,
    /// What was written down of each, and the digest the anchor holds of it.
    again: Vec<(ErasureFile, [u8; 32])>,
}
