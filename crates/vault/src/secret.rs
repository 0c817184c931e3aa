//! Thirty-two secret bytes: what every key here is made of, and the only thing that is ever wrapped.

use std::fmt;

use ring::{hkdf, hmac};
use zeroize::Zeroizing;

use crate::{OpenError, Rng};

const COMMIT: &[u8] = b"zelo/v1/commit";

/// A 256-bit key, wiped when dropped. Its `Debug` shows nothing.
pub(crate) struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    pub(crate) fn generate(rng: &Rng) -> Self {
        Self(rng.key())
    }

    pub(crate) fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// Reads what an envelope held; anything but 32 bytes is a failed open.
    pub(crate) fn from_slice(bytes: &[u8]) -> Result<Self, OpenError> {
        let mut key = Zeroizing::new([0; 32]);
        if bytes.len() != key.len() {
            return Err(OpenError);
        }
        key.copy_from_slice(bytes);
        Ok(Self(key))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// HKDF-Expand with SHA-256 (RFC 5869 §2.3): one 32-byte block for `info`. There is no extract step, because
    /// the key is uniform already.
    pub(crate) fn expand(&self, info: &[&[u8]]) -> Self {
        let mut out = Zeroizing::new([0; 32]);
        hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, self.bytes())
            .expand(info, hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(out.as_mut_slice()))
            .expect("HKDF-SHA256 gives 32 bytes");
        Self(out)
    }

    /// The key commitment: AES-GCM alone lets one ciphertext open under two keys, so the key row says which key
    /// it means.
    pub(crate) fn commitment(&self) -> [u8; 32] {
        *self.expand(&[COMMIT]).bytes()
    }

    /// Compares the key commitment in constant time. The first block of HKDF-Expand is `HMAC(key, info ‖ 1)`, so
    /// this is ring's own HMAC verification.
    pub(crate) fn is_committed_by(&self, commitment: &[u8; 32]) -> bool {
        let mut info = [1; COMMIT.len() + 1];
        info[..COMMIT.len()].copy_from_slice(COMMIT);
        hmac::verify(&self.hmac(), &info, commitment).is_ok()
    }

    /// This key prepared for HMAC-SHA256 (RFC 2104).
    pub(crate) fn hmac(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// HMAC-SHA256 over the parts, one after the other.
pub(crate) fn mac(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

/// The first sixteen of thirty-two bytes.
pub(crate) fn first16(bytes: &[u8; 32]) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&bytes[..16]);
    out
}
