//! Time that moves by hand, and ids that are the same in every run.

use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

use zelo_model::{Clock, Ids, SeededIds, Timestamp};

/// The instant every test begins at: 2026-01-31T12:00:00Z.
pub const fn noon() -> Timestamp {
    Timestamp::from_micros(1_769_860_800_000_000)
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct HandClock(AtomicI64);

impl Default for HandClock {
    fn default() -> Self {
        Self(AtomicI64::new(noon().micros()))
    }
}

impl HandClock {
    /// Moves it on.
    pub fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds * Timestamp::SECOND, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// Seeded ids with the application's number in them, so that two applications on one database never draw the same.
#[derive(Debug)]
pub struct NumberedIds {
    application: u8,
    seeded: SeededIds,
}

static APPLICATIONS: AtomicU8 = AtomicU8::new(1);

impl Default for NumberedIds {
    fn default() -> Self {
        Self { application: APPLICATIONS.fetch_add(1, Ordering::Relaxed), seeded: SeededIds::default() }
    }
}

impl Ids for NumberedIds {
    fn random(&self) -> [u8; 16] {
        let mut id = self.seeded.random();
        // The counter behind it never gets this far, and `sorted` leaves this byte alone.
        id[9] = self.application;
        id
    }
}
