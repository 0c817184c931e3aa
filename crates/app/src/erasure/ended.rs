//! What a law kept goes when its day has come (LGPD art. 16, GDPR art. 17(3)(b)): beside the anchor first, then its keys,
//! then its rows, so that a crash in between leaves it whole or on its way out.

use std::collections::BTreeSet;
use std::time::Duration;

use zelo_ledger::Class;
use zelo_model::OwnerId;
use zelo_store::EndedSet;

use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// Sets that end in one passage at most.
const AT_ONCE: i64 = 50;

/// Destroys what laws kept of the forgotten until a day that has come; one chunk a passage. Says how many sets went.
pub struct EndRetained;

impl Operation for EndRetained {
    const NAME: &'static str = "retention.end";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Tenant;
    const LONGEST: Duration = Duration::from_mins(1);
    type Access = Write;
    type Ready = Vec<EndedSet>;
    type Output = u64;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Vec<EndedSet>> {
        let ended = tx.rows.ended_sets(tx.tenant.row.id, tx.now, AT_ONCE).await?;
        for n in ended.iter().map(|set| set.n).collect::<BTreeSet<i64>>() {
            let erasure = tx.rows.erasure(tx.tenant.row.id, n).await?;
            let erasure = erasure.ok_or_else(|| Error::internal("something kept by no erasure"))?;
            tx.inner.write_down(tx.tenant, &erasure).await?;
        }
        let (id16, owners) = (tx.tenant.row.id16, ended.iter().map(|set| set.id16).collect::<Vec<OwnerId>>());
        tx.inner.store.delete_owner_keys(id16, &owners).await?;
        for owner in owners {
            tx.inner.cache.evict(id16, owner);
        }
        Ok(ended)
    }

    async fn run(&self, ended: Vec<EndedSet>, tx: &mut Tx<'_, Write>) -> Result<u64> {
        tx.rows.delete_kept(tx.tenant.row.id, &ended).await?;
        tx.notes.count = Some(ended.len() as u64);
        Ok(ended.len() as u64)
    }
}
