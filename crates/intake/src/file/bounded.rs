//! What a table is read from: no row without end, and what the reader of tables does not tell of it.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use super::open::Input;

/// Bytes one row may have: far more than a message, far less than memory.
const MOST: u64 = 16 * 1024 * 1024;

/// Lines end with a line feed, or it is not known yet.
const PLAIN: u8 = 0;
/// They end with a carriage return and a line feed (RFC 4180).
const RETURNED: u8 = 1;
const UNKNOWN: u8 = 2;

/// What was seen of the bytes that were read.
#[derive(Clone)]
pub(super) struct Watch(Arc<Seen>);

struct Seen {
    /// Bytes since the row began, about.
    row: AtomicU64,
    /// Whether the quotation marks so far are odd in number.
    within: AtomicBool,
    ended: AtomicBool,
    lines: AtomicU8,
}

impl Default for Watch {
    fn default() -> Self {
        let (within, ended) = (AtomicBool::new(false), AtomicBool::new(false));
        Self(Arc::new(Seen { row: AtomicU64::new(0), within, ended, lines: AtomicU8::new(UNKNOWN) }))
    }
}

impl Watch {
    /// A row begins.
    pub(super) fn next_row(&self) {
        self.0.row.store(0, Ordering::Relaxed);
    }

    /// Whether the file ended within quotation marks.
    pub(super) fn is_unclosed(&self) -> bool {
        self.0.ended.load(Ordering::Relaxed) && self.0.within.load(Ordering::Relaxed)
    }

    /// By how many the reader's line of a row is too low: it takes a row to begin before the line feed of the last one.
    pub(super) fn late(&self) -> u64 {
        u64::from(self.0.lines.load(Ordering::Relaxed) == RETURNED)
    }
}

/// The bytes of a table.
pub(super) struct Bounded {
    pub(super) input: Input,
    pub(super) watch: Watch,
}

impl Read for Bounded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let seen = &self.watch.0;
        let read = self.input.read(into)?;
        let bytes = &into[..read];
        if read == 0 {
            seen.ended.store(true, Ordering::Relaxed);
        }
        let row = seen.row.fetch_add(read as u64, Ordering::Relaxed);
        if row > MOST {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a row of it has more than 16 MB; is a quotation mark not closed?",
            ));
        }
        seen.within.fetch_xor(bytes.iter().fold(false, |odd, byte| odd ^ (*byte == b'"')), Ordering::Relaxed);
        if seen.lines.load(Ordering::Relaxed) == UNKNOWN
            && let Some(at) = bytes.iter().position(|byte| *byte == b'\n')
        {
            let returned = at > 0 && bytes[at - 1] == b'\r';
            seen.lines.store(if returned { RETURNED } else { PLAIN }, Ordering::Relaxed);
        }
        Ok(read)
    }
}
