//! The verifier: holds a copy of a log against its signatures, its own tree and the anchor.
//!
//! The tree is computed anew from leaf hashes. Where a tile of hashes and the entries disagree, the level above
//! (or the signed root) says which of the two was changed. Whoever holds both databases and the signing key can
//! make a log that agrees with itself; only the anchor contradicts it.

use std::io;

use tlog_tiles::{Hash, Tile};

use crate::anchor::AnchoredCheckpoint;
use crate::checkpoint::Checkpoint;
use crate::epoch::linked;
use crate::findings::{Finding, Report, Signed};
use crate::frontier::Frontier;
use crate::heads::Heads;
use crate::place::{Fate, fates, hashes};
use crate::source::Source;
use crate::tiles::{MAX_SIZE, TILE_WIDTH, TileId};
use crate::vkey::VerifyKey;

const WIDTH: u64 = TILE_WIDTH as u64;
/// After so many absent bundles in a row nothing more is expected (a forged checkpoint can claim any size).
const PATIENCE: u64 = 1 << 16;

/// Verifies the log of `vkey` in its one epoch. `anchor` holds the anchored checkpoints (of this log or of all), oldest first;
/// without one, only the log's own consistency can be judged, and the report says so.
pub fn verify(
    source: &impl Source,
    vkey: &VerifyKey,
    anchor: Option<&[AnchoredCheckpoint]>,
) -> io::Result<Report> {
    let anchor = anchor.unwrap_or_default();
    let note = source.checkpoint()?.unwrap_or_default();
    let log = vkey.open(&note).ok();
    let mut heads = Heads::new(vkey, log.as_ref(), anchor);
    if log.is_none() {
        heads.findings.push(Finding::SigInvalid(Signed::Log));
    }
    let claimed = log.clone().or_else(|| Checkpoint::unverified(&note)).map(|log| log.head.n);
    let size = claimed.filter(|size| *size <= MAX_SIZE).unwrap_or_else(|| heads.largest().min(MAX_SIZE));

    let mut walk = Walk {
        source,
        size,
        log: log.as_ref(),
        tree: Frontier::default(),
        broken: false,
        folds: Vec::new(),
        missing: Vec::new(),
        heads,
    };
    walk.heads.meet(&walk.tree).map_err(io::Error::other)?;
    walk.entries()?;
    walk.upper_tiles()?;
    if !linked(source, size, vkey, anchor)? {
        walk.heads.findings.push(Finding::EpochUnlinked);
    }
    Ok(walk.report())
}

struct Walk<'a, S> {
    source: &'a S,
    size: u64,
    log: Option<&'a Checkpoint>,
    tree: Frontier,
    /// Whether neither a tile nor an entry told some leaf hash, so that no root follows any more.
    broken: bool,
    /// The hash of every full tile of level 0.
    folds: Vec<[u8; 32]>,
    missing: Vec<std::ops::Range<u64>>,
    heads: Heads<'a>,
}

