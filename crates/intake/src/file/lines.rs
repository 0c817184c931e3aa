//! JSON Lines: a message each, or with a map a flat object each.

use std::io::{self, BufRead as _, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map as Object, Value};

use super::cell::Cell;
use super::convert::Converter;
use super::csv::OURS;
use super::map::Map;
use super::open::Input;
use super::{FileError, Original, Reject, Row};

/// The longest line that is looked at: an event has 32 KB.
const MOST: u64 = 1024 * 1024;

/// Lines being read.
pub(super) struct Lines {
    path: PathBuf,
    input: Input,
    line: u64,
    converter: Option<(Map, Converter)>,
}

/// A line of a file of rejects.
#[derive(Deserialize)]
struct Again<'a> {
    #[serde(borrow)]
    zelo_row: Option<&'a RawValue>,
}

impl Lines {
    pub(super) fn new(path: &Path, input: Input, map: Option<Map>, as_of: &str) -> Self {
        let converter = map.map(|map| (map.clone(), Converter::new(map, as_of)));
        Self { path: path.to_owned(), input, line: 0, converter }
    }

    pub(super) fn next_row(&mut self) -> Result<Option<Row>, FileError> {
        loop {
            let mut bytes = Vec::new();
            let read = self.read(&mut bytes);
            let (more, whole) = read.map_err(|source| FileError::Io { path: self.path.clone(), source })?;
            if !more {
                return Ok(None);
            }
            self.line += 1;
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let messages = if whole {
                self.messages(&bytes)
            } else {
                Err(Reject::new(
                    "too_large",
                    "the line is longer than a megabyte; only its start stands here",
                ))
            };
            return Ok(Some(Row { line: self.line, messages, original: Original::Line(bytes) }));
        }
    }

    /// One line without its end: whether there was one, and whether all of it was read.
    fn read(&mut self, bytes: &mut Vec<u8>) -> io::Result<(bool, bool)> {
        let read = (&mut self.input).take(MOST).read_until(b'\n', bytes)?;
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
            if bytes.last() == Some(&b'\r') {
                bytes.pop();
            }
            return Ok((true, true));
        }
        if (read as u64) < MOST {
            return Ok((read > 0, true));
        }
        // What is too long is passed over, not held in memory.
        loop {
            let buffer = self.input.fill_buf()?;
            let (length, end) = match buffer.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            };
            self.input.consume(length);
            if end {
                bytes.truncate(1024);
                return Ok((true, false));
            }
        }
    }

    fn messages(&self, bytes: &[u8]) -> Result<Vec<String>, Reject> {
        let text =
            std::str::from_utf8(bytes).map_err(|_| Reject::new("encoding", "the line is not UTF-8"))?;
        let mut text = text.trim_ascii();
        if text.contains("\"zelo_row\"")
            && let Ok(Again { zelo_row: Some(row) }) = serde_json::from_str::<Again<'_>>(text)
        {
            text = row.get();
        }
        let Some((map, converter)) = &self.converter else { return Ok(vec![text.to_owned()]) };
        let Ok(object) = serde_json::from_str::<Object<String, Value>>(text) else {
            return Err(Reject::new("unparsable", "the line is not a JSON object"));
        };
        for name in object.keys() {
            if !name.starts_with(OURS) && !map.speaks_of_any(name) {
                return Err(Reject::new(
                    "unmapped",
                    format!("the map says nothing of `{name}`; map it, or list it under `ignore:`"),
                ));
            }
        }
        converter.messages(&|path| at(&object, path).map(|value| Cell::Json(value.clone())))
    }
}

/// The value of this name, or at this path of names joined by dots.
fn at<'o>(object: &'o Object<String, Value>, path: &str) -> Option<&'o Value> {
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    at(object.get(first)?.as_object()?, rest)
}
