//! Seal and open personal data, find it by blind index, forget a person by forgetting their key.
//!
//! Every person's data is sealed under a key of its own ([`OwnerKey`]), which is wrapped under the tenant's
//! ([`Kek`]), which is wrapped by a root that does not leave its [`Kms`]. Keys go in and out of this crate only
//! wrapped: no function returns key bytes, no type here shows them, and time is always an argument.

mod cache;
mod digest;
mod envelope;
mod file_kms;
mod index;
mod kek;
mod kms;
mod outlasting;
mod owner;
mod owner_keys;
pub mod place;
mod rng;
mod root_file;
mod secret;
mod self_test;
mod shared;
mod slot;
mod tenant;
#[cfg(test)]
mod tests;

pub use cache::{Fill, KeyCache};
pub use digest::{sha256, sha256_of};
pub use envelope::OpenError;
pub use file_kms::FileKms;
pub use index::{DedupKey, IndexKey, SuppressionKey};
pub use kek::{Kek, SharedPurpose, Wrapped, WrappedKek};
pub use kms::{BoxFuture, Kms, KmsError};
pub use outlasting::RootWrapped;
pub use owner::{OwnerKey, commit_opened};
pub use owner_keys::{OwnerKeys, OwnerOpenError};
pub use place::Place;
pub use rng::Rng;
pub use root_file::RootFileError;
pub use self_test::{SelfTestFailed, self_test};
pub use shared::TenantKey;
pub use slot::Slot;
pub use tenant::{TenantKeys, WrappedShared};
