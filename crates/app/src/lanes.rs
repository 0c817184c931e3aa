//! Passages whose ground has moved line up, each in the lane of its tenant, so that they do not move it for each other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as Lock, PoisonError};

use tokio::sync::{Mutex, OwnedMutexGuard};

/// A lane for each tenant somebody waits in: what one tenant's people do holds up nobody else's.
#[derive(Default)]
pub(crate) struct Lanes(Lock<HashMap<i64, Arc<Mutex<()>>>>);

impl Lanes {
    /// Waits for the turn in this tenant's lane; it ends when the guard goes.
    pub(crate) async fn turn(&self, tenant: i64) -> OwnedMutexGuard<()> {
        let lane = {
            let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody is in a lane that only this map knows.
            lanes.retain(|other, lane| *other == tenant || Arc::strong_count(lane) > 1);
            lanes.entry(tenant).or_default().clone()
        };
        lane.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_crowd_at_anas_shop_keeps_nobody_waiting_at_brunos() {
        let lanes = Lanes::default();
        let (ana, bruno) = (1, 2);
        let first = lanes.turn(ana).await;
        assert!(lanes.turn(ana).now_or_never().is_none(), "one at a time");
        assert!(lanes.turn(bruno).now_or_never().is_some());
        drop(first);
        assert!(lanes.turn(ana).now_or_never().is_some());
        drop(lanes.turn(bruno).await);
        assert_eq!(lanes.0.lock().unwrap().len(), 1, "an empty lane is forgotten");
    }
}
