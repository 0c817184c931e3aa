//! Schedules for the living: what people did goes when its months are over, and people go of whom nobody heard for long.
//!
//! Storage limitation (LGPD art. 15 and 16, GDPR art. 5(1)(e)); the months stand in `policies/schedules`. Every chunk is a
//! passage of its own that leaves nothing half done, so whatever interrupts it, it goes on where it was by looking again.

mod apply;
mod held_back;
mod people;
mod preview;
mod terms;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub use apply::{Applied, ApplyRetention};
pub use preview::{Foreseen, ForeseenKept, PreviewRetention, Tally};
use zelo_model::{Actor, ErasureGround, Timestamp, Via};
use zelo_policy::{Scheduled, ScheduledEvents};
use zelo_store::{Owners, TenantState};

use crate::app::App;
use crate::erasure::EraseProfile;
use crate::error::{Error, Result};
use crate::profile::Lookup;
use crate::tenant::Tenant;
pub(crate) use held_back::restricted_records;
pub(crate) use people::{Range, due, look};
pub(crate) use terms::Terms;

/// People one passage looks at.
const CHUNK: i64 = 200;
/// Events one passage deletes at most.
const CHUNK_EVENTS: i64 = 1_000;
/// The longest a preview may take, which looks at everybody.
const LONGEST: Duration = Duration::from_mins(5);

/// What a schedule took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retained {
    /// The schedule.
    pub schedule: String,
    /// Events that went.
    pub events: u64,
    /// People who were forgotten.
    pub people: u64,
}

/// Up to when people last heard of were looked at today by a tenant's schedule, so that nobody's birth date is opened every
/// hour: who is no minor does not become one, unless somebody merges two.
#[derive(Debug, Default)]
pub(crate) struct Looked(Mutex<BTreeMap<(i64, String), Today>>);

#[derive(Debug, Clone, Copy)]
struct Today {
    day: i64,
    until: Timestamp,
}

impl Looked {
    fn until(&self, tenant: i64, terms: &Terms<'_>) -> Option<Timestamp> {
        let looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let today = looked.get(&(tenant, terms.schedule.key.clone()))?;
        (today.day == terms.now.day()).then_some(today.until)
    }

    fn note(&self, tenant: i64, terms: &Terms<'_>) {
        let Some(idle) = terms.idle(None) else { return };
        let today = Today { day: terms.now.day(), until: idle.or_between.1 };
        let mut looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looked.insert((tenant, terms.schedule.key.clone()), today);
    }
}

impl App {
    /// Applies every schedule, in every tenant; call it every hour. A passage that finds nothing is not begun. Says how many
    /// events and people went.
    pub async fn retain(&self) -> Result<u64> {
        let mut gone = 0;
        let tenants = self.inner.store.reading().tenants().await?;
        for tenant in tenants.into_iter().filter(|row| row.id != 0 && row.state == TenantState::Active) {
            let operator = self.operator(Some(&tenant.slug), Via::Job).await?;
            let done = self.retain_in(&operator, None).await?;
            gone += done.iter().map(|one| one.events + one.people).sum::<u64>();
        }
        Ok(gone)
    }

    /// Applies the schedules of the actor's tenant, or one of them, until nothing is due. Says what each took.
    pub async fn retain_in(&self, actor: &Actor, only: Option<&str>) -> Result<Vec<Retained>> {
        let (tenant, policy) = (self.tenant(actor.tenant).await?, self.policy());
        let all = match only {
            Some(key) => vec![Terms::of(&policy, &tenant.row, self.now(), key)?],
            None => Terms::all(&policy, &tenant.row, self.now())?,
        };
        let mut done = Vec::with_capacity(all.len());
        for terms in &all {
            let (mut events, mut people) = (0, 0);
            match &terms.schedule.what {
                Scheduled::Events(which) => events = self.take_events(actor, &tenant, terms, which).await?,
                Scheduled::People(_) => people = self.forget_people(actor, &tenant, terms).await?,
            }
            done.push(Retained { schedule: terms.schedule.key.clone(), events, people });
        }
        Ok(done)
    }

    async fn take_events(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        terms: &Terms<'_>,
        which: &ScheduledEvents,
    ) -> Result<u64> {
        let (mut gone, key) = (0, &terms.schedule.key);
        while self.anything_due(tenant.row.id, terms, which).await? {
            let applied = self.run(actor, ApplyRetention::of(key)).await?;
            gone += applied.events;
            if applied.events == 0 {
                break;
            }
        }
        Ok(gone)
    }

    async fn anything_due(&self, tenant: i64, terms: &Terms<'_>, which: &ScheduledEvents) -> Result<bool> {
        let rows = self.inner.store.reading();
        let alone = restricted_records(&rows, tenant).await?;
        for slice in terms.due(which) {
            if !rows.slice_owners(tenant, &slice, Owners::AllBut(&alone), 1).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn forget_people(&self, actor: &Actor, tenant: &Tenant, terms: &Terms<'_>) -> Result<u64> {
        let (id, key) = (tenant.row.id, &terms.schedule.key);
        let known = self.inner.looked.until(id, terms);
        let (mut gone, mut after) = (0, Some(0));
        while let Some(behind) = after {
            let rows = self.inner.store.reading();
            let looked = look(&rows, id, terms, known, Range::Behind(behind, CHUNK)).await?;
            after = looked.next;
            if looked.people.is_empty() {
                continue;
            }
            let applied = self.run(actor, ApplyRetention::behind(key, behind, known)).await?;
            after = applied.next;
            let mut begun = 0;
            for person in applied.people {
                let (lookup, ground) = (Lookup::Id(person), ErasureGround::NotNeeded);
                match self.run(actor, EraseProfile { lookup, ground, lapsed: Some(key.clone()) }).await {
                    Ok(_) => begun += 1,
                    // Heard of again, restricted, or forgotten in the meantime.
                    Err(Error::Conflict(_) | Error::NotFound | Error::Erased) => {}
                    Err(error) => return Err(error),
                }
            }
            if begun > 0 {
                self.forward(actor.tenant).await?;
            }
            gone += begun;
        }
        self.inner.looked.note(id, terms);
        Ok(gone)
    }
}
