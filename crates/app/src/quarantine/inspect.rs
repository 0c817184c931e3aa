//! Looking into one held message. It is about somebody, so it is a disclosure: the log lists whom, as far as the message
//! says, and nobody is shown whom the purpose is closed for.

use zelo_ledger::Class;
use zelo_model::{Field, QuarantineId};

use super::list::HeldEntry;
use super::{find, open};
use crate::error::{Error, Result};
use crate::intake::Came;
use crate::operation::{Operation, Target};
use crate::profile::closed_for;
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
        let column = tx.policy.data_map().column("quarantine", "body");
        let category = column.ok_or_else(|| Error::internal("a column has no category"))?.category;
        let people = tx.rows.people_in_held(tx.tenant.row.id, row.id).await?;
        let mut withheld = tx.sight.withholds(category);
        for (profile, _) in &people {
            if withheld.is_none() {
                // Whoever else it is about: it is one text, shown whole or not at all.
                withheld = closed_for(tx, *profile).await?.and_then(|closed| closed.withholds(category));
            }
        }
        for (_, handle) in people {
            tx.notes.shown_to(handle);
        }
        if let Some(reason) = withheld {
            let mut entry = HeldEntry::of(tx, row)?;
            if tx.sight.withholds(category).is_none() {
                entry.event = Field::Withheld(reason);
            }
            let (body, context) = (Field::Withheld(reason), Field::Withheld(reason));
            return Ok(HeldView { entry, body, context });
        }
        let (_, plain) = open(tx, &row, &body).await?;
        let (came, raw) = Came::decode(&plain)?;
        tx.notes.shows(&tx.policy.category_of(category).key);
        let body = Field::Shown(String::from_utf8_lossy(raw).into_owned());
        Ok(HeldView { entry: HeldEntry::of(tx, row)?, body, context: Field::Shown(came.context) })
    }
}
