//! The policies in force: one bundle at a time. A passage keeps the one it began with; a bad bundle changes nothing.
//!
//! They come from files, of the program or of a folder, or from a change that two people agreed on. What was agreed on last
//! is in force until a folder says something else than it did at that time, and then no more; what came with the program never
//! outdoes it.

mod change;
mod check;
mod decide;
mod install;
mod list;
mod propose;
mod reach;
mod read;

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
pub use change::{ChangeView, Difference};
pub use check::CheckPolicies;
pub use decide::{ApprovePolicies, RejectPolicies};
pub use install::InstallPolicies;
pub use list::{ListChanges, ReadChange};
pub use propose::ProposePolicies;
pub use reach::{Reach, ReachOf, ReachPolicies};
pub use read::{PoliciesInForce, ReadPolicies};
use tokio::sync::Mutex;
use zelo_model::{Actor, ApprovedPolicies};
use zelo_policy::{Bundle, PolicyError};
use zelo_store::{Reading, StoreError};

use crate::app::App;
use crate::error::{Error, Result};
use crate::inner::Inner;
use crate::operations::OPERATIONS;
use crate::start::{StartError, declared};

/// The bundle in force, and what the files say.
pub(crate) struct Policies {
    force: ArcSwap<Bundle>,
    files: ArcSwap<Files>,
    /// Where others come into force one after the other.
    turn: Mutex<()>,
}

/// What the files say, by their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Files {
    pub(crate) digest: String,
    came_with_the_program: bool,
}

impl Files {
    /// What these policies are, which were read from files.
    pub(crate) fn of(bundle: &Bundle) -> Self {
        Self { digest: bundle.digest().to_owned(), came_with_the_program: bundle.came_with_the_program() }
    }

    /// The digest of what is in force over them, if somebody approved of something.
    pub(crate) fn governed_by<'a>(&'a self, approved: Option<&'a ApprovedPolicies>) -> &'a str {
        let stands = |one: &&ApprovedPolicies| !one.superseded && !self.supersede(one);
        approved.filter(stands).map_or(&self.digest, |one| &one.digest)
    }

    /// Whether they say something else than they did when it was approved; what comes with the program never outdoes it.
    pub(crate) fn supersede(&self, approved: &ApprovedPolicies) -> bool {
        !self.came_with_the_program && approved.origin != self.digest
    }
}

impl Policies {
    pub(crate) fn new(bundle: Bundle, files: Files) -> Self {
        Self {
            force: ArcSwap::from_pointee(bundle),
            files: ArcSwap::from_pointee(files),
            turn: Mutex::default(),
        }
    }

    pub(crate) fn get(&self) -> Arc<Bundle> {
        self.force.load_full()
    }

    pub(crate) fn files(&self) -> Arc<Files> {
        self.files.load_full()
    }
}

impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policies").field(&self.force.load().digest()).finish()
    }
}

impl App {
    /// What the files say, by its digest, whether or not it is in force.
    pub fn policy_files(&self) -> String {
        self.inner.policy.files().digest.clone()
    }

    /// The files say something else now: it is put in force, kept for ever under its digest, entered in the installation's log,
    /// and answered by from the next passage on; what was approved over them before is over. Whether others are in force; when
    /// they cannot be used, those in force stay.
    pub async fn put_in_force(&self, bundle: Bundle) -> Result<bool, StartError> {
        let _turn = self.inner.policy.turn.lock().await;
        let files = Arc::new(Files::of(&bundle));
        let bundle = Arc::new(admit(&self.inner, bundle).await?);
        let approved = self.inner.store.reading().approved_policies().await.map_err(StartError::Databases)?;
        let others = bundle.digest() != self.policy().digest();
        let outdone = approved.filter(|one| !one.superseded && files.supersede(one));
        if others || outdone.is_some() {
            let operator =
                self.operator(None, zelo_model::Via::Job).await.map_err(StartError::RollForward)?;
            let install = InstallPolicies { bundle: bundle.clone(), outdone: outdone.map(|one| one.n) };
            self.run(&operator, install).await.map_err(StartError::RollForward)?;
        }
        self.inner.policy.force.store(bundle);
        self.inner.policy.files.store(files);
        Ok(others)
    }

    /// Answers by what was approved last, whichever process that was in; call it every few seconds. Whether others are in
    /// force.
    pub async fn follow_approved(&self) -> Result<bool, StartError> {
        let _turn = self.inner.policy.turn.lock().await;
        let approved = self.inner.store.reading().approved_policies().await.map_err(StartError::Databases)?;
        let Some(approved) = approved else { return Ok(false) };
        let files = self.inner.policy.files();
        if files.governed_by(Some(&approved)) != approved.digest || self.policy().digest() == approved.digest
        {
            return Ok(false);
        }
        let bundle = kept_under(&self.inner.store.reading(), &approved.digest).await?;
        let bundle = admit(&self.inner, bundle).await?;
        self.inner.policy.force.store(Arc::new(bundle));
        Ok(true)
    }

    /// Approves of a change, and puts it in force here; other processes follow within seconds. So does this one when it cannot
    /// at once: what is approved is.
    pub async fn approve_policies(&self, actor: &Actor, what: ApprovePolicies) -> Result<ChangeView> {
        let view = self.run(actor, what).await?;
        if let Err(error) = self.follow_approved().await {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "approved policies are not in force here yet; it is tried again");
        }
        Ok(view)
    }
}

/// What every bundle must pass before anybody is answered by it.
pub(crate) async fn admit(inner: &Inner, bundle: Bundle) -> Result<Bundle, StartError> {
    let bundle = govern(bundle).await.map_err(StartError::Policy)?;
    inner.plan.fits(&bundle).map_err(StartError::Plan)?;
    bundle.keeps_texts_of(&inner.policy.get()).map_err(StartError::Policy)?;
    let tenants = inner.store.reading().tenants().await.map_err(StartError::Databases)?;
    declared::check(&inner.store, &tenants, &bundle).await?;
    Ok(bundle)
}

/// Puts access policies in force; validating them and asking all cases is work for a thread of its own.
async fn govern(bundle: Bundle) -> Result<Bundle, PolicyError> {
    let governed = tokio::task::spawn_blocking(move || bundle.govern(OPERATIONS)).await;
    governed.unwrap_or_else(|ended| std::panic::resume_unwind(ended.into_panic()))
}

/// The policies that were kept under a digest; they do not govern yet.
pub(crate) async fn kept_under(rows: &Reading<'_>, digest: &str) -> Result<Bundle, StartError> {
    let texts = rows.policy_files(digest).await.map_err(StartError::Databases)?;
    let texts = texts.ok_or(StartError::Databases(StoreError::Corrupt("policy_bundle")))?;
    Bundle::kept(&texts).map_err(|error| StartError::Approved(Box::new(error)))
}

/// Why policies are refused, in the terms of whoever wrote them.
fn refused(error: StartError) -> Error {
    match error {
        StartError::Policy(error) => wrong(&error),
        StartError::Approved(error) => wrong(&error),
        StartError::Plan(error) => Error::invalid("plan", error.to_string()),
        StartError::Databases(error) => error.into(),
        other => Error::internal(other),
    }
}

/// What is wrong with a policy, by file and line.
fn wrong(PolicyError { file, line, problem, remedy }: &PolicyError) -> Error {
    let line = line.map(|line| format!(" line {line}")).unwrap_or_default();
    Error::invalid(format!("policies/{file}{line}"), format!("{problem}; {remedy}"))
}
