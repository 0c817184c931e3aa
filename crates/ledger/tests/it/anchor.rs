//! The anchor, through crashes.

use std::path::Path;

use zelo_ledger::{
    Anchor, AnchorError, AnchorLine, AnchoredCheckpoint, AnchoredDrop, AnchoredErasure, read_anchor,
};
use zelo_model::{TenantId, Timestamp};

use crate::common::Log;

fn anas_erasure() -> AnchoredErasure {
    AnchoredErasure {
        tenant: TenantId([1; 16]),
        n: 3,
        at: Timestamp::from_micros(1_785_585_600_000_000),
        sha256: [5; 32],
    }
}

fn lines(path: &Path) -> Vec<AnchorLine> {
    read_anchor(path).unwrap().map(Result::unwrap).collect()
}

#[test]
fn the_anchor_gives_back_what_it_was_given() {
    let log = Log::grown(&[3], 1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("anchor.log");
    let mut anchor = Anchor::open(&path).unwrap();
    anchor.append_checkpoint(&log.note).unwrap();
    anchor.append_erasure(&anas_erasure()).unwrap();
    let dropped = AnchoredDrop { tenant: TenantId([2; 16]), at: anas_erasure().at };
    anchor.append_drop(&dropped).unwrap();
    drop(anchor);
    Anchor::open(&path).unwrap().append_checkpoints([log.note.as_str(), log.note.as_str()]).unwrap();

    let checkpoint =
        AnchorLine::Checkpoint(AnchoredCheckpoint { tenant: TenantId([1; 16]), epoch: 0, note: log.note });
    let erasure = AnchorLine::Erasure(anas_erasure());
    let dropped = AnchorLine::Drop(dropped);
    assert_eq!(lines(&path), [checkpoint.clone(), erasure, dropped, checkpoint.clone(), checkpoint]);
    let second = std::fs::read_to_string(&path).unwrap().lines().nth(1).unwrap().to_owned();
    assert_eq!(
        second,
        concat!(
            r#"{"kind":"erasure","tenant":"ten_aeaqcaibaeaqcaibaeaqcaibae","n":3,"#,
            r#""at":"2026-08-01T12:00:00.000000Z","#,
            r#""sha256":"0505050505050505050505050505050505050505050505050505050505050505"}"#
        )
    );
}

#[test]
fn a_crash_within_the_last_line_loses_no_earlier_one_and_no_later_one() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.log");
    let log = Log::grown(&[3], 1);
    Anchor::open(&whole).unwrap().append_checkpoint(&log.note).unwrap();
    let line = std::fs::read(&whole).unwrap();
    let first = folder.path().join("first.log");
    Anchor::open(&first).unwrap().append_erasure(&anas_erasure()).unwrap();
    let first = std::fs::read(&first).unwrap();

    // Lengths a crash could have left, also within the dash of the signature line.
    for cut in (1..line.len()).rev().step_by(2) {
        let path = folder.path().join(format!("{cut}.log"));
        std::fs::write(&path, [&first[..], &line[..cut]].concat()).unwrap();
        let torn = lines(&path);
        assert_eq!(torn[0], AnchorLine::Erasure(anas_erasure()));
        let complete = cut == line.len() - 1;
        assert_eq!(torn[1] == AnchorLine::Torn, !complete, "cut at {cut}");

        Anchor::open(&path).unwrap().append_erasure(&anas_erasure()).unwrap();
        let healed = lines(&path);
        assert_eq!((healed.len(), &healed[0], &healed[2]), (3, &torn[0], &torn[0]));
        std::fs::remove_file(&path).unwrap();
    }
}

#[test]
fn only_a_checkpoint_can_be_anchored_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut anchor = Anchor::open(&folder.path().join("anchor.log")).unwrap();
    assert!(matches!(anchor.append_checkpoint("hello"), Err(AnchorError::NotACheckpoint)));
    assert_eq!(lines(anchor.path()), []);
}
