//! Whether the audit log keeps up: what is acknowledged must soon stand in an anchored checkpoint.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the sequencer may be without success. It passes every second, also when nothing waits.
const SILENCE: Duration = Duration::from_mins(1);

/// When the sequencer last succeeded.
#[derive(Debug, Clone)]
pub(crate) struct Pulse(Arc<Mutex<Instant>>);

impl Pulse {
    /// It has just begun.
    pub(crate) fn start() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    /// It has succeeded.
    pub(crate) fn beat(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// For how long it has not.
    pub(super) fn silent(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// Whether that is too long.
    pub(super) fn has_stopped(&self) -> bool {
        self.silent() > SILENCE
    }

    /// One that has been silent for so long.
    #[cfg(test)]
    pub(crate) fn silent_for(time: Duration) -> Self {
        Self(Arc::new(Mutex::new(Instant::now().checked_sub(time).unwrap())))
    }
}
