//! A log that was restored: what came back is verified, what did not is said, and nothing is passed over in silence.

use std::collections::BTreeMap;
use std::io;

use tempfile::TempDir;
use zelo_ledger::{
    AnchoredCheckpoint, Finding, Report, SigningKey, Source, TileId, Tiles, VerifyKey, verify_epochs,
};

use crate::common::{Log, entry};

/// What the database holds of each epoch, and the anchor that outlives every restore.
struct Restores {
    folder: TempDir,
    epochs: BTreeMap<u64, Log>,
    anchor: Vec<AnchoredCheckpoint>,
}

/// An epoch, or nothing of one.
struct Part<'l>(Option<&'l Log>);

impl Source for Part<'_> {
    fn checkpoint(&self) -> io::Result<Option<Vec<u8>>> {
        self.0.map_or(Ok(None), Source::checkpoint)
    }

    fn tile(&self, tile: &TileId) -> io::Result<Option<Vec<u8>>> {
        self.0.map_or(Ok(None), |log| log.tile(tile))
    }

    fn entries(&self, index: u64, width: u32) -> io::Result<Vec<Option<Vec<u8>>>> {
        self.0.map_or(Ok(vec![None; width as usize]), |log| log.entries(index, width))
    }
}

impl Restores {
    /// A log that was anchored at 100 and at 700 entries.
    fn begun() -> Self {
        let folder = tempfile::tempdir().unwrap();
        SigningKey::create(&folder.path().join("key"), "zelo").unwrap();
        let mut here = Self { folder, epochs: BTreeMap::new(), anchor: Vec::new() };
        here.begin(0, vec![entry(0)]);
        here.grow(100);
        here.grow(700);
        here
    }

    fn begin(&mut self, epoch: u64, entries: Vec<Vec<u8>>) {
        let mut log = Log::grown(&[], 0);
        log.key = SigningKey::load(&self.folder.path().join("key")).unwrap();
        log.origin = log.origin.in_epoch(epoch);
        log.append(entries);
        self.epochs.insert(epoch, log);
    }

    /// The newest epoch grows, and its head is anchored.
    fn grow(&mut self, size: u64) {
        let log = self.epochs.last_entry().unwrap().into_mut();
        log.append((log.size()..size).map(entry).collect());
        log.anchor();
        self.anchor.append(&mut log.anchor);
    }

    /// The database is again as it was at this size of this epoch, and a new epoch says what came back.
    fn restore(&mut self, epoch: u64, size: u64) {
        self.restore_as(epoch, size, size);
    }

    fn restore_as(&mut self, epoch: u64, size: u64, said: u64) {
        let newest = self.anchor.last().unwrap().clone();
        self.epochs.retain(|kept, _| *kept <= epoch);
        let back = self.epochs.get_mut(&epoch).unwrap();
        let entries: Vec<_> = back.entries.drain(..).flatten().take(usize::try_from(size).unwrap()).collect();
        back.tiles = Tiles::default();
        back.append(entries);
        let restored = serde_json::json!({"checkpoint": newest.note, "epoch": epoch, "size": said});
        let first = serde_json::json!({ "restored": restored }).to_string().into_bytes();
        self.begin(newest.epoch + 1, vec![first]);
        self.grow(2);
    }

    fn vkey(&self) -> VerifyKey {
        self.epochs.last_key_value().unwrap().1.vkey()
    }

    fn verify(&self) -> Report {
        verify_epochs(|epoch| Part(self.epochs.get(&epoch)), &self.vkey(), Some(&self.anchor)).unwrap()
    }
}

fn of(report: &Report) -> Vec<(u64, u64, Vec<Finding>)> {
    let one = |(epoch, report): &(u64, Report)| (*epoch, report.entries, report.findings.clone());
    report.earlier.iter().map(one).collect()
}

#[test]
fn what_a_restore_did_not_bring_back_is_said_and_is_no_failure() {
    let mut log = Restores::begun();
    log.restore(0, 100);
    let report = log.verify();
    assert!(report.is_sound() && report.findings.is_empty(), "{report:?}");
    assert_eq!(of(&report), [(0, 100, vec![Finding::Restored { from: 100, to: 700 }])]);
}

#[test]
fn a_backup_from_before_the_last_restore_loses_the_epoch_between() {
    let mut log = Restores::begun();
    log.restore(0, 700);
    log.grow(30);
    log.restore(0, 100);
    let report = log.verify();
    assert!(report.is_sound(), "{report:?}");
    let lost = (1, 0, vec![Finding::Restored { from: 0, to: 30 }]);
    assert_eq!(of(&report), [lost, (0, 100, vec![Finding::Restored { from: 100, to: 700 }])]);
    log.grow(30);
    log.restore(2, 30);
    let report = log.verify();
    let epochs: Vec<u64> = report.earlier.iter().map(|(epoch, _)| *epoch).collect();
    assert!(report.is_sound() && epochs == [2, 1, 0], "{report:?}");
}

#[test]
fn an_entry_of_an_old_epoch_is_no_safer_to_change() {
    let mut log = Restores::begun();
    log.restore(0, 100);
    log.epochs.get_mut(&0).unwrap().entries[42] = Some(entry(9_999));
    let report = log.verify();
    assert!(!report.is_sound() && report.findings.is_empty());
    assert_eq!(report.earlier[0].1.findings[0], Finding::LeafModified(42));
}

#[test]
fn whoever_says_that_more_came_back_than_is_there_is_found() {
    let mut log = Restores::begun();
    log.restore_as(0, 100, 700);
    let report = log.verify();
    assert_eq!(report.earlier[0].1.findings, [Finding::Truncated { anchored: 700, found: 100 }]);
    let mut log = Restores::begun();
    log.restore_as(0, 100, 400);
    assert_eq!(log.verify().earlier[0].1.findings[0], Finding::Missing { from: 100, to: 400 });
    let mut log = Restores::begun();
    log.restore_as(0, 100, 100);
    log.epochs.remove(&0);
    assert!(!log.verify().is_sound(), "the whole old epoch is gone");
}

#[test]
fn an_epoch_that_says_it_came_after_itself_is_unlinked() {
    let mut log = Restores::begun();
    log.restore(0, 100);
    let newest = log.anchor.iter().rfind(|line| line.epoch == 0).unwrap().note.clone();
    let restored = serde_json::json!({"checkpoint": newest, "epoch": 1, "size": 100});
    log.begin(1, vec![serde_json::json!({ "restored": restored }).to_string().into_bytes()]);
    assert!(log.verify().findings.contains(&Finding::EpochUnlinked));
}
