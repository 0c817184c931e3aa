//! One message as the tracking protocols write it, read from its text: when it arrives, and again when it leaves
//! quarantine.
//!
//! Pure: it knows JSON and the protocol, and no rule about people. **Invariant**: what it says of a fault is never a value
//! somebody sent.

mod fault;
mod message;
mod slice;
mod sound;
mod traits;

pub use fault::Fault;
pub use message::{MAX_MESSAGE, Verb, parse, time};
pub use slice::{is_object, place, without_nan};
pub use sound::check;
