//! Checkpoints and the keys that sign and verify them.

use std::os::unix::fs::PermissionsExt;

use zelo_ledger::{Checkpoint, KeyError, Origin, Rooted, SigningKey, VerifyKey};
use zelo_model::TenantId;

const PETER: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

fn origin() -> Origin {
    Origin::new("zelo.example.com/audit", TenantId([1; 16]), 3).unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: origin(), head: Rooted { n: 700, root: [7; 32] } }
}

/// The key is the published example of Go's `sumdb/note`; Ed25519 is deterministic (RFC 8032 §5.1.6).
#[test]
fn a_checkpoint_reads_as_tlog_checkpoint_says() {
    let note = SigningKey::parse(PETER).unwrap().sign(&checkpoint()).unwrap();
    let (text, signature) = note.split_once("\n\n").unwrap();
    assert_eq!(
        text,
        "zelo.example.com/audit/ten_aeaqcaibaeaqcaibaeaqcaibae/3\n\
         700\n\
         BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
    );
    assert!(signature.starts_with("— zelo.example.com/audit/ten_aeaqcaibaeaqcaibaeaqcaibae/3 "));
}

#[test]
fn clara_opens_what_the_log_signed_and_nothing_else() {
    let key = SigningKey::generate().unwrap();
    let vkey = VerifyKey::parse(&format!("{}\n", key.verify_key(&origin()))).unwrap();
    let note = key.sign(&checkpoint()).unwrap();
    assert_eq!(vkey.open(note.as_bytes()).unwrap(), checkpoint());

    let more = note.replace("\n700\n", "\n701\n");
    assert!(matches!(vkey.open(more.as_bytes()), Err(KeyError::Signature)));
    let other = SigningKey::generate().unwrap().sign(&checkpoint()).unwrap();
    assert!(matches!(vkey.open(other.as_bytes()), Err(KeyError::Signature)));
    assert!(matches!(vkey.in_epoch(4).open(note.as_bytes()), Err(KeyError::Signature)));
    assert!(VerifyKey::parse(&vkey.to_string().replace("/3+", "/4+")).is_err());
}

#[test]
fn the_signing_key_lives_in_a_file_only_its_owner_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.key");
    let made = SigningKey::create(&path, "zelo.example.com/audit").unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let read = SigningKey::load(&path).unwrap();
    assert_eq!(read.sign(&checkpoint()).unwrap(), made.sign(&checkpoint()).unwrap());
    assert!(matches!(SigningKey::create(&path, "again"), Err(KeyError::File(_))));

    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("PRIVATE+KEY+zelo.example.com/audit+"), "as Go's note reads it");
    let secret = text.trim_end().splitn(5, '+').nth(4).unwrap();
    assert!(!format!("{read:?}").contains(secret));

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(SigningKey::load(&path), Err(KeyError::Exposed)));
}

#[test]
fn a_log_has_one_name() {
    let text = origin().to_string();
    assert_eq!(text.parse(), Ok(origin()));
    for wrong in ["", "a b", "a+b", "a\n", "a/"] {
        assert!(Origin::new(wrong, TenantId([1; 16]), 0).is_err(), "{wrong:?}");
    }
    for wrong in
        [text.replace("/3", "/03"), text.replace("/3", "/+3"), text.replace("ten_", "prf_"), "x/3".into()]
    {
        assert!(wrong.parse::<Origin>().is_err(), "{wrong:?}");
    }
}
