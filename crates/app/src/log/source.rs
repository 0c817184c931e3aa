//! A tenant's log in the database, as the ledger's verifier reads it.

use std::future::Future;
use std::io;

use tokio::runtime::Handle;
use zelo_ledger::{Source, TILE_WIDTH, TileId};
use zelo_store::{LogHead, Reading, StoreError};

/// Reads a log through a snapshot. The verifier asks synchronously, so this must run where blocking is allowed.
pub(crate) struct Database<'t> {
    pub(crate) rows: &'t Reading<'t>,
    pub(crate) tenant: i64,
    pub(crate) epoch: i64,
    /// The newest head of the epoch, if it has one.
    pub(crate) head: Option<LogHead>,
}

impl Database<'_> {
    fn wait<T>(future: impl Future<Output = Result<T, StoreError>>) -> io::Result<T> {
        Handle::current().block_on(future).map_err(io::Error::other)
    }
}

impl Source for Database<'_> {
    fn checkpoint(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.head.as_ref().map(|head| head.note.clone().into_bytes()))
    }

    fn tile(&self, tile: &TileId) -> io::Result<Option<Vec<u8>>> {
        let wanted = [(tile.level, tile.index)];
        let found = Self::wait(self.rows.log_tiles(self.tenant, self.epoch, &wanted))?;
        Ok(found.into_iter().next().and_then(|(_, _, hashes)| Some(hashes.get(..tile.bytes())?.to_vec())))
    }

    fn entries(&self, index: u64, width: u32) -> io::Result<Vec<Option<Vec<u8>>>> {
        let from = i64::try_from(index * u64::from(TILE_WIDTH)).map_err(io::Error::other)?;
        let rows = Self::wait(self.rows.log_entries(self.tenant, self.epoch, from, i64::from(width)))?;
        let mut entries = vec![None; width as usize];
        for row in rows {
            let place = usize::try_from(row.seq - from).map_err(io::Error::other)?;
            if let Some(entry) = entries.get_mut(place) {
                *entry = Some(row.leaf.leaf.into_bytes());
            }
        }
        Ok(entries)
    }
}
