//! The tree cut into tiles of 256 hashes, and entries into bundles of 256 (C2SP tlog-tiles).
//!
//! A tile is what a database keeps and a web server serves; every hash of the tree is in one of them or follows
//! from it. A store needs one row a (level, index), holding as many hashes as there are.

use std::collections::BTreeMap;

use tlog_tiles::{HASH_SIZE, Hash, HashReader, Tile};

/// The height the tlog-tiles specification fixes: 2⁸ hashes a tile.
const HEIGHT: u8 = 8;
/// How many hashes a full tile has, and how many entries a full bundle.
pub const TILE_WIDTH: u32 = 1 << HEIGHT;
/// The largest tree these functions accept; ten thousand entries a second for nine centuries.
pub const MAX_SIZE: u64 = 1 << 48;

/// Why something about the tree could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// A tile that is needed was not given, or is too short.
    #[error("a tile needed for this is missing or too short")]
    MissingTile,
    /// The question makes no sense for a tree of this size.
    #[error("a tree of this size has no such place")]
    OutOfTree,
    /// An entry does not fit the 16-bit length of an entry bundle, or a bundle ends within an entry.
    #[error("the entry bundle is malformed")]
    Bundle,
}

impl From<tlog_tiles::Error> for TreeError {
    fn from(error: tlog_tiles::Error) -> Self {
        match error {
            tlog_tiles::Error::InvalidInput(_) => Self::OutOfTree,
            _ => Self::MissingTile,
        }
    }
}

/// Which tile, and how many hashes of it the tree in question has (C2SP tlog-tiles, "Merkle Tree").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TileId {
    /// 0 for leaf hashes; each level up is 256 times coarser.
    pub level: u8,
    /// Which tile of the level, from the left.
    pub index: u64,
    /// How many hashes, 1 to 256; only the rightmost of a level has fewer than 256.
    pub width: u32,
}

impl TileId {
    /// Where it is served: `tile/<L>/<N>[.p/<W>]`.
    pub fn path(&self) -> String {
        let tile = Tile::new(HEIGHT, self.level, self.index, self.width, false).path();
        tile.replacen("tile/8/", "tile/", 1)
    }

    /// The tile a path names, as [`TileId::path`] writes it; `None` for anything else.
    pub fn parse(path: &str) -> Option<Self> {
        // C2SP tlog-tiles knows levels 0 to 5, and a tree of 2⁴⁸ entries none above them.
        let level = path.strip_prefix("tile/")?.split('/').next()?;
        level.parse().ok().filter(|level: &u8| *level <= 5)?;
        let tile = Self::of(Tile::from_path(&path.replacen("tile/", "tile/8/", 1)).ok()?);
        (tile.path() == path).then_some(tile)
    }

    /// Whether a tree of `size` has this tile, at least this wide.
    pub fn is_within(&self, size: u64) -> bool {
        let hashes = size.checked_shr(u32::from(HEIGHT) * u32::from(self.level)).unwrap_or(0);
        let last =
            self.index.checked_mul(u64::from(TILE_WIDTH)).and_then(|n| n.checked_add(u64::from(self.width)));
        last.is_some_and(|last| last <= hashes)
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> usize {
        self.width as usize * HASH_SIZE
    }

    pub(crate) fn of(tile: Tile) -> Self {
        Self { level: tile.level(), index: tile.level_index(), width: tile.width() }
    }

    /// The tile that holds a stored hash, as wide as a tree of `size` has it.
    pub(crate) fn holding(stored: u64, size: u64) -> Option<Self> {
        Tile::from_index(HEIGHT, stored).parent(0, size).map(Self::of)
    }
}

/// Where a bundle of entries is served: `tile/entries/<N>[.p/<W>]`.
pub fn bundle_path(index: u64, width: u32) -> String {
    Tile::new(HEIGHT, 0, index, width, true).path().replacen("tile/8/data/", "tile/entries/", 1)
}

/// Every tile of a tree, level by level.
pub fn all_tiles(size: u64) -> Vec<TileId> {
    changed_tiles(0, size)
}

/// The tiles that differ between two sizes of one tree, as the larger has them.
pub fn changed_tiles(from: u64, to: u64) -> Vec<TileId> {
    if to > MAX_SIZE {
        Vec::new()
    } else {
        Tile::new_tiles(HEIGHT, from, to).into_iter().map(TileId::of).collect()
    }
}

/// A bundle: each entry behind its length, 16 bits big-endian (C2SP tlog-tiles, "Log Entries").
pub fn bundle<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, TreeError> {
    let mut bytes = Vec::with_capacity(entries.iter().map(|entry| entry.as_ref().len() + 2).sum());
    for entry in entries {
        let entry = entry.as_ref();
        bytes.extend(u16::try_from(entry.len()).map_err(|_| TreeError::Bundle)?.to_be_bytes());
        bytes.extend(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle.
pub fn unbundle(mut bytes: &[u8]) -> Result<Vec<Vec<u8>>, TreeError> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let (entry, rest) =
            rest.split_at_checked(u16::from_be_bytes(*length).into()).ok_or(TreeError::Bundle)?;
        entries.push(entry.to_vec());
        bytes = rest;
    }
    if bytes.is_empty() { Ok(entries) } else { Err(TreeError::Bundle) }
}

/// Some tiles of a tree, loaded for a computation that said it needs them.
#[derive(Debug, Clone, Default)]
pub struct Tiles(BTreeMap<(u8, u64), Vec<u8>>);

impl Tiles {
    /// Adds a tile; a wider one than asked for is as good.
    pub fn insert(&mut self, level: u8, index: u64, bytes: Vec<u8>) {
        self.0.insert((level, index), bytes);
    }

    /// The bytes of a tile, cut to its width.
    pub fn get(&self, tile: &TileId) -> Option<&[u8]> {
        self.0.get(&(tile.level, tile.index))?.get(..tile.bytes())
    }

    fn hash(&self, stored: u64) -> Result<Hash, tlog_tiles::Error> {
        let tile = Tile::from_index(HEIGHT, stored);
        let bytes = self.0.get(&(tile.level(), tile.level_index()));
        tile.hash_at_index(bytes.ok_or(tlog_tiles::Error::IndexesNotInTree)?, stored)
    }
}

impl FromIterator<(TileId, Vec<u8>)> for Tiles {
    fn from_iter<I: IntoIterator<Item = (TileId, Vec<u8>)>>(tiles: I) -> Self {
        Self(tiles.into_iter().map(|(tile, bytes)| ((tile.level, tile.index), bytes)).collect())
    }
}

impl HashReader for Tiles {
    fn read_hashes(&self, stored: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        stored.iter().map(|index| self.hash(*index)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_names_no_tile_is_nobodys_panic() {
        let tile = TileId { level: 1, index: 1_234, width: 7 };
        assert_eq!(TileId::parse(&tile.path()), Some(tile));
        for path in
            ["tile/6/000", "tile/64/000", "tile/255/000", "tile/-1/000", "tile/entries/000", "tile/0", "x"]
        {
            assert_eq!(TileId::parse(path), None, "{path}");
        }
    }
}
