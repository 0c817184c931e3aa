//! While an owner's data is sealed anew, two keys open it, each what names it.

use proptest::prelude::*;

use crate::tests::{LETTER, anas_slot};
use crate::{OpenError, OwnerKey, OwnerKeys, OwnerOpenError, Rng, Slot};

/// Where the envelope names its key.
const KID: std::ops::Range<usize> = 4..20;

#[test]
fn anas_old_and_new_letters_both_open_and_new_ones_are_sealed_under_the_new_key() {
    let rng = Rng::new();
    let (old, new) = (OwnerKey::generate(&rng), OwnerKey::generate(&rng));
    let before = OwnerKeys::only(1, old.clone());
    let letter = before.seal(&rng, &anas_slot(), LETTER);
    let both = before.clone().followed_by(2, new.clone());
    assert_eq!((before.generation(), both.generation()), (1, 2));
    assert_eq!(**both.open(&anas_slot(), &letter).unwrap(), *LETTER);
    let anew = Slot { seal_version: 2, ..anas_slot() };
    let resealed = both.seal(&rng, &anew, LETTER);
    assert_eq!((&letter[KID], &resealed[KID]), (&old.kid()[..], &new.kid()[..]));
    assert_eq!(**both.open(&anew, &resealed).unwrap(), *LETTER);
    assert_eq!(
        before.open(&anew, &resealed).err(),
        Some(OwnerOpenError::OtherKey),
        "read before it was there"
    );

    let after = OwnerKeys::only(2, new);
    assert_eq!(**after.open(&anew, &resealed).unwrap(), *LETTER);
    assert_eq!(
        after.open(&anas_slot(), &letter).err(),
        Some(OwnerOpenError::OtherKey),
        "the old key is gone"
    );
    let failed = Some(OwnerOpenError::Failed(OpenError));
    assert_eq!(
        both.open(&anas_slot(), &resealed).err(),
        failed,
        "the writing before does not stand in for it"
    );
    assert_eq!(both.open(&anew, &letter).err(), failed);
}

proptest! {
    #[test]
    fn no_byte_of_a_letter_may_change_whichever_of_two_keys_it_is_under(
        plain in proptest::collection::vec(any::<u8>(), 0..200),
        at in any::<proptest::sample::Index>(),
        flip in 1..=255_u8,
        under_the_old in any::<bool>(),
    ) {
        let rng = Rng::new();
        let old = OwnerKeys::only(1, OwnerKey::generate(&rng));
        let both = old.clone().followed_by(2, OwnerKey::generate(&rng));
        let sealer = if under_the_old { &old } else { &both };
        let mut sealed = sealer.seal(&rng, &anas_slot(), &plain);
        prop_assert_eq!(&**both.open(&anas_slot(), &sealed).unwrap(), &plain);
        let at = at.index(sealed.len());
        sealed[at] ^= flip;
        // A changed head names no key at all; changed behind it, the value does not open.
        let wanted = if at < KID.end { OwnerOpenError::OtherKey } else { OwnerOpenError::Failed(OpenError) };
        prop_assert_eq!(both.open(&anas_slot(), &sealed).err(), Some(wanted));
    }
}
