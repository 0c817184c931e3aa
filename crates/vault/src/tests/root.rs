//! The root in files: nobody else reads it, nothing is written over it, and destroying it is final.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::tests::{ANA, BANK, SHOP, now};
use crate::{FileKms, Kek, Kms, KmsError, OwnerKey, Rng, RootFileError, WrappedKek};

fn kms() -> (tempfile::TempDir, FileKms) {
    let dir = tempfile::tempdir().unwrap();
    let kms = FileKms::create(&dir.path().join("root"), &Rng::new()).unwrap();
    (dir, kms)
}

#[test]
fn a_restart_unwraps_the_kek_and_with_it_anas_key() {
    let rng = Rng::new();
    let (dir, kms) = kms();
    let kek = Kek::generate(1, &rng);
    let key = OwnerKey::generate(&rng);
    let wrapped = kek.wrap_owner(&rng, SHOP, ANA, &key);
    let at_rest = now(kek.wrap(&kms, 1, SHOP)).unwrap();
    drop((kms, kek));

    let kms = FileKms::open(&dir.path().join("root")).unwrap();
    let kek = now(Kek::unwrap(&kms, SHOP, &at_rest)).unwrap();
    assert_eq!(kek.unwrap_owner(SHOP, ANA, &wrapped).unwrap().commitment(), key.commitment());
}

#[test]
fn the_shops_kek_is_not_the_banks_and_no_field_of_its_row_may_change() {
    let (_dir, kms) = kms();
    let kek = Kek::generate(1, &Rng::new());
    let row = now(kek.wrap(&kms, 1, SHOP)).unwrap();
    let refused =
        |tenant, row: &WrappedKek| matches!(now(Kek::unwrap(&kms, tenant, row)), Err(KmsError::Refused));
    assert!(!refused(SHOP, &row));
    assert!(refused(BANK, &row));
    assert!(refused(SHOP, &WrappedKek { version: 2, ..row.clone() }));
    assert!(refused(SHOP, &WrappedKek { commitment: [0; 32], ..row.clone() }));
    for at in 0..row.bytes.len() {
        let mut changed = row.clone();
        changed.bytes[at] ^= 1;
        assert!(refused(SHOP, &changed));
        changed.bytes.truncate(at);
        assert!(refused(SHOP, &changed));
    }
    let elsewhere = now(Kek::unwrap(&kms, SHOP, &WrappedKek { root_epoch: 2, ..row }));
    assert!(matches!(elsewhere, Err(KmsError::UnknownEpoch(2))));
}

#[test]
fn a_root_others_may_read_is_refused_with_a_sentence_that_helps() {
    let (dir, kms) = kms();
    let path = dir.path().join("root/root-1.key");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(path.clone()), mode(dir.path().join("root"))), (0o600, 0o700));
    drop(kms);
    for loose in [0o640, 0o604, 0o620, 0o610, 0o644] {
        fs::set_permissions(&path, fs::Permissions::from_mode(loose)).unwrap();
        let error = FileKms::open(&dir.path().join("root")).unwrap_err();
        assert!(matches!(&error, RootFileError::Loose { mode, .. } if *mode == loose), "{error}");
        assert!(
            error.to_string().ends_with(&format!("(mode {loose:04o}); allow its owner alone: chmod 600"))
        );
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(FileKms::open(&dir.path().join("root")).is_ok());
}

#[test]
fn a_root_is_never_created_over_another_nor_found_where_none_is() {
    let rng = Rng::new();
    let (dir, kms) = kms();
    let root = dir.path().join("root");
    let before = fs::read(root.join("root-1.key")).unwrap();
    assert!(matches!(FileKms::create(&root, &rng), Err(RootFileError::Exists(_))));
    assert_eq!(fs::read(root.join("root-1.key")).unwrap(), before);
    drop(kms);
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(FileKms::open(empty.path()), Err(RootFileError::Missing(_))));
    assert!(matches!(FileKms::open(&empty.path().join("none")), Err(RootFileError::Missing(_))));
    assert!(FileKms::create(empty.path(), &rng).is_ok(), "an empty directory will do");
}

