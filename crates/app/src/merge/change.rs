//! A plan to rearrange people: who stood where when it was made, and what of that changes.

use std::collections::BTreeSet;

use zelo_model::{JournalId, ProfileId, ProfileState, RecordKind, Timestamp};
use zelo_store::{FoundProfile, JournalLine, MembershipMove, NewProfile};

use super::carry::Carried;
use crate::error::{Error, Result};
use crate::ground::{Ground, survey};
use crate::tx::{Read, Tx, Write};

/// What a steward's decision did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rearranged {
    /// Its line in the journal.
    pub line: JournalId,
    /// The profile that was kept.
    pub kept: ProfileId,
    /// The others: absorbed, returned, newly opened, or kept apart.
    pub others: Vec<ProfileId>,
    /// How many records moved.
    pub moved: usize,
}

/// Stands for the profile a plan opens, until it has a surrogate.
pub(super) const NEW: i64 = -1;

/// What to do, and what must still be true when it is done.
pub struct Change {
    /// Who the profiles were.
    pub(super) ground: Ground,
    /// In which state they and their aliases were.
    pub(super) states: Vec<(i64, ProfileState, Option<i64>)>,
    pub(super) opens: Option<NewProfile>,
    pub(super) moves: Vec<MembershipMove>,
    /// (profile, the one it becomes an alias of).
    pub(super) aliases: Vec<(i64, i64)>,
    pub(super) revived: Vec<i64>,
    /// Aliases that lead elsewhere: (profile, from, to).
    pub(super) repointed: Vec<(i64, i64, i64)>,
    pub(super) apart: BTreeSet<(i64, i64)>,
    pub(super) lifted: Vec<(i64, i64)>,
    pub(super) demoted: Vec<(i64, i64)>,
    /// What was said while they were one and holds for each.
    pub(super) carried: Option<Carried>,
    pub(super) line: JournalLine,
    pub(super) kept: ProfileId,
    pub(super) others: Vec<ProfileId>,
}

impl Change {
    /// One that says only what happens, by whom and to whom.
    pub(super) fn new(tx: &Tx<'_, Read>, kind: &'static str, home: &FoundProfile, ground: Ground) -> Self {
        Self {
            line: JournalLine {
                id16: JournalId(tx.ids.sorted(tx.now)),
                at: tx.now,
                kind,
                cause: "steward".to_owned(),
                kept: home.id,
                others: Vec::new(),
                members: ground.members.clone(),
                evidence: Vec::new(),
                actor: Some(tx.actor.name()),
                answers: None,
            },
            ground,
            states: Vec::new(),
            opens: None,
            moves: Vec::new(),
            aliases: Vec::new(),
            revived: Vec::new(),
            repointed: Vec::new(),
            apart: BTreeSet::new(),
            lifted: Vec::new(),
            demoted: Vec::new(),
            carried: None,
            kept: home.id16,
            others: Vec::new(),
        }
    }

    /// A record's way from one profile to another.
    pub(super) fn moves(
        &mut self,
        record: i64,
        (from, since): (i64, Timestamp),
        to: i64,
        cause: &'static str,
    ) {
        // Two moves in one instant must still follow each other.
        let at = self.line.at.max(since.plus(1));
        self.moves.push(MembershipMove { record, from: Some(from), to, at, cause });
    }

    /// Keeps every record of one side apart from every record of the other.
    pub(super) fn keeps_apart(&mut self, one: &[i64], other: &[i64]) {
        let pairs = one.iter().flat_map(|a| other.iter().map(move |b| ((*a).min(*b), (*a).max(*b))));
        self.apart.extend(pairs.filter(|(low, high)| low != high));
    }

    /// Notes the state of everybody this rests on, besides those of the ground.
    pub(super) async fn rests_on(&mut self, tx: &Tx<'_, Read>, aliases: &[i64]) -> Result<()> {
        let all: BTreeSet<i64> = self.ground.profiles.iter().chain(aliases).copied().collect();
        let all: Vec<i64> = all.into_iter().collect();
        self.states = tx.rows.states(tx.tenant.row.id, &all).await?;
        Ok(())
    }
}

/// Does what was planned, or says `Stale` when somebody it rests on has moved.
pub(super) async fn apply(tx: &mut Tx<'_, Write>, mut change: Change) -> Result<Rearranged> {
    let (tenant, rows) = (tx.tenant.row.id, tx.rows);
    let all: Vec<i64> = change.states.iter().map(|(id, ..)| *id).collect();
    rows.lock_profiles(tenant, &all).await?;
    let same_people = survey(rows, tenant, &change.ground.profiles).await?.ground == change.ground;
    if !same_people || rows.states(tenant, &all).await? != change.states {
        return Err(Error::Stale);
    }
    if let Some(mut new) = change.opens.take() {
        new.id = tx.surrogate().await?;
        change.line.others.push(new.id);
        change.moves.iter_mut().filter(|step| step.to == NEW).for_each(|step| step.to = new.id);
        change.carried.iter_mut().for_each(|carried| carried.opened(new.id));
        rows.insert_profiles(tenant, vec![new]).await?;
    }
    for profile in &change.revived {
        rows.revive_profile(tenant, *profile).await?;
    }
    let touched: BTreeSet<i64> =
        change.moves.iter().flat_map(|step| step.from.into_iter().chain([step.to])).collect();
    let moved = change.moves.len();
    rows.move_records(tenant, change.moves).await?;
    for (profile, into) in &change.aliases {
        rows.alias_profile(tenant, *profile, *into).await?;
    }
    for (profile, from, to) in &change.repointed {
        rows.repoint_alias(tenant, *profile, *from, *to).await?;
    }
    rows.demote_links(tenant, &change.demoted).await?;
    if let Some(carried) = change.carried {
        carried.place(tx).await?;
    }
    let pairs: Vec<(i64, i64)> = change.apart.into_iter().collect();
    rows.keep_apart(tenant, &pairs, tx.now, change.line.id16).await?;
    rows.lift_apart(tenant, &change.lifted).await?;
    rows.recount_seen(tenant, &touched.into_iter().collect::<Vec<_>>()).await?;
    let line = change.line.id16;
    rows.insert_journal(tenant, vec![change.line]).await?;
    Ok(Rearranged { line, kept: change.kept, others: change.others, moved })
}

/// The records of a profile that a person can name: all but the house's own.
pub(super) fn named(profile: &FoundProfile) -> impl Iterator<Item = &zelo_store::Member> {
    profile.members.iter().filter(|member| member.kind != RecordKind::House)
}
