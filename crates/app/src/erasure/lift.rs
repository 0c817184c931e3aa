//! Letting somebody come back, by an officer's hand.

use zelo_ledger::Class;
use zelo_model::Identifier;

use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::profile::Lookup;
use crate::tx::{Read, Tx, Write};

/// Lifts the suppression of whoever this identifier belonged to: whatever their erasure suppressed may be collected again.
pub struct LiftSuppression {
    /// Any suppressed identifier of theirs.
    pub lookup: Lookup,
}

impl Operation for LiftSuppression {
    const NAME: &'static str = "suppression.lift";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Person;
    type Access = Write;
    /// The erasure.
    type Ready = i64;
    /// How many identifiers are free again.
    type Output = u64;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<i64> {
        let identifier: Identifier = match &self.lookup {
            Lookup::Id(_) => {
                let message =
                    "name one of the person's identifiers: nothing leads from an id to them any more";
                return Err(Error::invalid("by", message));
            }
            Lookup::Identifier { .. } => {
                tx.inner.lookups.count(tx.actor)?;
                self.lookup.identifier(tx)?.ok_or(Error::NotFound)?
            }
        };
        let digest = tx.tenant.keys.suppression().digest(&identifier);
        let found = tx.rows.suppressed(tx.tenant.row.id, &[digest]).await?;
        found.first().map(|one| one.n).ok_or(Error::NotFound)
    }

    async fn run(&self, n: i64, tx: &mut Tx<'_, Write>) -> Result<u64> {
        let tenant = tx.tenant.row.id;
        let lifted = tx.rows.lift_suppression(tenant, n).await?;
        if lifted == 0 {
            return Err(Error::Stale);
        }
        tx.notes.made = Some(tx.rows.raise_made(tenant).await?);
        tx.notes.erasure = Some(n);
        tx.notes.count = Some(lifted);
        Ok(lifted)
    }
}
