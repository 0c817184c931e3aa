//! The one door. Everything the system does passes here, and leaves one entry.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use zelo_ledger::{Class, Decision};
use zelo_model::{Actor, EntryId, Timestamp};
use zelo_policy::{Bundle, Flags, Question, Sight, Verdict as Policy};
use zelo_store::{LeafRow, Reading, Snapshot, Store};

use crate::app::App;
use crate::error::{Error, Result};
use crate::inner::Inner;
use crate::notes::{Notes, Verdict};
use crate::operation::Operation;
use crate::refusals::TurnedAway;
use crate::tenant::Tenant;
use crate::tx::{Mode, Read, Tx, Write};

/// How often both halves of a write are done before giving up.
const TRIES: usize = 8;

impl App {
    /// Does an operation for an actor. This is the only way to do anything with anybody's data.
    ///
    /// The passage runs to its end even when the caller goes away, so that what was opened is always entered.
    pub async fn run<O: Operation>(&self, actor: &Actor, operation: O) -> Result<O::Output>
    where
        O::Access: Passage,
    {
        let (inner, actor) = (self.inner.clone(), actor.clone());
        let passage = tokio::spawn(async move { inner.pass(actor, Arc::new(operation)).await });
        passage.await.map_err(|ended| {
            if ended.is_panic() { Error::internal(ended) } else { Error::unavailable(ended) }
        })?
    }
}

impl Inner {
    async fn pass<O: Operation>(self: Arc<Self>, actor: Actor, operation: Arc<O>) -> Result<O::Output>
    where
        O::Access: Passage,
    {
        let begun = Instant::now();
        let tenant = self.tenants.get(&self.store, self.kms(), actor.tenant).await?;
        let asked = Question {
            role: actor.role,
            operation: O::NAME,
            purpose: &actor.purpose,
            flags: Flags { installation: tenant.row.id == 0 },
        };
        let mut policy = self.policy.get();
        let mut verdict = policy.decide(&asked);
        let mut turn = None;
        if O::ALONE && !matches!(verdict, Policy::Deny) {
            turn = Some(self.alone.lock().await);
            // Others may be in force by now.
            policy = self.policy.get();
            verdict = policy.decide(&asked);
        }
        let outcome = match verdict {
            Policy::Allow(sight) => {
                let passage = Passing { inner: self.clone(), tenant, policy, actor: Arc::new(actor), sight };
                Self::refusal_as(O::Access::pass(passage, operation).await)
            }
            Policy::Deny => {
                let who = TurnedAway {
                    tenant: tenant.row.id,
                    actor: actor.name(),
                    purpose: actor.purpose.to_string(),
                    via: actor.via,
                    op: O::NAME,
                    reason: Error::Forbidden.code(),
                };
                self.turn_away(who).await?;
                Err(Error::Forbidden)
            }
        };
        drop(turn);
        let code = outcome.as_ref().err().map_or("OK", Error::code);
        metrics::counter!("zelo_passages_total", "operation" => O::NAME, "outcome" => code).increment(1);
        metrics::histogram!("zelo_passage_seconds", "operation" => O::NAME)
            .record(begun.elapsed().as_secs_f64());
        outcome
    }

    fn entry(
        &self,
        notes: &Notes,
        now: Timestamp,
        tenant: &Tenant,
        actor: &Actor,
        verdict: &Verdict<'_>,
    ) -> Result<LeafRow> {
        let id = notes.id.unwrap_or_else(|| EntryId(self.ids.sorted(now)));
        notes.entry(id, now, tenant.row.id, actor, verdict)
    }
}

/// How the door lets an operation of this mode through.
pub trait Passage: Mode {
    /// Lets it through.
    fn pass<O: Operation<Access = Self>>(
        passing: Passing,
        operation: Arc<O>,
    ) -> impl Future<Output = Result<O::Output>> + Send;
}

impl Passage for Read {
    async fn pass<O: Operation<Access = Self>>(passing: Passing, operation: Arc<O>) -> Result<O::Output> {
        passing.read(operation).await
    }
}

