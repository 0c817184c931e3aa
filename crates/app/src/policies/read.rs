//! What the policies say, to whoever works under them: nothing of it is about anybody.

use std::sync::Arc;

use zelo_ledger::Class;
use zelo_policy::Bundle;

use crate::error::Result;
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx};

/// Reads the policies in force, and which controller's the actor's tenant is.
pub struct ReadPolicies;

/// The policies in force, for one tenant.
#[derive(Debug, Clone)]
pub struct PoliciesInForce {
    /// All of them.
    pub bundle: Arc<Bundle>,
    /// The controller of the tenant.
    pub controller: String,
    /// Who the notices of today are for: the present instant.
    pub now: zelo_model::Timestamp,
}

impl Operation for ReadPolicies {
    const NAME: &'static str = "policy.read";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Read;
    type Ready = ();
    type Output = PoliciesInForce;

    fn pinned(&self) -> bool {
        false
    }

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<PoliciesInForce> {
        let controller = tx.tenant.row.controller.clone();
        Ok(PoliciesInForce { bundle: tx.inner.policy.get(), controller, now: tx.now })
    }
}
