//! Confirming a yes by the link that was sent to its address: the person acts, in their own name and with nothing but that.

use zelo_ledger::Class;
use zelo_model::{Actor, Role, Standing, Via};

use super::plan::{Plan, apply};
use super::token::{Claim, tenant_of};
use super::waiting::{Confirming, Waiting};
use crate::app::App;
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// Looks at what a link would confirm. Every link that confirms nothing is `NotFound`, whyever: it tells nobody whether
/// somebody is there.
pub struct ReadConfirmation {
    /// What stands in the link.
    pub token: String,
}

/// Confirms it: a yes that the address vouches for, to the text and in the language it was said to. Once it is, it is.
pub struct ConfirmConsent {
    /// What stands in the link.
    pub token: String,
}

impl App {
    /// Whoever holds a link: the person it was sent to, in the tenant that made it. `Unauthenticated` when nobody here did.
    pub async fn holder(&self, token: &str) -> Result<Actor> {
        let id = tenant_of(token).ok_or(Error::Unauthenticated)?;
        let tenant = self.tenant(id).await?;
        Claim::of(token, &tenant).ok_or(Error::Unauthenticated)?;
        let purpose = "data-subject-rights".parse().map_err(Error::internal)?;
        Ok(Actor { tenant: id, role: Role::Subject, purpose, credential: None, source: None, via: Via::Http })
    }
}

impl Operation for ReadConfirmation {
    const NAME: &'static str = "confirmation.read";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Person;
    type Access = Read;
    type Ready = ();
    type Output = Confirming;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Confirming> {
        Ok(Waiting::of(tx, &self.token).await?.confirming)
    }
}

impl Operation for ConfirmConsent {
    const NAME: &'static str = "consent.confirm";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = (Option<Plan>, Confirming);
    type Output = Confirming;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<(Option<Plan>, Confirming)> {
        let waiting = Waiting::of(tx, &self.token).await?;
        let plan = if waiting.confirming.already {
            None
        } else {
            // Whose key is gone was forgotten meanwhile.
            let plan = waiting.plan(tx).await;
            Some(plan.map_err(|error| if matches!(error, Error::Erased) { Error::NotFound } else { error })?)
        };
        Ok((plan, waiting.confirming))
    }

    async fn run(
        &self,
        (plan, confirming): (Option<Plan>, Confirming),
        tx: &mut Tx<'_, Write>,
    ) -> Result<Confirming> {
        let Some(plan) = plan else { return Ok(confirming) };
        let standing = apply(tx, plan).await?.state.standing;
        Ok(Confirming { counts: standing == Standing::Granted, ..confirming })
    }
}
