//! Deleting what nobody can open any more, and closing the erasure.

use zelo_ledger::Class;
use zelo_model::{EntryId, ErasureState};

use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// Rows deleted in one passage at most, so that nobody waits long for the writer.
const AT_ONCE: i64 = 1_000;

/// Deletes a chunk of the rows of somebody whose keys are gone; says whether any are left.
pub struct PurgeErased {
    /// The erasure.
    pub n: i64,
}

impl Operation for PurgeErased {
    const NAME: &'static str = "erasure.purge";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = ();
    type Output = bool;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<()> {
        effective(tx, self.n).await
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Write>) -> Result<bool> {
        let (gone, left) = tx.rows.purge_erased(tx.tenant.row.id, self.n, AT_ONCE).await?;
        tx.notes.erasure = Some(self.n);
        tx.notes.count = Some(gone);
        Ok(left)
    }
}

/// Ends an erasure whose rows are gone: what led from the log to the person goes, and the profile answers that it was
/// forgotten for ever.
pub struct CloseErasure {
    /// The erasure.
    pub n: i64,
}

impl Operation for CloseErasure {
    const NAME: &'static str = "erasure.done";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = ();
    type Output = ();

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<()> {
        effective(tx, self.n).await
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Write>) -> Result<()> {
        let entry = EntryId(tx.ids.sorted(tx.now));
        let (_, left) = tx.rows.purge_erased(tx.tenant.row.id, self.n, AT_ONCE).await?;
        if left {
            return Err(Error::Conflict("an erasure is closed only after its rows are gone"));
        }
        tx.rows.close_erasure(tx.tenant.row.id, self.n, entry, tx.now).await?;
        tx.notes.id = Some(entry);
        tx.notes.erasure = Some(self.n);
        Ok(())
    }
}

/// Rows go only after keys, and once.
async fn effective(tx: &Tx<'_, Read>, n: i64) -> Result<()> {
    let erasure = tx.rows.erasure(tx.tenant.row.id, n).await?.ok_or(Error::NotFound)?;
    match erasure.state {
        ErasureState::Effective => Ok(()),
        ErasureState::Done => Err(Error::Conflict("this erasure is done already")),
        ErasureState::Begun | ErasureState::Shredded => {
            Err(Error::Conflict("a person's rows go only after their keys"))
        }
    }
}
