//! A second person decides on a change of policies: nobody changes alone what may be done with people's data.

use std::sync::Arc;
use std::time::Duration;

use zelo_ledger::Class;
use zelo_model::{ApprovedPolicies, ChangeState, PolicyChange, PolicyChangeId};
use zelo_policy::Bundle;

use super::change::{ChangeView, InForce, changed, edits};
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Mode, Read, Tx, Write};

/// Approves of a change that somebody else proposed, and keeps its policies for ever under their digest;
/// [`crate::App::approve_policies`] does the rest.
pub struct ApprovePolicies {
    /// Which one.
    pub id: PolicyChangeId,
}

/// What is approved.
pub struct Approval {
    view: ChangeView,
    bundle: Arc<Bundle>,
    approved: ApprovedPolicies,
}

impl Operation for ApprovePolicies {
    const NAME: &'static str = "policy.approve";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    const LONGEST: Duration = super::propose::LONGEST;
    const ALONE: bool = true;
    type Access = Write;
    type Ready = Approval;
    type Output = ChangeView;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Approval> {
        let change = waiting(tx, self.id).await?;
        second_person(tx, &change).await?;
        // What the files say now is what it is approved over, whatever they say when it is done.
        let InForce { digest, approved: last, files: origin } = InForce::of(tx).await?;
        let base = tx.inner.policy.get();
        if change.base != digest || digest != base.digest() {
            return Err(Error::Conflict(
                "other policies came into force since it was proposed; propose it again",
            ));
        }
        // Once more: tenants, tracking plan and the program itself may have moved since.
        let (next, difference) = changed(tx, &base, &edits(&change)?).await?;
        if next.digest() != change.digest {
            return Err(Error::internal("the edits of a change do not make what they made"));
        }
        let approved = ApprovedPolicies {
            n: last.map_or(0, |last| last.n) + 1,
            digest: change.digest.clone(),
            origin,
            superseded: false,
        };
        let change = decided(tx, change, ChangeState::Approved);
        let view = ChangeView { change, is_current: false, difference: Some(difference) };
        Ok(Approval { view, bundle: Arc::new(next), approved })
    }

    async fn run(&self, ready: Approval, tx: &mut Tx<'_, Write>) -> Result<ChangeView> {
        if tx.rows.lock_approvals().await? + 1 != ready.approved.n {
            return Err(Error::Stale);
        }
        tx.rows.keep_policy(ready.bundle.digest(), &ready.bundle.texts(), tx.now).await?;
        tx.rows.decide_change(self.id, (tx.now, &tx.actor.name()), Some(&ready.approved)).await?;
        Ok(ready.view)
    }
}

/// Rejects a change; whoever proposed it takes it back so.
pub struct RejectPolicies {
    /// Which one.
    pub id: PolicyChangeId,
}

impl Operation for RejectPolicies {
    const NAME: &'static str = "policy.reject";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    type Access = Write;
    type Ready = ChangeView;
    type Output = ChangeView;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<ChangeView> {
        let change = waiting(tx, self.id).await?;
        let change = decided(tx, change, ChangeState::Rejected);
        Ok(ChangeView { change, is_current: false, difference: None })
    }

    async fn run(&self, view: ChangeView, tx: &mut Tx<'_, Write>) -> Result<ChangeView> {
        tx.rows.decide_change(self.id, (tx.now, &tx.actor.name()), None).await?;
        Ok(view)
    }
}

/// Refuses whoever proposed it, and a key that is called like theirs. That the keys are two people's is for whoever makes them.
async fn second_person(tx: &Tx<'_, Read>, change: &PolicyChange) -> Result<()> {
    let (proposed_by, me) = (&change.proposed.1, tx.actor.name());
    let keys = tx.rows.credentials(tx.tenant.row.id).await?;
    let name = |id: &str| keys.iter().find(|key| key.id16.to_string() == id).map(|key| key.name.as_str());
    if *proposed_by == me || (name(proposed_by).is_some() && name(proposed_by) == name(&me)) {
        return Err(Error::Conflict("whoever proposed it does not approve of it; a second person does"));
    }
    Ok(())
}

async fn waiting(tx: &Tx<'_, Read>, id: PolicyChangeId) -> Result<PolicyChange> {
    tx.in_installation()?;
    let change = tx.rows.policy_change(id).await?.ok_or(Error::NotFound)?;
    match change.state {
        ChangeState::Proposed => Ok(change),
        ChangeState::Approved => Err(Error::Conflict("it is approved already")),
        ChangeState::Rejected => Err(Error::Conflict("it is rejected already")),
    }
}

fn decided<A: Mode>(tx: &Tx<'_, A>, change: PolicyChange, state: ChangeState) -> PolicyChange {
    PolicyChange { state, decided: Some((tx.now, tx.actor.name())), ..change }
}
