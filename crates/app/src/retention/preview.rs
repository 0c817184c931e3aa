//! What the schedules would take if they were applied now, in numbers.

use std::collections::BTreeMap;

use zelo_ledger::Class;
use zelo_model::Timestamp;
use zelo_policy::{Label, Retention, Scheduled, ScheduledEvents, Then};
use zelo_store::{Owners, Reading};

use super::held_back::restricted_records;
use super::people::{Candidate, Range, due, look};
use super::terms::Terms;
use super::{CHUNK, LONGEST};
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx};

/// Looks ahead: what is due by each schedule, what of it a law keeps and until when, and what is left alone. Numbers only.
pub struct PreviewRetention {
    /// One of them; all that hold in the tenant without.
    pub schedule: Option<String>,
}

/// What one schedule would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreseen {
    /// Its name.
    pub schedule: String,
    /// What people read.
    pub label: Label,
    /// Where the law says so.
    pub citation: String,
    /// Whether it counts people; else events.
    pub of_people: bool,
    /// What would become of them.
    pub then: Then,
    /// What happened, or was last heard of, before this is due; minors may be due sooner.
    pub before: Timestamp,
    /// How many would go.
    pub due: Tally,
    /// What laws keep: of events, those that stay; of people, how many are due of whom something is kept apart.
    pub kept: Vec<ForeseenKept>,
    /// How many are left alone because somebody restricted the processing of their data.
    pub held_back: Tally,
}

/// What a law keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeseenKept {
    /// The policy that keeps it.
    pub policy: String,
    /// The ground, as a code.
    pub ground: &'static str,
    /// Where the law says so.
    pub law: String,
    /// Until when the last of it is kept.
    pub until: Timestamp,
    /// How many; each stands with every law that keeps it.
    pub count: Tally,
}

/// A number that tells of nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tally {
    /// So many.
    Exactly(u64),
    /// None, or so few people that telling how many might tell who: fewer than [`Tally::FEW`].
    Few,
}

impl Tally {
    /// From how many people on a number is told.
    pub const FEW: u64 = 5;

    /// Of people.
    pub(crate) fn of_people(count: u64) -> Self {
        if count < Self::FEW { Self::Few } else { Self::Exactly(count) }
    }
}

impl Operation for PreviewRetention {
    const NAME: &'static str = "retention.preview";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Tenant;
    const LONGEST: std::time::Duration = LONGEST;
    const ALONE: bool = true;
    type Access = Read;
    type Ready = ();
    type Output = Vec<Foreseen>;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<()> {
        if tx.tenant.row.id == 0 { Err(Error::NotFound) } else { Ok(()) }
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Vec<Foreseen>> {
        let (policy, tenant) = (tx.policy, tx.tenant);
        let all = match &self.schedule {
            Some(key) => vec![Terms::of(policy, &tenant.row, tx.now, key)?],
            None => Terms::all(policy, &tenant.row, tx.now)?,
        };
        let alone = restricted_records(&tx.rows, tenant.row.id).await?;
        let mut foreseen = Vec::with_capacity(all.len());
        for terms in &all {
            foreseen.push(match &terms.schedule.what {
                Scheduled::Events(which) => events(&tx.rows, tenant.row.id, terms, (which, &alone)).await?,
                Scheduled::People(_) => people(tx, terms).await?,
            });
        }
        Ok(foreseen)
    }
}

async fn events(
    rows: &Reading<'_>,
    tenant: i64,
    terms: &Terms<'_>,
    (which, alone): (&ScheduledEvents, &[i64]),
) -> Result<Foreseen> {
    let (mut gone, mut held_back, mut kept) = (0, 0, Vec::new());
    for slice in terms.due(which) {
        gone += rows.count_slice(tenant, &slice, Owners::AllBut(alone)).await?.0;
        if !alone.is_empty() {
            held_back += rows.count_slice(tenant, &slice, Owners::Of(alone)).await?.0;
        }
    }
    for (law, slice) in terms.kept(which) {
        if let (count, Some(last)) = rows.count_slice(tenant, &slice, Owners::AllBut(&[])).await? {
            kept.extend(by_law(terms, law, last, Tally::Exactly(count)));
        }
    }
    // Those who are left alone are few: what they did tells how many they are.
    let held_back = Tally::of_people(held_back);
    Ok(Foreseen { kept, then: which.then, ..shown(terms, false, Tally::Exactly(gone), held_back) })
}

async fn people(tx: &mut Tx<'_, Read>, terms: &Terms<'_>) -> Result<Foreseen> {
    let (mut gone, mut held_back, mut after) = (0, 0, Some(0));
    let mut kept: BTreeMap<&str, (&Retention, Timestamp, u64)> = BTreeMap::new();
    while let Some(behind) = after {
        let looked = look(&tx.rows, tx.tenant.row.id, terms, None, Range::Behind(behind, CHUNK)).await?;
        after = looked.next;
        held_back += looked.held_back;
        let due = due(tx, terms, looked.people).await?;
        gone += due.len() as u64;
        for (law, since) in terms.keepers() {
            if let Some((count, last)) = keeping(tx, law, *since, &due).await? {
                let (_, newest, sum) = kept.entry(&law.key).or_insert((law, last, 0));
                (*newest, *sum) = (last.max(*newest), *sum + count);
            }
        }
    }
    let kept = kept.into_values();
    let kept = kept.filter_map(|(law, last, count)| by_law(terms, law, last, Tally::of_people(count)));
    let (gone, held_back) = (Tally::of_people(gone), Tally::of_people(held_back));
    Ok(Foreseen { kept: kept.collect(), ..shown(terms, true, gone, held_back) })
}

/// Of how many of these people a law would keep events, and when the last of those happened; `None` of nobody.
async fn keeping(
    tx: &Tx<'_, Read>,
    law: &Retention,
    since: Timestamp,
    people: &[Candidate],
) -> Result<Option<(u64, Timestamp)>> {
    let records: Vec<i64> = people.iter().flat_map(|one| one.records.iter().copied()).collect();
    let names: Vec<&str> = law.events.keys().map(String::as_str).collect();
    let mut newest = tx.rows.newest_named(tx.tenant.row.id, &records, &names).await?;
    newest.retain(|(.., at)| *at >= since);
    let has = |one: &&Candidate| newest.iter().any(|(record, ..)| one.records.contains(record));
    let count = people.iter().filter(has).count() as u64;
    Ok(newest.iter().map(|(.., at)| (count, *at)).max())
}

/// `None` when the law keeps it no longer.
fn by_law(terms: &Terms<'_>, law: &Retention, last: Timestamp, count: Tally) -> Option<ForeseenKept> {
    Some(ForeseenKept {
        policy: law.key.clone(),
        ground: law.ground.slug(),
        law: law.laws.get(&terms.home)?.citation.clone(),
        until: law.until(terms.home, last, terms.now)?,
        count,
    })
}

fn shown(terms: &Terms<'_>, of_people: bool, due: Tally, held_back: Tally) -> Foreseen {
    Foreseen {
        schedule: terms.schedule.key.clone(),
        label: terms.schedule.label.clone(),
        citation: terms.citation.to_owned(),
        of_people,
        then: Then::Erase,
        before: terms.before,
        due,
        kept: Vec::new(),
        held_back,
    }
}
