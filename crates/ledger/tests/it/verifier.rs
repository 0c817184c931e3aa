//! Clara audits the log of an installation whose operator holds both databases and the signing key.
//!
//! Only the anchor is out of the operator's reach.

use proptest::prelude::*;
use zelo_ledger::{Directory, Finding, Report, Signed, SigningKey, TileId, Tiles, publish, verify};

use crate::common::{Log, entry};

fn audit(log: &Log) -> Report {
    verify(log, &log.vkey(), Some(&log.anchor)).unwrap()
}

/// Makes the log agree with itself again: new tree, new tiles, new signature.
fn rebuild(log: &mut Log) {
    let entries: Vec<Vec<u8>> = log.entries.drain(..).flatten().collect();
    log.tiles = Tiles::default();
    log.append(entries);
}

fn spoil(log: &mut Log, tile: TileId, byte: usize) {
    let mut bytes = log.tiles.get(&tile).unwrap().to_vec();
    bytes[byte] ^= 1;
    log.tiles.insert(tile.level, tile.index, bytes);
}

#[test]
fn an_untouched_log_is_sound_as_far_as_it_is_anchored_and_the_rest_is_named() {
    let report = audit(&Log::grown(&[100, 600, 700], 1));
    assert!(report.is_sound());
    assert_eq!((report.entries, report.anchored_size), (700, 600));
    assert_eq!(report.findings, [Finding::UnanchoredRange { from: 600, to: 700 }]);
    assert_eq!(audit(&Log::grown(&[1], 0)).findings, []);
    let log = Log::grown(&[700], 0);
    let alone = verify(&log, &log.vkey(), None).unwrap();
    assert_eq!(alone.findings, [Finding::UnanchoredRange { from: 0, to: 700 }]);
}

#[test]
fn an_edited_entry_is_named() {
    for seq in [0, 255, 256, 699] {
        let mut log = Log::grown(&[100, 700], 0);
        log.entries[seq] = Some(entry(9999));
        assert_eq!(audit(&log).findings, [Finding::LeafModified(seq as u64)]);
    }
}

#[test]
fn a_removed_entry_is_named() {
    let mut log = Log::grown(&[100, 700], 0);
    log.entries[7] = None;
    log.entries[300] = None;
    log.entries[301] = None;
    let missing = [Finding::Missing { from: 7, to: 8 }, Finding::Missing { from: 300, to: 302 }];
    assert_eq!(audit(&log).findings, missing);
}

#[test]
fn an_entry_edited_in_a_rebuilt_and_resigned_log_is_a_fork() {
    let mut log = Log::grown(&[100, 200, 600, 700], 1);
    log.entries[150] = Some(entry(9999));
    rebuild(&mut log);
    let alone = verify(&log, &log.vkey(), None).unwrap();
    assert!(alone.is_sound(), "the log agrees with itself");
    let fork = Finding::Fork { size: 200, after: 100 };
    assert_eq!(audit(&log).findings, [fork, Finding::UnanchoredRange { from: 600, to: 700 }]);
    assert_eq!(audit(&log).anchored_size, 100);
}

#[test]
fn an_entry_left_out_of_a_rebuilt_log_is_a_fork_and_a_shortened_log_is_truncated() {
    let mut log = Log::grown(&[100, 700], 0);
    log.entries[42] = None;
    rebuild(&mut log);
    let fork = Finding::Fork { size: 100, after: 0 };
    assert_eq!(audit(&log).findings, [Finding::Truncated { anchored: 700, found: 699 }, fork]);

    let mut log = Log::grown(&[100, 700], 0);
    log.entries.truncate(650);
    rebuild(&mut log);
    assert_eq!(audit(&log).findings, [Finding::Truncated { anchored: 700, found: 650 }]);
}

#[test]
fn rows_cut_off_behind_the_checkpoint_are_truncated_with_and_without_their_tiles() {
    for tiles_too in [false, true] {
        let mut log = Log::grown(&[100, 700], 0);
        log.entries.truncate(200);
        if tiles_too {
            log.tiles = Log::grown(&[200], 0).tiles;
        }
        assert_eq!(audit(&log).findings, [Finding::Truncated { anchored: 700, found: 200 }]);
    }
    let mut log = Log::grown(&[100, 700], 1);
    log.entries.truncate(690);
    let lost = [Finding::Missing { from: 690, to: 700 }, Finding::UnanchoredRange { from: 100, to: 700 }];
    assert_eq!(audit(&log).findings, lost, "the log's own checkpoint still knows of them");
}

#[test]
fn the_unanchored_end_can_be_cut_off_and_that_is_said() {
    let mut log = Log::grown(&[600, 700], 1);
    log.entries.truncate(650);
    rebuild(&mut log);
    let report = audit(&log);
    assert!(report.is_sound());
    assert_eq!(report.findings, [Finding::UnanchoredRange { from: 600, to: 650 }]);
}

#[test]
fn a_checkpoint_by_another_key_is_no_checkpoint() {
    let mut log = Log::grown(&[700], 0);
    let (vkey, anchor) = (log.vkey(), log.anchor.clone());
    log.key = SigningKey::generate().unwrap();
    rebuild(&mut log);
    let report = verify(&log, &vkey, Some(&anchor)).unwrap();
    assert_eq!(report.findings, [Finding::SigInvalid(Signed::Log)]);
    log.note = String::new();
    let report = verify(&log, &vkey, Some(&anchor)).unwrap();
    assert_eq!(report.findings, [Finding::SigInvalid(Signed::Log)]);

    log.note = log
        .key
        .sign(&zelo_ledger::Checkpoint {
            origin: log.origin.clone(),
            head: zelo_ledger::Rooted { n: 1 << 47, root: [0; 32] },
        })
        .unwrap();
    let report = verify(&log, &vkey, Some(&[])).unwrap();
    assert!(report.findings.contains(&Finding::Missing { from: 700, to: 1 << 47 }), "{:?}", report.findings);
}

