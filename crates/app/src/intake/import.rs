//! Import: what stands in a file becomes what a source would have sent, long ago. It fires nothing: nobody who watches
//! arrivals sees it, and nobody who was forgotten comes back by it. What cannot be taken in is told and not held; only a value
//! that looks personal and that nobody declared is, as always, held apart from a message that is taken in.

use std::borrow::Cow;

use zelo_ledger::Class;
use zelo_model::Timestamp;
use zelo_resolve::normalize_in;
use zelo_store::SourceRow;

use super::draft::Draft;
use super::message::{Hold, Incoming, Kind, Message};
use super::named::text;
use super::sort::ToHold;
use super::suppress::{Said, screen};
use super::{Batch, apply, seal, sort};
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Mode, Read, Tx, Write};

/// Takes in a batch of a file for a source of the actor's tenant.
pub struct ImportBatch {
    /// The source's name; it owns every record made.
    pub source: String,
    /// The messages.
    pub batch: Batch,
    /// How many of them each row made, in their order: they are taken in together or not at all.
    pub rows: Vec<usize>,
    /// Whether whatever is called an identifier must be one: else it is only a trait, as from an SDK.
    pub strict: bool,
}

/// Tells what would be refused of a batch, and writes nothing.
pub struct CheckImport {
    /// The source's name.
    pub source: String,
    /// The messages.
    pub batch: Batch,
    /// As in [`ImportBatch`].
    pub rows: Vec<usize>,
    /// As in [`ImportBatch`].
    pub strict: bool,
}

/// What became of a batch of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// What became of each message, in their order.
    pub fates: Vec<ImportFate>,
    /// How many of those taken in were there before, or said nothing new.
    pub repeated: usize,
    /// How many were taken in without an identifier of somebody who was forgotten.
    pub stripped: usize,
    /// Groups' traits that look like a person's: held in quarantine; the rest of their messages was taken in.
    pub held: usize,
}

/// What became of a message of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportFate {
    /// It is taken in.
    Taken,
    /// It cannot be, and stays in the file.
    Rejected(Rejection),
    /// No purpose of its source covers it, and no consent in it does.
    NotCollected,
    /// It is of somebody who was forgotten.
    Suppressed,
}

/// Why a message of a file cannot be taken in; never with a value of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The code reports count by.
    pub code: &'static str,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Operation for ImportBatch {
    const NAME: &'static str = "import.batch";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Tenant;
    type Access = Write;
    type Ready = (seal::Plan, Imported);
    type Output = Imported;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Self::Ready> {
        self.plan(tx).await.map_err(|error| match error {
            // As at intake: somebody was forgotten in between.
            Error::Erased => Error::Stale,
            other => other,
        })
    }

    async fn run(&self, (plan, mut imported): Self::Ready, tx: &mut Tx<'_, Write>) -> Result<Imported> {
        let receipt = apply::apply(tx, plan).await?;
        let events = self.batch.items.iter().zip(&imported.fates);
        let events = events.filter(|(item, fate)| **fate == ImportFate::Taken && is_event(item)).count();
        imported.repeated += events.saturating_sub(usize::try_from(receipt.new_events).unwrap_or(usize::MAX));
        Ok(imported)
    }
}

fn is_event(item: &Incoming) -> bool {
    matches!(item, Incoming::Message(message) if message.kind.event().is_some())
}

impl ImportBatch {
    async fn plan(&self, tx: &mut Tx<'_, Read>) -> Result<(seal::Plan, Imported)> {
        let source = named_source(tx, &self.source)?;
        tx.notes.count = Some(self.batch.items.len() as u64);
        let mut fates = judged(tx, &source, (&self.batch, &self.rows), self.strict);
        let of: Vec<usize> = (0..fates.len()).filter(|at| fates[*at] == ImportFate::Taken).collect();
        let sound = if of.len() == fates.len() {
            Cow::Borrowed(&self.batch)
        } else {
            let items = of.iter().map(|at| self.batch.items[*at].clone()).collect();
            Cow::Owned(Batch { items, ..Batch::default() })
        };
        let screened = screen(tx, &source, &sound, Said::OnFile).await?;
        for at in &of {
            fates[*at] = ImportFate::Suppressed;
        }
        let of: Vec<usize> = screened.places.iter().filter_map(|place| of.get(*place).copied()).collect();
        let batch = &*screened.batch;
        let mut sorted = sort::sort(tx, &source, batch)?;
        for at in &of {
            fates[*at] = ImportFate::NotCollected;
        }
        for sort in &sorted.messages {
            fates[of[sort.at]] = ImportFate::Taken;
        }
        for held in std::mem::take(&mut sorted.held) {
            fates[of[held.at]] = ImportFate::Rejected(Rejection::of(&held));
        }
        let mut draft = Draft::load(tx, &source, &mut sorted).await?;
        for (at, reason) in draft.take_each(tx, &source, batch, &sorted) {
            fates[of[at]] = ImportFate::Rejected(reason.into());
        }
        let (repeated, stripped, held) = (draft.unchanged, screened.stripped, draft.held.len());
        let plan = seal::seal(tx, &source, batch, draft).await?;
        Ok((plan, Imported { fates, repeated, stripped, held }))
    }
}

