//! Forgetting a person (LGPD art. 16 and 18 VI, GDPR art. 17), in steps that only ever go forward.
//!
//! `begin` decides it in one transaction, after which the person is refused everywhere; `forward` carries it on: written
//! down beside the anchor, keys destroyed, copies in memory gone (then it is *effective*), rows deleted, closed. A start
//! that finds one half done goes on where it was left. `receipt` is what can be shown of it.

mod again;
mod begin;
mod ended;
mod file;
mod forward;
mod gather;
mod kept;
mod lapsed;
mod lift;
mod purge;
mod receipt;
mod written;

pub use again::EraseAgain;
pub use begin::{Begun, EraseProfile};
pub use ended::EndRetained;
pub use lift::LiftSuppression;
pub use purge::{CloseErasure, PurgeErased};
pub use receipt::{ErasureReceipt, GetErasure, Kept, WhichErasure};

pub(crate) use file::ErasureFile;
pub(crate) use forward::janitor;
