//! What tenants and sources name must stand in the policies that are started with.

use zelo_policy::{Bundle, PolicyError};
use zelo_store::{Store, TenantRow, TenantState};

use super::error::StartError;

/// Nobody's data is kept under a law nobody named. What people agreed to should still be there to be shown (GDPR art. 7(1), LGPD
/// art. 8 §2); a source whose purpose is no longer declared collects for nothing.
pub(crate) async fn check(store: &Store, tenants: &[TenantRow], policy: &Bundle) -> Result<(), StartError> {
    let kept = |row: &&TenantRow| row.id != 0 && row.state == TenantState::Active;
    for tenant in tenants.iter().filter(kept) {
        if policy.controller(&tenant.controller).is_none() {
            let undeclared = PolicyError::undeclared_controller(&tenant.controller, &tenant.slug);
            return Err(StartError::Policy(undeclared));
        }
        for text in store.reading().texts_named(tenant.id).await.map_err(StartError::Databases)? {
            if policy.notice_of_hash(&text).is_none() {
                tracing::warn!(
                    tenant = tenant.slug,
                    sha256 = hex::encode(&text),
                    "people said something to a text that policies/notices holds no more; put it back, or nobody can show to what"
                );
            }
        }
        for source in store.reading().sources(tenant.id).await.map_err(StartError::Databases)? {
            let declared = |name: &String| name.parse().is_ok_and(|key| policy.purpose(&key).is_some());
            if !source.collects_for.iter().all(declared) {
                tracing::warn!(
                    tenant = tenant.slug,
                    source = source.slug,
                    "collects for a purpose that is not declared, which counts for nothing"
                );
            }
        }
    }
    Ok(())
}