#[test]
fn a_damaged_root_is_named_and_not_used() {
    let (dir, _kms) = kms();
    let path = dir.path().join("root/root-1.key");
    let whole = fs::read(&path).unwrap();
    let mut broken: Vec<_> = (0..whole.len()).map(|end| whole[..end].to_vec()).collect();
    broken.extend(
        (0..whole.len()).map(|at| whole.iter().enumerate().map(|(n, b)| b ^ u8::from(n == at)).collect()),
    );
    broken.push([whole.as_slice(), b"\n"].concat());
    for bytes in broken {
        fs::write(&path, bytes).unwrap();
        assert!(matches!(FileKms::open(&dir.path().join("root")), Err(RootFileError::Damaged(_))));
    }
}

#[test]
fn destroying_an_old_root_kills_what_every_backup_holds_under_it() {
    let rng = Rng::new();
    let (dir, kms) = kms();
    let root = dir.path().join("root");
    let elsewhere = FileKms::open(&root).unwrap();
    let kek = Kek::generate(1, &rng);
    let backup = now(kek.wrap(&kms, 1, SHOP)).unwrap();
    assert!(now(kms.destroy(1)).is_err(), "the only root is in use");
    now(kms.create(2)).unwrap();
    now(kms.create(2)).unwrap();
    assert!(now(kms.destroy(2)).is_err() && now(kms.destroy(7)).is_err(), "only an older one");

    let current = now(now(Kek::unwrap(&kms, SHOP, &backup)).unwrap().wrap(&kms, 2, SHOP)).unwrap();
    assert_eq!((backup.root_epoch, current.root_epoch), (1, 2));
    assert!(now(Kek::unwrap(&elsewhere, SHOP, &current)).is_ok(), "another process finds the new root");
    fs::copy(root.join("root-1.key"), root.join("root-1.old")).unwrap();
    for _ in 0..2 {
        now(kms.destroy(1)).unwrap();
    }
    assert!(!root.join("root-1.old").exists(), "nor is one left whose destruction was cut short");
    elsewhere.refresh();
    let reopened = FileKms::open(&root).unwrap();
    for kms in [&kms, &elsewhere, &reopened] {
        assert!(matches!(now(Kek::unwrap(kms, SHOP, &backup)), Err(KmsError::UnknownEpoch(1))));
        assert!(now(Kek::unwrap(kms, SHOP, &current)).is_ok());
        assert_eq!((kms.newest(), kms.has(1), kms.has(2)), (2, false, true));
    }
    // Nor does the new root open it under the old one's name, or with the old one's number written into it.
    let mut bytes = fs::read(root.join("root-2.key")).unwrap();
    bytes[8..12].copy_from_slice(&1_u32.to_be_bytes());
    let forged = root.join("root-1.key");
    fs::write(&forged, bytes).unwrap();
    fs::set_permissions(&forged, fs::Permissions::from_mode(0o600)).unwrap();
    let forged = FileKms::open(&root).unwrap();
    assert!(matches!(now(Kek::unwrap(&forged, SHOP, &backup)), Err(KmsError::Refused)));
}

#[test]
fn a_root_whose_making_was_cut_short_is_made_anew_and_one_that_was_whole_is_kept() {
    let (dir, kms) = kms();
    let root = dir.path().join("root");
    fs::write(root.join("root-2.new"), b"ZLROOT01\0\0").unwrap();
    let kms = FileKms::open(&root).map(|opened| (drop(kms), opened).1).unwrap();
    assert_eq!(kms.newest(), 1, "a draft is no root");
    now(kms.create(2)).unwrap();
    let made = fs::read(root.join("root-2.key")).unwrap();
    assert!(!root.join("root-2.new").exists());
    now(FileKms::open(&root).unwrap().create(2)).unwrap();
    assert_eq!(fs::read(root.join("root-2.key")).unwrap(), made);
    assert_eq!(fs::metadata(root.join("root-2.key")).unwrap().permissions().mode() & 0o7777, 0o600);
}
