//! Two profiles are two people, whatever the rules think; and that word taken back.

use std::collections::BTreeSet;

use zelo_ledger::Class;
use zelo_model::{JournalId, ProfileId};
use zelo_store::FoundProfile;

use super::change::{Change, Rearranged, apply};
use super::merging::suggestion;
use crate::error::{Error, Result};
use crate::ground::{Ground, survey};
use crate::operation::{Operation, Target};
use crate::people::{living, person};
use crate::tx::{Read, Tx, Write};

/// Rejects a suggestion: these are different people, and the rules stop asking.
pub struct RejectSuggestion {
    /// The suggestion's line in the journal.
    pub suggestion: JournalId,
}

impl Operation for RejectSuggestion {
    const NAME: &'static str = "merge.reject";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = Change;
    type Output = Rearranged;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Change> {
        let line = suggestion(tx, self.suggestion).await?;
        let home = living(tx, line.kept).await?.ok_or(Error::NotFound)?;
        let mut others: Vec<FoundProfile> = Vec::new();
        for id in &line.others {
            others.extend(living(tx, *id).await?);
        }
        if others.iter().any(|other| other.id == home.id) {
            return Err(Error::Conflict("these have become one person since; undo that merge first"));
        }
        others.sort_by_key(|other| other.id);
        others.dedup_by_key(|other| other.id);
        let ground = ground(tx, others.iter().chain([&home])).await?;
        let mut change = Change::new(tx, "reject", &home, ground);
        let one = records(&change.ground, home.id);
        for other in &others {
            let other = records(&change.ground, other.id);
            change.keeps_apart(&one, &other);
        }
        change.line.answers = Some(self.suggestion);
        change.line.others = others.iter().map(|other| other.id).collect();
        change.others = others.iter().map(|other| other.id16).collect();
        change.rests_on(tx, &[]).await?;
        Ok(change)
    }

    async fn run(&self, change: Change, tx: &mut Tx<'_, Write>) -> Result<Rearranged> {
        apply(tx, change).await
    }
}

/// Lets two profiles be one person again. It merges nobody by itself.
pub struct LiftApart {
    /// The two.
    pub profiles: [ProfileId; 2],
}

impl Operation for LiftApart {
    const NAME: &'static str = "merge.lift";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = Change;
    type Output = Rearranged;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Change> {
        let one = person(tx, self.profiles[0]).await?;
        let other = person(tx, self.profiles[1]).await?;
        let ground = ground(tx, [&one, &other]).await?;
        let sides = [records(&ground, one.id), records(&ground, other.id)];
        let across = |(low, high): &&(i64, i64)| {
            let [one, other] = &sides;
            (one.contains(low) && other.contains(high)) || (other.contains(low) && one.contains(high))
        };
        let lifted: Vec<(i64, i64)> = ground.apart.iter().filter(across).copied().collect();
        if lifted.is_empty() {
            return Err(Error::Conflict("nobody keeps these two apart"));
        }
        let mut change = Change::new(tx, "lift", &one, ground);
        change.lifted = lifted;
        change.line.others = vec![other.id];
        change.others = vec![other.id16];
        change.rests_on(tx, &[]).await?;
        Ok(change)
    }

    async fn run(&self, change: Change, tx: &mut Tx<'_, Write>) -> Result<Rearranged> {
        apply(tx, change).await
    }
}

async fn ground<'p>(tx: &Tx<'_, Read>, people: impl IntoIterator<Item = &'p FoundProfile>) -> Result<Ground> {
    let ids: BTreeSet<i64> = people.into_iter().map(|profile| profile.id).collect();
    Ok(survey(&tx.rows, tx.tenant.row.id, &ids.into_iter().collect::<Vec<_>>()).await?.ground)
}

fn records(ground: &Ground, profile: i64) -> Vec<i64> {
    ground.members.iter().filter(|(_, at)| *at == profile).map(|(record, _)| *record).collect()
}
