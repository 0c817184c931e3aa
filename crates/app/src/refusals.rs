//! Refusals leave entries too, but a flood of them must not be an attack on the disk: one a while each, with a count.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use zelo_model::Via;

use crate::error::Error;

/// An authenticated actor's refusals get an entry of their own at most this often.
const REFUSAL: Duration = Duration::from_secs(1);
/// A stranger's, by route.
const STRANGER: Duration = Duration::from_mins(1);
/// Kinds of refusal remembered at most.
const MOST: usize = 10_000;

/// Who was turned away from what.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct TurnedAway {
    /// Surrogate of the tenant whose log has it; strangers stand in the installation's.
    pub(crate) tenant: i64,
    /// The credential's id, a role, or `stranger`.
    pub(crate) actor: String,
    /// For which purpose; strangers have none.
    pub(crate) purpose: String,
    pub(crate) via: Via,
    /// The operation, or a stranger's route.
    pub(crate) op: &'static str,
    /// The error's code.
    pub(crate) reason: &'static str,
}

impl TurnedAway {
    fn every(&self) -> Duration {
        if self.reason == Error::Unauthenticated.code() { STRANGER } else { REFUSAL }
    }
}

/// When each kind of refusal was last entered, and how many wait since.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<HashMap<TurnedAway, (Instant, u64)>>);

impl Refusals {
    /// For how many refusals to write an entry now; `None` while they only add up.
    pub(crate) fn count(&self, who: &TurnedAway) -> Option<u64> {
        let mut refusals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if refusals.len() >= MOST {
            refusals.retain(|who, (since, waiting)| *waiting > 0 || since.elapsed() < who.every());
        }
        match refusals.get_mut(who) {
            Some((since, waiting)) if since.elapsed() < who.every() => {
                *waiting += 1;
                None
            }
            Some((since, waiting)) => {
                let stands_for = *waiting + 1;
                (*since, *waiting) = (Instant::now(), 0);
                Some(stands_for)
            }
            None => {
                refusals.insert(who.clone(), (Instant::now(), 0));
                Some(1)
            }
        }
    }

    /// What waits and is due, or everything that waits.
    pub(crate) fn waiting(&self, everything: bool) -> Vec<(TurnedAway, u64)> {
        let mut refusals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = |who: &TurnedAway, since: Instant| everything || since.elapsed() >= who.every();
        let waiting = refusals.iter_mut().filter(|(who, (since, waiting))| *waiting > 0 && due(who, *since));
        waiting
            .map(|(who, (since, waiting))| {
                *since = Instant::now();
                (who.clone(), std::mem::take(waiting))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_strangers_a_minute_make_one_entry_and_none_is_forgotten() {
        let refusals = Refusals::default();
        let stranger = TurnedAway {
            tenant: 0,
            actor: "stranger".to_owned(),
            purpose: String::new(),
            via: Via::GraphQl,
            op: "/graphql",
            reason: Error::Unauthenticated.code(),
        };
        let entries: Vec<u64> = (0..1000).filter_map(|_| refusals.count(&stranger)).collect();
        assert_eq!(entries, [1]);
        assert_eq!(refusals.waiting(false), []);
        assert_eq!(refusals.waiting(true), [(stranger, 999)]);
        assert_eq!(refusals.waiting(true), []);
    }
}
