//! `requests/`: how what people ask about themselves goes its way, with which letters, and how it may be refused
//! (LGPD art. 18–19, GDPR art. 12).

use std::collections::BTreeSet;

use crate::PolicyError;
use crate::ground::Ground;
use crate::identity_proof::IdentityProof;

mod letters;
mod lifecycle;
mod refusals;
mod workflow;

pub use letters::{Letter, Unfilled};
pub use lifecycle::{Lifecycle, LifecycleState};
pub use refusals::{Refusal, RefusalKind};
pub use workflow::{Outcome, RequestNeed};
#[cfg(test)]
pub(crate) use {refusals::File as RefusalsFile, workflow::File as WorkflowFile};

/// How requests go their way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requests {
    /// The states of a request.
    pub request: Lifecycle,
    /// The states of each of its tasks: one for every system, plugin and recipient.
    pub task: Lifecycle,
    /// How a request can end.
    pub outcomes: Vec<Outcome>,
    /// Rights whose exercise acts at once, in its own transaction, before any approval (GDPR art. 7(3) and 21(3), LGPD
    /// art. 8 §5).
    pub at_once: BTreeSet<String>,
    /// Rights a human approves the answer to.
    pub approved_by_human: BTreeSet<String>,
    /// At which hundredths of its time a request that is not answered is brought to mind, ascending.
    pub warn_at_percent: Vec<u8>,
    /// How a request can be refused, in whole or in part, or be late.
    pub refusals: Vec<Refusal>,
    /// The letters, by name.
    pub letters: Vec<Letter>,
}

impl Requests {
    /// The refusal of this code.
    pub fn refusal(&self, code: &str) -> Option<&Refusal> {
        self.refusals.iter().find(|one| one.code == code)
    }

    /// The letter of this name.
    pub fn letter(&self, id: &str) -> Option<&Letter> {
        self.letters.iter().find(|one| one.id == id)
    }

    /// The outcome of this name.
    pub fn outcome(&self, key: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|one| one.key == key)
    }
}

pub(crate) fn requests(ground: &Ground<'_>, identity: &IdentityProof) -> Result<Requests, PolicyError> {
    let workflow = workflow::workflow(ground.files, identity)?;
    Ok(Requests {
        refusals: refusals::refusals(ground.files, identity)?,
        letters: letters::letters(ground.files, &workflow.letters)?,
        request: workflow.request,
        task: workflow.task,
        outcomes: workflow.outcomes,
        at_once: workflow.at_once,
        approved_by_human: workflow.approved_by_human,
        warn_at_percent: workflow.warn_at_percent,
    })
}
