//! Marking what has lapsed.

use zelo_ledger::Class;
use zelo_store::Expiring;

use super::CHUNK;
use crate::error::Result;
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// Marks anonymous records that were not heard of for long and that nobody was ever linked to; their profiles are
/// refused everywhere from its commit on. Says how many.
pub struct MarkExpired;

impl Operation for MarkExpired {
    const NAME: &'static str = "expiry.mark";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Tenant;
    type Access = Write;
    type Ready = Vec<Expiring>;
    type Output = u64;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Vec<Expiring>> {
        let before = tx.now.plus(-tx.policy.expiry().unlinked_anonymous);
        Ok(tx.rows.unlinked(tx.tenant.row.id, before, None, CHUNK).await?)
    }

    async fn run(&self, found: Vec<Expiring>, tx: &mut Tx<'_, Write>) -> Result<u64> {
        let tenant = tx.tenant.row.id;
        let profiles: Vec<i64> = found.iter().map(|one| one.profile).collect();
        // Whoever signs in on one of these browsers just now holds its profile; afterwards it is linked and stays.
        tx.rows.lock_profiles(tenant, &profiles).await?;
        let before = tx.now.plus(-tx.policy.expiry().unlinked_anonymous);
        let still = if found.is_empty() {
            Vec::new()
        } else {
            tx.rows.unlinked(tenant, before, Some(&profiles), CHUNK).await?
        };
        tx.rows.mark_expiring(tenant, &still, tx.now).await?;
        tx.notes.count = Some(still.len() as u64);
        Ok(still.len() as u64)
    }
}
