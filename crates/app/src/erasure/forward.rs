//! Carrying a decided erasure to its end, from wherever it was left.

use std::sync::Arc;

use zelo_model::{Actor, ErasureState, OwnerId, Role, TenantId, Via};
use zelo_store::{ErasureRow, StoreError, TenantState};

use super::{Begun, CloseErasure, EraseProfile, ErasureReceipt, GetErasure, PurgeErased, WhichErasure};
use crate::app::App;
use crate::error::{Error, Result};
use crate::tenant::Tenant;

impl App {
    /// Forgets a person: decides it, destroys the keys, waits until nobody holds a copy, deletes the rows. Once it is
    /// decided it is carried out whatever happens, so an answer comes also when the rest has to wait; its state says how
    /// far it is.
    pub async fn erase(&self, actor: &Actor, what: EraseProfile) -> Result<ErasureReceipt> {
        let Begun { n, .. } = self.run(actor, what).await?;
        let (app, tenant) = (self.clone(), actor.tenant);
        // Goes on when the caller has gone away.
        let carried = tokio::spawn(async move {
            app.forward(tenant).await?;
            // So that the receipt comes with its proofs; else the sequencer sees to it within a second.
            app.sequence().await.map(drop)
        });
        match carried.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                let cause: &dyn std::error::Error = &error;
                tracing::error!(cause, n, "an erasure is begun and will be carried on");
            }
            Err(ended) => tracing::error!(%ended, n, "an erasure is begun and will be carried on"),
        }
        self.run(actor, GetErasure { which: WhichErasure::Number(n) }).await
    }

    /// Carries on every erasure that was left half done. Call it now and then: what failed once is tried again.
    pub async fn finish_erasures(&self) -> Result<()> {
        let reading = self.inner.store.reading();
        let open = reading.tenants_with_open_erasures().await?;
        let tenants = reading.tenants().await?;
        for row in
            tenants.into_iter().filter(|row| row.state == TenantState::Active && open.contains(&row.id))
        {
            self.forward(row.id16).await?;
        }
        Ok(())
    }

    /// Carries on a tenant's erasures, in the order of their numbers.
    pub(crate) async fn forward(&self, id: TenantId) -> Result<()> {
        let tenant = self.tenant(id).await?;
        let _turn = self.inner.erasing.turn(tenant.row.id).await;
        for erasure in self.inner.store.reading().open_erasures(tenant.row.id).await? {
            self.shred(&tenant, &erasure).await?;
            self.purge(&tenant, erasure.n).await?;
        }
        Ok(())
    }

    /// Up to where nobody can open anything of the person.
    async fn shred(&self, tenant: &Arc<Tenant>, erasure: &ErasureRow) -> Result<()> {
        let (inner, n, id16) = (&self.inner, erasure.n, tenant.row.id16);
        let owners: Vec<OwnerId> =
            inner.store.reading().erased_owners(tenant.row.id, n).await?.iter().map(|one| one.id16).collect();
        if erasure.state < ErasureState::Shredded {
            cut("erasure-before-anchor")?;
            inner.write_down(tenant, erasure).await?;
            cut("erasure-before-keys")?;
            inner.store.shred(id16, n, &owners).await?;
            cut("erasure-after-keys")?;
            self.advance(tenant, n, ErasureState::Shredded).await?;
        }
        if erasure.state < ErasureState::Effective {
            for owner in &owners {
                inner.cache.evict(id16, *owner);
            }
            inner.nobody_holds(tenant.row.id, n).await?;
            cut("erasure-before-effective")?;
            self.advance(tenant, n, ErasureState::Effective).await?;
        }
        Ok(())
    }

    /// Notes how far it has come. The door's own bookkeeping, like the sequencer's: begin and end have their entries.
    async fn advance(&self, tenant: &Tenant, n: i64, to: ErasureState) -> Result<()> {
        let (id, now) = (tenant.row.id, self.inner.clock.now());
        self.inner
            .store
            .write::<_, StoreError, _>(move |tx| {
                Box::pin(async move { tx.advance_erasure(id, n, to, now).await.map(drop) })
            })
            .await?;
        Ok(())
    }

    /// Deletes the rows and closes it.
    async fn purge(&self, tenant: &Tenant, n: i64) -> Result<()> {
        let actor = janitor(tenant.row.id16)?;
        cut("erasure-before-purge")?;
        loop {
            match self.run(&actor, PurgeErased { n }).await {
                Ok(true) => cut("erasure-within-purge")?,
                Ok(false) => break,
                Err(error) => return self.unless_done(tenant, n, error).await,
            }
        }
        cut("erasure-before-close")?;
        match self.run(&actor, CloseErasure { n }).await {
            Ok(()) => Ok(()),
            Err(error) => self.unless_done(tenant, n, error).await,
        }
    }

    /// Another process may have been faster.
    async fn unless_done(&self, tenant: &Tenant, n: i64, error: Error) -> Result<()> {
        let row = self.inner.store.reading().erasure(tenant.row.id, n).await?;
        if row.is_some_and(|row| row.state == ErasureState::Done) { Ok(()) } else { Err(error) }
    }
}

/// The installation's own hand, at work in a tenant.
pub(crate) fn janitor(tenant: TenantId) -> Result<Actor> {
    let purpose = "administration".parse().map_err(Error::internal)?;
    Ok(Actor { tenant, role: Role::Operator, purpose, credential: None, source: None, via: Via::Job })
}

/// Where tests cut an erasure short, as a crash would.
fn cut(at: &'static str) -> Result<()> {
    fail::fail_point!(at, |_| Err(Error::unavailable("cut short")));
    let _ = at;
    Ok(())
}
