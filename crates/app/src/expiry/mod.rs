//! What time takes from us: browsers nobody ever signed in on, messages held too long, notes of messages long gone, what
//! a law kept of the forgotten.
//!
//! Storage limitation (LGPD art. 15 and 16, GDPR art. 5(1)(e)); the days stand in `policies/expiry.yaml`. A record goes
//! in three steps, so that a crash leaves it alive or on its way out and never half: it is marked and from then on
//! refused, its key is destroyed, its rows are deleted.

mod mark;
mod purge;

pub use mark::MarkExpired;
pub use purge::{PurgeExpired, Purged};

use zelo_model::Via;
use zelo_store::{Lapsed, TenantState};

use crate::app::App;
use crate::erasure::EndRetained;
use crate::error::Result;

/// Records and messages one passage takes at most.
const CHUNK: i64 = 200;
/// Events one passage deletes at most.
const CHUNK_EVENTS: i64 = 5_000;

impl App {
    /// Takes away whatever has lapsed, in every tenant; call it every hour. A passage that finds nothing is not begun.
    /// Says how many records, messages and kept sets went.
    pub async fn expire(&self) -> Result<u64> {
        let mut gone = 0;
        let tenants = self.inner.store.reading().tenants().await?;
        for tenant in tenants.into_iter().filter(|row| row.id != 0 && row.state == TenantState::Active) {
            let operator = self.operator(Some(&tenant.slug), Via::Job).await?;
            while self.inner.store.reading().anything_lapsed(tenant.id, self.lapsed()).await? {
                let marked = self.run(&operator, MarkExpired).await?;
                let purged = self.run(&operator, PurgeExpired).await?;
                let ended = self.run(&operator, EndRetained).await?;
                gone += purged.records + purged.held + ended;
                if marked + ended == 0 && purged == Purged::default() {
                    break;
                }
            }
        }
        Ok(gone)
    }

    fn lapsed(&self) -> Lapsed {
        let (now, expiry) = (self.now(), *self.policy().expiry());
        Lapsed {
            unlinked: now.plus(-expiry.unlinked_anonymous),
            now,
            seen: now.plus(-expiry.message_seen).day(),
        }
    }
}
