//! What an audit entry is made of, held against RFC 6962's known answers and against another implementation.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::Sha256;
use zelo_ledger::{
    Class, Decision, Leaf, LeafError, Restored, Rooted, check_leaf, prove_leaf, sealed_leaf, sealed_root,
    subject_leaf, subjects_root, tree_hash,
};
use zelo_model::{EntryId, Handle, Timestamp};

const ENTRY: EntryId = EntryId([1; 16]);
const ANA: Handle = Handle([0xaa; 16]);
const BRUNO: Handle = Handle([0xbb; 16]);

fn clara_reads_ana() -> Leaf {
    Leaf {
        id: ENTRY,
        at: Timestamp::from_micros(1_785_585_600_000_001),
        actor: "officer".into(),
        via: "graphql",
        op: "profile.get".into(),
        purpose: "data-subject-rights".into(),
        policy: "c0ffee".into(),
        decision: Decision::Allow,
        class: Class::Disclosure,
        reason: None,
        count: None,
        shown: vec!["identifiers".into(), "contact".into(), "contact".into()],
        seen: Some(41),
        made: None,
        erasure: None,
        subjects: Rooted { n: 1, root: [0x5a; 32] },
        sealed: Rooted::default(),
        payload: None,
        restored: None,
    }
}

#[test]
fn clara_reading_anas_profile_is_written_down_in_exactly_these_bytes() {
    let want = concat!(
        r#"{"actor":"officer","at":"2026-08-01T12:00:00.000001Z","class":"disclosure","decision":"allow","#,
        r#""id":"ent_aeaqcaibaeaqcaibaeaqcaibae","op":"profile.get","policy":"c0ffee","#,
        r#""purpose":"data-subject-rights","seen":41,"shown":["contact","identifiers"],"#,
        r#""subjects":{"n":1,"root":"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"},"#,
        r#""v":1,"via":"graphql"}"#
    );
    assert_eq!(String::from_utf8(clara_reads_ana().canonical().unwrap()).unwrap(), want);
}

#[test]
fn an_entry_with_every_member_is_written_down_in_exactly_these_bytes() {
    let everything = Leaf {
        decision: Decision::Failed,
        class: Class::Refusal,
        reason: Some("CONFLICT".into()),
        count: Some(7),
        made: Some(42),
        erasure: Some(3),
        sealed: Rooted { n: 2, root: [0x0f; 32] },
        payload: Some([0xee; 32]),
        restored: Some(Restored { checkpoint: "zelo/ten_a/0\n9\n".into(), epoch: 0, size: 8 }),
        op: "profile.\u{e9}\u{1f512}\"erase\"".into(),
        ..clara_reads_ana()
    };
    let want = concat!(
        r#"{"actor":"officer","at":"2026-08-01T12:00:00.000001Z","class":"refusal","count":7,"#,
        r#""decision":"failed","erasure":3,"id":"ent_aeaqcaibaeaqcaibaeaqcaibae","made":42,"#,
        r#""op":"profile.é🔒\"erase\"","#,
        r#""payload":"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee","policy":"c0ffee","#,
        r#""purpose":"data-subject-rights","reason":"CONFLICT","#,
        r#""restored":{"checkpoint":"zelo/ten_a/0\n9\n","epoch":0,"size":8},"#,
        r#""sealed":{"n":2,"root":"0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"},"#,
        r#""seen":41,"shown":["contact","identifiers"],"#,
        r#""subjects":{"n":1,"root":"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"},"#,
        r#""v":1,"via":"graphql"}"#
    );
    assert_eq!(String::from_utf8(everything.canonical().unwrap()).unwrap(), want);
}

