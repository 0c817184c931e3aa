//! Other policies come into force: an entry of the installation's log, and the files behind their digest.

use std::sync::Arc;

use zelo_ledger::Class;
use zelo_policy::Bundle;

use crate::error::Result;
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// Keeps a bundle for ever under its digest, which entries cite from then on; [`crate::App::put_in_force`] does the rest.
pub struct InstallPolicies {
    /// The bundle; it governs already.
    pub(crate) bundle: Arc<Bundle>,
    /// The approval that they outdo, by its number.
    pub(crate) outdone: Option<i64>,
}

impl InstallPolicies {
    /// Those that are in force already.
    pub fn again(app: &crate::App) -> Self {
        Self { bundle: app.policy(), outdone: None }
    }
}

impl Operation for InstallPolicies {
    const NAME: &'static str = "policy.install";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    type Access = Write;
    type Ready = ();
    type Output = ();

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<()> {
        tx.in_installation()
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Write>) -> Result<()> {
        if let Some(n) = self.outdone {
            tx.rows.supersede_approval(n, tx.now).await?;
        }
        Ok(tx.rows.keep_policy(self.bundle.digest(), &self.bundle.texts(), tx.now).await?)
    }
}
