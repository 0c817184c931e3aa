//! What the house asks of the outside world: the time and fresh ids. Both are arguments, so tests write answers down.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// Hands out fresh ids. Never used for keys or nonces: the vault owns its own randomness.
pub trait Ids: Send + Sync + 'static {
    /// Sixteen random bytes, for ids that outlive an erasure and so may hold no time.
    fn random(&self) -> [u8; 16];

    /// A `UUIDv7` (RFC 9562 §5.7): 48 bits of milliseconds, then random; sorts by time.
    fn sorted(&self, now: Timestamp) -> [u8; 16] {
        let mut id = self.random();
        let millis = u64::try_from(now.millis()).unwrap_or(0).to_be_bytes();
        id[..6].copy_from_slice(&millis[2..]);
        id[6] = 0x70 | (id[6] & 0x0f);
        id[8] = 0x80 | (id[8] & 0x3f);
        id
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port through which the house reads time")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still, for tests and for the ephemeral mode.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Ids from the system's random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn random(&self) -> [u8; 16] {
        fresh()
    }
}

/// Ids drawn from the system at once, for asking it costs more than what it gives.
const DRAWN: usize = 32;

fn fresh() -> [u8; 16] {
    thread_local! {
        static LEFT: RefCell<Vec<[u8; 16]>> = const { RefCell::new(Vec::new()) };
    }
    LEFT.with_borrow_mut(|left| {
        left.pop().unwrap_or_else(|| {
            let mut bytes = [[0; 16]; DRAWN];
            // A process without its random source cannot do anything safely.
            getrandom::fill(bytes.as_flattened_mut()).expect("the system has a random source");
            left.extend_from_slice(&bytes[1..]);
            bytes[0]
        })
    })
}

/// Ids that are the same in every run: a counter, for tests only.
#[derive(Debug, Default)]
pub struct SeededIds(AtomicU64);

impl Ids for SeededIds {
    fn random(&self) -> [u8; 16] {
        let n = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        bytes[8..].copy_from_slice(&n.to_be_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_ids_sort_by_time_and_say_version_seven() {
        let ids = SeededIds::default();
        let early = ids.sorted(Timestamp::from_micros(1_000_000));
        let late = ids.sorted(Timestamp::from_micros(2_000_000));
        assert!(early < late);
        assert_eq!((early[6] >> 4, early[8] >> 6), (7, 2));
    }
}
