//! Looking into one held message. It is about somebody, so it is a disclosure: the log lists whom, as far as the message
//! says.

use zelo_ledger::Class;
use zelo_model::{Field, QuarantineId};

use super::list::HeldEntry;
use super::{find, open};
use crate::error::{Error, Result};
use crate::intake::Came;
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx};

/// Opens one held message.
pub struct InspectHeld {
    /// Which.
    pub id: QuarantineId,
}

/// A held message with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldView {
    /// What may stand in the clear.
    pub entry: HeldEntry,
    /// Its bytes as received or mended; what is no UTF-8 shows as `U+FFFD`.
    pub body: Field<String>,
    /// The context of the batch it came in, as received.
    pub context: Field<Option<String>>,
}

impl Operation for InspectHeld {
    const NAME: &'static str = "quarantine.inspect";
    const CLASS: Class = Class::Disclosure;
    const TARGET: Target = Target::Person;
    type Access = Read;
    type Ready = ();
    type Output = HeldView;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<HeldView> {
        let (row, body, _) = find(tx, self.id).await?;
        for handle in tx.rows.handles_in_held(tx.tenant.row.id, row.id).await? {
            tx.notes.shown_to(handle);
        }
        let column = tx.policy.data_map().column("quarantine", "body");
        let category = column.ok_or_else(|| Error::internal("a column has no category"))?.category;
        if let Some(reason) = tx.sight.withholds(category) {
            let (body, context) = (Field::Withheld(reason), Field::Withheld(reason));
            return Ok(HeldView { entry: HeldEntry::of(tx, row)?, body, context });
        }
        let (_, plain) = open(tx, &row, &body).await?;
        let (came, raw) = Came::decode(&plain)?;
        tx.notes.shows(&tx.policy.category_of(category).key);
        let body = Field::Shown(String::from_utf8_lossy(raw).into_owned());
        Ok(HeldView { entry: HeldEntry::of(tx, row)?, body, context: Field::Shown(came.context) })
    }
}
