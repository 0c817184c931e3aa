//! Backups in three classes that are kept apart: the data, the keys, the key that signs the log. The root key and the
//! anchor are in none of them.

mod back_up;
mod class;
mod manifest;
mod put_back;

pub use back_up::{BackUp, BackedUp};
pub use class::{BackupClass, Classes};
pub use manifest::ManifestError;
pub use put_back::{PutBack, PutBackError, put_back};
