//! Known answers, computed once at start: a build or machine that gets them wrong must not seal anything.

use aes_gcm::KeyInit;
use data_encoding::HEXLOWER;
use ring::{hkdf, hmac};
use xaes_256_gcm::Xaes256Gcm;

use crate::envelope::{AesGcm, Suite};

/// The algorithm that gave a wrong answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} gives wrong answers on this machine")]
pub struct SelfTestFailed(pub &'static str);

/// Computes published vectors with the very ciphers that seal: AES-256-GCM (test case 16 of the GCM submission to
/// NIST), XAES-256-GCM (C2SP), HMAC-SHA256 (RFC 4231 §4.3), HKDF-Expand (RFC 5869 A.1). Takes microseconds.
pub fn self_test() -> Result<(), SelfTestFailed> {
    check("AES-256-GCM", aes_256_gcm())?;
    check("XAES-256-GCM", xaes_256_gcm())?;
    check("HMAC-SHA256", hmac_sha256())?;
    check("HKDF-SHA256", hkdf_sha256())
}

fn check(algorithm: &'static str, passed: Option<bool>) -> Result<(), SelfTestFailed> {
    if passed == Some(true) { Ok(()) } else { Err(SelfTestFailed(algorithm)) }
}

fn aes_256_gcm() -> Option<bool> {
    aead::<AesGcm>(
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
         1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
         8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
        "76fc6ece0f4e1768cddf8853bb2d551b",
    )
}

fn xaes_256_gcm() -> Option<bool> {
    aead::<Xaes256Gcm>(
        "0303030303030303030303030303030303030303030303030303030303030303",
        "4142434445464748494a4b4c4d4e4f505152535455565758",
        "633273702e6f72672f584145532d3235362d47434d",
        "584145532d3235362d47434d",
        "986ec1832593df5443a17943",
        "7fd083bf3fdb41abd740a21f71eb769d",
    )
}

/// Seals and opens one vector, and sees a changed tag refused.
fn aead<C: Suite + KeyInit>(
    key: &str,
    nonce: &str,
    aad: &str,
    plain: &str,
    text: &str,
    tag: &str,
) -> Option<bool> {
    let cipher = C::new_from_slice(&hex(key)?).ok()?;
    let (nonce, aad, plain, text, tag) = (hex(nonce)?, hex(aad)?, hex(plain)?, hex(text)?, hex(tag)?);
    let nonce = nonce.as_slice().try_into().ok()?;
    let mut buffer = plain.clone();
    let made = cipher.encrypt_inout_detached(nonce, &aad, buffer.as_mut_slice().into()).ok()?;
    let sealed = buffer == text && made.as_slice() == tag;
    let mut wrong = made;
    wrong[0] ^= 1;
    let refused = cipher.decrypt_inout_detached(nonce, &aad, buffer.as_mut_slice().into(), &wrong).is_err();
    let opened = cipher.decrypt_inout_detached(nonce, &aad, buffer.as_mut_slice().into(), &made).is_ok();
    Some(sealed && refused && opened && buffer == plain)
}

fn hmac_sha256() -> Option<bool> {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"Jefe"), b"what do ya want for nothing?");
    Some(tag.as_ref() == hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")?)
}

fn hkdf_sha256() -> Option<bool> {
    let key = hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")?;
    let mut block = [0; 32];
    hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, &key)
        .expand(&[&hex("f0f1f2f3f4f5f6f7f8f9")?], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut block))
        .ok()?;
    Some(block[..] == hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf")?)
}

fn hex(text: &str) -> Option<Vec<u8>> {
    HEXLOWER.decode(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_may_seal() {
        assert_eq!(self_test(), Ok(()));
    }

    #[test]
    fn a_wrong_answer_names_its_algorithm() {
        let failed = check("HMAC-SHA256", Some(false)).unwrap_err();
        assert_eq!(failed.to_string(), "HMAC-SHA256 gives wrong answers on this machine");
    }
}
