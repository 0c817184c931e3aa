//! Keys at rest: a wrapped key opens only as what it is, for whom it is.

use crate::tests::{ANA, BANK, BRUNO, LETTER, SHOP, anas_slot, email, now};
use crate::{FileKms, Kek, OpenError, OwnerKey, Rng, SharedPurpose, TenantKeys, Wrapped, WrappedShared};

#[test]
fn anas_key_comes_back_from_the_key_database_and_opens_her_letter() {
    let rng = Rng::new();
    let (kek, key) = (Kek::generate(3, &rng), OwnerKey::generate(&rng));
    let sealed = key.seal(&rng, &anas_slot(), LETTER);
    let wrapped = kek.wrap_owner(&rng, SHOP, ANA, &key);
    assert_eq!((wrapped.version, wrapped.bytes.len(), &wrapped.commitment), (3, 92, key.commitment()));
    let back = kek.unwrap_owner(SHOP, ANA, &wrapped).unwrap();
    assert_eq!(back.commitment(), key.commitment());
    assert_eq!(**back.open(&anas_slot(), &sealed).unwrap(), *LETTER);
}

#[test]
fn anas_key_unwraps_for_no_other_owner_tenant_version_or_kek() {
    let rng = Rng::new();
    let (kek, key) = (Kek::generate(1, &rng), OwnerKey::generate(&rng));
    let wrapped = kek.wrap_owner(&rng, SHOP, ANA, &key);
    assert_eq!(kek.unwrap_owner(SHOP, BRUNO, &wrapped).err(), Some(OpenError));
    assert_eq!(kek.unwrap_owner(BANK, ANA, &wrapped).err(), Some(OpenError));
    assert_eq!(Kek::generate(1, &rng).unwrap_owner(SHOP, ANA, &wrapped).err(), Some(OpenError));
    let newer = Wrapped { version: 2, ..wrapped.clone() };
    assert_eq!(kek.unwrap_owner(SHOP, ANA, &newer).err(), Some(OpenError));
    let shared = kek.unwrap_shared(SHOP, SharedPurpose::Data, 0, &wrapped);
    assert_eq!(shared.err(), Some(OpenError));
}

#[test]
fn a_wrong_commitment_is_refused_in_every_byte() {
    let rng = Rng::new();
    let (kek, key) = (Kek::generate(1, &rng), OwnerKey::generate(&rng));
    let wrapped = kek.wrap_owner(&rng, SHOP, ANA, &key);
    for at in 0..32 {
        let mut wrong = wrapped.clone();
        wrong.commitment[at] ^= 1;
        assert_eq!(kek.unwrap_owner(SHOP, ANA, &wrong).err(), Some(OpenError));
    }
    let brunos = Wrapped { commitment: *OwnerKey::generate(&rng).commitment(), ..wrapped };
    assert_eq!(kek.unwrap_owner(SHOP, ANA, &brunos).err(), Some(OpenError));
}

#[test]
fn an_index_key_does_not_pass_for_a_dedup_key_or_for_another_epoch() {
    let rng = Rng::new();
    let kek = Kek::generate(1, &rng);
    let secret = crate::secret::Secret::generate(&rng);
    let wrapped = kek.wrap_shared(&rng, SHOP, SharedPurpose::Index, 1, &secret);
    assert!(kek.unwrap_shared(SHOP, SharedPurpose::Index, 1, &wrapped).is_ok());
    for (tenant, purpose, epoch) in
        [(SHOP, SharedPurpose::Dedup, 1), (SHOP, SharedPurpose::Index, 2), (BANK, SharedPurpose::Index, 1)]
    {
        assert_eq!(kek.unwrap_shared(tenant, purpose, epoch, &wrapped).err(), Some(OpenError));
    }
    let as_owner = kek.unwrap_owner(SHOP, zelo_model::OwnerId([0; 16]), &wrapped);
    assert_eq!(as_owner.err(), Some(OpenError));
}

#[test]
fn a_restart_finds_ana_and_her_data_again() {
    let rng = Rng::new();
    let keys = TenantKeys::generate(SHOP, &rng);
    let rows = keys.wrap(&rng);
    let ana = email("ana@example.com");
    let source = zelo_model::SourceId([5; 16]);
    let sealed = keys.data().seal(&rng, &anas_slot(), LETTER);
    let owner = OwnerKey::generate(&rng);
    let wrapped = keys.wrap_owner(&rng, ANA, &owner);

    let back = TenantKeys::unwrap(SHOP, restarted(&keys), &rows).unwrap();
    assert_eq!(back.tenant(), SHOP);
    assert_eq!(back.index().digest(&ana), keys.index().digest(&ana));
    assert_eq!(back.suppression().digest(&ana), keys.suppression().digest(&ana));
    assert_eq!(back.dedup().message(&source, "m1"), keys.dedup().message(&source, "m1"));
    assert_eq!(**back.open_data(&anas_slot(), &sealed).unwrap(), *LETTER);
    assert_eq!(back.unwrap_owner(ANA, &wrapped).unwrap().commitment(), owner.commitment());
}

