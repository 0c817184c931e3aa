//! Appending to the tree: which tiles to load, and what to store afterwards.
//!
//! A sequencer reads the right edge (one tile a level, three below 16 million entries), appends in memory, and
//! writes the changed tiles back in its transaction.

use tlog_tiles::{
    Hash, HashReader, Tile, record_hash, stored_hash_count, stored_hashes_for_record_hash, sub_tree_index,
    tree_hash,
};

use crate::tiles::{MAX_SIZE, TileId, Tiles, TreeError, changed_tiles};

/// What a batch of entries made of the tree.
#[derive(Debug, Clone)]
pub struct Growth {
    /// How many entries there are now.
    pub size: u64,
    /// The tree hash now (RFC 6962 §2.1).
    pub root: [u8; 32],
    /// The leaf hash of each new entry, in order.
    pub leaves: Vec<[u8; 32]>,
    /// Every new hash with its index in the order of Crosby and Wallach (Go's `sumdb/tlog`), for a store that
    /// keeps hashes instead of tiles.
    pub hashes: Vec<(u64, [u8; 32])>,
    /// The tiles that changed, whole, as they are now.
    pub tiles: Vec<(TileId, Vec<u8>)>,
}

/// The tiles [`grow`] needs to append to a tree of this size.
pub fn growth_needs(size: u64) -> Vec<TileId> {
    let edge = sub_tree_index(0, size.min(MAX_SIZE), Vec::new());
    let mut tiles: Vec<TileId> =
        edge.into_iter().filter_map(|stored| TileId::holding(stored, size)).collect();
    tiles.sort_unstable();
    tiles.dedup();
    tiles
}

/// Appends entries, given as the bytes the log keeps, to a tree of `size`.
pub fn grow<E: AsRef<[u8]>>(size: u64, entries: &[E], edge: &Tiles) -> Result<Growth, TreeError> {
    let now = size.saturating_add(entries.len() as u64);
    if now > MAX_SIZE {
        return Err(TreeError::OutOfTree);
    }
    let mut tree =
        Growing { edge, first: stored_hash_count(size), new: Vec::with_capacity(entries.len() * 2) };
    let mut leaves = Vec::with_capacity(entries.len());
    for (n, entry) in (size..).zip(entries) {
        let leaf = record_hash(entry.as_ref());
        let hashes = stored_hashes_for_record_hash(n, leaf, &tree)?;
        leaves.push(leaf.0);
        tree.new.extend(hashes);
    }
    let tiles = changed_tiles(size, now).into_iter().map(|tile| {
        let read = Tile::new(8, tile.level, tile.index, tile.width, false).read_data(&tree);
        read.map(|bytes| (tile, bytes))
    });
    Ok(Growth {
        size: now,
        root: tree_hash(now, &tree)?.0,
        leaves,
        tiles: tiles.collect::<Result<_, _>>()?,
        hashes: (tree.first..).zip(tree.new.iter().map(|hash| hash.0)).collect(),
    })
}

/// The old right edge and the hashes added since.
struct Growing<'a> {
    edge: &'a Tiles,
    first: u64,
    new: Vec<Hash>,
}

impl HashReader for Growing<'_> {
    fn read_hashes(&self, stored: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let read = |index: &u64| match index.checked_sub(self.first) {
            Some(new) => usize::try_from(new)
                .ok()
                .and_then(|new| self.new.get(new).copied())
                .ok_or(tlog_tiles::Error::IndexesNotInTree),
            None => Ok(self.edge.read_hashes(std::slice::from_ref(index))?[0]),
        };
        stored.iter().map(read).collect()
    }
}
