//! The sealed form: `ZL|01|suite|kid16|nonce|ciphertext|tag16`.
//!
//! The kid says which key; nobody tries keys until one fits. Every way in which an open can fail gives one error.

use aes_gcm::aead::array::{Array, ArraySize};
use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::{AeadInOut, Nonce, Tag};
use aes_gcm::aes::Aes256Enc;
use xaes_256_gcm::Xaes256Gcm;
use zeroize::Zeroizing;

use crate::Rng;

/// The version of this format.
pub(crate) const FORMAT: u8 = 1;
const MAGIC: &[u8; 3] = &[b'Z', b'L', FORMAT];
/// Magic, version, suite, kid: what stands before the nonce.
const HEAD: usize = 3 + 1 + 16;
const TAG: usize = 16;

/// AES-256-GCM (NIST SP 800-38D). GCM never decrypts a block, so the key schedule for it is not kept.
pub(crate) type AesGcm = aes_gcm::AesGcm<Aes256Enc, U12>;

/// A cipher with its number in the envelope.
pub(crate) trait Suite: AeadInOut<TagSize = U16> {
    const NUMBER: u8;
}

/// Suite 1, for keys that seal little: with a random 96-bit nonce a key is good for 2³² seals (SP 800-38D §8.3).
impl Suite for AesGcm {
    const NUMBER: u8 = 1;
}

/// Suite 2, for shared keys: XAES-256-GCM (C2SP), whose random 192-bit nonce never runs out.
impl Suite for Xaes256Gcm {
    const NUMBER: u8 = 2;
}

/// A sealed value that does not open: wrong key, wrong slot, changed or cut bytes. It never says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this sealed value cannot be opened")]
pub struct OpenError;

/// The first 16 bytes of the key commitment, as the envelope names its key.
pub(crate) type Kid = [u8; 16];

/// Seals `plain`; its length grows by 36 bytes and the nonce.
pub(crate) fn seal<C: Suite>(cipher: &C, rng: &Rng, kid: &Kid, aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut nonce = Nonce::<C>::default();
    rng.fill(&mut nonce);
    let body = HEAD + nonce.len();
    let mut out = Vec::with_capacity(body + plain.len() + TAG);
    out.extend_from_slice(MAGIC);
    out.push(C::NUMBER);
    out.extend_from_slice(kid);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(plain);
    let tag = cipher
        .encrypt_inout_detached(&nonce, aad, (&mut out[body..]).into())
        .expect("one sealed value is under 64 GiB");
    out.extend_from_slice(&tag);
    out
}

/// Opens what [`seal`] made with the same key and associated data.
pub(crate) fn open<C: Suite>(
    cipher: &C,
    kid: &Kid,
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (named, rest) = split::<C>(sealed).ok_or(OpenError)?;
    if named != kid {
        return Err(OpenError);
    }
    let (nonce, rest) = take(rest).ok_or(OpenError)?;
    let text = rest.len().checked_sub(TAG).ok_or(OpenError)?;
    let tag: &Tag<C> = rest[text..].try_into().map_err(|_| OpenError)?;
    let mut plain = Zeroizing::new(rest[..text].to_vec());
    cipher.decrypt_inout_detached(nonce, aad, plain.as_mut_slice().into(), tag).map_err(|_| OpenError)?;
    Ok(plain)
}

/// The kid a sealed value names, if it is one of this suite.
pub(crate) fn kid_of<C: Suite>(sealed: &[u8]) -> Option<&Kid> {
    split::<C>(sealed).map(|(kid, _)| kid)
}

fn split<C: Suite>(sealed: &[u8]) -> Option<(&Kid, &[u8])> {
    let rest = sealed.strip_prefix(MAGIC)?.strip_prefix(&[C::NUMBER])?;
    rest.split_first_chunk()
}

fn take<N: ArraySize>(bytes: &[u8]) -> Option<(&Array<u8, N>, &[u8])> {
    let (first, rest) = bytes.split_at_checked(N::USIZE)?;
    Some((first.try_into().ok()?, rest))
}
