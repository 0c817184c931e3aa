//! The decision, in one transaction: the person is refused everywhere from its commit on.

use zelo_ledger::Class;
use zelo_model::{EntryId, ErasureGround, ProfileId};
use zelo_store::{Beside, ErasedOwner, NewErasure, OwnerKind, SuppressedRow};

use super::gather::{self, Gathered};
use super::lapsed;
use crate::error::{Error, Result};
use crate::ground::survey;
use crate::operation::{Operation, Target};
use crate::profile::{GetProfile, Lookup, Wants};
use crate::tx::{Read, Tx, Write};

/// Begins to forget one person, over all the records believed to be theirs. [`crate::App::erase`] does all of it.
pub struct EraseProfile {
    /// Whom: any id or identifier of theirs.
    pub lookup: Lookup,
    /// Why.
    pub ground: ErasureGround,
    /// Only if this schedule still says so when it is decided; otherwise it is a `Conflict`.
    pub lapsed: Option<String>,
}

/// An erasure that is decided and will be carried out, whatever happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// Its number, monotone per tenant.
    pub n: i64,
    /// The profile.
    pub profile: ProfileId,
}

impl Operation for EraseProfile {
    const NAME: &'static str = "profile.erase";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = Gathered;
    type Output = Begun;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Gathered> {
        let finder = GetProfile { lookup: self.lookup.clone(), wants: Wants::default() };
        let beside = Beside { bodies: true, ..Beside::default() };
        let profile = finder.find(tx, &beside).await?.ok_or(Error::NotFound)?;
        let Some(schedule) = &self.lapsed else { return gather::gather(tx, profile).await };
        lapsed::is_due(tx, schedule, &profile).await?;
        let mut gathered = gather::gather(tx, profile).await?;
        lapsed::suppress_no_more_than_noes(&tx.rows, tx.tenant.row.id, &mut gathered).await?;
        Ok(gathered)
    }

    async fn run(&self, ready: Gathered, tx: &mut Tx<'_, Write>) -> Result<Begun> {
        let tenant = tx.tenant.row.id;
        unmoved(tx, &ready).await?;
        if let Some(schedule) = &self.lapsed {
            lapsed::is_still_due(tx, schedule, ready.profile).await?;
        }
        let made = tx.rows.raise_made(tenant).await?;
        let n = tx.rows.newest_erasure(tenant).await?.max(ready.last) + 1;
        let held = tx.rows.held_with(tenant, ready.epoch, &ready.unshared).await?;
        let held = held.into_iter().map(|(id, id16)| ErasedOwner { id, id16, kind: OwnerKind::Quarantine });
        let owners = ready.records.iter().copied().chain(held).collect();
        let (day, reason) = (tx.now.day(), self.ground.slug());
        let suppressed = ready.suppressed.into_iter().map(|(kind, digest)| SuppressedRow {
            kind,
            digest,
            day,
            reason: reason.to_owned(),
        });
        let mut kept = ready.kept;
        for (set, id) in kept.iter_mut().zip(tx.rows.surrogates(ready.sets).await?) {
            set.id = id;
        }
        let entry = EntryId(tx.ids.sorted(tx.now));
        let new = NewErasure {
            n,
            profile: ready.profile,
            ground: self.ground,
            at: tx.now,
            entry,
            owners,
            suppressed: suppressed.collect(),
            kept,
        };
        tx.rows.begin_erasure(tenant, new).await?;
        if let Some(handle) = ready.handle {
            tx.notes.shown_to(handle);
        }
        tx.notes.id = Some(entry);
        tx.notes.made = Some(made);
        tx.notes.erasure = Some(n);
        fail::fail_point!("erasure-in-begin", |_| Err(Error::unavailable("cut short")));
        Ok(Begun { n, profile: ready.id })
    }
}

/// Who the person is must not have moved since it was gathered: the identifiers and records, and what a law keeps.
async fn unmoved(tx: &Tx<'_, Write>, ready: &Gathered) -> Result<()> {
    let tenant = tx.tenant.row.id;
    tx.rows.lock_identifiers(tenant, ready.epoch, &ready.digests).await?;
    let links = tx.rows.links(tenant, ready.epoch, &ready.digests).await?;
    tx.rows.lock_profiles(tenant, &[ready.profile]).await?;
    let same = links.iter().map(gather::witness).eq(ready.witness.iter().copied())
        && survey(tx.rows, tenant, &[ready.profile]).await?.ground == ready.ground;
    let names: Vec<&str> = ready.names.iter().map(String::as_str).collect();
    let records: Vec<i64> = ready.records.iter().map(|record| record.id).collect();
    if !same || tx.rows.count_events_named(tenant, &records, &names).await? != ready.events {
        return Err(Error::Stale);
    }
    if let Some(before) = ready.consents
        && tx.rows.consents(tenant, &records).await?.len() != before
    {
        return Err(Error::Stale);
    }
    Ok(())
}
