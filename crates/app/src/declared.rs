//! What tenants, sources and keys name must be declared in the policies.

use zelo_model::{Problem, Purpose};
use zelo_policy::{Bundle, PolicyError};
use zelo_store::{Store, TenantRow, TenantState};

use crate::start::StartError;

/// A use of data nobody declared has no basis (LGPD art. 6 I, GDPR art. 5(1)(b)).
pub(crate) fn declared(at: &str, purposes: &[Purpose], policy: &Bundle) -> Option<Problem> {
    let known = || policy.purposes().iter().map(|one| one.key.as_str()).collect::<Vec<_>>().join(", ");
    if purposes.is_empty() {
        Some(Problem::new(at, format!("name at least one purpose of {}", known())))
    } else if purposes.iter().any(|purpose| policy.purpose(purpose).is_none()) {
        Some(Problem::new(at, format!("the declared purposes are {}", known())))
    } else {
        None
    }
}

/// Nobody's data is kept under a law nobody named; a source whose purpose is no longer declared collects for nothing.
pub(crate) async fn check_declared(
    store: &Store,
    tenants: &[TenantRow],
    policy: &Bundle,
) -> Result<(), StartError> {
    let kept = |row: &&TenantRow| row.id != 0 && row.state == TenantState::Active;
    for tenant in tenants.iter().filter(kept) {
        if policy.controller(&tenant.controller).is_none() {
            let undeclared = PolicyError::undeclared_controller(&tenant.controller, &tenant.slug);
            return Err(StartError::Policy(undeclared));
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
