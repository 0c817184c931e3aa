//! Single measurements, as the report keeps them.

use std::time::Duration;

/// Events taken in before anything is measured.
pub(crate) const BEFORE: usize = 96_000;

/// One measurement of intake.
pub(crate) struct IntakeCell {
    pub(crate) on: &'static str,
    pub(crate) batch: usize,
    pub(crate) new: usize,
    /// Events a second.
    pub(crate) rate: f64,
    /// The same of the floor.
    pub(crate) floor: f64,
    /// CPU an event, of the server with its database.
    pub(crate) cpu: Duration,
    /// Half of the batches were answered within this.
    pub(crate) half: Duration,
}

/// One measurement of reads.
pub(crate) struct ReadCell {
    pub(crate) on: &'static str,
    pub(crate) connections: usize,
    pub(crate) events: usize,
    /// `plain`, or what the entry of a read survives.
    pub(crate) who: &'static str,
    /// Answers a second.
    pub(crate) rate: f64,
    pub(crate) half: Duration,
    pub(crate) most: Duration,
    /// CPU an answer, of the server with its database.
    pub(crate) cpu: Duration,
}
