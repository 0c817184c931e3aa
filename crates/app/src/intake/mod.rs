//! Intake: a batch of messages becomes records, profiles, links and events, in one write passage.

mod alias;
mod apart;
mod apply;
mod collect;
mod draft;
mod graph;
mod groups;
mod held;
mod import;
mod judge;
mod load;
mod message;
mod named;
mod said;
mod seal;
mod sort;
mod strip;
mod suppress;
mod words;

pub(crate) use apart::{Parts, put_back};
pub(crate) use apply::apply;
pub(crate) use draft::Draft;
pub(crate) use held::{Came, HeldItem, Place};
pub use import::{CheckImport, ImportBatch, ImportFate, Imported, Rejection};
pub(crate) use judge::judge;
pub use message::{Batch, Group, Hold, Incoming, Kind, Message, Receipt};
pub(crate) use seal::{Plan, seal, seal_item};
pub(crate) use sort::{Sorted, ToHold, identifiers_in, read_anyway, sort};
pub(crate) use suppress::{Said, screen};

use zelo_ledger::Class;
use zelo_model::Timestamp;

use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// Takes in what a source sends. The actor is a write key; its source owns every record made.
pub struct IntakeBatch {
    /// The messages.
    pub batch: Batch,
}

/// How stale `last_seen` of records and profiles may grow before it is written, in microseconds: a minute.
const SEEN_GRAIN: i64 = 60 * Timestamp::SECOND;
/// The same for links, in microseconds: an hour; limits with windows count in weeks.
const LINK_GRAIN: i64 = 3600 * Timestamp::SECOND;
/// Traits of one record: at most so many.
const MOST_TRAITS: usize = 500;
/// Traits of one record: at most so many bytes of JSON.
const MOST_TRAIT_BYTES: usize = 256 * 1024;

impl Operation for IntakeBatch {
    const NAME: &'static str = "intake.batch";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Tenant;
    type Access = Write;
    type Ready = seal::Plan;
    type Output = Receipt;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<seal::Plan> {
        self.plan(tx).await.map_err(|error| match error {
            // A key is gone that was there in this snapshot: somebody was forgotten in between.
            Error::Erased => Error::Stale,
            other => other,
        })
    }

    async fn run(&self, plan: seal::Plan, tx: &mut Tx<'_, Write>) -> Result<Receipt> {
        apply::apply(tx, plan).await
    }
}

impl IntakeBatch {
    async fn plan(&self, tx: &mut Tx<'_, Read>) -> Result<seal::Plan> {
        let source = tx.tenant.source_of(tx.actor)?.clone();
        let screened = screen(tx, &source, &self.batch, Said::Now).await?;
        let batch = &*screened.batch;
        let mut sorted = sort::sort(tx, &source, batch)?;
        let mut draft = draft::Draft::load(tx, &source, &mut sorted).await?;
        draft.take_in(tx, &source, batch, &sorted);
        tx.notes.count = Some(self.batch.items.len() as u64);
        let mut plan = seal::seal(tx, &source, batch, draft).await?;
        plan.receipt.not_collected = sorted.not_collected;
        plan.receipt.suppressed = screened.refused;
        plan.receipt.stripped = screened.stripped;
        plan.lifted = screened.lifted.into_iter().collect();
        Ok(plan)
    }
}
