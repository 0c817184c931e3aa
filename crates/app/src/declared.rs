//! What tenants, sources and keys name must be declared in the policies.

use zelo_model::{Problem, Purpose};
use zelo_policy::Bundle;

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
