//! Whoever owns the database may change it, and opens nothing by it.

use proptest::prelude::*;

use crate::tests::{ANA, BANK, BRUNO, LETTER, SHOP, anas_slot};
use crate::{OpenError, OwnerKey, Place, Rng, Slot, TenantKey, TenantKeys, place};

/// Ana's slot with one thing about it changed, in every way there is.
fn neighbours() -> Vec<Slot> {
    let ana = anas_slot();
    vec![
        Slot { tenant: BANK, ..ana },
        Slot { owner: BRUNO, ..ana },
        Slot { place: place::EVENT_BODY, ..ana },
        Slot { place: Place { column: ana.place.column + 1, ..ana.place }, ..ana },
        Slot { place: Place { table: ana.place.column, column: ana.place.table + 1 }, ..ana },
        Slot { row: BRUNO.0, ..ana },
        Slot { seal_version: 0, ..ana },
        Slot { seal_version: 2, ..ana },
    ]
}

#[test]
fn ana_reads_her_own_letter() {
    let rng = Rng::new();
    let (key, shared) = (OwnerKey::generate(&rng), TenantKey::generate(1, &rng));
    for plain in [LETTER, b""] {
        assert_eq!(**key.open(&anas_slot(), &key.seal(&rng, &anas_slot(), plain)).unwrap(), *plain);
        let sealed = shared.seal(&rng, &anas_slot(), plain);
        assert_eq!(sealed.len(), plain.len() + 60);
        assert_eq!(**shared.open(&anas_slot(), &sealed).unwrap(), *plain);
    }
}

#[test]
fn anas_letter_opens_in_no_other_place_row_version_or_tenant() {
    let rng = Rng::new();
    let (key, shared) = (OwnerKey::generate(&rng), TenantKey::generate(1, &rng));
    let (sealed, shared_sealed) =
        (key.seal(&rng, &anas_slot(), LETTER), shared.seal(&rng, &anas_slot(), LETTER));
    for slot in neighbours() {
        assert_eq!(key.open(&slot, &sealed).err(), Some(OpenError), "{slot:?}");
        assert_eq!(shared.open(&slot, &shared_sealed).err(), Some(OpenError), "{slot:?}");
    }
}

#[test]
fn brunos_key_does_not_open_anas_letter_even_under_his_kid() {
    let rng = Rng::new();
    let (ana, bruno) = (OwnerKey::generate(&rng), OwnerKey::generate(&rng));
    let mut sealed = ana.seal(&rng, &anas_slot(), LETTER);
    assert_eq!(bruno.open(&anas_slot(), &sealed).err(), Some(OpenError));
    sealed[4..20].copy_from_slice(&bruno.commitment()[..16]);
    assert_eq!(bruno.open(&anas_slot(), &sealed).err(), Some(OpenError));
    assert_eq!(ana.open(&anas_slot(), &sealed).err(), Some(OpenError));
}

#[test]
fn a_letter_of_one_suite_does_not_open_as_the_other() {
    let rng = Rng::new();
    let (key, shared) = (OwnerKey::generate(&rng), TenantKey::generate(1, &rng));
    let mut sealed = key.seal(&rng, &anas_slot(), LETTER);
    assert_eq!(shared.open(&anas_slot(), &sealed).err(), Some(OpenError));
    sealed[3] = 2;
    assert_eq!(key.open(&anas_slot(), &sealed).err(), Some(OpenError));
    assert_eq!(shared.open(&anas_slot(), &sealed).err(), Some(OpenError));
}

#[test]
fn a_letter_cut_anywhere_is_refused_and_panics_nowhere() {
    let rng = Rng::new();
    let (key, shared) = (OwnerKey::generate(&rng), TenantKey::generate(1, &rng));
    let (sealed, shared_sealed) =
        (key.seal(&rng, &anas_slot(), LETTER), shared.seal(&rng, &anas_slot(), LETTER));
    for end in 0..sealed.len() {
        assert_eq!(key.open(&anas_slot(), &sealed[..end]).err(), Some(OpenError));
        assert_eq!(key.open(&anas_slot(), &sealed[end + 1..]).err(), Some(OpenError));
    }
    for end in 0..shared_sealed.len() {
        assert_eq!(shared.open(&anas_slot(), &shared_sealed[..end]).err(), Some(OpenError));
    }
    let longer = [sealed.as_slice(), &[0]].concat();
    assert_eq!(key.open(&anas_slot(), &longer).err(), Some(OpenError));
}

#[test]
fn every_single_changed_bit_of_anas_letter_is_refused() {
    let rng = Rng::new();
    let key = OwnerKey::generate(&rng);
    let sealed = key.seal(&rng, &anas_slot(), LETTER);
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(key.open(&anas_slot(), &changed).err(), Some(OpenError), "bit {bit}");
    }
}

#[test]
fn the_error_says_nothing_about_ana() {
    assert_eq!(OpenError.to_string(), "this sealed value cannot be opened");
    assert_eq!(format!("{OpenError:?}"), "OpenError");
    assert_eq!(size_of::<OpenError>(), 0);
}

#[test]
fn debug_output_shows_no_key() {
    let rng = Rng::new();
    let key = OwnerKey::generate(&rng);
    assert_eq!(format!("{key:?} {:?} {rng:?}", key.secret()), "OwnerKey(…) Secret(…) Rng(…)");
    let keys = format!("{:?}", TenantKeys::generate(SHOP, &rng));
    let redacted = "keks: [Kek(version 1, …)], data: [TenantKey(epoch 1, …)], index: [IndexKey(…)], \
                    indexed: (1, None), dedup: DedupKey(…), suppression: SuppressionKey(…)";
    assert!(keys.contains(redacted), "{keys}");
}

#[test]
fn the_same_letter_sealed_twice_reads_differently() {
    let rng = Rng::new();
    let key = OwnerKey::generate(&rng);
    assert_ne!(key.seal(&rng, &anas_slot(), LETTER)[20..], key.seal(&rng, &anas_slot(), LETTER)[20..]);
    assert_eq!(anas_slot().owner, ANA);
}

proptest! {
    #[test]
    fn any_changed_byte_fails_with_the_one_error(
        plain in prop::collection::vec(any::<u8>(), 0..300), at: prop::sample::Index, change in 1..=255_u8,
    ) {
        let rng = Rng::new();
        let (key, shared) = (OwnerKey::generate(&rng), TenantKey::generate(1, &rng));
        let mut sealed = key.seal(&rng, &anas_slot(), &plain);
        let mut shared_sealed = shared.seal(&rng, &anas_slot(), &plain);
        let (at, shared_at) = (at.index(sealed.len()), at.index(shared_sealed.len()));
        sealed[at] ^= change;
        shared_sealed[shared_at] ^= change;
        prop_assert_eq!(key.open(&anas_slot(), &sealed).err(), Some(OpenError));
        prop_assert_eq!(shared.open(&anas_slot(), &shared_sealed).err(), Some(OpenError));
    }

    #[test]
    fn bytes_that_were_never_sealed_are_refused(bytes: Vec<u8>, ours: bool) {
        let rng = Rng::new();
        let key = OwnerKey::generate(&rng);
        let head = if ours { [b"ZL\x01\x01".as_slice(), &key.commitment()[..16]].concat() } else { Vec::new() };
        let bytes = [head, bytes].concat();
        prop_assert_eq!(key.open(&anas_slot(), &bytes).err(), Some(OpenError));
        prop_assert_eq!(TenantKey::generate(1, &rng).open(&anas_slot(), &bytes).err(), Some(OpenError));
    }
}
