//! Turning somebody away leaves an entry, or adds to the count of the next.

use zelo_ledger::{Class, Decision};
use zelo_model::{EntryId, Via};

use crate::app::App;
use crate::error::{Error, Result};
use crate::inner::Inner;
use crate::notes::{Notes, Verdict};
use crate::refusals::TurnedAway;

impl Inner {
    /// Enters a refusal, or lets it wait for the next entry of its kind.
    pub(crate) async fn turn_away(&self, who: TurnedAway) -> Result<()> {
        match self.refusals.count(&who) {
            Some(count) => self.enter_refusal(who, count).await,
            None => Ok(()),
        }
    }

    async fn enter_refusal(&self, who: TurnedAway, count: u64) -> Result<()> {
        let policy = self.policy.get();
        let verdict = Verdict {
            op: who.op,
            class: Class::Refusal,
            decision: Decision::Deny,
            reason: Some(who.reason),
            policy: policy.digest(),
        };
        let now = self.clock.now();
        let id = EntryId(self.ids.sorted(now));
        let spoken = (who.actor, who.purpose, who.via);
        Ok(self.store.enter(Notes::counting(count).entry_of(id, now, who.tenant, spoken, &verdict)?).await?)
    }
}

impl App {
    /// Notes that a stranger was turned away at a route: one entry a minute each, with a count.
    pub async fn refuse_stranger(&self, route: &'static str, via: Via) {
        let who = TurnedAway {
            tenant: 0,
            actor: "stranger".to_owned(),
            purpose: String::new(),
            via,
            op: route,
            reason: Error::Unauthenticated.code(),
        };
        let entered = self.inner.turn_away(who).await;
        if let Err(error) = entered {
            tracing::error!(error = ?error, route, "a stranger's refusal could not be entered");
        }
    }

    /// Enters the refusals that have added up: those that are due or, when the process ends, all of them.
    pub async fn enter_refusals(&self, everything: bool) -> Result<()> {
        for (who, count) in self.inner.refusals.waiting(everything) {
            self.inner.enter_refusal(who, count).await?;
        }
        Ok(())
    }
}