#[test]
fn a_line_altered_in_the_anchor_is_not_believed() {
    let mut log = Log::grown(&[100, 700], 0);
    log.anchor[0].note = log.anchor[0].note.replace("\n100\n", "\n101\n");
    assert_eq!(audit(&log).findings, [Finding::SigInvalid(Signed::Anchor(0))]);
}

#[test]
fn a_damaged_tile_is_named_and_the_entries_are_not_blamed() {
    for (level, index, width) in [(0, 0, 256), (0, 2, 188), (1, 0, 2)] {
        let mut log = Log::grown(&[100, 700], 0);
        spoil(&mut log, TileId { level, index, width }, 33);
        assert_eq!(audit(&log).findings, [Finding::TileDamaged { level, index }]);
    }
}

#[test]
fn an_entry_edited_with_its_tile_but_without_the_key_is_a_fork() {
    let mut log = Log::grown(&[100, 700], 0);
    let note = log.note.clone();
    log.entries[300] = Some(entry(9999));
    rebuild(&mut log);
    log.note = note;
    assert_eq!(audit(&log).findings, [Finding::Fork { size: 700, after: 100 }]);
}

#[test]
fn an_epoch_that_hides_the_one_before_is_named() {
    let old = Log::grown(&[700], 0);
    let mut new = Log::grown(&[], 0);
    (new.key, new.anchor, new.origin) = (SigningKey::generate().unwrap(), Vec::new(), old.origin.in_epoch(1));
    new.append(vec![entry(0)]);
    let report = verify(&new, &new.vkey(), Some(&old.anchor)).unwrap();
    assert!(report.is_sound(), "another key's old epoch says nothing");

    let mut new = Log { key: old.key, ..new };
    new.entries.clear();
    new.append(vec![entry(0)]);
    let report = verify(&new, &new.vkey(), Some(&old.anchor)).unwrap();
    assert!(report.findings.contains(&Finding::EpochUnlinked));

    let first: serde_json::Value = serde_json::json!({"restored": {"checkpoint": old.note, "size": 650}});
    new.entries.clear();
    new.append(vec![first.to_string().into_bytes()]);
    assert!(verify(&new, &new.vkey(), Some(&old.anchor)).unwrap().is_sound());
}

#[test]
fn an_exported_folder_is_verified_like_the_database() {
    let log = Log::grown(&[100, 700], 0);
    let folder = tempfile::tempdir().unwrap();
    publish(&log, &log.vkey(), |path, bytes| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap())?;
        std::fs::write(path, bytes)
    })
    .unwrap();
    let copy = Directory::new(folder.path());
    assert_eq!(copy.vkey().unwrap().unwrap().trim_end(), log.vkey().to_string());
    assert_eq!(verify(&copy, &log.vkey(), Some(&log.anchor)).unwrap().findings, []);

    let bundle = folder.path().join("tile/entries/001");
    let bytes = std::fs::read(&bundle).unwrap();
    let first = usize::from(u16::from_be_bytes([bytes[0], bytes[1]])) + 2;
    std::fs::write(&bundle, &bytes[first..]).unwrap();
    let cut = verify(&copy, &log.vkey(), Some(&log.anchor)).unwrap();
    assert_eq!(cut.findings, [Finding::Missing { from: 256, to: 257 }]);

    std::fs::remove_file(&bundle).unwrap();
    let gone = verify(&copy, &log.vkey(), Some(&log.anchor)).unwrap();
    assert_eq!(gone.findings, [Finding::Missing { from: 256, to: 512 }]);
}

#[test]
fn findings_read_as_an_auditor_quotes_them() {
    let say = |finding: Finding| finding.to_string();
    assert_eq!(say(Finding::LeafModified(7)), "LEAF_MODIFIED(7)");
    assert_eq!(say(Finding::Missing { from: 7, to: 8 }), "MISSING(7)");
    assert_eq!(say(Finding::Truncated { anchored: 700, found: 650 }), "TRUNCATED(anchored 700, found 650)");
    assert_eq!(say(Finding::Fork { size: 200, after: 100 }), "FORK(size 200, changed in 100..200)");
    assert_eq!(say(Finding::UnanchoredRange { from: 600, to: 700 }), "UNANCHORED_RANGE(600..700)");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever one entry is edited, with or without everything being rebuilt and signed again, Clara finds it.
    #[test]
    fn no_edit_within_the_anchored_range_goes_unnoticed(
        sizes in prop::collection::btree_set(1_u64..700, 1..6),
        pick in any::<prop::sample::Index>(),
        rebuilt in any::<bool>(),
    ) {
        let sizes: Vec<u64> = sizes.into_iter().collect();
        let mut log = Log::grown(&sizes, 0);
        let seq = pick.index(log.entries.len());
        log.entries[seq] = Some(entry(9999));
        if rebuilt {
            rebuild(&mut log);
            let size = *sizes.iter().find(|size| **size > seq as u64).unwrap();
            let after = sizes.iter().copied().filter(|size| *size <= seq as u64).max().unwrap_or(0);
            prop_assert_eq!(audit(&log).findings, [Finding::Fork { size, after }]);
        } else {
            prop_assert_eq!(audit(&log).findings, [Finding::LeafModified(seq as u64)]);
        }
    }
}