#[test]
fn after_a_rotation_old_letters_open_and_new_ones_are_sealed_anew() {
    let rng = Rng::new();
    let mut keys = TenantKeys::generate(SHOP, &rng);
    let old = keys.data().seal(&rng, &anas_slot(), LETTER);
    let wrapped = keys.wrap_owner(&rng, ANA, &OwnerKey::generate(&rng));
    let digest = keys.index().digest(&email("ana@example.com"));
    keys.rotate_kek(&rng);
    keys.rotate_data(&rng);
    keys.rotate_index(&rng);
    let versions = (keys.kek().version(), keys.data().epoch(), keys.newest_index());
    assert_eq!(versions, (2, 2, 2));
    assert_eq!(**keys.open_data(&anas_slot(), &old).unwrap(), *LETTER);
    assert_eq!(keys.data().open(&anas_slot(), &old).err(), Some(OpenError));
    assert!(keys.unwrap_owner(ANA, &wrapped).is_ok());
    assert_eq!(
        keys.index().digest(&email("ana@example.com")),
        digest,
        "matched on until the data says otherwise"
    );
    let keys = keys.indexed(1, Some(2)).unwrap();
    assert_eq!(keys.index().digest(&email("ana@example.com")), digest);
    assert_ne!(keys.index_beside().unwrap().digest(&email("ana@example.com")), digest);

    let rows = keys.wrap(&rng);
    assert!(
        rows.iter().all(|row| row.wrapped.version == 2),
        "everything is wrapped anew under the newest KEK"
    );
    let back = TenantKeys::unwrap(SHOP, restarted(&keys), &rows).unwrap();
    let back = back.indexed(2, None).unwrap();
    assert_eq!((back.index().epoch(), back.index_beside().is_none()), (2, true));
    let further = back.next_index(&rng);
    assert_eq!((further.purpose, further.epoch, further.wrapped.version), (SharedPurpose::Index, 3, 2));
    assert!(TenantKeys::unwrap(SHOP, restarted(&keys), &rows).unwrap().indexed(3, None).is_err());
    assert!(TenantKeys::unwrap(SHOP, restarted(&keys), &rows).unwrap().indexed(1, Some(3)).is_err());
    assert_eq!(**back.open_data(&anas_slot(), &old).unwrap(), *LETTER);
}

#[test]
fn a_key_database_with_a_row_missing_doubled_or_moved_is_refused() {
    let rng = Rng::new();
    let keys = TenantKeys::generate(SHOP, &rng);
    let rows = keys.wrap(&rng);
    let refused = |tenant, rows: &[WrappedShared]| {
        TenantKeys::unwrap(tenant, restarted(&keys), rows).err() == Some(OpenError)
    };
    assert!(!refused(SHOP, &rows));
    assert!(refused(BANK, &rows));
    for at in 0..rows.len() {
        let mut missing = rows.clone();
        let row = missing.remove(at);
        assert!(refused(SHOP, &missing), "without {:?}", row.purpose);
        let doubled = [rows.as_slice(), &[row]].concat();
        assert!(refused(SHOP, &doubled));
        let mut moved = rows.clone();
        moved[at].epoch = 2;
        assert!(refused(SHOP, &moved));
    }
    assert!(TenantKeys::unwrap(SHOP, Vec::new(), &rows).is_err());
}

#[test]
fn a_dedup_key_of_a_second_epoch_is_refused_even_when_it_is_truly_ours() {
    let rng = Rng::new();
    let keys = TenantKeys::generate(SHOP, &rng);
    let mut rows = keys.wrap(&rng);
    let row = rows.iter_mut().find(|row| row.purpose == SharedPurpose::Dedup).unwrap();
    row.epoch = 2;
    row.wrapped = keys.kek().wrap_shared(&rng, SHOP, SharedPurpose::Dedup, 2, keys.dedup().secret());
    assert_eq!(TenantKeys::unwrap(SHOP, restarted(&keys), &rows).err(), Some(OpenError));
}

#[test]
fn purposes_keep_their_numbers() {
    assert_eq!(SharedPurpose::ALL.map(SharedPurpose::number), [1, 2, 3, 4]);
    assert!(
        SharedPurpose::ALL
            .iter()
            .all(|purpose| SharedPurpose::from_number(purpose.number()) == Some(*purpose))
    );
    assert_eq!(SharedPurpose::from_number(0), None);
}

/// The same KEKs in another process, by way of the root.
fn restarted(keys: &TenantKeys) -> Vec<Kek> {
    let dir = tempfile::tempdir().unwrap();
    let kms = FileKms::create(&dir.path().join("root"), &Rng::new()).unwrap();
    let rows: Vec<_> = keys.keks().iter().map(|kek| now(kek.wrap(&kms, 1, SHOP)).unwrap()).collect();
    rows.iter().rev().map(|row| now(Kek::unwrap(&kms, SHOP, row)).unwrap()).collect()
}
