//! After a restore: what is older than the anchor is not served, and a replay does again what the backup had not seen.

mod behind;
#[cfg_attr(not(test), expect(dead_code, reason = "erasures have no numbers yet"))]
mod compare;
mod epoch;
mod replay;

pub use behind::Behind;
pub use replay::Replayed;