impl<S: Source> Walk<'_, S> {
    fn entries(&mut self) -> io::Result<()> {
        let mut absent = 0;
        for index in 0..self.size.div_ceil(WIDTH) {
            let width = u32::try_from((self.size - index * WIDTH).min(WIDTH)).unwrap_or(TILE_WIDTH);
            absent = if self.bundle(TileId { level: 0, index, width })? { 0 } else { absent + 1 };
            if absent == PATIENCE {
                self.lose((index + 1) * WIDTH..self.size);
                break;
            }
        }
        Ok(())
    }

    /// Looks at one bundle and its tile; whether anything of them is there.
    fn bundle(&mut self, id: TileId) -> io::Result<bool> {
        let mut found = hashes(&self.source.entries(id.index, id.width)?);
        found.resize(id.width as usize, None);
        let whole: Option<Vec<[u8; 32]>> = found.iter().copied().collect();
        let tile =
            self.source.tile(&id)?.filter(|bytes| bytes.len() == id.bytes()).map(|bytes| split(&bytes));
        let there = tile.is_some() || found.iter().any(Option::is_some);

        let expected = match (tile, whole) {
            (Some(tile), Some(entries)) if tile != entries && self.proves(id, &entries, &tile)? => {
                self.damaged(id);
                Some(entries)
            }
            (Some(tile), _) => Some(tile),
            (None, entries) => {
                if there {
                    self.damaged(id);
                }
                entries
            }
        };
        self.judge(id.index * WIDTH, expected.as_deref(), &found);
        match expected {
            Some(leaves) => self.push(&leaves)?,
            None => self.broken = true,
        }
        Ok(there)
    }

    /// Whether the level above, or at the right edge the signed root, speaks for `entries` and against `tile`.
    fn proves(&self, id: TileId, entries: &[[u8; 32]], tile: &[[u8; 32]]) -> io::Result<bool> {
        if id.width == TILE_WIDTH {
            let width = u32::try_from((self.size / WIDTH - id.index / WIDTH * WIDTH).min(WIDTH));
            let above = TileId { level: 1, index: id.index / WIDTH, width: width.unwrap_or(TILE_WIDTH) };
            let above = self.source.tile(&above)?.map(|bytes| split(&bytes)).unwrap_or_default();
            let above = usize::try_from(id.index % WIDTH).ok().and_then(|place| above.get(place).copied());
            return Ok(above == Some(fold(entries)) && above != Some(fold(tile)));
        }
        let root = |leaves: &[[u8; 32]]| {
            let mut tree = self.tree.clone();
            leaves.iter().try_for_each(|leaf| tree.push(*leaf)).and_then(|()| tree.root()).ok()
        };
        let signed = self.log.map(|log| log.head.root);
        Ok(signed.is_some() && root(entries) == signed)
    }

    fn judge(&mut self, first: u64, expected: Option<&[[u8; 32]]>, found: &[Option<[u8; 32]>]) {
        let fates = match expected {
            Some(expected) => fates(expected, found),
            None => found.iter().map(|h| if h.is_some() { Fate::Whole } else { Fate::Missing }).collect(),
        };
        for (seq, fate) in (first..).zip(fates) {
            match fate {
                Fate::Whole => {}
                Fate::Modified => self.heads.findings.push(Finding::LeafModified(seq)),
                Fate::Missing => self.lose(seq..seq + 1),
            }
        }
    }

    fn push(&mut self, leaves: &[[u8; 32]]) -> io::Result<()> {
        if self.broken {
            return Ok(());
        }
        for leaf in leaves {
            self.tree.push(*leaf).map_err(io::Error::other)?;
            self.heads.meet(&self.tree).map_err(io::Error::other)?;
        }
        if leaves.len() == TILE_WIDTH as usize {
            self.folds.push(fold(leaves));
        }
        Ok(())
    }

    fn lose(&mut self, range: std::ops::Range<u64>) {
        match self.missing.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ if range.is_empty() => {}
            _ => self.missing.push(range),
        }
    }

    fn damaged(&mut self, id: TileId) {
        self.heads.findings.push(Finding::TileDamaged { level: id.level, index: id.index });
    }

    /// Compares every tile above the leaves with the tree just computed.
    fn upper_tiles(&mut self) -> io::Result<()> {
        if self.broken {
            return Ok(());
        }
        let mut level = 1;
        let mut hashes = std::mem::take(&mut self.folds);
        while !hashes.is_empty() {
            let width = TILE_WIDTH as usize;
            for (index, expected) in (0..).zip(hashes.chunks(width)) {
                let id = TileId { level, index, width: u32::try_from(expected.len()).unwrap_or(TILE_WIDTH) };
                if self.source.tile(&id)?.is_none_or(|bytes| bytes != expected.concat()) {
                    self.damaged(id);
                }
            }
            hashes = hashes.chunks_exact(width).map(fold).collect();
            level += 1;
        }
        Ok(())
    }

    fn report(mut self) -> Report {
        self.heads.finish();
        let Heads { claimed, anchored, mut findings, .. } = self.heads;
        let mut missing = self.missing;
        // What is gone up to the end was cut off; it is `missing` only where the anchor does not know of it.
        let end = missing.last().filter(|last| last.end == self.size).map_or(self.size, |last| last.start);
        if claimed > end {
            findings.push(Finding::Truncated { anchored: claimed, found: end });
            missing.pop_if(|last| last.end == self.size);
            findings.retain(|finding| !tile_beyond(finding, end));
        }
        findings
            .extend(missing.into_iter().map(|range| Finding::Missing { from: range.start, to: range.end }));
        if self.size > claimed {
            findings.push(Finding::UnanchoredRange { from: claimed, to: self.size });
        }
        findings.sort_unstable();
        findings.dedup();
        Report { entries: end, anchored_size: anchored, findings, earlier: Vec::new() }
    }
}

fn split(bytes: &[u8]) -> Vec<[u8; 32]> {
    bytes.as_chunks().0.to_vec()
}

fn fold(leaves: &[[u8; 32]]) -> [u8; 32] {
    let Hash(hash) = Tile::subtree_hash(leaves.as_flattened());
    hash
}

/// A tile of hashes that is gone together with the entries after `end` is no finding of its own.
fn tile_beyond(finding: &Finding, end: u64) -> bool {
    matches!(finding, Finding::TileDamaged { level: 0, index } if (index + 1) * WIDTH > end)
}
