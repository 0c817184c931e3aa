//! A held message on its way in once more: the same path as when it arrived, as if it were then.

use std::sync::Arc;

use zelo_store::{HeldRow, SourceRow};

use super::part::Whole;
use super::{Judgement, Verdict, part};
use crate::error::{Error, Result};
use crate::intake::{Batch, Came, Draft, Hold, Incoming, Plan, Said, screen, seal, sort};
use crate::tx::{Read, Tx};
use crate::wire::{self, Fault, MAX_MESSAGE, Verb};

/// What comes of it, and how to write that.
pub(crate) struct Tried {
    pub(crate) judgement: Judgement,
    /// `None` when it is held still or refused, or when it was only to be judged.
    pub(crate) plan: Option<Box<Plan>>,
    /// The event that what was held of it returns to.
    pub(crate) whole: Option<Whole>,
}

impl From<Judgement> for Tried {
    fn from(judgement: Judgement) -> Self {
        Self { judgement, plan: None, whole: None }
    }
}

/// Whether it is only judged, or also to be written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Judge,
    Take,
}

/// Takes a held message in as if it had just been received, at the time it was.
pub(crate) async fn again(
    tx: &mut Tx<'_, Read>,
    (row, source): (&HeldRow, &SourceRow),
    came: &Came,
    raw: &[u8],
    how: How,
) -> Result<Tried> {
    if let Some(place) = came.place()? {
        return part::again(tx, (row, source), place, raw, how).await.map_err(|error| match error {
            Error::Erased => Error::Stale,
            other => other,
        });
    }
    let message = match read(came, raw) {
        Ok(message) => message,
        Err((reason, detail)) => {
            let verdict = Verdict::Held(reason);
            return Ok(Judgement { verdict, detail: Some(detail), apart: 0 }.into());
        }
    };
    let batch = Batch {
        context: came.context.as_deref().map(Arc::from),
        sent_at: came.sent(),
        gpc: came.gpc,
        by_themselves: came.by_themselves,
        received: Some(row.at),
        items: vec![message],
    };
    match take(tx, (row, source), &batch, how).await {
        // A key is gone that was there in this snapshot: somebody was forgotten in between.
        Err(Error::Erased) => Err(Error::Stale),
        other => other,
    }
}

async fn take(
    tx: &mut Tx<'_, Read>,
    (row, source): (&HeldRow, &SourceRow),
    batch: &Batch,
    how: How,
) -> Result<Tried> {
    let screened = screen(tx, source, batch, Said::Now).await?;
    if screened.refused > 0 {
        return Ok(Judgement::of(Verdict::Suppressed).into());
    }
    let batch = &*screened.batch;
    let mut sorted = sort(tx, source, batch)?;
    if sorted.not_collected > 0 {
        return Ok(Judgement::of(Verdict::NotCollected).into());
    }
    if let Some(held) = sorted.held.pop() {
        let verdict = Verdict::Held(held.reason);
        return Ok(Judgement { verdict, detail: held.detail, apart: 0 }.into());
    }
    let mut draft = Draft::load(tx, source, &mut sorted).await?;
    draft.take_in(tx, source, batch, &sorted);
    // What is held because it was a part is no better for being held apart once more.
    let was_part = Hold::from_code(&row.reason).is_some_and(Hold::is_part);
    let held = draft.held.first().filter(|item| draft.accepted == 0 || (was_part && item.reason.is_part()));
    if let Some(held) = held {
        let verdict = Verdict::Held(held.reason);
        return Ok(Judgement { verdict, detail: held.detail.clone(), apart: 0 }.into());
    }
    let judgement = Judgement { apart: draft.held.len(), ..Judgement::of(Verdict::Taken) };
    if how == How::Judge {
        return Ok(judgement.into());
    }
    let mut plan = seal(tx, source, batch, draft).await?;
    plan.lifted = screened.lifted.into_iter().collect();
    Ok(Tried { plan: Some(Box::new(plan)), ..judgement.into() })
}

/// The message, or why it cannot be one.
fn read(came: &Came, raw: &[u8]) -> Result<Incoming, (Hold, String)> {
    let unreadable = |at: usize| (Hold::Unparsable, format!("the message is not UTF-8 from byte {at} on"));
    let text = str::from_utf8(raw).map_err(|error| unreadable(error.valid_up_to()))?;
    let verb = came.verb.as_deref().and_then(|name| Verb::ALL.into_iter().find(|verb| verb.name() == name));
    let parsed = wire::parse(text.trim_ascii(), None);
    let parsed = match (parsed, verb) {
        (Err(Fault::Type), Some(verb)) => wire::parse(text.trim_ascii(), Some(verb)),
        (parsed, _) => parsed,
    };
    let message = parsed.map_err(|fault| (fault.hold(), fault.to_string()))?;
    debug_assert!(message.raw.len() <= MAX_MESSAGE);
    Ok(Incoming::Message(Box::new(message)))
}
