//! Proposing a change of policies, for a second person to decide on.

use std::time::Duration;

use zelo_ledger::Class;
use zelo_model::{ChangeState, PolicyChange, PolicyChangeId};
use zelo_policy::Edits;
use zelo_resolve::looks_personal;

use super::change::{ChangeView, InForce, changed};
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// The longest that reading policies may take, with every access case asked.
pub(super) const LONGEST: Duration = Duration::from_mins(1);
/// The longest reason, in bytes.
const LONGEST_WHY: usize = 1_000;

/// Proposes a change of the policies in force. Whatever is wrong with it is said at once, and then nothing is proposed.
pub struct ProposePolicies {
    /// The new text by path below `policies/`; `None` for a file that goes.
    pub edits: Edits,
    /// Why, for whoever decides on it and for whoever asks years later.
    pub why: String,
}

impl Operation for ProposePolicies {
    const NAME: &'static str = "policy.propose";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    const LONGEST: Duration = LONGEST;
    const ALONE: bool = true;
    type Access = Write;
    type Ready = ChangeView;
    type Output = ChangeView;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<ChangeView> {
        tx.in_installation()?;
        why(&self.why)?;
        let base = tx.inner.policy.get();
        if InForce::of(tx).await?.digest != base.digest() {
            return Err(Error::Conflict(
                "other policies are just coming into force; read them, and propose again",
            ));
        }
        let (next, difference) = changed(tx, &base, &self.edits).await?;
        let change = PolicyChange {
            id: PolicyChangeId(tx.ids.sorted(tx.now)),
            base: base.digest().to_owned(),
            digest: next.digest().to_owned(),
            edits: serde_json::to_string(&self.edits).map_err(Error::internal)?,
            why: self.why.trim().to_owned(),
            state: ChangeState::Proposed,
            proposed: (tx.now, tx.actor.name()),
            decided: None,
        };
        Ok(ChangeView { change, is_current: true, difference: Some(difference) })
    }

    async fn run(&self, view: ChangeView, tx: &mut Tx<'_, Write>) -> Result<ChangeView> {
        tx.rows.propose_change(&view.change).await?;
        Ok(view)
    }
}

fn why(text: &str) -> Result<()> {
    let message = match text.trim() {
        "" => "say why, for whoever decides on it",
        long if long.len() > LONGEST_WHY => "at most 1000 bytes",
        text if looks_personal(text) => {
            "something in it looks like somebody's identifier; a reason is kept for ever and names nobody"
        }
        _ => return Ok(()),
    };
    Err(Error::invalid("why", message))
}
