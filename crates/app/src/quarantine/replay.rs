//! Sending a held message again: it takes the path of any other, at the time it was received, and leaves quarantine in the
//! same act.

use zelo_ledger::Class;
use zelo_model::{OwnerId, QuarantineId};
use zelo_store::HeldRow;

use super::again::{How, Tried, again};
use super::{Judgement, Verdict, find, open};
use crate::error::Result;
use crate::intake::{Came, apply};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// Sends one held message again. What is stored, or may not be kept, is out of quarantine; anything else stays and is told
/// why. [`crate::App::replay_held`] also destroys the key that is left.
pub struct ReplayHeld {
    /// Which.
    pub id: QuarantineId,
}

/// What comes of it.
pub struct Replaying {
    row: HeldRow,
    tried: Tried,
}

impl Operation for ReplayHeld {
    const NAME: &'static str = "quarantine.replay";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Tenant;
    type Access = Write;
    type Ready = Replaying;
    type Output = Judgement;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Replaying> {
        let (row, body, source) = find(tx, self.id).await?;
        let (_, plain) = open(tx, &row, &body).await?;
        let (came, raw) = Came::decode(&plain)?;
        let tried = again(tx, (&row, &source), &came, raw, How::Take).await?;
        Ok(Replaying { row, tried })
    }

    async fn run(&self, Replaying { row, tried }: Replaying, tx: &mut Tx<'_, Write>) -> Result<Judgement> {
        let (tenant, Tried { judgement, plan, whole }) = (tx.tenant.row.id, tried);
        tx.notes.count = Some(1);
        if let Some(plan) = plan {
            apply(tx, *plan).await?;
        }
        if let Some(whole) = whole {
            whole.write(tx).await?;
        }
        match judgement.verdict {
            Verdict::Held(reason) => {
                let detail = judgement.detail.clone();
                tx.rows.rejudge_held(tenant, (row.id, row.seal_version), reason.code(), detail).await?;
            }
            _ => tx.rows.take_held(tenant, row.id, row.seal_version).await?,
        }
        Ok(judgement)
    }
}

impl crate::App {
    /// Sends a held message again, and destroys its key if it is out of quarantine. A crash in between leaves the key of
    /// nobody.
    pub async fn replay_held(&self, actor: &zelo_model::Actor, id: QuarantineId) -> Result<Judgement> {
        let judgement = self.run(actor, ReplayHeld { id }).await?;
        if judgement.verdict.leaves() {
            let owner = OwnerId(id.0);
            self.inner.cache.evict(actor.tenant, owner);
            if let Err(error) = self.inner.store.delete_owner_keys(actor.tenant, &[owner]).await {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(
                    error,
                    "the key of a message that is out of quarantine could not be destroyed"
                );
            }
        }
        Ok(judgement)
    }
}
