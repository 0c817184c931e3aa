//! Letting held messages go: keys first, then rows.

use zelo_ledger::Class;
use zelo_model::{OwnerId, QuarantineId};

use super::find;
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// Destroys held messages. It cannot be undone.
pub struct DiscardHeld {
    /// Which, 1 to 100.
    pub ids: Vec<QuarantineId>,
}

impl Operation for DiscardHeld {
    const NAME: &'static str = "quarantine.discard";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Write;
    /// Surrogates of those that were there.
    type Ready = Vec<i64>;
    /// How many that were.
    type Output = u64;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Vec<i64>> {
        if !(1..=100).contains(&self.ids.len()) {
            return Err(Error::invalid("ids", "name 1 to 100 held messages"));
        }
        let (mut found, mut owners) = (Vec::new(), Vec::new());
        for id in &self.ids {
            match find(tx, *id).await {
                Ok((row, ..)) => {
                    found.push(row.id);
                    owners.push(OwnerId(id.0));
                }
                Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        let tenant = tx.tenant.row.id16;
        tx.inner.store.delete_owner_keys(tenant, &owners).await?;
        for owner in owners {
            tx.inner.cache.evict(tenant, owner);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    async fn run(&self, found: Vec<i64>, tx: &mut Tx<'_, Write>) -> Result<u64> {
        tx.rows.delete_held(tx.tenant.row.id, &found).await?;
        let count = found.len() as u64;
        tx.notes.count = Some(count);
        Ok(count)
    }
}
