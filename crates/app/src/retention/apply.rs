//! Applying a schedule, one chunk a passage: events go, or go and are counted; people are found, and forgotten by the
//! passages that forget people.

use std::collections::BTreeMap;

use zelo_ledger::Class;
use zelo_model::{ProfileId, Timestamp};
use zelo_policy::{Scheduled, Then};
use zelo_store::{DayCount, GoneEvent, Owners};

use super::held_back::{restricted, restricted_records};
use super::people::{Range, due, look};
use super::terms::Terms;
use super::{CHUNK, CHUNK_EVENTS};
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::profile::EventKind;
use crate::tx::{Read, Tx, Write};

/// Applies one schedule to a chunk of what is due. Whatever a law keeps stays, and whoever restricted the processing of
/// their data is left alone.
pub struct ApplyRetention {
    schedule: String,
    /// Of people: behind whom to look.
    after: i64,
    /// Of people: those who may be minors and were last heard of before this were looked at already.
    known: Option<Timestamp>,
}

impl ApplyRetention {
    /// From the beginning.
    pub fn of(schedule: &str) -> Self {
        Self { schedule: schedule.to_owned(), after: 0, known: None }
    }

    /// From behind somebody.
    pub(super) fn behind(schedule: &str, after: i64, known: Option<Timestamp>) -> Self {
        Self { schedule: schedule.to_owned(), after, known }
    }
}

/// What a passage did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applied {
    /// Events that went.
    pub events: u64,
    /// People whose time is over, to be forgotten next.
    pub(super) people: Vec<ProfileId>,
    /// Behind whom to go on.
    pub(super) next: Option<i64>,
}

/// What was found.
pub enum Due {
    /// Records that own events.
    Events(Vec<i64>),
    /// People.
    People(Vec<ProfileId>, Option<i64>),
}

impl Operation for ApplyRetention {
    const NAME: &'static str = "retention.apply";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Tenant;
    const LONGEST: std::time::Duration = std::time::Duration::from_mins(1);
    type Access = Write;
    type Ready = Due;
    type Output = Applied;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Due> {
        let (tenant, policy) = (tx.tenant, tx.policy);
        if tenant.row.id == 0 {
            return Err(Error::NotFound);
        }
        let terms = Terms::of(policy, &tenant.row, tx.now, &self.schedule)?;
        match &terms.schedule.what {
            Scheduled::Events(which) => {
                let alone = restricted_records(&tx.rows, tenant.row.id).await?;
                let mut owners = Vec::new();
                for slice in terms.due(which) {
                    if owners.is_empty() {
                        let others = Owners::AllBut(&alone);
                        owners = tx.rows.slice_owners(tenant.row.id, &slice, others, CHUNK_EVENTS).await?;
                    }
                }
                Ok(Due::Events(owners))
            }
            Scheduled::People(_) => {
                let range = Range::Behind(self.after, CHUNK);
                let looked = look(&tx.rows, tenant.row.id, &terms, self.known, range).await?;
                let people = due(tx, &terms, looked.people).await?;
                Ok(Due::People(people.into_iter().map(|one| one.id16).collect(), looked.next))
            }
        }
    }

    async fn run(&self, ready: Due, tx: &mut Tx<'_, Write>) -> Result<Applied> {
        let applied = match ready {
            Due::Events(owners) => Applied { events: self.events(owners, tx).await?, ..Applied::default() },
            // Each is forgotten in a passage of their own, which looks again.
            Due::People(people, next) => Applied { events: 0, people, next },
        };
        // Where somebody was opened to find that out, the entry counts whom.
        if tx.notes.opened == 0 {
            tx.notes.count = Some(applied.events + applied.people.len() as u64);
        }
        Ok(applied)
    }
}

impl ApplyRetention {
    /// Deletes a chunk of what these own and is due; says how many events it were.
    async fn events(&self, owners: Vec<i64>, tx: &Tx<'_, Write>) -> Result<u64> {
        let (tenant, policy, rows) = (tx.tenant, tx.policy, tx.rows);
        let terms = Terms::of(policy, &tenant.row, tx.now, &self.schedule)?;
        let Scheduled::Events(which) = &terms.schedule.what else { return Err(Error::Stale) };
        // Whoever restricts the processing of their data just now holds their profile; afterwards they are left alone.
        let members = rows.profiles_of(tenant.row.id, &owners).await?;
        let profiles: Vec<i64> = members.iter().map(|(_, profile)| *profile).collect();
        rows.lock_profiles(tenant.row.id, &profiles).await?;
        let members = rows.profiles_of(tenant.row.id, &owners).await?;
        let alone = self::alone(tx, &members).await?;
        let owners: Vec<i64> = owners.into_iter().filter(|owner| !alone.contains(owner)).collect();
        let mut gone = Vec::new();
        for slice in terms.due(which) {
            let left = CHUNK_EVENTS - i64::try_from(gone.len()).unwrap_or(CHUNK_EVENTS);
            if left > 0 && !owners.is_empty() {
                gone.extend(rows.delete_slice(tenant.row.id, &slice, Owners::Of(&owners), left).await?);
            }
        }
        if which.then == Then::Anonymise {
            rows.add_counts(tenant.row.id, counted(&gone)).await?;
        }
        Ok(gone.len() as u64)
    }
}

/// Those of these records whose person restricted the processing of their data, on whichever of their records.
async fn alone(tx: &Tx<'_, Write>, members: &[(i64, i64)]) -> Result<Vec<i64>> {
    let (tenant, rows) = (tx.tenant.row.id, tx.rows);
    let mut profiles: Vec<i64> = members.iter().map(|(_, profile)| *profile).collect();
    profiles.sort_unstable();
    profiles.dedup();
    let all = rows.members(tenant, &profiles).await?;
    let all: Vec<(i64, i64)> = all.into_iter().map(|(record, profile, _)| (record, profile)).collect();
    let restricted = restricted(rows, tenant, &all).await?;
    Ok(members
        .iter()
        .filter(|(_, profile)| restricted.contains(profile))
        .map(|(record, _)| *record)
        .collect())
}

/// How many events of each name there were on each day. Pages and screens go by names that no event can have.
fn counted(gone: &[GoneEvent]) -> Vec<DayCount> {
    let mut counts: BTreeMap<(i64, &str), i64> = BTreeMap::new();
    for event in gone {
        let name = match (&event.name, EventKind::from_number(event.kind)) {
            (Some(name), _) => name.as_str(),
            (None, Some(EventKind::Page)) => "(page)",
            (None, _) => "(screen)",
        };
        *counts.entry((event.occurred.day(), name)).or_default() += 1;
    }
    counts.into_iter().map(|((day, name), n)| DayCount { day, name: name.to_owned(), n }).collect()
}
