//! Exact look-ups are rate limited, behind this one function: an identifier is a question with a yes or no, and a
//! leaked key must not be able to ask it as fast as it likes. The installation chooses the rate: the lower, the longer
//! a list takes.

use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use zelo_model::{Actor, CredentialId};

use crate::error::{Error, Result};

/// Look-ups a credential may do by identifier.
#[derive(Default)]
pub(crate) struct Lookups(RwLock<Option<Arc<DefaultKeyedRateLimiter<CredentialId>>>>);

impl Lookups {
    /// Lets each credential ask so many times a second, and twice as many at once; `None` as often as it likes.
    pub(crate) fn limit(&self, a_second: Option<NonZeroU32>) {
        let limiter = a_second.map(|rate| {
            let burst = rate.saturating_mul(NonZeroU32::MIN.saturating_add(1));
            Arc::new(DefaultKeyedRateLimiter::keyed(Quota::per_second(rate).allow_burst(burst)))
        });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = limiter;
    }

    /// Counts one; `TooMany` when the credential has used up its second.
    pub(crate) fn count(&self, actor: &Actor) -> Result<()> {
        let limiter = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        let (Some(limiter), Some(credential)) = (limiter, actor.credential) else { return Ok(()) };
        limiter.check_key(&credential).map_err(|refused| {
            let wait = refused.wait_time_from(DefaultClock::default().now());
            Error::TooMany { retry_after: wait.as_secs() + 1 }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zelo_model::{Role, TenantId, Via};

    #[test]
    fn a_key_that_asks_for_everybody_is_told_to_wait_and_another_is_not() {
        let lookups = Lookups::default();
        let quota = Quota::per_second(NonZeroU32::MIN).allow_burst(NonZeroU32::MIN);
        *lookups.0.write().unwrap() = Some(Arc::new(DefaultKeyedRateLimiter::keyed(quota)));
        let actor = |n| Actor {
            tenant: TenantId([1; 16]),
            role: Role::Developer,
            purpose: "customer-service".parse().unwrap(),
            credential: Some(CredentialId([n; 16])),
            source: None,
            via: Via::GraphQl,
        };
        lookups.count(&actor(1)).unwrap();
        assert!(matches!(lookups.count(&actor(1)), Err(Error::TooMany { retry_after: 1.. })));
        lookups.count(&actor(2)).unwrap();
    }
}
