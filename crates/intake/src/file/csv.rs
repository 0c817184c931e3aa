//! Tables: a head with the names of the columns, then a row a person or event.

use std::path::{Path, PathBuf};

use csv::{ByteRecord, Reader, ReaderBuilder};
use encoding_rs::Encoding;

use super::bounded::{Bounded, Watch};
use super::cell::Cell;
use super::convert::Converter;
use super::map::{Map, likeliest};
use super::open::Input;
use super::{FileError, Head, Original, Reject, Row};

/// Columns that a file of rejects has in front; they are nobody's.
pub(super) const OURS: &str = "zelo_";

/// A table being read.
pub(super) struct Table {
    path: PathBuf,
    reader: Reader<Bounded>,
    watch: Watch,
    head: Head,
    names: Vec<String>,
    encoding: &'static Encoding,
    converter: Converter,
}

impl Table {
    pub(super) fn open(path: &Path, input: Input, map: &Map, as_of: &str) -> Result<Self, FileError> {
        let delimiter = map.delimiter(path);
        let watch = Watch::default();
        let input = Bounded { input, watch: watch.clone() };
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(input);
        let mut head = ByteRecord::new();
        let io = |error: csv::Error| FileError::Io { path: path.to_owned(), source: error.into() };
        reader.read_byte_record(&mut head).map_err(io)?;
        let encoding = map.encoding();
        let table = |problem: String, remedy: &str| FileError::Table {
            path: path.to_owned(),
            line: 1,
            problem,
            remedy: remedy.to_owned(),
        };
        let mut names: Vec<String> = Vec::with_capacity(head.len());
        for cell in &head {
            let name = decode(encoding, cell).ok_or_else(|| {
                table("the head is not UTF-8".to_owned(), "say `encoding: windows-1252` in the map")
            })?;
            let name = name.trim().to_owned();
            if names.contains(&name) {
                return Err(table(format!("two columns are called `{name}`"), "give each a name of its own"));
            }
            names.push(name);
        }
        for wanted in map.columns() {
            if !names.iter().any(|name| name == wanted) {
                let near = likeliest(wanted, names.iter().map(String::as_str));
                let near = near.map_or_else(
                    || match names.join(", ") {
                        none if none.is_empty() => "its head is empty".to_owned(),
                        names => format!("it has {names}"),
                    },
                    |near| format!("did you mean `{near}`?"),
                );
                return Err(table(format!("there is no column `{wanted}`, which the map speaks of"), &near));
            }
        }
        let unspoken: Vec<String> = names
            .iter()
            .filter(|name| !name.starts_with(OURS) && !map.speaks_of(name))
            .map(|name| format!("`{name}`"))
            .collect();
        if !unspoken.is_empty() {
            let problem = format!("the map says nothing of {}", unspoken.join(", "));
            return Err(table(
                problem,
                "map what you need, and list the rest under `ignore:` (or say `ignore: all`)",
            ));
        }
        let converter = Converter::new(map.clone(), as_of);
        let head = Head { names: head, delimiter };
        Ok(Self { path: path.to_owned(), reader, watch, head, names, encoding, converter })
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    pub(super) fn next_row(&mut self) -> Result<Option<Row>, FileError> {
        let mut record = ByteRecord::new();
        self.watch.next_row();
        let more = self.reader.read_byte_record(&mut record);
        let more = more.map_err(|error| FileError::Io { path: self.path.clone(), source: error.into() })?;
        if !more {
            return Ok(None);
        }
        let line = record.position().map_or(0, csv::Position::line) + self.watch.late();
        let messages = if self.watch.is_unclosed() && record.iter().any(|cell| cell.contains(&b'\n')) {
            Err(Reject::new(
                "quote",
                "a quotation mark opens in this row and is never closed: the rest of the file is in it",
            ))
        } else {
            self.messages(&record)
        };
        Ok(Some(Row { line, messages, original: Original::Cells(record) }))
    }

    fn messages(&self, record: &ByteRecord) -> Result<Vec<String>, Reject> {
        if record.len() != self.names.len() {
            let (has, head) = (record.len(), self.names.len());
            return Err(Reject::new(
                "columns",
                format!("the row has {has} columns and the head {head}; is a quotation mark missing?"),
            ));
        }
        let mut cells = Vec::with_capacity(record.len());
        for (name, cell) in self.names.iter().zip(record) {
            let text = decode(self.encoding, cell).ok_or_else(|| {
                Reject::new("encoding", format!("column `{name}` is not UTF-8; say `encoding:` in the map"))
            })?;
            cells.push((name.as_str(), Cell::Text(text)));
        }
        self.converter
            .messages(&|name| cells.iter().find(|(own, _)| *own == name).map(|(_, cell)| cell.clone()))
    }
}

/// The text of a cell; `None` when it is not in this encoding.
fn decode(encoding: &'static Encoding, cell: &[u8]) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(cell).map(std::borrow::Cow::into_owned)
}
