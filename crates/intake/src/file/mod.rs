//! Files as a source of messages: comma-separated tables, JSON Lines, and the archive Segment writes; rows become messages
//! of the tracking protocol, each with its own time.

mod bounded;
mod cell;
mod convert;
mod csv;
mod lines;
mod map;
mod message;
mod open;
mod parts;
mod rejects;
mod time;

use std::io;
use std::path::{Path, PathBuf};

pub use map::{Map, MapError, MapFile};
pub use message::read;
pub use open::Progress;
pub use parts::{Part, digest, parts};
pub use rejects::Rejects;
use zelo_app::wire::MAX_MESSAGE;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A table, its columns separated by commas or another character; it needs a map.
    Csv,
    /// A JSON object a line: a message of the tracking protocol, or with a map a flat object.
    Jsonl,
    /// The archive Segment writes: JSON Lines, gzip, many files in a folder; the same as JSON Lines without a map.
    Segment,
}

impl Format {
    /// What a file of this name is.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let unpacked = name.strip_suffix(".gz");
        let bare = unpacked.unwrap_or(&name);
        let ends = |with: &[&str]| with.iter().any(|end| bare.ends_with(end));
        if ends(&[".csv", ".tsv", ".txt"]) {
            Some(Self::Csv)
        } else if ends(&[".jsonl", ".ndjson"]) {
            Some(Self::Jsonl)
        } else if ends(&[".json"]) || unpacked.is_some() || path.is_dir() {
            Some(Self::Segment)
        } else {
            None
        }
    }
}

/// Why a file cannot be read: what, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system refuses, or the archive is broken.
    #[error("{} cannot be read", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its name says nothing.
    #[error("what {} is cannot be told by its name; say --format csv, jsonl or segment", .0.display())]
    Format(PathBuf),
    /// A table without a map.
    #[error("{} is a table: say what its columns are with --map MAP.yaml", .0.display())]
    NoMap(PathBuf),
    /// A map for what is none of its business.
    #[error("messages of an archive need no map; leave --map out, or say --format jsonl if {} holds flat objects", .0.display())]
    Mapped(PathBuf),
    /// A folder without files.
    #[error("there are no files in {}", .0.display())]
    Empty(PathBuf),
    /// A pipe, a socket or a device.
    #[error("{} is no file: it cannot be read twice, and an import that was stopped could not go on; write it into a file first", .0.display())]
    Special(PathBuf),
    /// A link to a folder, within a folder.
    #[error("{} is a link to a folder, which is not followed; import that folder by itself", .0.display())]
    Linked(PathBuf),
    /// The table and its map do not fit.
    #[error("{}, line {line}: {problem}; {remedy}", path.display())]
    Table {
        /// Which file.
        path: PathBuf,
        /// The line, from 1 on.
        line: u64,
        /// What is wrong.
        problem: String,
        /// What to do.
        remedy: String,
    },
}

/// What to read, and how.
pub struct Reading {
    /// How it is written.
    pub format: Format,
    /// What its columns are.
    pub map: Option<Map>,
    /// The instant for rows that do not say when, as RFC 3339.
    pub as_of: String,
}

/// A row, as it came and what it says.
pub struct Row {
    /// The line it begins at, in its part, from 1 on.
    pub line: u64,
    /// Its messages as JSON; or why it has none.
    pub messages: Result<Vec<String>, Reject>,
    /// The row as it stands there, to be written beside a reason.
    pub original: Original,
}

impl Row {
    /// What no message may be as large as is not sent anywhere.
    fn of_a_size(mut self) -> Self {
        if self.messages.as_ref().is_ok_and(|all| all.iter().any(|one| one.len() > MAX_MESSAGE)) {
            self.messages = Err(Reject::new("too_large", "a message has at most 32 KB"));
        }
        self
    }
}

/// A row as it stands in its file.
pub enum Original {
    /// Cells of a table.
    Cells(::csv::ByteRecord),
    /// A line without its end.
    Line(Vec<u8>),
}

/// A table's head, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    names: ::csv::ByteRecord,
    delimiter: u8,
}

/// Why a row says nothing; never with a value of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// The code reports count by.
    pub code: &'static str,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Reject {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// The rows of one file, one after the other.
pub struct Rows(Inner);

enum Inner {
    Table(Box<csv::Table>),
    Lines(Box<lines::Lines>),
}

impl Rows {
    /// Opens a file; `read` counts its bytes as they are read, packed as they lie there.
    pub fn open(path: &Path, reading: &Reading, read: &Progress) -> Result<Self, FileError> {
        let input =
            open::open(path, read).map_err(|source| FileError::Io { path: path.to_owned(), source })?;
        match (reading.format, &reading.map) {
            (Format::Csv, Some(map)) => {
                let table = csv::Table::open(path, input, map, &reading.as_of)?;
                Ok(Self(Inner::Table(Box::new(table))))
            }
            (Format::Csv, None) => Err(FileError::NoMap(path.to_owned())),
            (Format::Segment, Some(_)) => Err(FileError::Mapped(path.to_owned())),
            (Format::Jsonl | Format::Segment, map) => {
                let lines = lines::Lines::new(path, input, map.clone(), &reading.as_of);
                Ok(Self(Inner::Lines(Box::new(lines))))
            }
        }
    }

    /// The next row; `None` at the end.
    pub fn next_row(&mut self) -> Result<Option<Row>, FileError> {
        let row = match &mut self.0 {
            Inner::Table(table) => table.next_row(),
            Inner::Lines(lines) => lines.next_row(),
        };
        row.map(|row| row.map(Row::of_a_size))
    }

    /// A table's head.
    pub fn head(&self) -> Option<&Head> {
        match &self.0 {
            Inner::Table(table) => Some(table.head()),
            Inner::Lines(_) => None,
        }
    }
}
