//! The steward's journal: what was merged, split and suggested, by which rule or by whom, and what became of it.

use std::collections::{BTreeMap, BTreeSet};

use zelo_ledger::Class;
use zelo_model::{JournalId, ProfileId, Timestamp};
use zelo_store::{JournalPage, JournalRow};

use super::preview::shows_pseudonyms;
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx};

/// Reads a page of the journal, newest first.
pub struct ReadJournal {
    /// Only lines of this kind.
    pub kind: Option<JournalKind>,
    /// Only lines that nobody has answered: open suggestions, merges that stand.
    pub open: bool,
    /// How many, 1 to 100.
    pub first: usize,
    /// Only lines before this one.
    pub after: Option<JournalId>,
}

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JournalKind {
    /// Profiles became one.
    Merge,
    /// Profiles may be one person; a rule keeps them from becoming one by themselves.
    Suggestion,
    /// A merge was undone.
    Unmerge,
    /// Records were moved into a profile of their own.
    Split,
    /// A suggestion was rejected.
    Rejection,
    /// Profiles that were kept apart no longer are.
    Lift,
}

impl JournalKind {
    const ALL: [Self; 6] =
        [Self::Merge, Self::Suggestion, Self::Unmerge, Self::Split, Self::Rejection, Self::Lift];

    const fn slug(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Suggestion => "suggest",
            Self::Unmerge => "unmerge",
            Self::Split => "split",
            Self::Rejection => "reject",
            Self::Lift => "lift",
        }
    }
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JournalState {
    /// A suggestion that waits for a steward.
    Open,
    /// A suggestion that was followed.
    Accepted,
    /// A suggestion that was not.
    Rejected,
    /// A decision that holds.
    Standing,
    /// A merge that was undone.
    Undone,
}

/// A page of the journal.
#[derive(Debug, Clone)]
pub struct JournalView {
    /// The lines, newest first.
    pub lines: Vec<JournalEntry>,
    /// Whether there are older ones.
    pub has_next: bool,
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// Its id.
    pub id: JournalId,
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub kind: JournalKind,
    /// By which rule; `steward` for a decision of people.
    pub cause: String,
    /// Who decided: a credential's id; `None` for a rule.
    pub actor: Option<String>,
    /// The profile that is kept.
    pub kept: ProfileId,
    /// The others.
    pub others: Vec<ProfileId>,
    /// The line it answers.
    pub answers: Option<JournalId>,
    /// What became of it.
    pub state: JournalState,
}

impl Operation for ReadJournal {
    const NAME: &'static str = "merge.journal";
    const CLASS: Class = Class::Disclosure;
    const TARGET: Target = Target::Person;
    type Access = Read;
    type Ready = ();
    type Output = JournalView;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<JournalView> {
        shows_pseudonyms(tx)?;
        let tenant = tx.tenant.row.id;
        let first = self.first.clamp(1, 100);
        let page = JournalPage {
            kind: self.kind.map(JournalKind::slug),
            open: self.open,
            before: self.after,
            limit: i64::try_from(first).unwrap_or(100) + 1,
        };
        let mut rows = tx.rows.journal(tenant, &page).await?;
        let has_next = rows.len() > first;
        rows.truncate(first);
        let ids: BTreeSet<i64> =
            rows.iter().flat_map(|row| row.others.iter().chain([&row.kept]).copied()).collect();
        let mut names = BTreeMap::new();
        for (id, id16, handle) in tx.rows.profile_names(tenant, &ids.into_iter().collect::<Vec<_>>()).await? {
            if let Some(handle) = handle {
                tx.notes.shown_to(handle);
            }
            names.insert(id, id16);
        }
        let lines = rows.iter().map(|row| entry(row, &names)).collect::<Result<_>>()?;
        Ok(JournalView { lines, has_next })
    }
}

fn entry(row: &JournalRow, names: &BTreeMap<i64, ProfileId>) -> Result<JournalEntry> {
    let kind = JournalKind::ALL.into_iter().find(|kind| kind.slug() == row.kind);
    let kind = kind.ok_or_else(|| Error::internal("a line of the journal of no known kind"))?;
    let name = |id: &i64| names.get(id).copied();
    let state = match (kind, row.answered.as_deref()) {
        (JournalKind::Suggestion, None) => JournalState::Open,
        (JournalKind::Suggestion, Some("reject")) => JournalState::Rejected,
        (JournalKind::Suggestion, Some(_)) => JournalState::Accepted,
        (_, None) => JournalState::Standing,
        (_, Some(_)) => JournalState::Undone,
    };
    Ok(JournalEntry {
        id: row.id16,
        at: row.at,
        kind,
        cause: row.cause.clone(),
        actor: row.actor.clone(),
        kept: name(&row.kept).ok_or_else(|| Error::internal("a profile of the journal is gone"))?,
        others: row.others.iter().filter_map(name).collect(),
        answers: row.answers,
        state,
    })
}
