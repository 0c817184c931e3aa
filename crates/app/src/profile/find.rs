//! Finding a profile, and what is said of one that was forgotten.

use zelo_model::{Identifier, ProfileState};
use zelo_policy::{Flags, Question, Verdict};
use zelo_store::{Beside, FoundProfile};

use super::{GetProfile, Lookup};
use crate::error::{Error, Result};
use crate::tx::{Mode, Read, Tx};

/// The operation that shows erasures: whoever may do it is told that somebody was forgotten, all others that there is
/// nobody.
pub(crate) const SEES_ERASURES: &str = "erasure.read";

impl Lookup {
    /// The identifier in its normal form; `None` for an id.
    pub(crate) fn identifier<A: Mode>(&self, tx: &Tx<'_, A>) -> Result<Option<Identifier>> {
        let Self::Identifier { kind, space, value } = self else { return Ok(None) };
        let normal = zelo_resolve::normalize_in(*kind, value, tx.region(None))
            .map_err(|error| Error::invalid("value", error.to_string()))?;
        let space =
            if kind.is_spaced() { space.clone().unwrap_or_else(|| "main".to_owned()) } else { String::new() };
        Ok(Some(Identifier { kind: *kind, space, normal }))
    }
}

impl GetProfile {
    /// Finds the profile this leads to, `None` when there is none that lives; `Erased` for those who may know.
    pub(crate) async fn find(&self, tx: &Tx<'_, Read>, beside: &Beside) -> Result<Option<FoundProfile>> {
        let tenant = tx.tenant.row.id;
        let identifier = self.lookup.identifier(tx)?;
        let mut found = match (&self.lookup, &identifier) {
            (Lookup::Id(id), _) => tx.rows.profile_by_id(tenant, *id, beside).await?,
            (Lookup::Identifier { .. }, None) => None,
            (Lookup::Identifier { .. }, Some(identifier)) => {
                tx.inner.lookups.count(tx.actor)?;
                by_identifier(tx, identifier, beside).await?
            }
        };
        // An alias leads to the profile it was merged into, which may have been merged since.
        while let Some(into) = found.as_ref().and_then(|profile| profile.merged_into) {
            found = tx.rows.profile_by_surrogate(tenant, into, beside).await?;
        }
        match found {
            Some(profile) if profile.state == ProfileState::Active => Ok(Some(profile)),
            Some(_) if sees_erasures(tx) => Err(Error::Erased),
            None if sees_erasures(tx) && suppressed(tx, identifier).await? => Err(Error::Erased),
            _ => Ok(None),
        }
    }
}

/// Whom an identifier leads to. Nobody is nobody only while the epoch that was asked of is the one matched on.
async fn by_identifier(
    tx: &Tx<'_, Read>,
    identifier: &Identifier,
    beside: &Beside,
) -> Result<Option<FoundProfile>> {
    let (tenant, index) = (tx.tenant.row.id, tx.tenant.keys.index());
    let (epoch, digest) = (index.epoch(), index.digest(identifier));
    let found = tx.rows.profile_by_digest(tenant, epoch, digest, beside).await?;
    if found.is_some() || tx.rows.keys_in_force(tenant).await?.index == index.epoch() {
        return Ok(found);
    }
    tx.inner.tenants.outdate(tx.tenant);
    let fresh = tx.inner.tenants.get(&tx.inner.store, tx.inner.kms(), tx.tenant.row.id16).await?;
    let index = fresh.keys.index();
    let (epoch, digest) = (index.epoch(), index.digest(identifier));
    Ok(tx.rows.profile_by_digest(tenant, epoch, digest, beside).await?)
}

/// What is said when a key is gone that was there when the profile was found: somebody was forgotten in between.
pub(crate) fn told(tx: &Tx<'_, Read>, error: Error) -> Error {
    if matches!(error, Error::Erased) && !sees_erasures(tx) { Error::NotFound } else { error }
}

fn sees_erasures<A: Mode>(tx: &Tx<'_, A>) -> bool {
    let flags = Flags { installation: tx.tenant.row.id == 0 };
    let (role, purpose) = (tx.actor.role, &tx.actor.purpose);
    let asked = Question { role, operation: SEES_ERASURES, purpose, flags };
    !matches!(tx.policy.decide(&asked), Verdict::Deny)
}

/// No identifier leads to somebody who was forgotten, but what must not come back is still known as such.
async fn suppressed(tx: &Tx<'_, Read>, identifier: Option<Identifier>) -> Result<bool> {
    let Some(identifier) = identifier else { return Ok(false) };
    let digest = tx.tenant.keys.suppression().digest(&identifier);
    Ok(!tx.rows.suppressed(tx.tenant.row.id, &[digest]).await?.is_empty())
}
