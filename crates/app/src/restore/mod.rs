//! After a restore: what is older than the anchor is not served, and a replay does again what the backup had not seen.

mod behind;
mod compare;
mod epoch;
mod replay;

pub use behind::Behind;
pub use replay::Replayed;
