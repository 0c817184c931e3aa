//! The dry run of a steward's decision: what would move, and what stands against it. Nothing is written but the entry.

use std::collections::BTreeMap;

use zelo_ledger::Class;
use zelo_model::{Field, JournalId, OwnerId, ProfileId, Reason, RecordKind};

use super::change::{Change, NEW};
use super::merging::{Merging, Planned};
use super::{merging, split, unmerge};
use crate::error::{Error, Result};
use crate::facts::states;
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx};

/// What a steward may want of some profiles.
#[derive(Debug, Clone)]
pub enum Rearrangement {
    /// They are one person.
    Merge(Merging),
    /// A merge was wrong; its line in the journal.
    Unmerge(JournalId),
    /// Some records of a profile are somebody else.
    Split {
        /// The profile.
        profile: ProfileId,
        /// The records.
        records: Vec<OwnerId>,
    },
}

/// Tells what a decision would do.
pub struct PreviewChange {
    /// The decision.
    pub of: Rearrangement,
}

/// What would happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The profile that would be kept.
    pub kept: ProfileId,
    /// The profiles that would be absorbed, or return; a split's new profile has no id yet.
    pub others: Vec<ProfileId>,
    /// The records that would move.
    pub moves: Vec<RecordMove>,
    /// The limits of the match rules that only the whole would break, by their names in the journal.
    pub limits: Vec<&'static str>,
    /// Whether a steward keeps some of them apart.
    pub kept_apart: bool,
    /// The purposes for which as one person more would be withheld than now: a no of one holds for all.
    pub withheld: Field<Vec<Withholding>>,
}

/// A purpose closed by a merge for somebody for whom it is open now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withholding {
    /// The purpose.
    pub purpose: String,
    /// The controller it is about.
    pub recipient: String,
    /// `Consent` or `Restricted`.
    pub reason: Reason,
}

/// A record that would move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordMove {
    /// The record.
    pub record: OwnerId,
    /// Whom we got it from, by the source's name.
    pub source: String,
    /// What its local key is.
    pub kind: RecordKind,
    /// The profile it would leave.
    pub from: ProfileId,
    /// The profile it would join; `None` for one still to be opened.
    pub to: Option<ProfileId>,
}

impl Operation for PreviewChange {
    const NAME: &'static str = "merge.preview";
    const CLASS: Class = Class::Disclosure;
    const TARGET: Target = Target::Person;
    type Access = Read;
    type Ready = ();
    type Output = Preview;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Preview> {
        shows_pseudonyms(tx)?;
        let (change, limits, kept_apart) = match &self.of {
            Rearrangement::Merge(what) => {
                let Planned { change, broken, parted } = merging::plan(tx, what).await?;
                (change, broken.iter().map(|breach| breach.slug()).collect(), parted)
            }
            Rearrangement::Unmerge(merge) => (unmerge::plan(tx, *merge).await?.change, Vec::new(), false),
            Rearrangement::Split { profile, records } => {
                (split::plan(tx, *profile, records).await?, Vec::new(), false)
            }
        };
        let moves = moves(tx, &change).await?;
        let withheld = withheld(tx, &change).await?;
        let opens = change.opens.is_some();
        let others = if opens { Vec::new() } else { change.others };
        Ok(Preview { kept: change.kept, others, moves, limits, kept_apart, withheld })
    }
}

async fn moves(tx: &Tx<'_, Read>, change: &Change) -> Result<Vec<RecordMove>> {
    let tenant = tx.tenant.row.id;
    let steps = change.moves.iter();
    let profiles: Vec<i64> =
        steps.flat_map(|step| step.from.into_iter().chain([step.to])).filter(|id| *id != NEW).collect();
    let names: BTreeMap<i64, ProfileId> =
        tx.rows.profile_names(tenant, &profiles).await?.into_iter().map(|(id, id16, _)| (id, id16)).collect();
    let records: Vec<i64> = change.moves.iter().map(|step| step.record).collect();
    let rows = tx.rows.record_names(tenant, &records).await?;
    let known: BTreeMap<i64, _> = rows.into_iter().map(|row| (row.record, row)).collect();
    let step = |step: &zelo_store::MembershipMove| {
        let row = known.get(&step.record)?;
        Some(RecordMove {
            record: row.id16,
            source: tx.tenant.source_name(row.source).to_owned(),
            kind: row.kind,
            from: *names.get(&step.from?)?,
            to: names.get(&step.to).copied(),
        })
    };
    Ok(change.moves.iter().filter_map(step).collect())
}

/// What a merge would close: what the whole is against, and some part is not.
async fn withheld(tx: &mut Tx<'_, Read>, change: &Change) -> Result<Field<Vec<Withholding>>> {
    let kind = tx.policy.data_map().column("consent_event", "kind");
    let category = kind.ok_or_else(|| Error::internal("consents have no category"))?.category;
    if let Some(reason) = tx.sight.withholds(category) {
        return Ok(Field::Withheld(reason));
    }
    tx.notes.shows(&tx.policy.category_of(category).key);
    let members = &change.ground.members;
    let parts = &change.ground.profiles;
    let records: Vec<i64> = members.iter().map(|(record, _)| *record).collect();
    let rows = tx.rows.consents(tx.tenant.row.id, &records).await?;
    let own = |profile: i64| {
        let mine = |row: &&zelo_store::ConsentRow| members.contains(&(row.owner, profile));
        states(rows.iter().filter(mine))
    };
    let own: Vec<_> = parts.iter().map(|profile| own(*profile)).collect();
    let mut withheld = Vec::new();
    for view in states(&rows) {
        let alone = |states: &Vec<crate::facts::ConsentView>| {
            let same =
                states.iter().find(|one| (&one.purpose, &one.recipient) == (&view.purpose, &view.recipient));
            same.map(|one| one.state).unwrap_or_default()
        };
        let alone: Vec<_> = own.iter().map(alone).collect();
        let closes = [
            (
                Reason::Consent,
                view.state.standing.is_against() && alone.iter().any(|one| !one.standing.is_against()),
            ),
            (
                Reason::Restricted,
                view.state.restricted.is_some() && alone.iter().any(|one| one.restricted.is_none()),
            ),
        ];
        for (reason, _) in closes.into_iter().filter(|(_, closes)| *closes) {
            let (purpose, recipient) = (view.purpose.clone(), view.recipient.clone());
            withheld.push(Withholding { purpose, recipient, reason });
        }
    }
    Ok(Field::Shown(withheld))
}

/// What is told here are pseudonyms: profiles and records by their ids.
pub(super) fn shows_pseudonyms(tx: &mut Tx<'_, Read>) -> Result<()> {
    let category = tx.policy.category("pseudonym").ok_or_else(|| Error::internal("no such category"))?;
    if tx.sight.withholds(category.id).is_some() {
        return Err(Error::NotFound);
    }
    tx.notes.shows("pseudonym");
    Ok(())
}
