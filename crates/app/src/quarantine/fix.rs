//! Mending a held message: other bytes take the place of those that came, under the same key; and what would become of
//! them is told, without doing it.

use std::sync::Arc;

use zelo_ledger::Class;
use zelo_model::QuarantineId;

use super::again::{How, Tried, again};
use super::{Judgement, Verdict, find, open};
use crate::error::{Error, Result};
use crate::intake::{
    Batch, Came, Draft, HeldItem, Hold, Plan, Sorted, ToHold, apply, read_anyway, seal, seal_item,
};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};
use crate::wire::{self, MAX_MESSAGE};

/// Puts a corrected message in the place of one that is held.
pub struct FixHeld {
    /// Which.
    pub id: QuarantineId,
    /// The corrected message: a JSON object of at most 32 KB.
    pub json: String,
}

impl Operation for FixHeld {
    const NAME: &'static str = "quarantine.fix";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = (Box<Plan>, Judgement);
    type Output = Judgement;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<(Box<Plan>, Judgement)> {
        self.usable()?;
        let (row, body, source) = find(tx, self.id).await?;
        for (_, handle) in tx.rows.people_in_held(tx.tenant.row.id, row.id).await? {
            tx.notes.shown_to(handle);
        }
        let (keys, plain) = open(tx, &row, &body).await?;
        let (came, _) = Came::decode(&plain)?;
        let raw: Arc<[u8]> = self.json.as_bytes().into();
        let Tried { judgement, .. } = again(tx, (&row, &source), &came, &raw, How::Judge).await?;
        let reason = match judgement.verdict {
            Verdict::Held(reason) => reason,
            // A part stays one: it is sent again as such.
            _ => Hold::from_code(&row.reason).filter(|was| was.is_part()).unwrap_or(Hold::Fixed),
        };
        let detail = judgement.detail.clone();
        let identifiers = read_anyway(tx, &source, &raw);
        let held = ToHold { at: 0, reason, detail, verb: None, raw, identifiers };
        let item = HeldItem { id: row.id, id16: row.id16, ..HeldItem::as_it_came(tx, &source, &held) };
        let mut sorted = Sorted { held: vec![held], ..Sorted::default() };
        let draft = Draft::load(tx, &source, &mut sorted).await?;
        let (people, next) = ((&draft.graph, &source), row.seal_version + 1);
        let mended = seal_item(tx, &keys, people, (&item, next), &came, row.at)?;
        let mut writes = seal(tx, &source, &Batch::default(), draft).await?;
        writes.mended = Some(mended);
        Ok((Box::new(writes), judgement))
    }

    async fn run(
        &self,
        (plan, judgement): (Box<Plan>, Judgement),
        tx: &mut Tx<'_, Write>,
    ) -> Result<Judgement> {
        apply(tx, *plan).await?;
        tx.notes.count = Some(1);
        Ok(judgement)
    }
}

impl FixHeld {
    fn usable(&self) -> Result<()> {
        let text = self.json.trim_ascii();
        if text.len() > MAX_MESSAGE {
            return Err(Error::invalid("json", "a message has at most 32 KB"));
        }
        wire::check(text).map_err(|fault| Error::invalid("json", fault.to_string()))?;
        if wire::is_object(text) {
            Ok(())
        } else {
            Err(Error::invalid("json", "a message must be a JSON object"))
        }
    }
}
