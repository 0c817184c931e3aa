//! Finding a person: the digests stand in the database, so these bytes never change.

use zelo_model::{Identifier, IdentifierKind, SourceId};

use crate::tests::{email, sevens};
use crate::{DedupKey, IndexKey, Rng, SuppressionKey};

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn customer(space: &str, normal: &str) -> Identifier {
    Identifier { kind: IdentifierKind::UserId, space: space.to_owned(), normal: normal.to_owned() }
}

/// Computed with Python's `hmac` and `hashlib`.
#[test]
fn the_digests_are_the_golden_bytes() {
    let index = IndexKey::new(1, sevens());
    assert_eq!(hex(&index.digest(&email("ana@example.com"))), "cd3edcdd5b44068718393ee7d8aefa74");
    assert_eq!(hex(&index.digest(&customer("main", "42"))), "fd0c6824da17adb8df95ebd1bd361b8b");
    let suppression = SuppressionKey::new(sevens());
    assert_eq!(hex(&suppression.digest(&email("ana@example.com"))), "4bf2b18a27b39f3eb62133b4e8c3547d");
    let message = DedupKey::new(sevens()).message(&SourceId([3; 16]), "msg-1");
    assert_eq!(hex(&message), "a2ce9b6b3dea72a205fec40f362d518edf0f1c4a10352265930620cb55d9f325");
}

#[test]
fn customer_42_of_the_billing_import_is_not_customer_42_of_the_shop() {
    let index = IndexKey::generate(1, &Rng::new());
    assert_eq!(index.digest(&customer("main", "42")), index.digest(&customer("main", "42")));
    assert_ne!(index.digest(&customer("main", "42")), index.digest(&customer("billing", "42")));
    assert_ne!(index.digest(&customer("main4", "2")), index.digest(&customer("main", "42")));
}

#[test]
fn the_same_text_as_user_id_and_as_device_id_is_two_identifiers() {
    let index = IndexKey::generate(1, &Rng::new());
    let device = Identifier { kind: IdentifierKind::AnonymousId, ..customer("main", "42") };
    assert_ne!(index.digest(&customer("main", "42")), index.digest(&device));
}

#[test]
fn anas_digest_at_the_bank_says_nothing_about_her_digest_at_the_shop() {
    let rng = Rng::new();
    let (shop, bank) = (IndexKey::generate(1, &rng), IndexKey::generate(1, &rng));
    assert_ne!(shop.digest(&email("ana@example.com")), bank.digest(&email("ana@example.com")));
}

#[test]
fn a_message_sent_again_is_recognised_and_another_sources_is_not() {
    let dedup = DedupKey::generate(&Rng::new());
    let (shop, billing) = (SourceId([1; 16]), SourceId([2; 16]));
    assert_eq!(dedup.message(&shop, "msg-1"), dedup.message(&shop, "msg-1"));
    assert_ne!(dedup.message(&shop, "msg-1"), dedup.message(&billing, "msg-1"));
    assert_ne!(dedup.message(&shop, "msg-1"), dedup.message(&shop, "msg-2"));
}
