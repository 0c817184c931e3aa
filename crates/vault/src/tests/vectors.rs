//! Wycheproof: what others found out about these algorithms' edges.

use aes_gcm::KeyInit;
use aes_gcm::aead::AeadInOut as _;
use ring::{aead, hkdf, hmac};
use wycheproof::TestResult;
use zeroize::ZeroizeOnDrop;

use crate::envelope::AesGcm;

#[test]
fn every_wycheproof_aes_256_gcm_vector_holds_for_our_cipher_and_for_ring() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::AesGcm).unwrap();
    let mut tried = 0;
    for group in set.test_groups.iter().filter(|group| group.key_size == 256 && group.nonce_size == 96) {
        assert_eq!(group.tag_size, 128);
        for test in &group.tests {
            let valid = test.result == TestResult::Valid;
            let cipher = AesGcm::new_from_slice(&test.key).unwrap();
            let nonce = test.nonce.as_slice().try_into().unwrap();
            let tag = test.tag.as_slice().try_into().unwrap();
            let wanted = valid.then_some(test.pt.as_slice());

            let mut text = test.ct.to_vec();
            let ours = cipher.decrypt_inout_detached(nonce, &test.aad, text.as_mut_slice().into(), tag);
            assert_eq!(ours.ok().map(|()| text.as_slice()), wanted, "vector {}", test.tc_id);

            let key = aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_256_GCM, &test.key).unwrap());
            let nonce_once = aead::Nonce::try_assume_unique_for_key(&test.nonce).unwrap();
            let mut text = [test.ct.as_slice(), &test.tag].concat();
            let rings = key.open_in_place(nonce_once, aead::Aad::from(&test.aad), &mut text);
            assert_eq!(rings.ok().as_deref(), wanted, "vector {}", test.tc_id);

            if valid {
                let mut sealed = test.pt.to_vec();
                let made =
                    cipher.encrypt_inout_detached(nonce, &test.aad, sealed.as_mut_slice().into()).unwrap();
                assert_eq!((sealed, made.as_slice()), (test.ct.to_vec(), test.tag.as_slice()));
            }
            tried += 1;
        }
    }
    assert!(tried > 50, "only {tried} vectors");
}

#[test]
fn every_wycheproof_hmac_sha256_vector_holds() {
    let set = wycheproof::mac::TestSet::load(wycheproof::mac::TestName::HmacSha256).unwrap();
    let mut tried = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &test.key);
            let tag = crate::secret::mac(&key, &[&test.msg]);
            let equal = tag[..group.tag_size / 8] == test.tag[..];
            assert_eq!(equal, test.result == TestResult::Valid, "vector {}", test.tc_id);
            tried += 1;
        }
    }
    assert!(tried > 100, "only {tried} vectors");
}

#[test]
fn every_wycheproof_hkdf_sha256_vector_holds() {
    struct Length(usize);
    impl hkdf::KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }

    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha256).unwrap();
    let mut tried = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &test.salt).extract(&test.ikm);
        let mut out = vec![0; test.size];
        let info = [test.info.as_slice()];
        let answer = prk.expand(&info, Length(test.size)).and_then(|okm| okm.fill(&mut out));
        assert_eq!(answer.is_ok(), test.result != TestResult::Invalid, "vector {}", test.tc_id);
        if answer.is_ok() {
            assert_eq!(out, *test.okm, "vector {}", test.tc_id);
        }
        tried += 1;
    }
    assert!(tried > 50, "only {tried} vectors");
}

/// The other C2SP vector, with associated data, is in `self_test.rs`.
#[test]
fn the_c2sp_xaes_vector_without_associated_data_holds() {
    let cipher = xaes_256_gcm::Xaes256Gcm::new(&[1; 32].into());
    let mut text = b"XAES-256-GCM".to_vec();
    let nonce = b"ABCDEFGHIJKLMNOPQRSTUVWX".into();
    let tag = cipher.encrypt_inout_detached(nonce, b"", text.as_mut_slice().into()).unwrap();
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    assert_eq!((&*hex(&text), &*hex(&tag)), ("ce546ef63c9cc60765923609", "b33a9a1974e96e52daf2fcf7075e2271"));
}

#[test]
fn the_ciphers_wipe_their_key_schedules() {
    fn wiped<T: ZeroizeOnDrop>() {}
    wiped::<AesGcm>();
    wiped::<xaes_256_gcm::Xaes256Gcm>();
}