#[test]
fn an_entry_that_says_too_much_or_rounds_a_number_is_refused() {
    let chatty = Leaf { reason: Some("x".repeat(4096)), ..clara_reads_ana() };
    assert!(matches!(chatty.canonical(), Err(LeafError::TooLong(n)) if n > 4096));
    let far = Leaf { made: Some(1 << 53), ..clara_reads_ana() };
    assert!(matches!(far.canonical(), Err(LeafError::Inexact("made"))));
    let edge = Leaf { made: Some((1 << 53) - 1), ..clara_reads_ana() };
    let text = String::from_utf8(edge.canonical().unwrap()).unwrap();
    assert!(text.contains(r#""made":9007199254740991,"#), "{text}");
}

/// Written down with Python's `hashlib` after RFC 6962 §2.1, not with this crate.
#[test]
fn small_trees_have_the_hashes_rfc_6962_gives_them() {
    assert_eq!(hex(tree_hash(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(Rooted::default(), subjects_root(&ENTRY, &[]));
    assert_eq!(hex(tree_hash(&[[0; 32]])), ONE_ZERO);
    assert_eq!(hex(tree_hash(&[[0; 32], [1; 32], [2; 32]])), THREE);
    assert_eq!(hex(subject_leaf(&ENTRY, &ANA)), ANA_LEAF);
    assert_eq!(hex(sealed_leaf(7, &[3; 16], 5, &[9; 32])), SEALED_LEAF);
}
const ONE_ZERO: &str = "7f9c9e31ac8256ca2f258583df262dbc7d6f68f2a03043d5c99a4ae5a7396ce9";
const THREE: &str = "ba8d94b7fbcecae7b81c4c80574fe24734a6917bf9c1ecd66ff3e0c34ead4620";
const ANA_LEAF: &str = "d4ab84372c316d24d7ce38674843797f172aff9d09b56af0e5a4dfe9945ac9c7";
const SEALED_LEAF: &str = "d7f7bd98f9cb8cf890b2797c610161e82310501ec78dcaeafeafa63db98899a0";

#[test]
fn ana_is_one_subject_however_often_and_in_whatever_order_she_is_named() {
    let once = subjects_root(&ENTRY, &[ANA, BRUNO]);
    assert_eq!(once, subjects_root(&ENTRY, &[BRUNO, ANA, BRUNO]));
    assert_eq!(once.n, 2);
    assert_eq!(once.root, tree_hash(&[subject_leaf(&ENTRY, &ANA), subject_leaf(&ENTRY, &BRUNO)]));
    assert_ne!(once.root, subjects_root(&EntryId([2; 16]), &[ANA, BRUNO]).root);
}

#[test]
fn sealed_rows_give_one_root_in_whatever_order_they_were_written() {
    let (a, b) = (sealed_leaf(1, &[1; 16], 1, &[1; 32]), sealed_leaf(1, &[1; 16], 2, &[1; 32]));
    assert_eq!(sealed_root(&[a, b]), sealed_root(&[b, a, a]));
    assert_eq!(sealed_root(&[a, b]).n, 2);
}

#[test]
fn ana_gets_a_proof_that_fits_her_and_nobody_else() {
    let leaves: Vec<_> = (0..50).map(|n| subject_leaf(&ENTRY, &Handle([n; 16]))).collect();
    let rooted = Rooted { n: 50, root: tree_hash(&leaves) };
    let hers = prove_leaf(&leaves, &leaves[7]).unwrap();
    assert!(check_leaf(&rooted, &leaves[7], &hers));
    assert!(!check_leaf(&rooted, &leaves[8], &hers));
    assert!(!check_leaf(
        &Rooted { n: 49, ..rooted },
        &leaves[49],
        &prove_leaf(&leaves, &leaves[49]).unwrap()
    ));
    assert!(prove_leaf(&leaves, &subject_leaf(&ENTRY, &BRUNO)).is_none());
}

proptest! {
    #[test]
    fn whatever_an_entry_says_its_bytes_are_the_canonical_ones(
        texts in prop::collection::vec(any::<String>(), 7),
        shown in prop::collection::vec(any::<String>(), 0..4),
        made in prop::option::of(-(1_i64 << 53) + 1..1 << 53),
    ) {
        let [actor, op, purpose, policy, reason, checkpoint, extra] = <[String; 7]>::try_from(texts).unwrap();
        let reason = Some(reason + "\u{7f}\u{2028}\r\n\t\u{8}\u{c}\u{1f}/\\\"" + &extra);
        let restored = Some(Restored { checkpoint, epoch: 0, size: 1 });
        let leaf = Leaf { actor, op, purpose, policy, reason, restored, shown, made, ..clara_reads_ana() };
        let bytes = leaf.canonical().unwrap();
        prop_assert_eq!(&serde_json_canonicalizer::pipe(std::str::from_utf8(&bytes).unwrap()).unwrap().into_bytes(), &bytes);
    }

    #[test]
    fn another_implementation_finds_the_same_root_and_accepts_every_path(
        leaves in prop::collection::hash_set(any::<[u8; 32]>(), 1..200),
        pick in any::<prop::sample::Index>(),
    ) {
        let leaves: Vec<[u8; 32]> = leaves.into_iter().collect();
        let mut other = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        for leaf in &leaves {
            other.push(leaf.to_vec());
        }
        let rooted = Rooted { n: leaves.len() as u64, root: tree_hash(&leaves) };
        let root = other.root();
        prop_assert_eq!(&rooted.root[..], root.as_bytes().as_slice());

        let index = pick.index(leaves.len());
        let proof = prove_leaf(&leaves, &leaves[index]).unwrap();
        prop_assert!(check_leaf(&rooted, &leaves[index], &proof));
        let theirs = other.prove_inclusion(index);
        prop_assert_eq!(proof.path.concat(), theirs.as_bytes());
    }
}

fn hex(bytes: [u8; 32]) -> String {
    hex::encode(bytes)
}
