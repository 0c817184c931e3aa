//! SHA-256 for what is not secret: ciphertext in audit entries, and secrets drawn at random.

use ring::digest::{SHA256, digest};

/// SHA-256 (FIPS 180-4) of `bytes`. Not for anything a person chose or could guess.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}
