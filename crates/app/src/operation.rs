//! What an operation is: something the system can do, which passes the one door.

use std::future::Future;
use std::time::Duration;

use zelo_ledger::Class;
pub use zelo_policy::{OperationInfo, Target};

use crate::error::Result;
use crate::tx::{Mode, Read, Tx};

/// Something the system can do. [`crate::App::run`] is the only way to do it.
///
/// A read answers from one snapshot; its entry is durable before the answer leaves. A write prepares (look-ups,
/// keys, sealing) and then runs in the writer's transaction, which holds its entry; `run` answers
/// [`crate::Error::Stale`] when what was prepared has moved, and the door does both halves again.
pub trait Operation: Listed + Send + Sync + 'static {
    /// Its name: the policies' action, the log's verb, the metric's label.
    const NAME: &'static str;
    /// What kind of entry it leaves.
    const CLASS: Class;
    /// What it touches.
    const TARGET: Target;
    /// The longest each half may take: nobody's keys are held, and no writer kept from the others, for longer.
    const LONGEST: Duration = Duration::from_secs(10);
    /// Whether a process does one of them at a time: it takes long, and each holds one of the few connections that read.
    const ALONE: bool = false;
    /// [`crate::Read`] or [`crate::Write`].
    type Access: Mode;
    /// What `prepare` hands to `run`; `()` for reads.
    type Ready: Send + 'static;
    /// What the caller gets.
    type Output: Send + 'static;

    /// Whether it reads more than one statement and so needs a pinned snapshot.
    fn pinned(&self) -> bool {
        true
    }

    /// Looks up, fetches keys, seals. Nothing is written here but keys.
    fn prepare(&self, tx: &mut Tx<'_, Read>) -> impl Future<Output = Result<Self::Ready>> + Send;

    /// Does it. Awaits nothing but its `tx`.
    fn run(
        &self,
        ready: Self::Ready,
        tx: &mut Tx<'_, Self::Access>,
    ) -> impl Future<Output = Result<Self::Output>> + Send;
}

/// An operation that stands in the list; the list alone implements it.
pub trait Listed {}
