//! Where a log is read from for verification: an exported folder, or a database behind the same trait.

use std::io;
use std::path::{Path, PathBuf};

use crate::checkpoint::Checkpoint;
use crate::tiles::{MAX_SIZE, TILE_WIDTH, TileId, all_tiles, bundle, bundle_path, unbundle};
use crate::vkey::VerifyKey;

/// A copy of one log. What it says is not trusted; an error means it could not be read, not that it is wrong.
pub trait Source {
    /// The newest signed checkpoint.
    fn checkpoint(&self) -> io::Result<Option<Vec<u8>>>;

    /// A tile of hashes, or `None` if it is not there in full.
    fn tile(&self, tile: &TileId) -> io::Result<Option<Vec<u8>>>;

    /// Entries `256 × index` and following, `width` of them; `None` stands where one is not there.
    fn entries(&self, index: u64, width: u32) -> io::Result<Vec<Option<Vec<u8>>>>;
}

/// A folder in the layout of C2SP tlog-tiles: `checkpoint`, `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]`; below
/// `epoch/<N>`, in the same layout, what there is of the epochs before a restore; and `vkey`, the verifier key, for convenience: whoever checks a log brings the key they trust.
#[derive(Debug, Clone)]
pub struct Directory(PathBuf);

impl Directory {
    /// The folder at `path`.
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// An earlier epoch of the same log.
    #[must_use]
    pub fn epoch(&self, epoch: u64) -> Self {
        Self(self.0.join(epoch_path(epoch)))
    }

    /// The verifier key that came with the copy.
    pub fn vkey(&self) -> io::Result<Option<String>> {
        Ok(self.read("vkey")?.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        match std::fs::read(self.0.join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// A partial resource, or the full one that replaced it (C2SP tlog-tiles, "Partial Tiles").
    fn read_either(&self, partial: &str, full: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.read(partial)?.or(self.read(full)?))
    }
}

impl Source for Directory {
    fn checkpoint(&self) -> io::Result<Option<Vec<u8>>> {
        self.read("checkpoint")
    }

    fn tile(&self, tile: &TileId) -> io::Result<Option<Vec<u8>>> {
        let full = TileId { width: TILE_WIDTH, ..*tile };
        let bytes = self.read_either(&tile.path(), &full.path())?;
        Ok(bytes.and_then(|bytes| bytes.get(..tile.bytes()).map(<[u8]>::to_vec)))
    }

    fn entries(&self, index: u64, width: u32) -> io::Result<Vec<Option<Vec<u8>>>> {
        let bytes = self.read_either(&bundle_path(index, width), &bundle_path(index, TILE_WIDTH))?;
        let found = bytes.and_then(|bytes| unbundle(&bytes).ok()).unwrap_or_default();
        Ok(found.into_iter().map(Some).chain(std::iter::repeat(None)).take(width as usize).collect())
    }
}

/// Where an earlier epoch stands in a copy.
pub fn epoch_path(epoch: u64) -> String {
    format!("epoch/{epoch}")
}

/// Writes a log out as [`Directory`] reads it, a path and its bytes at a time; the checkpoint last, so that a
/// reader never sees one whose tiles are not there yet.
pub fn publish(
    source: &impl Source,
    vkey: &VerifyKey,
    mut write: impl FnMut(&str, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let absent = || io::Error::new(io::ErrorKind::NotFound, "the log to export is incomplete");
    let note = source.checkpoint()?.ok_or_else(absent)?;
    let size = Checkpoint::unverified(&note).ok_or_else(absent)?.head.n;
    if size > MAX_SIZE {
        return Err(absent());
    }
    for tile in all_tiles(size) {
        write(&tile.path(), &source.tile(&tile)?.ok_or_else(absent)?)?;
        if tile.level == 0 {
            let entries = source.entries(tile.index, tile.width)?.into_iter().collect::<Option<Vec<_>>>();
            let bytes = bundle(&entries.ok_or_else(absent)?).map_err(io::Error::other)?;
            write(&bundle_path(tile.index, tile.width), &bytes)?;
        }
    }
    write("vkey", format!("{vkey}\n").as_bytes())?;
    write("checkpoint", &note)
}
