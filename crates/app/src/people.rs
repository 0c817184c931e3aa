//! Finding the person an operation is about, so that the passage stands in their access log.

use zelo_model::{ProfileId, ProfileState};
use zelo_store::{Beside, FoundProfile};

use crate::error::{Error, Result};
use crate::profile::{GetProfile, Lookup, Wants};
use crate::tx::{Mode, Read, Tx};

/// The living profile with this id, or the one it was merged into.
pub(crate) async fn person(tx: &mut Tx<'_, Read>, id: ProfileId) -> Result<FoundProfile> {
    let finder = GetProfile { lookup: Lookup::Id(id), wants: Wants::default() };
    let found = finder.find(tx, &Beside::default()).await?.ok_or(Error::NotFound)?;
    concerns(tx, &found);
    Ok(found)
}

/// The same by surrogate; `None` for one that was forgotten.
pub(crate) async fn living(tx: &mut Tx<'_, Read>, id: i64) -> Result<Option<FoundProfile>> {
    let tenant = tx.tenant.row.id;
    let mut found = tx.rows.profile_by_surrogate(tenant, id, &Beside::default()).await?;
    while let Some(into) = found.as_ref().and_then(|profile| profile.merged_into) {
        found = tx.rows.profile_by_surrogate(tenant, into, &Beside::default()).await?;
    }
    let found = found.filter(|profile| profile.state == ProfileState::Active);
    if let Some(profile) = &found {
        concerns(tx, profile);
    }
    Ok(found)
}

/// The person finds this passage in their access log.
pub(crate) fn concerns<A: Mode>(tx: &mut Tx<'_, A>, profile: &FoundProfile) {
    tx.notes.seen = Some(profile.seen);
    if let Some(handle) = profile.handle {
        tx.notes.shown_to(handle);
    }
}
