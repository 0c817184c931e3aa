//! The tenant's data key: what is sealed but personal to nobody.

use std::fmt;

use aes_gcm::KeyInit;
use xaes_256_gcm::Xaes256Gcm;
use zeroize::Zeroizing;

use crate::envelope::{self, Kid, Suite};
use crate::secret::{Secret, first16};
use crate::{OpenError, Rng, Slot};

/// A key that seals without limit: XAES-256-GCM (C2SP), random 192-bit nonces.
pub(crate) struct Sealer {
    pub(crate) secret: Secret,
    pub(crate) commitment: [u8; 32],
    cipher: Xaes256Gcm,
    kid: Kid,
}

impl Sealer {
    pub(crate) fn new(secret: Secret) -> Self {
        let commitment = secret.commitment();
        let cipher = Xaes256Gcm::new(secret.bytes().into());
        Self { secret, commitment, cipher, kid: first16(&commitment) }
    }

    pub(crate) fn kid(&self) -> &Kid {
        &self.kid
    }

    pub(crate) fn seal(&self, rng: &Rng, aad: &[u8], plain: &[u8]) -> Vec<u8> {
        envelope::seal(&self.cipher, rng, &self.kid, aad, plain)
    }

    pub(crate) fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        envelope::open(&self.cipher, &self.kid, aad, sealed)
    }
}

/// One epoch of the tenant's data key.
pub struct TenantKey {
    epoch: u32,
    sealer: Sealer,
}

impl TenantKey {
    /// A fresh key.
    pub fn generate(epoch: u32, rng: &Rng) -> Self {
        Self::new(epoch, Secret::generate(rng))
    }

    pub(crate) fn new(epoch: u32, secret: Secret) -> Self {
        Self { epoch, sealer: Sealer::new(secret) }
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.sealer.secret
    }

    /// Counted from 1; a new epoch is a new key.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// `HKDF-Expand(key, "zelo/v1/commit", 32)` (RFC 5869).
    pub fn commitment(&self) -> &[u8; 32] {
        &self.sealer.commitment
    }

    /// Seals `plain` for one slot: `ZL|01|02|kid16|nonce24|ciphertext|tag16`, 60 bytes longer than `plain`.
    ///
    /// # Panics
    /// If `plain` is over 64 GiB or the system has no random source.
    pub fn seal(&self, rng: &Rng, slot: &Slot, plain: &[u8]) -> Vec<u8> {
        self.sealer.seal(rng, &slot.aad(Xaes256Gcm::NUMBER, self.sealer.kid()), plain)
    }

    /// Opens what was sealed under this key for this slot.
    pub fn open(&self, slot: &Slot, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        self.sealer.open(&slot.aad(Xaes256Gcm::NUMBER, self.sealer.kid()), sealed)
    }

    /// Whether this is the key the sealed value names.
    pub(crate) fn is_named_by(&self, sealed: &[u8]) -> bool {
        envelope::kid_of::<Xaes256Gcm>(sealed) == Some(self.sealer.kid())
    }
}

impl fmt::Debug for TenantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TenantKey(epoch {}, …)", self.epoch)
    }
}
