//! The root's port: whoever keeps the key that never leaves it.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use zeroize::Zeroizing;

/// A future on the heap, so that [`Kms`] can be a trait object. Only KEKs pass here, and they are few.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why the root did not answer with a key.
#[derive(Debug, thiserror::Error)]
pub enum KmsError {
    /// The KMS could not be reached, or did not want to answer now.
    #[error("the key management service is unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// The root key of that epoch was destroyed, or never stood here.
    #[error("there is no root key of epoch {0}")]
    UnknownEpoch(u32),
    /// The wrapped key is not this root's, not for this context, or has been changed.
    #[error("this wrapped key cannot be unwrapped")]
    Refused,
}

/// Wraps and unwraps tenants' KEKs under a root key that is not exportable: a file, PKCS#11, a transit engine, a
/// cloud KMS. `context` is vouched for as associated data (RFC 5116) and is not secret. Which epoch is the newest
/// stands in the key database, never here: a root may exist that nothing has been wrapped under yet.
pub trait Kms: Send + Sync {
    /// Makes the root of that epoch, durable when this returns; one that is there already is left as it is.
    fn create(&self, epoch: u32) -> BoxFuture<'_, Result<(), KmsError>>;

    /// Destroys the root of that epoch, which makes every KEK wrapped under it, in every backup, unreadable for
    /// ever. One that is gone already is gone.
    fn destroy(&self, epoch: u32) -> BoxFuture<'_, Result<(), KmsError>>;

    /// Wraps one key under the root of that epoch.
    fn wrap<'a>(
        &'a self,
        epoch: u32,
        context: &'a [u8],
        key: &'a [u8; 32],
    ) -> BoxFuture<'a, Result<Vec<u8>, KmsError>>;

    /// Unwraps what the root of that epoch wrapped for the same context.
    fn unwrap<'a>(
        &'a self,
        epoch: u32,
        context: &'a [u8],
        wrapped: &'a [u8],
    ) -> BoxFuture<'a, Result<Zeroizing<[u8; 32]>, KmsError>>;
}
