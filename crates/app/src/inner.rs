//! What stands behind the door, opened once and shared by every passage.

use std::sync::Arc;

use zelo_model::{Clock, Ids};
use zelo_plan::Plan;
use zelo_store::Store;
use zelo_vault::{FileKms, KeyCache, Kms, Rng};

use crate::arrivals::Arrivals;
use crate::credentials::Known;
use crate::error::{Error, Result};
use crate::lanes::Lanes;
use crate::lease::Lease;
use crate::lookups::Lookups;
use crate::passages::Passages;
use crate::policies::Policies;
use crate::refusals::Refusals;
use crate::retention::Looked;
use crate::rotation::Rotating;
use crate::signing::Log;
use crate::tenant::Tenants;

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) kms: FileKms,
    pub(crate) rng: Rng,
    pub(crate) cache: KeyCache,
    pub(crate) policy: Policies,
    pub(crate) plan: Plan,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) tenants: Tenants,
    pub(crate) known: Known,
    pub(crate) refusals: Refusals,
    pub(crate) log: Log,
    pub(crate) lookups: Lookups,
    pub(crate) arrivals: Arrivals,
    /// Where passages wait whose ground has moved.
    pub(crate) second_try: Lanes,
    /// Where long passages follow each other.
    pub(crate) alone: tokio::sync::Mutex<()>,
    pub(crate) rotating: Rotating,
    /// Whose birth dates the schedules need not look at again.
    pub(crate) looked: Looked,
    /// Where erasures of one tenant follow each other.
    pub(crate) erasing: Lanes,
    /// Until when this process may hold keys.
    pub(crate) lease: Lease,
    /// Who may hold keys.
    pub(crate) passages: Passages,
}

impl Inner {
    pub(crate) fn kms(&self) -> &dyn Kms {
        &self.kms
    }

    pub(crate) fn refusal_as<T>(result: Result<T>) -> Result<T> {
        result.map_err(|error| {
            if matches!(error, Error::Stale) { Error::unavailable("too contended") } else { error }
        })
    }
}
