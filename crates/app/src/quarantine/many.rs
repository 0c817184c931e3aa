//! Sending many held messages again: each is a passage of its own, so one that is held still keeps nobody else.

use futures_util::StreamExt as _;
use futures_util::stream;
use zelo_model::{Actor, QuarantineId, Timestamp};

use super::list::{HeldFilter, ListHeld};
use super::{Judgement, Verdict};
use crate::app::App;
use crate::error::{Error, Result};

/// How many one call looks at.
const MOST: usize = 1_000;
/// How many are on their way at once.
const AT_ONCE: usize = 8;

/// What became of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReplayCount {
    /// They are stored.
    pub taken: usize,
    /// They are held still.
    pub held: usize,
    /// They may not be kept, and are not.
    pub refused: usize,
    /// Where to go on with older ones: time and id; `None` when there are none.
    pub next: Option<(Timestamp, QuarantineId)>,
}

impl App {
    /// Sends held messages again, a thousand of the newest behind a place, the oldest of these first.
    pub async fn replay_many(
        &self,
        actor: &Actor,
        filter: &HeldFilter,
        mut after: Option<(Timestamp, QuarantineId)>,
    ) -> Result<ReplayCount> {
        let mut ids = Vec::new();
        let mut has_next = true;
        while has_next && ids.len() < MOST {
            let page = self.run(actor, ListHeld { filter: filter.clone(), first: 100, after }).await?;
            has_next = page.has_next;
            after = page.entries.last().map(|entry| (entry.received, entry.id)).or(after);
            ids.extend(page.entries.into_iter().map(|entry| entry.id));
        }
        let mut count = ReplayCount { next: after.filter(|_| has_next), ..ReplayCount::default() };
        let mut done = stream::iter(ids.into_iter().rev())
            .map(|id| async move { self.replay_held(actor, id).await })
            .buffer_unordered(AT_ONCE);
        while let Some(outcome) = done.next().await {
            match outcome {
                Ok(judgement) => count.add(&judgement),
                // Somebody else was faster, or its time was over.
                Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(count)
    }
}

impl ReplayCount {
    fn add(&mut self, judgement: &Judgement) {
        match judgement.verdict {
            Verdict::Taken => self.taken += 1,
            Verdict::Held(_) => self.held += 1,
            Verdict::NotCollected | Verdict::Suppressed => self.refused += 1,
        }
    }
}
