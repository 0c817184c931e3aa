//! The steward's journal as a Relay connection, newest first.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use zelo_app::{Error, JournalEntry, ReadJournal};

use crate::asker::Door;
use crate::cursor;
use crate::event::PageInfo;
use crate::merge::{id, ids};
use crate::profile::cost;
use crate::scalar::DateTime;
use crate::wants::{FIRST, MOST};

/// What a line of the journal says.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_app::JournalKind")]
pub(crate) enum JournalKind {
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

/// What became of a line of the journal.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_app::JournalState")]
pub(crate) enum JournalState {
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

#[derive(Default)]
pub(crate) struct JournalQuery;

#[Object]
impl JournalQuery {
    /// What was merged, split and suggested, newest first: by which rule or by whom, and what became of it.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn merge_journal(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100.", default_with = "Some(FIRST)")] first: Option<i32>,
        #[graphql(desc = "Only those older than this cursor.")] after: Option<String>,
        #[graphql(desc = "Only lines of this kind.")] kind: Option<JournalKind>,
        #[graphql(desc = "Only what nobody has answered: open suggestions, merges that stand.", default)]
        open: bool,
    ) -> Result<JournalConnection> {
        let first = first.map_or(i64::from(FIRST), i64::from);
        let first = usize::try_from(first).ok().filter(|_| (1..=MOST).contains(&first));
        let first = first.ok_or_else(|| Error::invalid("mergeJournal.first", format!("1 to {MOST}")))?;
        let continued = after.is_some();
        let place = |after: String| {
            cursor::decode_line(&after).ok_or_else(|| {
                Error::invalid("mergeJournal.after", "take a cursor from an earlier answer, unchanged")
            })
        };
        let after = after.map(place).transpose()?;
        let page = cx.run(ReadJournal { kind: kind.map(Into::into), open, first, after }).await?;
        let cursors = |line: Option<&JournalEntry>| line.map(|line| cursor::encode_line(line.id));
        let page_info = PageInfo::new(
            (page.has_next, continued),
            cursors(page.lines.first()),
            cursors(page.lines.last()),
        );
        let edge =
            |line: JournalEntry| JournalEdge { cursor: cursor::encode_line(line.id), node: line.into() };
        Ok(JournalConnection { edges: page.lines.into_iter().map(edge).collect(), page_info })
    }
}

/// A page of the journal, newest first.
#[derive(SimpleObject)]
pub(crate) struct JournalConnection {
    /// The lines of this page.
    edges: Vec<JournalEdge>,
    /// Where the page lies.
    page_info: PageInfo,
}

/// A line and the place it has in the journal.
#[derive(SimpleObject)]
pub(crate) struct JournalEdge {
    /// Its place: `mergeJournal(after:)` goes on behind it.
    cursor: String,
    /// The line.
    node: JournalLine,
}

/// A line of the journal. It never changes; what becomes of it is another line.
#[derive(SimpleObject)]
pub(crate) struct JournalLine {
    /// Its id: `mrg_` and 26 characters.
    id: ID,
    /// When.
    at: DateTime,
    /// What it says.
    kind: JournalKind,
    /// By which rule, such as `identify` or `two-user-ids`; `steward` for a decision of people.
    cause: String,
    /// Who decided: a credential's id; null for a rule.
    actor: Option<String>,
    /// The profile that is kept.
    kept: ID,
    /// The others: absorbed, suggested, returned, newly opened, or kept apart.
    others: Vec<ID>,
    /// The line it answers: the suggestion accepted or rejected, the merge undone.
    answers: Option<ID>,
    /// What became of it.
    state: JournalState,
}

impl From<JournalEntry> for JournalLine {
    fn from(line: JournalEntry) -> Self {
        Self {
            id: id(line.id),
            at: DateTime(line.at),
            kind: line.kind.into(),
            cause: line.cause,
            actor: line.actor,
            kept: id(line.kept),
            others: ids(line.others),
            answers: line.answers.map(id),
            state: line.state.into(),
        }
    }
}
