//! Two profiles are one person: a steward knows it, or a suggestion is right.

use std::collections::{BTreeMap, BTreeSet};

use zelo_ledger::Class;
use zelo_model::{JournalId, ProfileId};
use zelo_resolve::{Breach, Held, Summary, breaches};
use zelo_store::FoundProfile;

use super::change::{Change, Rearranged, apply};
use crate::error::{Error, Result};
use crate::ground::{Survey, survey};
use crate::operation::{Operation, Target};
use crate::people::{living, person};
use crate::tx::{Read, Tx, Write};

/// Makes several profiles one. The oldest keeps its id; the others become aliases, and return when this is undone.
pub struct MergeProfiles {
    /// Which.
    pub what: Merging,
    /// Whether they are one person although a limit of the match rules says otherwise.
    pub over_limits: bool,
}

/// Which profiles are one person.
#[derive(Debug, Clone)]
pub enum Merging {
    /// These, 2 to 10.
    Profiles(Vec<ProfileId>),
    /// Those of an open suggestion. The limit it was made for is no obstacle; others are.
    Suggestion(JournalId),
}

impl Operation for MergeProfiles {
    const NAME: &'static str = "profile.merge";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = Change;
    type Output = Rearranged;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Change> {
        let Planned { change, broken, parted } = plan(tx, &self.what).await?;
        if parted {
            return Err(Error::Conflict("a steward keeps these apart; lift that first"));
        }
        if !broken.is_empty() && !self.over_limits {
            return Err(Error::Conflict(
                "as one person they break a limit of the match rules; look at the preview, and say `overLimits` if it is right all the same",
            ));
        }
        Ok(change)
    }

    async fn run(&self, change: Change, tx: &mut Tx<'_, Write>) -> Result<Rearranged> {
        apply(tx, change).await
    }
}

/// A merge as it would be, and what stands against it.
pub(super) struct Planned {
    pub(super) change: Change,
    /// Limits that only the whole breaks.
    pub(super) broken: Vec<Breach>,
    /// Whether a steward keeps some of them apart.
    pub(super) parted: bool,
}

/// Plans a merge.
pub(super) async fn plan(tx: &mut Tx<'_, Read>, what: &Merging) -> Result<Planned> {
    let (mut people, mut excused, mut answers) = (Vec::new(), None, None);
    match what {
        Merging::Profiles(ids) if !(2..=10).contains(&ids.len()) => {
            return Err(Error::invalid("profiles", "name 2 to 10 profiles"));
        }
        Merging::Profiles(ids) => {
            for id in ids {
                people.push(person(tx, *id).await?);
            }
        }
        Merging::Suggestion(id) => {
            let line = suggestion(tx, *id).await?;
            for id in line.others.iter().chain([&line.kept]) {
                people.extend(living(tx, *id).await?);
            }
            (excused, answers) = (Some(line.cause), Some(*id));
        }
    }
    people.sort_by_key(|profile| (profile.created, profile.id));
    people.dedup_by_key(|profile| profile.id);
    if people.len() < 2 {
        return Err(Error::Conflict("these are one person already"));
    }
    let mut planned = merge(tx, &people).await?;
    planned.broken.retain(|breach| excused.as_deref() != Some(breach.slug()));
    planned.change.line.answers = answers;
    Ok(planned)
}

/// An open suggestion of the journal.
pub(super) async fn suggestion(tx: &Tx<'_, Read>, id: JournalId) -> Result<zelo_store::JournalRow> {
    let line = tx.rows.journal_line(tx.tenant.row.id, id).await?.ok_or(Error::NotFound)?;
    if line.kind != "suggest" {
        return Err(Error::invalid("suggestion", "this line of the journal is no suggestion"));
    }
    match line.answered.as_deref() {
        None => Ok(line),
        Some("reject") => Err(Error::Conflict("this suggestion has been rejected already")),
        Some(_) => Err(Error::Conflict("this suggestion has been accepted already")),
    }
}

async fn merge(tx: &mut Tx<'_, Read>, people: &[FoundProfile]) -> Result<Planned> {
    let mut ids: Vec<i64> = people.iter().map(|profile| profile.id).collect();
    ids.sort_unstable();
    let surveyed = survey(&tx.rows, tx.tenant.row.id, &ids).await?;
    let broken = broken(tx, people, &surveyed);
    let Survey { ground, members, .. } = surveyed;
    let records: BTreeSet<i64> = members.iter().map(|(record, ..)| *record).collect();
    let parted = ground.apart.iter().any(|(low, high)| records.contains(low) && records.contains(high));
    let (kept, absorbed) = people.split_first().ok_or_else(|| Error::internal("nobody to merge"))?;
    let mut change = Change::new(tx, "merge", kept, ground);
    for (record, profile, since) in members.into_iter().filter(|(_, profile, _)| *profile != kept.id) {
        change.moves(record, (profile, since), kept.id, "merged");
    }
    change.aliases = absorbed.iter().map(|profile| (profile.id, kept.id)).collect();
    change.line.others = absorbed.iter().map(|profile| profile.id).collect();
    change.others = absorbed.iter().map(|profile| profile.id16).collect();
    change.rests_on(tx, &[]).await?;
    Ok(Planned { change, broken, parted })
}

/// Which limits they break as one.
fn broken(tx: &Tx<'_, Read>, people: &[FoundProfile], surveyed: &Survey) -> Vec<Breach> {
    let rules = tx.policy.matching();
    let mut held: BTreeMap<i64, Vec<Held<&str>>> = BTreeMap::new();
    for row in &surveyed.summaries {
        held.entry(row.profile).or_default().push(Held {
            kind: row.kind,
            space: if row.kind.is_spaced() { row.space.as_str() } else { "" },
            digest: row.digest,
            demoted: row.demoted,
            seen: row.last_seen,
        });
    }
    let of = |profile: &FoundProfile| held.get(&profile.id).into_iter().flatten().copied();
    let part = |profile: &FoundProfile| {
        Summary::of((profile.created, profile.members.len()), of(profile), rules, tx.now)
    };
    let parts: Vec<Summary<&str>> = people.iter().map(part).collect();
    let records = parts.iter().map(|part| part.records).sum();
    let whole = Summary::of((tx.now, records), people.iter().flat_map(of), rules, tx.now);
    breaches(&parts, &whole, rules)
}
