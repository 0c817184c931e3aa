//! Speed, measured beside the raw limit in the same run.
//!
//! Here is what the programs share: made-up people, a house to measure from inside, databases opened the way the
//! store opens them, and the CPU a process has used.

pub mod databases;
pub mod house;
pub mod people;
pub mod usage;

/// The server's allocator, for every program here: what it gains is nobody's advantage.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever goes wrong ends the measurement.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The people who are there before anything is measured.
pub const KNOWN: usize = 2_000;
/// The events each of them has by then.
pub const EVENTS_EACH: usize = 5;
