//! Which passages may hold keys in memory, and waiting until those that might hold some have ended.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{Mutex, oneshot};

/// The passages under way that have asked for keys.
pub(crate) struct Passages {
    present: RwLock<Arc<Generation>>,
    /// Ends when everybody of `present` has left.
    ended: Mutex<oneshot::Receiver<()>>,
}

/// Passages that began to hold keys between two evictions. A passage keeps its generation until its answer leaves.
#[derive(Debug)]
pub(crate) struct Generation(
    #[expect(dead_code, reason = "dropping it is what is waited for")] oneshot::Sender<()>,
);

impl Passages {
    /// Takes part in the present generation; do it before asking the cache for keys.
    pub(crate) fn enter(&self) -> Arc<Generation> {
        self.present.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until every passage that entered before this call has ended. Evict first: whoever enters later finds no key.
    pub(crate) async fn drained(&self) {
        // One at a time, so that everybody before the present generation has left when it is waited for.
        let mut ended = self.ended.lock().await;
        let (next, next_ended) = generation();
        drop(std::mem::replace(&mut *self.present.write().unwrap_or_else(PoisonError::into_inner), next));
        let before = std::mem::replace(&mut *ended, next_ended);
        // It errs when its sender is gone, and that is the news.
        let _ = before.await;
    }
}

impl Default for Passages {
    fn default() -> Self {
        let (present, ended) = generation();
        Self { present: RwLock::new(present), ended: Mutex::new(ended) }
    }
}

fn generation() -> (Arc<Generation>, oneshot::Receiver<()>) {
    let (present, ended) = oneshot::channel();
    (Arc::new(Generation(present)), ended)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn an_erasure_waits_for_whoever_was_reading_ana_and_not_for_those_who_came_later() {
        let passages = Passages::default();
        let reading = passages.enter();
        let mut draining = Box::pin(passages.drained());
        assert!(draining.as_mut().now_or_never().is_none());
        let later = passages.enter();
        assert!(draining.as_mut().now_or_never().is_none(), "she is still being read");
        drop(reading);
        draining.await;
        drop(later);
        passages.drained().await;
    }
}
