//! A small log as a sequencer would keep it: entries, tiles, the newest checkpoint, an anchor beside it.

use std::io;

use zelo_ledger::{
    AnchoredCheckpoint, Checkpoint, Class, Decision, Leaf, Origin, Rooted, SigningKey, Source, TileId, Tiles,
    VerifyKey, grow, subjects_root,
};
use zelo_model::{EntryId, Handle, TenantId, Timestamp};

pub(crate) struct Log {
    pub(crate) key: SigningKey,
    pub(crate) origin: Origin,
    pub(crate) entries: Vec<Option<Vec<u8>>>,
    pub(crate) tiles: Tiles,
    pub(crate) note: String,
    pub(crate) anchor: Vec<AnchoredCheckpoint>,
}

impl Log {
    /// A log that grew to each of these sizes in turn; every checkpoint but the last `unanchored` is anchored.
    pub(crate) fn grown(sizes: &[u64], unanchored: usize) -> Self {
        let mut log = Self {
            key: SigningKey::generate().unwrap(),
            origin: Origin::new("zelo.example.com/audit", TenantId([1; 16]), 0).unwrap(),
            entries: Vec::new(),
            tiles: Tiles::default(),
            note: String::new(),
            anchor: Vec::new(),
        };
        for (n, size) in sizes.iter().enumerate() {
            log.append((log.size()..*size).map(entry).collect());
            if n + unanchored < sizes.len() {
                log.anchor();
            }
        }
        log
    }

    pub(crate) fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    pub(crate) fn append(&mut self, entries: Vec<Vec<u8>>) {
        let growth = grow(self.size(), &entries, &self.tiles).unwrap();
        for (tile, bytes) in growth.tiles {
            self.tiles.insert(tile.level, tile.index, bytes);
        }
        self.entries.extend(entries.into_iter().map(Some));
        let head = Rooted { n: growth.size, root: growth.root };
        self.note = self.key.sign(&Checkpoint { origin: self.origin.clone(), head }).unwrap();
    }

    pub(crate) fn anchor(&mut self) {
        let (tenant, epoch) = (self.origin.tenant, self.origin.epoch);
        self.anchor.push(AnchoredCheckpoint { tenant, epoch, note: self.note.clone() });
    }

    pub(crate) fn vkey(&self) -> VerifyKey {
        self.key.verify_key(&self.origin)
    }
}

impl Source for Log {
    fn checkpoint(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(Some(self.note.clone().into_bytes()))
    }

    fn tile(&self, tile: &TileId) -> io::Result<Option<Vec<u8>>> {
        Ok(self.tiles.get(tile).map(<[u8]>::to_vec))
    }

    fn entries(&self, index: u64, width: u32) -> io::Result<Vec<Option<Vec<u8>>>> {
        let first = usize::try_from(index * 256).unwrap();
        let row = |seq: usize| self.entries.get(seq).cloned().flatten();
        Ok((first..first + width as usize).map(row).collect())
    }
}

/// The `n`th time officer Clara looks at somebody.
pub(crate) fn entry(n: u64) -> Vec<u8> {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&n.to_be_bytes());
    let leaf = Leaf {
        id: EntryId(id),
        at: Timestamp::from_micros(1_785_585_600_000_000 + i64::try_from(n).unwrap()),
        actor: "officer".into(),
        via: "graphql",
        op: "profile.get".into(),
        purpose: "data-subject-rights".into(),
        policy: "c0ffee".into(),
        decision: Decision::Allow,
        class: Class::Disclosure,
        reason: None,
        count: None,
        shown: vec!["identifiers".into()],
        seen: Some(1),
        made: None,
        erasure: None,
        subjects: subjects_root(&EntryId(id), &[Handle([0xaa; 16])]),
        sealed: Rooted::default(),
        payload: None,
        restored: None,
    };
    leaf.canonical().unwrap()
}
