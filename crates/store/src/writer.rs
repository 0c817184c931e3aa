//! The one writer: drains what waits, runs each job in a savepoint of one transaction, commits once, then answers.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt;
use sea_orm::{
    DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbBackend, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::{mpsc, oneshot};

use crate::error::{Result, StoreError};
use crate::leaves::{LeafRow, insert_write_leaves};
use crate::sql::Reading;

/// Jobs a group holds at most.
const LARGEST: usize = 64;

/// The transaction a write operation runs in; reads through it see what the group has written so far.
pub struct Writing<'c> {
    reading: Reading<'c>,
    leaves: Mutex<Vec<LeafRow>>,
}

impl<'c> std::ops::Deref for Writing<'c> {
    type Target = Reading<'c>;

    fn deref(&self) -> &Reading<'c> {
        &self.reading
    }
}

impl Writing<'_> {
    /// Puts the operation's audit entry into the act's own transaction.
    pub fn entry(&self, leaf: LeafRow) {
        self.leaves.lock().unwrap_or_else(PoisonError::into_inner).push(leaf);
    }
}

/// A step of a passage, boxed because the writer holds many kinds of them.
pub type Step<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

trait Job: Send {
    fn run<'a>(&'a mut self, tx: &'a Writing<'a>) -> Step<'a, bool>;
    fn answer(self: Box<Self>, committed: Result<()>);
}

struct Call<F, T, E> {
    act: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for Call<F, T, E>
where
    F: for<'a> FnOnce(&'a Writing<'a>) -> Step<'a, Result<T, E>> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run<'a>(&'a mut self, tx: &'a Writing<'a>) -> Step<'a, bool> {
        Box::pin(async move {
            let Some(act) = self.act.take() else { return false };
            let outcome = act(tx).await;
            let kept = outcome.is_ok();
            self.outcome = Some(outcome);
            kept
        })
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let outcome = match (self.outcome, committed) {
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Err(refused)), _) => Err(refused),
            (_, Err(error)) => Err(error.into()),
            (None, Ok(())) => Err(StoreError::Closed.into()),
        };
        // A caller that has gone away no longer needs its answer.
        let _ = self.reply.send(outcome);
    }
}

/// Sends jobs to the writer task.
#[derive(Clone)]
pub(crate) struct Writer(mpsc::Sender<Box<dyn Job>>);

impl Writer {
    pub(crate) fn start(connection: DatabaseConnection) -> Self {
        let (queue, inbox) = mpsc::channel(1024);
        tokio::spawn(drain(inbox, connection));
        Self(queue)
    }

    /// Runs `act` in the writer's transaction and answers after its commit.
    pub(crate) async fn run<T, E, F>(&self, act: F) -> Result<T, E>
    where
        F: for<'a> FnOnce(&'a Writing<'a>) -> Step<'a, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let call: Box<dyn Job> = Box::new(Call { act: Some(act), outcome: None, reply });
        self.0.send(call).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

async fn drain(mut inbox: mpsc::Receiver<Box<dyn Job>>, connection: DatabaseConnection) {
    let mut group = Vec::with_capacity(LARGEST);
    while inbox.recv_many(&mut group, LARGEST).await > 0 {
        let outcome = commit(&connection, &mut group).await;
        let moved = matches!(outcome, Err(StoreError::Stale));
        if let Err(error) = &outcome
            && !moved
        {
            tracing::error!(error = ?error, jobs = group.len(), "a group of writes was rolled back");
        }
        for job in group.drain(..) {
            job.answer(match outcome {
                Ok(()) => Ok(()),
                Err(_) if moved => Err(StoreError::Stale),
                Err(_) => Err(StoreError::NotDurable),
            });
        }
    }
}

async fn commit(connection: &DatabaseConnection, group: &mut [Box<dyn Job>]) -> Result<()> {
    let mode =
        (connection.get_database_backend() == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
    let options = TransactionOptions { sqlite_transaction_mode: mode, ..TransactionOptions::default() };
    let txn = connection.begin_with_options(options).await?;
    let leaves = if let [job] = group {
        let (kept, leaves) = run(job, &txn).await;
        if !kept {
            txn.rollback().await?;
            return Ok(());
        }
        leaves
    } else {
        let mut leaves = Vec::new();
        for job in group.iter_mut() {
            leaves.extend(in_savepoint(job, &txn).await?);
        }
        leaves
    };
    insert_write_leaves(&reading(&txn), leaves).await?;
    txn.commit().await?;
    Ok(())
}

/// Runs one job in a savepoint: what was refused leaves no trace, what was done brings its leaves.
async fn in_savepoint(job: &mut Box<dyn Job>, txn: &DatabaseTransaction) -> Result<Vec<LeafRow>> {
    let savepoint = txn.begin().await?;
    let (kept, leaves) = run(job, &savepoint).await;
    if kept {
        savepoint.commit().await?;
        Ok(leaves)
    } else {
        savepoint.rollback().await?;
        Ok(Vec::new())
    }
}

async fn run(job: &mut Box<dyn Job>, txn: &DatabaseTransaction) -> (bool, Vec<LeafRow>) {
    let writing = Writing { reading: reading(txn), leaves: Mutex::default() };
    // A panic in one passage must not end the writer for all: its savepoint is rolled back like a refusal's.
    let kept = AssertUnwindSafe(job.run(&writing)).catch_unwind().await.unwrap_or(false);
    (kept, writing.leaves.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn reading(txn: &DatabaseTransaction) -> Reading<'_> {
    Reading { db: DatabaseExecutor::Transaction(txn) }
}

#[cfg(test)]
mod tests {
    use crate::{Databases, Durability, Options, Store, StoreError};

    #[tokio::test]
    async fn one_passage_that_panics_does_not_stop_the_writer_for_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let databases = Databases::Sqlite { dir: folder.path().to_owned() };
        let store = Store::open(&Options { databases, reads: Durability::Process }).await.unwrap();
        let broken =
            store.write::<(), StoreError, _>(|_| Box::pin(async { panic!("Bruno's operation has a bug") }));
        assert!(matches!(broken.await, Err(StoreError::Closed)));
        let whole = store.write::<_, StoreError, _>(|tx| Box::pin(async move { tx.surrogates(1).await }));
        assert_eq!(whole.await.unwrap().len(), 1);
    }
}
