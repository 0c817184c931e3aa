//! Opening a file: unpacked if it is packed, its bytes counted.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

/// Bytes read so far, shared with whoever shows how far it is.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<AtomicU64>);

impl Progress {
    /// Bytes read.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What rows are read from.
pub(super) type Input = Box<dyn BufRead + Send>;

struct Counted(File, Progress);

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(into)?;
        self.1.0.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

const BUFFER: usize = 256 * 1024;

pub(super) fn open(path: &Path, read: &Progress) -> io::Result<Input> {
    let mut packed = BufReader::with_capacity(BUFFER, Counted(File::open(path)?, read.clone()));
    // What is packed says so by its first two bytes (RFC 1952 §2.3.1), whatever it is called.
    let mut plain: Input = if packed.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(packed)))
    } else {
        Box::new(packed)
    };
    let start = plain.fill_buf()?;
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is UTF-16; save it as UTF-8"));
    }
    // The byte order mark that spreadsheets put in front.
    if start.starts_with(b"\xef\xbb\xbf") {
        plain.consume(3);
    }
    Ok(plain)
}