impl Passage for Write {
    async fn pass<O: Operation<Access = Self>>(passing: Passing, operation: Arc<O>) -> Result<O::Output> {
        passing.write(operation).await
    }
}

/// A passage that the policies allowed.
pub struct Passing {
    pub(crate) inner: Arc<Inner>,
    pub(crate) tenant: Arc<Tenant>,
    /// Those in force when it began.
    pub(crate) policy: Arc<Bundle>,
    pub(crate) actor: Arc<Actor>,
    pub(crate) sight: Sight,
}

impl Passing {
    fn tx<'t, A: Mode>(
        &'t self,
        now: Timestamp,
        rows: A::Conn<'t>,
        notes: &'t mut Notes,
        seals: bool,
    ) -> Tx<'t, A> {
        Tx {
            now,
            ids: &*self.inner.ids,
            actor: &self.actor,
            policy: &self.policy,
            sight: self.sight,
            tenant: &self.tenant,
            rows,
            inner: &self.inner,
            notes,
            seals,
        }
    }

    fn entry_for<O: Operation>(
        &self,
        notes: &Notes,
        now: Timestamp,
        failed: Option<&Error>,
    ) -> Result<LeafRow> {
        let verdict = Verdict {
            op: O::NAME,
            class: O::CLASS,
            decision: match failed {
                None => Decision::Allow,
                Some(Error::Forbidden) => Decision::Deny,
                Some(_) => Decision::Failed,
            },
            reason: failed.map(Error::code),
            policy: self.policy.digest(),
        };
        self.inner.entry(notes, now, &self.tenant, &self.actor, &verdict)
    }

    /// Reads from one snapshot; the entry is durable, and the connection given back, before the answer leaves.
    pub(crate) async fn read<O: Operation<Access = Read>>(self, operation: Arc<O>) -> Result<O::Output> {
        let _coming = self.inner.store.announce_read();
        let now = self.inner.clock.now();
        let mut notes = Notes::default();
        let mut passing = self;
        let mut outcome = within::<O, _>(passing.look(&*operation, now, &mut notes)).await;
        for _ in 1..TRIES {
            if !matches!(outcome, Err(Error::Stale)) {
                break;
            }
            // Rows and keys were of two different instants, in one of which something was sealed anew.
            outcome = match passing.once_more().await {
                Ok(again) => {
                    passing = again;
                    within::<O, _>(passing.look(&*operation, now, &mut notes)).await
                }
                Err(error) => Err(error),
            };
        }
        let outcome = notes.settled(outcome);
        let entry = passing.entry_for::<O>(&notes, now, outcome.as_ref().err())?;
        passing.inner.store.enter(entry).await?;
        if notes.holds.is_some() {
            // Whoever was forgotten meanwhile may not have been waited for.
            passing.inner.lease.check()?;
        }
        outcome
    }

    async fn look<O: Operation<Access = Read>>(
        &self,
        op: &O,
        now: Timestamp,
        notes: &mut Notes,
    ) -> Result<O::Output> {
        let view = View::open(&self.inner.store, op.pinned()).await?;
        let outcome = {
            let rows = || view.reading(&self.inner.store);
            match op.prepare(&mut self.tx(now, rows(), notes, false)).await {
                Ok(ready) => op.run(ready, &mut self.tx(now, rows(), notes, false)).await,
                Err(error) => Err(error),
            }
        };
        view.close().await?;
        outcome
    }

    /// Prepares, then runs in the writer's transaction together with the entry; again when the ground has moved.
    pub(crate) async fn write<O: Operation<Access = Write>>(self, operation: Arc<O>) -> Result<O::Output> {
        let mut passing = Arc::new(self);
        let mut opened = Notes::default();
        let mut outcome = Self::attempt(&passing, &operation, &mut opened).await;
        if matches!(outcome, Err(Error::Stale)) {
            let _turn = passing.inner.second_try.turn(passing.tenant.row.id).await;
            for _ in 1..TRIES {
                // What has moved may be the tenant's keys.
                passing = match passing.once_more().await {
                    Ok(again) => Arc::new(again),
                    Err(error) => {
                        outcome = Err(error);
                        break;
                    }
                };
                outcome = Self::attempt(&passing, &operation, &mut opened).await;
                if !matches!(outcome, Err(Error::Stale)) {
                    break;
                }
            }
        }
        let outcome = opened.settled(outcome);
        if let Err(error) = &outcome {
            // What was opened on the way is entered also when nothing was written.
            let entry = passing.entry_for::<O>(&opened, passing.inner.clock.now(), Some(error))?;
            passing.inner.store.enter(entry).await?;
        }
        if O::CLASS == Class::Disclosure && opened.holds.is_some() {
            // As with a read: whoever was forgotten meanwhile may not have been waited for.
            passing.inner.lease.check()?;
        }
        outcome
    }

    async fn attempt<O: Operation<Access = Write>>(
        passing: &Arc<Self>,
        operation: &Arc<O>,
        opened: &mut Notes,
    ) -> Result<O::Output> {
        let now = passing.inner.clock.now();
        let mut notes = Notes::default();
        let ready = within::<O, _>(passing.make_ready(&**operation, now, &mut notes)).await;
        opened.absorb(notes);
        let ready = ready?;
        let (here, op) = (passing.clone(), operation.clone());
        let mut notes = opened.clone();
        let (output, arrived) = passing
            .inner
            .store
            .write(move |writing| {
                Box::pin(async move {
                    let keys = writing.at_work(here.tenant.row.id).await?;
                    if keys.ok_or(Error::Unauthenticated)? != here.tenant.row.keys {
                        here.inner.tenants.outdate(&here.tenant);
                        return Err(Error::Stale);
                    }
                    // Out of time is refused like anything else: the savepoint is rolled back, and the others of its
                    // group go on. A statement that still runs is waited for by the rollback, for the connection
                    // answers in order; PostgreSQL gives up on a lock by itself (`lock_timeout`).
                    let mut tx = here.tx(now, writing, &mut notes, false);
                    let output = within::<O, _>(op.run(ready, &mut tx)).await?;
                    writing.entry(here.entry_for::<O>(&notes, now, None)?);
                    Ok((output, std::mem::take(&mut notes.arrived)))
                })
            })
            .await?;
        passing.inner.arrivals.publish(passing.tenant.row.id16, arrived);
        Ok(output)
    }

    /// The same passage with its tenant as it is now.
    async fn once_more(&self) -> Result<Self> {
        let Self { inner, tenant, policy, actor, sight } = self;
        let tenant = inner.tenants.get(&inner.store, inner.kms(), tenant.row.id16).await?;
        Ok(Self { inner: inner.clone(), tenant, policy: policy.clone(), actor: actor.clone(), sight: *sight })
    }

    async fn make_ready<O: Operation<Access = Write>>(
        &self,
        op: &O,
        now: Timestamp,
        notes: &mut Notes,
    ) -> Result<O::Ready> {
        let view = View::open(&self.inner.store, op.pinned()).await?;
        let ready = op.prepare(&mut self.tx(now, view.reading(&self.inner.store), notes, true)).await;
        view.close().await?;
        ready
    }
}

/// What a passage reads through.
enum View {
    Single,
    Pinned(Snapshot),
}

impl View {
    async fn open(store: &Store, pinned: bool) -> Result<Self> {
        Ok(if pinned { Self::Pinned(store.snapshot().await?) } else { Self::Single })
    }

    fn reading<'s>(&'s self, store: &'s Store) -> Reading<'s> {
        match self {
            Self::Single => store.reading(),
            Self::Pinned(snapshot) => snapshot.reading(),
        }
    }

    async fn close(self) -> Result<()> {
        match self {
            Self::Single => Ok(()),
            Self::Pinned(snapshot) => Ok(snapshot.close().await?),
        }
    }
}

/// One half of an operation, in the time it has.
async fn within<O: Operation, T>(half: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(O::LONGEST, half).await.map_err(Error::unavailable)?
}

#[cfg(test)]
mod tests;
