//! A tree that only remembers what it needs to grow: hash after hash goes in, the root can be asked at any size.

use std::collections::HashMap;

use tlog_tiles::{
    Hash, HashReader, stored_hash_index, stored_hashes_for_record_hash, sub_tree_index, tree_hash,
};

use crate::tiles::TreeError;

/// The complete subtrees of a tree, and some of what they were made of until the next tidying.
#[derive(Clone, Default)]
pub(crate) struct Frontier {
    size: u64,
    stored: HashMap<u64, Hash>,
}

impl Frontier {
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn root(&self) -> Result<[u8; 32], TreeError> {
        Ok(tree_hash(self.size, self)?.0)
    }

    pub(crate) fn push(&mut self, leaf: [u8; 32]) -> Result<(), TreeError> {
        let hashes = stored_hashes_for_record_hash(self.size, Hash(leaf), self)?;
        self.stored.extend((stored_hash_index(0, self.size)..).zip(hashes));
        self.size += 1;
        if self.size.is_multiple_of(1024) {
            let needed = sub_tree_index(0, self.size, Vec::new());
            self.stored.retain(|index, _| needed.contains(index));
        }
        Ok(())
    }
}

impl HashReader for Frontier {
    fn read_hashes(&self, stored: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let read = |index: &u64| self.stored.get(index).copied();
        stored.iter().map(read).collect::<Option<_>>().ok_or(tlog_tiles::Error::IndexesNotInTree)
    }
}
