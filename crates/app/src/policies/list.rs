//! Changes of policies there are: those that wait, and those that were decided on.

use std::time::Duration;

use zelo_ledger::Class;
use zelo_model::{ChangeState, PolicyChange, PolicyChangeId};

use super::change::{ChangeView, InForce, base, changed, difference, edits};
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx};

/// Lists changes, the newest first; what each would do [`ReadChange`] says.
pub struct ListChanges {
    /// Only those before this one.
    pub before: Option<PolicyChangeId>,
    /// At most so many, 1 to 100.
    pub first: usize,
}

impl Operation for ListChanges {
    const NAME: &'static str = "policy.changes";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    type Access = Read;
    type Ready = ();
    type Output = (Vec<ChangeView>, bool);

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<()> {
        tx.in_installation()
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<(Vec<ChangeView>, bool)> {
        let first = self.first.clamp(1, 100);
        let most = i64::try_from(first).unwrap_or(100) + 1;
        let mut rows = tx.rows.policy_changes(self.before, most).await?;
        let more = rows.len() > first;
        rows.truncate(first);
        let digest = InForce::of(tx).await?.digest;
        let view = |change: PolicyChange| ChangeView {
            is_current: is_current(&change, &digest),
            change,
            difference: None,
        };
        Ok((rows.into_iter().map(view).collect(), more))
    }
}

/// Reads one change, with what it would do or did.
pub struct ReadChange {
    /// Which one.
    pub id: PolicyChangeId,
}

impl Operation for ReadChange {
    const NAME: &'static str = "policy.change";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    const LONGEST: Duration = super::propose::LONGEST;
    const ALONE: bool = true;
    type Access = Read;
    type Ready = ();
    type Output = ChangeView;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<()> {
        tx.in_installation()
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<ChangeView> {
        let change = tx.rows.policy_change(self.id).await?.ok_or(Error::NotFound)?;
        let digest = InForce::of(tx).await?.digest;
        let is_current = is_current(&change, &digest);
        let now = tx.inner.policy.get();
        let found = if is_current && now.digest() == change.base {
            changed(tx, &now, &edits(&change)?).await.map(|(_, difference)| difference)
        } else {
            before(tx, &change).await
        };
        let difference = match found {
            Ok(difference) => Some(difference),
            // What was good once may be refused by this program, or by what has moved since.
            Err(Error::Invalid(_)) => None,
            Err(error) => return Err(error),
        };
        Ok(ChangeView { change, is_current, difference })
    }
}

/// What a change that begins from other policies meant.
async fn before(tx: &Tx<'_, Read>, change: &PolicyChange) -> Result<super::Difference> {
    let base = base(tx, &change.base).await?;
    let next = base.changed(&edits(change)?).map_err(|error| super::wrong(&error))?;
    let next = super::govern(next).await.map_err(|error| super::wrong(&error))?;
    Ok(difference(tx, &base, &next))
}

fn is_current(change: &PolicyChange, in_force: &str) -> bool {
    change.state == ChangeState::Proposed && change.base == in_force
}
