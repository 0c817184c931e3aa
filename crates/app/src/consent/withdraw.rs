//! Taking a consent back, as easily as it was given.

use zelo_ledger::Class;
use zelo_model::{ConsentKind, ProfileId, Purpose};

use super::plan::{Plan, apply};
use super::record::{CHANNEL, Said, evidence, is_word, key};
use crate::error::{Error, Result};
use crate::facts::ConsentView;
use crate::operation::{Operation, Target};
use crate::people::person;
use crate::profile::told;
use crate::tx::{Read, Tx, Write};

/// Withdraws one consent, as LGPD art. 8 §5 and GDPR art. 7(3) allow at any time. What was done before stays lawful.
pub struct WithdrawConsent {
    /// Whose.
    pub profile: ProfileId,
    /// To which purpose.
    pub purpose: Purpose,
    /// For which controller; `None` is the tenant's own.
    pub recipient: Option<String>,
    /// Through which channel.
    pub channel: String,
}

impl Operation for WithdrawConsent {
    const NAME: &'static str = "consent.withdraw";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = Plan;
    type Output = ConsentView;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Plan> {
        let plan = self.plan(tx).await;
        plan.map_err(|error| told(tx, error))
    }

    async fn run(&self, plan: Plan, tx: &mut Tx<'_, Write>) -> Result<ConsentView> {
        apply(tx, plan).await
    }
}

impl WithdrawConsent {
    async fn plan(&self, tx: &mut Tx<'_, Read>) -> Result<Plan> {
        let key = key(tx, Some(&self.purpose), self.recipient.as_deref())?;
        if !is_word(&self.channel) {
            return Err(Error::invalid("channel", CHANNEL));
        }
        let profile = person(tx, self.profile).await?;
        let mut plan = Plan::of(tx, &profile, key).await?;
        let given = plan
            .history()
            .withdraw()
            .map_err(|_| Error::Conflict("this consent is not given, or is withdrawn already"))?;
        let said = Said { channel: self.channel.clone(), ..Said::default() };
        let evidence = evidence(tx, &said);
        plan.answer(tx, &profile, given, ConsentKind::Withdraw, &evidence).await?;
        Ok(plan)
    }
}
