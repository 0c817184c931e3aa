//! A merge was wrong: each profile it absorbed returns with what is its own.

use std::collections::{BTreeMap, BTreeSet};

use zelo_ledger::Class;
use zelo_model::{JournalId, ProfileState, Timestamp};
use zelo_resolve::{Tie, place_late, torn_ties};
use zelo_store::{Beside, RecordLink};

use super::carry::carry;
use super::change::{Change, Rearranged, apply};
use crate::error::{Error, Result};
use crate::ground::{Survey, survey};
use crate::operation::{Operation, Target};
use crate::people::{concerns, living};
use crate::tx::{Read, Tx, Write};

/// Undoes a merge, a steward's or one by rule. Records return to the profile they were in; those that came since go
/// where their identifiers lead. From here on the halves are kept apart until a steward lifts it.
pub struct UndoMerge {
    /// The merge's line in the journal.
    pub merge: JournalId,
}

impl Operation for UndoMerge {
    const NAME: &'static str = "profile.unmerge";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = Change;
    type Output = Rearranged;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Change> {
        let Planned { mut change, merged } = plan(tx, self.merge).await?;
        change.carried = Some(carry(tx, &change, merged).await?);
        Ok(change)
    }

    async fn run(&self, change: Change, tx: &mut Tx<'_, Write>) -> Result<Rearranged> {
        apply(tx, change).await
    }
}

/// The undoing of a merge as it would be.
pub(super) struct Planned {
    pub(super) change: Change,
    /// When it was made.
    merged: Timestamp,
}

/// Plans the undoing of a merge.
pub(super) async fn plan(tx: &mut Tx<'_, Read>, merge: JournalId) -> Result<Planned> {
    let tenant = tx.tenant.row.id;
    let line = tx.rows.journal_line(tenant, merge).await?.ok_or(Error::NotFound)?;
    if line.kind != "merge" {
        return Err(Error::invalid("merge", "this line of the journal is no merge"));
    }
    if line.answered.is_some() {
        return Err(Error::Conflict("this merge has been undone already"));
    }
    let home = living(tx, line.kept).await?.ok_or(Error::NotFound)?;
    // The aliases are locked and looked at again together with the profile their records are in.
    let absorbed = tx.rows.states(tenant, &line.others).await?;
    if absorbed.iter().any(|(_, state, _)| *state != ProfileState::MergedInto) {
        return Err(Error::Conflict("a profile of this merge has been changed since"));
    }
    let Survey { ground, members, .. } = survey(&tx.rows, tenant, &[home.id]).await?;
    let before: BTreeMap<i64, i64> = line.members.iter().copied().collect();
    // What was merged has been merged on: whoever was at home there first has no part in this.
    let arrived = members.iter().filter(|(record, ..)| before.contains_key(record)).map(|(.., since)| *since);
    let arrived = arrived.min().filter(|_| home.id != line.kept);
    let (mut placed, mut late) = (BTreeMap::new(), Vec::new());
    for (record, _, since) in &members {
        match before.get(record) {
            Some(profile) if line.others.contains(profile) => drop(placed.insert(*record, *profile)),
            None if arrived.is_none_or(|arrived| *since >= arrived) => late.push((*record, *since)),
            _ => drop(placed.insert(*record, home.id)),
        }
    }
    let (groups, aliases) = in_groups(tx, late, home.id, line.kept).await?;
    let records: Vec<i64> = members.iter().map(|(record, ..)| *record).collect();
    let ties: Vec<Tie<i64, i64>> = tx.rows.links_of(tenant, &records).await?.iter().map(tie).collect();
    let placed = place_late(placed, &groups, &ties, home.id, tx.policy.matching());

    let halves: BTreeSet<i64> = placed.values().copied().filter(|half| *half != home.id).collect();
    if halves.is_empty() {
        return Err(Error::Conflict("none of the records of this merge are here any more"));
    }
    let mut change = Change::new(tx, "unmerge", &home, ground);
    change.line.answers = Some(merge);
    for (record, _, since) in &members {
        if placed[record] != home.id {
            change.moves(*record, (home.id, *since), placed[record], "unmerged");
        }
    }
    let of = |half: i64| -> Vec<i64> {
        placed.iter().filter(|(_, at)| **at == half).map(|(record, _)| *record).collect()
    };
    let sides: Vec<Vec<i64>> = halves.iter().copied().chain([home.id]).map(of).collect();
    for (n, one) in sides.iter().enumerate() {
        sides[n + 1..].iter().for_each(|other| change.keeps_apart(one, other));
    }
    for (alias, first) in aliases {
        let half = placed[&first];
        if half != home.id {
            change.repointed.push((alias, home.id, half));
        }
    }
    change.demoted = torn_ties(&placed, &ties);
    change.revived = halves.into_iter().collect();
    change.line.others.clone_from(&change.revived);
    for half in change.revived.clone() {
        let row =
            tx.rows.profile_by_surrogate(tenant, half, &Beside::default()).await?.ok_or(Error::Stale)?;
        concerns(tx, &row);
        change.others.push(row.id16);
    }
    let mut rests: Vec<i64> = change.repointed.iter().map(|(alias, ..)| *alias).collect();
    rests.extend(&line.others);
    change.rests_on(tx, &rests).await?;
    Ok(Planned { change, merged: line.at })
}

/// Records that came later, in the order they came: those that another merge brought stay together, so that its alias
/// leads to one place. Beside them the alias of each such group with one of its records.
async fn in_groups(
    tx: &Tx<'_, Read>,
    mut late: Vec<(i64, Timestamp)>,
    home: i64,
    kept: i64,
) -> Result<(Vec<Vec<i64>>, Vec<(i64, i64)>)> {
    let tenant = tx.tenant.row.id;
    late.sort_by_key(|(record, since)| (*since, *record));
    let records: Vec<i64> = late.iter().map(|(record, _)| *record).collect();
    let from: BTreeMap<i64, i64> = tx.rows.came_from(tenant, &records).await?.into_iter().collect();
    let origins: Vec<i64> = from.values().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let origins = tx.rows.states(tenant, &origins).await?;
    let aliases: BTreeSet<i64> = origins
        .into_iter()
        .filter(|(id, _, into)| *into == Some(home) && *id != kept)
        .map(|(id, ..)| id)
        .collect();
    let mut groups: Vec<Vec<i64>> = Vec::new();
    let mut at: BTreeMap<i64, usize> = BTreeMap::new();
    let mut led = Vec::new();
    for record in records {
        match from.get(&record).filter(|origin| aliases.contains(origin)) {
            Some(origin) if at.contains_key(origin) => groups[at[origin]].push(record),
            Some(origin) => {
                at.insert(*origin, groups.len());
                led.push((*origin, record));
                groups.push(vec![record]);
            }
            None => groups.push(vec![record]),
        }
    }
    Ok((groups, led))
}

/// A link as the resolver sees it.
pub(super) fn tie(link: &RecordLink) -> Tie<i64, i64> {
    Tie {
        record: link.record,
        identifier: link.identifier,
        kind: link.kind,
        is_local_key: link.is_local_key,
        demoted: link.demoted,
        first_seen: link.first_seen,
    }
}
