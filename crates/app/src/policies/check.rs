//! Trying a change of policies: what is wrong with it, or what it would do; nothing is written.

use zelo_ledger::Class;
use zelo_policy::Edits;

use super::change::{Difference, changed};
use crate::error::Result;
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx};

/// Reads policies with some files changed as they would be read if they came into force.
pub struct CheckPolicies {
    /// The new text by path below `policies/`; `None` for a file that goes.
    pub edits: Edits,
}

impl Operation for CheckPolicies {
    const NAME: &'static str = "policy.check";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    const LONGEST: std::time::Duration = super::propose::LONGEST;
    const ALONE: bool = true;
    type Access = Read;
    type Ready = ();
    type Output = Difference;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<()> {
        tx.in_installation()
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Difference> {
        let base = tx.inner.policy.get();
        changed(tx, &base, &self.edits).await.map(|(_, difference)| difference)
    }
}
