//! The policies in force: one bundle at a time. A passage keeps the one it began with; a bad bundle changes nothing.

mod install;
mod read;

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
pub use install::InstallPolicies;
pub use read::{PoliciesInForce, ReadPolicies};
use zelo_policy::Bundle;

use crate::app::App;
use crate::operations::OPERATIONS;
use crate::start::{StartError, declared};

/// The bundle in force.
pub(crate) struct Policies(ArcSwap<Bundle>);

impl Policies {
    pub(crate) fn new(bundle: Bundle) -> Self {
        Self(ArcSwap::from_pointee(bundle))
    }

    pub(crate) fn get(&self) -> Arc<Bundle> {
        self.0.load_full()
    }
}

impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policies").field(&self.0.load().digest()).finish()
    }
}

impl App {
    /// Puts other policies in force: kept for ever under their digest, entered in the installation's log, and answered
    /// by from the next passage on. Whether they were others; when they cannot be used, those in force stay.
    pub async fn put_in_force(&self, bundle: Bundle) -> Result<bool, StartError> {
        if bundle.digest() == self.policy().digest() {
            return Ok(false);
        }
        let bundle = bundle.govern(OPERATIONS).map_err(StartError::Policy)?;
        self.inner.plan.fits(&bundle).map_err(StartError::Plan)?;
        bundle.keeps_texts_of(&self.policy()).map_err(StartError::Policy)?;
        let tenants = self.inner.store.reading().tenants().await.map_err(StartError::Databases)?;
        declared::check(&self.inner.store, &tenants, &bundle).await?;
        let operator = self.operator(None, zelo_model::Via::Job).await.map_err(StartError::RollForward)?;
        let bundle = Arc::new(bundle);
        let install = InstallPolicies { bundle: bundle.clone() };
        self.run(&operator, install).await.map_err(StartError::RollForward)?;
        self.inner.policy.0.store(bundle);
        Ok(true)
    }
}

/// The files of a bundle as they are kept: one JSON object, text by path.
pub(crate) fn kept(bundle: &Bundle) -> String {
    let files =
        bundle.files().map(|(path, bytes)| (path.to_owned(), String::from_utf8_lossy(bytes).into_owned()));
    serde_json::Value::Object(files.map(|(path, text)| (path, text.into())).collect()).to_string()
}
