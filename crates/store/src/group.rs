//! Group commit: whoever waits shares one sync.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::error::{Result, StoreError};

/// How long a group waits for passages that are still on their way.
const LINGER: Duration = Duration::from_millis(1);
/// Rows a group holds at most.
const LARGEST: usize = 1024;

/// Appends rows durably; callers that wait at the same time share one transaction.
pub(crate) struct Group<T, R = ()> {
    queue: mpsc::Sender<(Vec<T>, oneshot::Sender<Result<R>>)>,
    coming: Arc<AtomicUsize>,
}

/// A passage that will append later; while it lives, a group may linger for it.
pub struct Coming(Arc<AtomicUsize>);

impl Drop for Coming {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<T: Send + 'static, R: Clone + Send + 'static> Group<T, R> {
    /// Starts the task that commits groups with `flush`; what it answers is told to everybody of the group.
    pub(crate) fn start<F, Fut>(flush: F) -> Self
    where
        F: Fn(Vec<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R>> + Send + 'static,
    {
        let (queue, inbox) = mpsc::channel(LARGEST);
        let coming = Arc::new(AtomicUsize::new(0));
        tokio::spawn(commit(inbox, coming.clone(), flush));
        Self { queue, coming }
    }

    /// Announces a passage.
    pub(crate) fn announce(&self) -> Coming {
        self.coming.fetch_add(1, Ordering::Relaxed);
        Coming(self.coming.clone())
    }

    /// Returns once the rows are durable.
    pub(crate) async fn append(&self, rows: Vec<T>) -> Result<R> {
        let (answer, done) = oneshot::channel();
        self.queue.send((rows, answer)).await.map_err(|_| StoreError::Closed)?;
        done.await.map_err(|_| StoreError::Closed)?
    }
}

async fn commit<T, R, F, Fut>(
    mut inbox: mpsc::Receiver<(Vec<T>, oneshot::Sender<Result<R>>)>,
    coming: Arc<AtomicUsize>,
    flush: F,
) where
    F: Fn(Vec<T>) -> Fut,
    Fut: Future<Output = Result<R>>,
    R: Clone,
{
    while let Some((mut rows, answer)) = inbox.recv().await {
        let mut waiting = vec![answer];
        let mut lingered = false;
        loop {
            while rows.len() < LARGEST
                && let Ok((more, answer)) = inbox.try_recv()
            {
                rows.extend(more);
                waiting.push(answer);
            }
            if lingered || coming.load(Ordering::Relaxed) <= waiting.len() {
                break;
            }
            lingered = true;
            tokio::time::sleep(LINGER).await;
        }
        let outcome = flush(rows).await;
        if let Err(error) = &outcome {
            tracing::error!(error = ?error, waiting = waiting.len(), "a group could not be made durable");
        }
        for answer in waiting {
            // A caller that has gone away no longer needs its answer.
            let _ = answer.send(match &outcome {
                Ok(told) => Ok(told.clone()),
                Err(_) => Err(StoreError::NotDurable),
            });
        }
    }
}
