//! The key of one owner: what a person's data is sealed under, and what is forgotten with them.

use std::fmt;
use std::sync::Arc;

use aes_gcm::KeyInit;
use ring::hmac;
use zeroize::Zeroizing;

use crate::envelope::{self, AesGcm, Kid, Suite};
use crate::secret::{Secret, first16, mac};
use crate::{OpenError, Rng, Slot};

/// One owner's data key (DEK): 256 random bits, AES-256-GCM, prepared once. Cloning shares it; the bytes are
/// wiped when the last clone goes.
///
/// It may seal 2³² values (NIST SP 800-38D §8.3), far more than one person's data ever needs.
#[derive(Clone)]
pub struct OwnerKey(Arc<Inner>);

struct Inner {
    secret: Secret,
    cipher: AesGcm,
    commitment: [u8; 32],
    kid: Kid,
}

impl OwnerKey {
    /// A fresh key.
    pub fn generate(rng: &Rng) -> Self {
        let secret = Secret::generate(rng);
        let commitment = secret.commitment();
        Self::prepare(secret, commitment)
    }

    /// Prepares a key whose commitment is known to be its own.
    pub(crate) fn prepare(secret: Secret, commitment: [u8; 32]) -> Self {
        let cipher = AesGcm::new(secret.bytes().into());
        Self(Arc::new(Inner { secret, cipher, commitment, kid: first16(&commitment) }))
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0.secret
    }

    /// `HKDF-Expand(key, "zelo/v1/commit", 32)` (RFC 5869): says which key this is and nothing about it. Its first
    /// 16 bytes are the kid in every envelope.
    pub fn commitment(&self) -> &[u8; 32] {
        &self.0.commitment
    }

    /// Seals `plain` for one slot: `ZL|01|01|kid16|nonce12|ciphertext|tag16`, 48 bytes longer than `plain`.
    ///
    /// # Panics
    /// If `plain` is over 64 GiB or the system has no random source.
    pub fn seal(&self, rng: &Rng, slot: &Slot, plain: &[u8]) -> Vec<u8> {
        let Inner { cipher, kid, .. } = &*self.0;
        envelope::seal(cipher, rng, kid, &slot.aad(AesGcm::NUMBER, kid), plain)
    }

    /// Opens what was sealed under this key for this slot.
    pub fn open(&self, slot: &Slot, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let Inner { cipher, kid, .. } = &*self.0;
        envelope::open(cipher, kid, &slot.aad(AesGcm::NUMBER, kid), sealed)
    }

    /// How every value sealed under this key names it.
    pub fn kid(&self) -> &[u8; 16] {
        &self.0.kid
    }

    /// Whether this is the key the sealed value names.
    pub(crate) fn is_named_by(&self, sealed: &[u8]) -> bool {
        envelope::kid_of::<AesGcm>(sealed) == Some(&self.0.kid)
    }

    /// The commitment to an audit payload that its leaf carries: `HMAC(opening, payload)`. It hides the payload
    /// once this key is forgotten, and binds to it for ever.
    ///
    /// `nonce` is 32 random bytes ([`Rng::bytes`]), fresh for each payload and kept inside the sealed payload.
    pub fn commit_payload(&self, nonce: &[u8; 32], payload: &[u8]) -> [u8; 32] {
        commit_opened(&self.payload_opening(nonce), payload)
    }

    /// What proves to the person, and to nobody else, that a leaf commits to a payload: given the payload and this
    /// value, [`commit_opened`] answers the commitment without any key.
    pub fn payload_opening(&self, nonce: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(mac(&self.0.secret.expand(&[b"zelo/v1/payload"]).hmac(), &[nonce]))
    }
}

/// The commitment to `payload` under its opening: HMAC-SHA256, as any tool computes it.
pub fn commit_opened(opening: &[u8; 32], payload: &[u8]) -> [u8; 32] {
    mac(&hmac::Key::new(hmac::HMAC_SHA256, opening), &[payload])
}

impl fmt::Debug for OwnerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnerKey(…)")
    }
}
