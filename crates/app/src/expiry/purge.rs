//! Taking away what was marked, and what need not be: keys first, then rows.

use std::time::Duration;

use zelo_ledger::Class;
use zelo_model::OwnerId;
use zelo_store::{Expired, Expiring};

use super::{CHUNK, CHUNK_EVENTS};
use crate::error::Result;
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// Destroys the keys of records marked by [`super::MarkExpired`] and of messages held too long, then deletes their rows;
/// forgets messages seen long ago, and what browsers did that are kept only for what they said to a purpose. One chunk a
/// passage.
pub struct PurgeExpired;

/// What went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purged {
    /// Records, with everything they owned.
    pub records: u64,
    /// Events.
    pub events: u64,
    /// Messages from quarantine.
    pub held: u64,
    /// Notes of messages seen.
    pub seen: u64,
}

/// Whose keys are gone.
pub struct Keyless {
    records: Vec<Expiring>,
    held: Vec<Expired>,
    /// Those that have said something to a purpose; they keep theirs.
    spoken: Vec<Expiring>,
}

impl Operation for PurgeExpired {
    const NAME: &'static str = "expiry.purge";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Tenant;
    const LONGEST: Duration = Duration::from_mins(1);
    type Access = Write;
    type Ready = Keyless;
    type Output = Purged;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Keyless> {
        let (tenant, most) = (tx.tenant.row.id, CHUNK);
        let records = tx.rows.expiring(tenant, most).await?;
        let held = tx.rows.expired(tenant, tx.now, most).await?;
        let owners = records.iter().map(|one| one.owner).chain(held.iter().map(|one| one.owner));
        let owners: Vec<OwnerId> = owners.collect();
        let id16 = tx.tenant.row.id16;
        tx.inner.store.delete_owner_keys(id16, &owners).await?;
        for owner in owners {
            tx.inner.cache.evict(id16, owner);
        }
        let before = tx.now.plus(-tx.policy.expiry().unlinked_anonymous);
        let spoken = tx.rows.spoken(tenant, before, None, CHUNK).await?;
        Ok(Keyless { records, held, spoken })
    }

    async fn run(
        &self,
        Keyless { records, held, spoken }: Keyless,
        tx: &mut Tx<'_, Write>,
    ) -> Result<Purged> {
        let (tenant, rows) = (tx.tenant.row.id, tx.rows);
        let ids: Vec<i64> = records.iter().map(|one| one.record).collect();
        let mut purged =
            Purged { events: rows.delete_events(tenant, &ids, CHUNK_EVENTS).await?, ..Purged::default() };
        // As long as a full chunk of events went, there may be more; the records stay marked.
        if i64::try_from(purged.events).is_ok_and(|events| events < CHUNK_EVENTS) {
            rows.delete_expiring(tenant, &records).await?;
            purged.records = records.len() as u64;
        }
        purged.events += forget_acts(tx, &spoken).await?;
        let items: Vec<i64> = held.iter().map(|one| one.id).collect();
        rows.delete_held(tenant, &items).await?;
        purged.held = items.len() as u64;
        let before = tx.now.plus(-tx.policy.expiry().message_seen).day();
        purged.seen = rows.forget_seen(tenant, before, CHUNK_EVENTS).await?;
        tx.notes.count = Some(purged.records + purged.held);
        Ok(purged)
    }
}

/// Deletes a chunk of what browsers did that nobody signed in on and that were not heard of for long.
async fn forget_acts(tx: &Tx<'_, Write>, spoken: &[Expiring]) -> Result<u64> {
    if spoken.is_empty() {
        return Ok(0);
    }
    let tenant = tx.tenant.row.id;
    let profiles: Vec<i64> = spoken.iter().map(|one| one.profile).collect();
    // Whoever signs in just now holds its profile; afterwards what it did is theirs and stays.
    tx.rows.lock_profiles(tenant, &profiles).await?;
    let before = tx.now.plus(-tx.policy.expiry().unlinked_anonymous);
    let still = tx.rows.spoken(tenant, before, Some(&profiles), CHUNK).await?;
    let records: Vec<i64> = still.iter().map(|one| one.record).collect();
    Ok(tx.rows.delete_events(tenant, &records, CHUNK_EVENTS).await?)
}
