//! ring as the second opinion: what we seal it opens, what it seals we open, and the digests agree.

use proptest::prelude::*;
use ring::{aead, hkdf, hmac};

use crate::envelope::{AesGcm, Suite};
use crate::secret::first16;
use crate::tests::sevens;
use crate::{OwnerKey, Place, Rng, Slot, commit_opened};

fn ring_key(key: &OwnerKey) -> aead::LessSafeKey {
    aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_256_GCM, key.secret().bytes()).unwrap())
}

prop_compose! {
    fn slots()(tenant: [u8; 16], owner: [u8; 16], table: u32, column: u32, row: [u8; 16], seal_version: u64) -> Slot {
        let place = Place { table, column };
        Slot { tenant: zelo_model::TenantId(tenant), owner: zelo_model::OwnerId(owner), place, row, seal_version }
    }
}

proptest! {
    #[test]
    fn ring_opens_what_we_seal(seed: u8, slot in slots(), plain in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let rng = Rng::seeded(seed);
        let key = OwnerKey::generate(&rng);
        let mut sealed = key.seal(&rng, &slot, &plain);
        prop_assert_eq!(sealed.len(), plain.len() + 48);
        let kid = first16(key.commitment());
        prop_assert_eq!(&sealed[..20], [b"ZL\x01\x01".as_slice(), &kid].concat());
        let nonce = aead::Nonce::try_assume_unique_for_key(&sealed[20..32]).unwrap();
        let aad = aead::Aad::from(slot.aad(AesGcm::NUMBER, &kid));
        let opened = ring_key(&key).open_in_place(nonce, aad, &mut sealed[32..]).unwrap();
        prop_assert_eq!(&*opened, &*plain);
    }

    #[test]
    fn we_open_what_ring_seals(
        seed: u8, nonce: [u8; 12], slot in slots(), plain in prop::collection::vec(any::<u8>(), 0..2_000),
    ) {
        let key = OwnerKey::generate(&Rng::seeded(seed));
        let kid = first16(key.commitment());
        let aad = aead::Aad::from(slot.aad(AesGcm::NUMBER, &kid));
        let mut text = plain.clone();
        let ring_nonce = aead::Nonce::assume_unique_for_key(nonce);
        let tag = ring_key(&key).seal_in_place_separate_tag(ring_nonce, aad, &mut text).unwrap();
        let sealed = [b"ZL\x01\x01".as_slice(), &kid, &nonce, &text, tag.as_ref()].concat();
        prop_assert_eq!(&**key.open(&slot, &sealed).unwrap(), &*plain);
    }

    #[test]
    fn commitments_are_rings_hkdf_and_hmac(seed: u8, nonce: [u8; 32], payload: Vec<u8>) {
        let key = OwnerKey::generate(&Rng::seeded(seed));
        let expand = |info: &[u8]| {
            let mut out = [0; 32];
            let prk = hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, key.secret().bytes());
            prk.expand(&[info], hkdf::HKDF_SHA256).unwrap().fill(&mut out).unwrap();
            out
        };
        prop_assert_eq!(key.commitment(), &expand(b"zelo/v1/commit"));
        prop_assert!(key.secret().is_committed_by(key.commitment()));
        let sign = |key: &[u8], data: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data);
        let opening = sign(&expand(b"zelo/v1/payload"), &nonce);
        let commitment = sign(opening.as_ref(), &payload);
        prop_assert_eq!(&key.commit_payload(&nonce, &payload)[..], commitment.as_ref());
    }
}

/// Computed with Python's `hmac` and `hashlib`; these bytes stand in key rows and in audit leaves.
#[test]
fn commitments_are_the_golden_bytes() {
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let key = OwnerKey::prepare(sevens(), sevens().commitment());
    assert_eq!(hex(key.commitment()), "1b5599e5e189869c1b9593681dae0a4327c2d44eecfee8e96a3334e0b918dbd0");
    let payload = br#"{"email":"ana@example.com"}"#;
    let commitment = key.commit_payload(&[9; 32], payload);
    assert_eq!(hex(&commitment), "818cdb66c42035d6c52f216a7a7ae96fab4a9800b62a1c1ae8a4d80e527064a8");

    let opening = key.payload_opening(&[9; 32]);
    assert_eq!(hex(&*opening), "7e798d5335968c25d2177c1369b0f2ada6786956e12a2bf457dc989355ebf21a");
    assert_eq!(commit_opened(&opening, payload), commitment);
    assert_ne!(commit_opened(&opening, b"{}"), commitment);
    assert_ne!(key.payload_opening(&[8; 32]), opening);
}
