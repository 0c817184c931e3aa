//! What could not be taken in, written beside its file: each row as it stood there, with its line and the reason. The file
//! can be mended and imported again; the columns in front are skipped then.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use csv::{Terminator, WriterBuilder};
use serde::Serialize;
use serde_json::value::RawValue;

use super::csv::OURS;
use super::{Format, Head, Original, Reject};

/// A file of rejects.
pub struct Rejects {
    path: PathBuf,
    file: Option<File>,
    head: Option<Head>,
}

/// A line of it.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "zelo_file")]
    file: Option<&'a str>,
    #[serde(rename = "zelo_line")]
    at: u64,
    #[serde(rename = "zelo_reason")]
    reason: &'a str,
    /// The row, if it is JSON.
    #[serde(rename = "zelo_row", skip_serializing_if = "Option::is_none")]
    row: Option<&'a RawValue>,
    /// Its text, if it is none.
    #[serde(rename = "zelo_text", skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

impl Rejects {
    /// Beside `people.csv` it is `people.rejects.csv`.
    pub fn beside(input: &Path, format: Format) -> PathBuf {
        let name = input.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let bare = name.strip_suffix(".gz").unwrap_or(&name);
        let stem = bare
            .rsplit_once('.')
            .filter(|(stem, _)| !stem.is_empty() && !input.is_dir())
            .map_or(bare, |(stem, _)| stem);
        let ending = if format == Format::Csv { "csv" } else { "jsonl" };
        input.with_file_name(format!("{stem}.rejects.{ending}"))
    }

    /// A file that is made when the first reject comes.
    pub fn at(path: PathBuf) -> Self {
        Self { path, file: None, head: None }
    }

    /// Goes on in a file that was so long when all that is written of was done; one that was not there then goes.
    pub fn go_on(path: PathBuf, length: u64) -> io::Result<Self> {
        let mut this = Self::at(path);
        if length == 0 {
            match std::fs::remove_file(&this.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        } else {
            let mut file = OpenOptions::new().write(true).open(&this.path)?;
            file.set_len(length)?;
            file.seek(SeekFrom::End(0))?;
            this.file = Some(file);
        }
        Ok(this)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Says what a table's head is.
    pub fn headed(&mut self, head: &Head) {
        if self.head.is_none() {
            self.head = Some(head.clone());
        }
    }

    /// Writes one down.
    pub fn write(
        &mut self,
        part: Option<&str>,
        line: u64,
        original: &Original,
        reject: &Reject,
    ) -> io::Result<()> {
        let is_new = self.file.is_none();
        let mut bytes = Vec::new();
        match (original, &self.head) {
            (Original::Cells(cells), Some(Head { names: head, delimiter })) => {
                let skip = head.iter().take_while(|name| name.starts_with(OURS.as_bytes())).count();
                let terminator = Terminator::Any(b'\n');
                let mut writer = WriterBuilder::new()
                    .delimiter(*delimiter)
                    .terminator(terminator)
                    .flexible(true)
                    .from_writer(&mut bytes);
                if is_new {
                    let names = [&b"zelo_line"[..], b"zelo_reason"].into_iter().chain(head.iter().skip(skip));
                    writer.write_record(names)?;
                }
                let line = line.to_string();
                let ours = [line.as_bytes(), reject.message.as_bytes()];
                writer.write_record(ours.into_iter().chain(cells.iter().skip(skip)))?;
                writer.flush()?;
            }
            (Original::Cells(cells), None) => {
                bytes.extend(cells.as_slice());
                bytes.push(b'\n');
            }
            (Original::Line(row), _) => {
                let text = String::from_utf8_lossy(row);
                let json = serde_json::from_str::<&RawValue>(text.trim()).ok();
                serde_json::to_writer(
                    &mut bytes,
                    &Line {
                        file: part,
                        at: line,
                        reason: &reject.message,
                        row: json,
                        text: json.is_none().then_some(&*text),
                    },
                )?;
                bytes.push(b'\n');
            }
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => self
                .file
                .insert(OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path)?),
        };
        file.write_all(&bytes)
    }

    /// Makes what was written durable, and says how long the file is.
    pub fn sync(&mut self) -> io::Result<u64> {
        match &mut self.file {
            None => Ok(0),
            Some(file) => {
                file.sync_data()?;
                file.stream_position()
            }
        }
    }
}