impl Operation for CheckImport {
    const NAME: &'static str = "import.check";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Tenant;
    type Access = Read;
    type Ready = ();
    type Output = Imported;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Imported> {
        let source = named_source(tx, &self.source)?;
        tx.notes.count = Some(self.batch.items.len() as u64);
        let mut fates = judged(tx, &source, (&self.batch, &self.rows), self.strict);
        let screened = screen(tx, &source, &self.batch, Said::OnFile).await?;
        for (at, fate) in fates.iter_mut().enumerate() {
            if *fate == ImportFate::Taken && screened.places.binary_search(&at).is_err() {
                *fate = ImportFate::Suppressed;
            }
        }
        let sorted = sort::sort(tx, &source, &screened.batch)?;
        let mut collected: Vec<usize> = sorted.messages.iter().map(|sort| screened.places[sort.at]).collect();
        for held in &sorted.held {
            let at = screened.places[held.at];
            collected.push(at);
            if fates[at] == ImportFate::Taken {
                fates[at] = ImportFate::Rejected(Rejection::of(held));
            }
        }
        for at in &screened.places {
            if fates[*at] == ImportFate::Taken && !collected.contains(at) {
                fates[*at] = ImportFate::NotCollected;
            }
        }
        Ok(Imported { fates, stripped: screened.stripped, ..Imported::default() })
    }
}

fn named_source<A: Mode>(tx: &Tx<'_, A>, slug: &str) -> Result<SourceRow> {
    let found = tx.tenant.sources.values().find(|source| source.slug == slug);
    found.cloned().ok_or_else(|| {
        Error::invalid(
            "source",
            "there is no such source; create one: zelo source create NAME --collects-for PURPOSE",
        )
    })
}

/// What can be said of messages without looking anybody up; a row with one that cannot be taken in is left out whole, so
/// that it can be mended and brought again.
fn judged<A: Mode>(
    tx: &Tx<'_, A>,
    source: &SourceRow,
    (batch, rows): (&Batch, &[usize]),
    strict: bool,
) -> Vec<ImportFate> {
    let latest = tx.now.plus(Timestamp::DAY);
    let one = |item: &Incoming| match item {
        Incoming::Held { reason, .. } => Some((*reason).into()),
        Incoming::Message(message) => {
            let timely = |at: &Timestamp| (Timestamp::from_micros(0)..=latest).contains(at);
            let untimely = [message.happened, message.client_time].iter().flatten().any(|at| !timely(at));
            let untimely = untimely.then(|| Rejection {
                code: "time",
                message: "its time lies before 1970, or in the future".to_owned(),
            });
            untimely.or_else(|| strict.then(|| unsound(tx, source, message)).flatten())
        }
    };
    let mut fates: Vec<ImportFate> =
        batch.items.iter().map(|item| one(item).map_or(ImportFate::Taken, ImportFate::Rejected)).collect();
    let mut from = 0;
    for length in rows {
        let row = &mut fates[from..(from + length).min(batch.items.len())];
        if let Some(wrong) = row.iter().find(|fate| matches!(fate, ImportFate::Rejected(_))).cloned() {
            row.fill(wrong);
        }
        from += row.len();
    }
    fates
}

/// What is called an identifier and is none. A name may stand for several kinds; then one of them must fit.
fn unsound<A: Mode>(tx: &Tx<'_, A>, source: &SourceRow, message: &Message) -> Option<Rejection> {
    let Kind::Identify(traits) = &message.kind else { return None };
    let region = tx.region(source.jurisdiction.as_deref());
    let rules = &tx.policy.matching().traits;
    rules.iter().find_map(|(name, _)| {
        let value = traits.get(name)?;
        let kinds = rules.iter().filter(|(other, _)| other == name);
        let read = kinds.filter_map(|(_, kind)| Some(normalize_in(*kind, &text(*kind, value)?, region)));
        let read: Vec<_> = read.collect();
        let wrong =
            read.iter().all(Result::is_err).then(|| read.into_iter().find_map(Result::err)).flatten()?;
        Some(Rejection { code: "identifier", message: format!("`{name}` {wrong}") })
    })
}

impl Rejection {
    /// Why, and where in it that is known.
    fn of(held: &ToHold) -> Self {
        let rejection = Self::from(held.reason);
        match &held.detail {
            Some(detail) => Self { message: format!("{}: {detail}", rejection.message), ..rejection },
            None => rejection,
        }
    }
}

impl From<Hold> for Rejection {
    fn from(hold: Hold) -> Self {
        let message = match hold {
            Hold::BadIdentifier => {
                "`userId` or `anonymousId` names nobody: it is empty, too long, or a value everybody shares, such as `null`"
            }
            Hold::RecordLimit => {
                "the person's record would have more than 500 traits, or more than 256 KiB of them"
            }
            Hold::Unparsable => "it cannot be read as a message",
            Hold::NoIdentifier => "`userId` or `anonymousId` is needed",
            Hold::TooLarge => "a message has at most 32 KB",
            Hold::UnknownType => "its type is none that is spoken here",
            Hold::EventName => "its event has no name, or one that tells who it was",
            Hold::MessageId => "`messageId` has at most 100 characters",
            Hold::GroupId => "`groupId` cannot name a group",
            Hold::PersonalTrait => "a group's trait looks like a person's",
            Hold::Schema => "it breaks the tracking plan",
            Hold::PersonalValue => "a property that the tracking plan does not declare looks personal",
            Hold::Fixed => "it was mended and not sent again",
        };
        Self { code: hold.code(), message: message.to_owned() }
    }
}
