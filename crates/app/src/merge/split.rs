//! Some records of a profile are somebody else.

use std::collections::BTreeMap;

use zelo_ledger::Class;
use zelo_model::{Handle, OwnerId, ProfileId, Timestamp};
use zelo_resolve::{Tie, torn_ties};
use zelo_store::NewProfile;

use super::carry::carry;
use super::change::{Change, NEW, Rearranged, apply, named};
use super::unmerge::tie;
use crate::error::{Error, Result};
use crate::ground::{Survey, survey};
use crate::operation::{Operation, Target};
use crate::people::person;
use crate::tx::{Read, Tx, Write};

/// Moves records of a profile into a new one, and keeps the two apart until a steward lifts it.
pub struct SplitProfile {
    /// The profile.
    pub profile: ProfileId,
    /// Which of its records are somebody else's: at least one, and not all.
    pub records: Vec<OwnerId>,
}

impl Operation for SplitProfile {
    const NAME: &'static str = "profile.split";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = Change;
    type Output = Rearranged;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Change> {
        let mut change = plan(tx, self.profile, &self.records).await?;
        // Nobody knows which of them said no, however long ago.
        change.carried = Some(carry(tx, &change, Timestamp::from_micros(i64::MIN)).await?);
        if let Some(new) = &change.opens {
            tx.notes.shown_to(new.handle);
        }
        Ok(change)
    }

    async fn run(&self, change: Change, tx: &mut Tx<'_, Write>) -> Result<Rearranged> {
        apply(tx, change).await
    }
}

/// Plans a split.
pub(super) async fn plan(tx: &mut Tx<'_, Read>, profile: ProfileId, records: &[OwnerId]) -> Result<Change> {
    let tenant = tx.tenant.row.id;
    let home = person(tx, profile).await?;
    if records.iter().any(|record| !named(&home).any(|member| member.id16 == *record)) {
        return Err(Error::invalid("records", "name records of this profile that came from a source"));
    }
    let all = named(&home).count();
    let leaving: Vec<i64> =
        named(&home).filter(|member| records.contains(&member.id16)).map(|member| member.record).collect();
    if leaving.is_empty() || leaving.len() == all {
        return Err(Error::invalid("records", "name at least one record, and leave at least one"));
    }
    let Survey { ground, members, .. } = survey(&tx.rows, tenant, &[home.id]).await?;
    let (id16, handle) = (ProfileId(tx.ids.random()), Handle(tx.ids.random()));
    let mut change = Change::new(tx, "split", &home, ground);
    let mut placed = BTreeMap::new();
    for (record, profile, since) in members {
        let leaves = leaving.contains(&record);
        placed.insert(record, leaves);
        if leaves {
            change.moves(record, (profile, since), NEW, "split");
        }
    }
    let staying: Vec<i64> = placed.keys().copied().filter(|record| !leaving.contains(record)).collect();
    change.keeps_apart(&leaving, &staying);
    let all: Vec<i64> = placed.keys().copied().collect();
    let ties: Vec<Tie<i64, i64>> = tx.rows.links_of(tenant, &all).await?.iter().map(tie).collect();
    change.demoted = torn_ties(&placed, &ties);
    change.opens = Some(NewProfile { id: NEW, id16, at: tx.now, handle });
    change.others = vec![id16];
    change.rests_on(tx, &[]).await?;
    Ok(change)
}
