//! The newest arrivals of each tenant, in memory: what was committed by this process, kept for whoever watches.
//!
//! Nothing sealed and no value anybody sent stands here; people are surrogates, which a passage turns into what it may
//! show when somebody looks.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use zelo_model::{IdentifierKind, TenantId, Timestamp};

use crate::intake::Hold;

/// How many a tenant keeps.
const MOST: usize = 1_000;

/// A message that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    pub(crate) at: Timestamp,
    pub(crate) source: i64,
    /// What the message says it is, `None` when that cannot be read.
    pub(crate) verb: Option<&'static str>,
    /// An event's name, which stands in the clear.
    pub(crate) name: Option<String>,
    pub(crate) fate: Outcome,
}

/// What became of it.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// It is somebody's.
    Taken {
        profile: i64,
        matched: Matched,
        /// The kinds of its identifiers that led to them before it came.
        by: Vec<IdentifierKind>,
        /// Why a merge was only suggested.
        suggested: Option<&'static str>,
    },
    /// It is held.
    Held(Hold),
    /// Nothing allows us to keep it.
    NotCollected,
}

/// How a message found its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matched {
    /// By the record it has always been about.
    Known,
    /// Nobody was known by any of its identifiers.
    Opened,
    /// A new record of somebody known.
    Joined,
    /// It brought several together, who are one person from here on.
    Merged,
}

impl Matched {
    /// Its name for machines.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Opened => "opened",
            Self::Joined => "joined",
            Self::Merged => "merged",
        }
    }
}

/// Those of every tenant.
#[derive(Default)]
pub(crate) struct Arrivals(Mutex<HashMap<TenantId, Ring>>);

struct Ring {
    /// The place of the next one; the first is 1.
    next: u64,
    kept: VecDeque<Arrived>,
    changed: watch::Sender<u64>,
}

impl Default for Ring {
    fn default() -> Self {
        Self { next: 1, kept: VecDeque::new(), changed: watch::Sender::new(0) }
    }
}

/// Arrivals behind a place.
pub(crate) struct Heard {
    /// Each with its place, oldest first.
    pub(crate) arrived: Vec<(u64, Arrived)>,
    /// How many there were in between that are not kept any more.
    pub(crate) missed: u64,
}

impl Arrivals {
    fn rings(&self) -> MutexGuard<'_, HashMap<TenantId, Ring>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what was just committed, and wakes those who watch.
    pub(crate) fn publish(&self, tenant: TenantId, arrived: Vec<Arrived>) {
        if arrived.is_empty() {
            return;
        }
        let mut rings = self.rings();
        let ring = rings.entry(tenant).or_default();
        ring.next += arrived.len() as u64;
        let skipped = arrived.len().saturating_sub(MOST);
        ring.kept.extend(arrived.into_iter().skip(skipped));
        let surplus = ring.kept.len().saturating_sub(MOST);
        ring.kept.drain(..surplus);
        ring.changed.send_replace(ring.next - 1);
    }

    /// The first `most` behind `after`; without a place, the newest `most`. A place this process never gave, as from
    /// before a restart, counts as none.
    pub(crate) fn since(&self, tenant: TenantId, after: Option<u64>, most: usize) -> Heard {
        let rings = self.rings();
        let Some(ring) = rings.get(&tenant) else { return Heard { arrived: Vec::new(), missed: 0 } };
        let first = ring.next - ring.kept.len() as u64;
        let from = match after {
            Some(after) if after < ring.next => after + 1,
            _ => ring.next - (most as u64).min(ring.kept.len() as u64),
        };
        let skip = usize::try_from(from.saturating_sub(first)).unwrap_or(usize::MAX);
        let arrived = (first.max(from)..).zip(ring.kept.iter().skip(skip).cloned()).take(most).collect();
        Heard { arrived, missed: first.saturating_sub(from) }
    }

    /// The place of the newest, now and whenever it changes.
    pub(crate) fn watch(&self, tenant: TenantId) -> watch::Receiver<u64> {
        self.rings().entry(tenant).or_default().changed.subscribe()
    }

    /// Forgets all of them; whoever watches is told that nothing comes any more.
    pub(crate) fn end(&self) {
        self.rings().clear();
    }

    /// Forgets a tenant that is dropped.
    pub(crate) fn forget(&self, tenant: TenantId) {
        self.rings().remove(&tenant);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: TenantId = TenantId([1; 16]);
    const BAKERY: TenantId = TenantId([2; 16]);

    fn arrived(count: usize) -> Vec<Arrived> {
        let one = Arrived {
            at: Timestamp::from_micros(0),
            source: 1,
            verb: Some("track"),
            name: None,
            fate: Outcome::NotCollected,
        };
        vec![one; count]
    }

    fn places(heard: &Heard) -> Vec<u64> {
        heard.arrived.iter().map(|(place, _)| *place).collect()
    }

    #[test]
    fn davi_reads_on_behind_his_place_and_is_told_what_he_missed() {
        let arrivals = Arrivals::default();
        assert!(arrivals.since(SHOP, None, 10).arrived.is_empty());
        arrivals.publish(SHOP, arrived(5));
        assert_eq!(places(&arrivals.since(SHOP, None, 2)), [4, 5], "the newest first of all");
        assert_eq!(places(&arrivals.since(SHOP, Some(0), 2)), [1, 2]);
        assert_eq!(places(&arrivals.since(SHOP, Some(3), 10)), [4, 5]);
        assert!(arrivals.since(SHOP, Some(5), 10).arrived.is_empty());
        assert_eq!(
            places(&arrivals.since(SHOP, Some(77), 10)),
            [1, 2, 3, 4, 5],
            "a place of another process"
        );
        arrivals.publish(SHOP, arrived(MOST + 1));
        let heard = arrivals.since(SHOP, Some(5), 1);
        assert_eq!((places(&heard), heard.missed), (vec![7], 1));
    }

    #[tokio::test]
    async fn davi_is_woken_by_his_own_shop_alone() {
        let arrivals = Arrivals::default();
        let mut watch = arrivals.watch(SHOP);
        watch.mark_unchanged();
        arrivals.publish(BAKERY, arrived(1));
        assert!(!watch.has_changed().unwrap());
        arrivals.publish(SHOP, arrived(3));
        assert!(watch.has_changed().unwrap() && *watch.borrow() == 3);
        arrivals.forget(SHOP);
        assert!(watch.changed().await.is_ok() && watch.changed().await.is_err(), "the shop is gone");
    }
}
