//! The anchor: an append-only file outside both backup classes that a restored or rewritten log is held against.
//!
//! Three kinds of line, JSON each: a signed checkpoint, an erasure, a tenant dropped. Every append is on the disk before it returns.
//! A crash can tear the last line; it is then left where it is, and the next one starts on a line of its own.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zelo_model::{TenantId, Timestamp};

use crate::checkpoint::Checkpoint;

/// Why a line could not be anchored.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// The note is no checkpoint of a log of ours.
    #[error("only a checkpoint of a tenant's log can be anchored")]
    NotACheckpoint,
    /// The file could not be written or synced; what was to rely on it must not happen.
    #[error("the anchor cannot be written")]
    File(#[from] io::Error),
}

/// A checkpoint as the anchor holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchoredCheckpoint {
    /// Whose log.
    pub tenant: TenantId,
    /// Which epoch of it.
    pub epoch: u64,
    /// The signed note.
    pub note: String,
}

/// An erasure as the anchor holds it: its number is used up, whatever a backup says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchoredErasure {
    /// Whose.
    pub tenant: TenantId,
    /// Its number, monotone per tenant.
    pub n: i64,
    /// When its first transaction was done.
    pub at: Timestamp,
    /// SHA-256 of `erasures/<tenant>/<n>`.
    pub sha256: [u8; 32],
}

/// A tenant that was dropped as the anchor holds it: no backup brings it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchoredDrop {
    /// Which.
    pub tenant: TenantId,
    /// When its keys were about to be destroyed.
    pub at: Timestamp,
}

/// One line of an anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnchorLine {
    /// A signed checkpoint.
    Checkpoint(AnchoredCheckpoint),
    /// An erasure.
    Erasure(AnchoredErasure),
    /// A tenant that was dropped.
    Drop(AnchoredDrop),
    /// Something else: torn by a crash, or altered.
    Torn,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum Wire {
    Checkpoint { tenant: String, epoch: u64, note: String },
    Erasure { tenant: String, n: i64, at: String, sha256: String },
    Drop { tenant: String, at: String },
}

/// An anchor open for appending. One process holds it.
#[derive(Debug)]
pub struct Anchor {
    path: PathBuf,
    file: File,
    /// Whether the file ends within a line.
    torn: bool,
}

impl Anchor {
    /// Opens the file, or makes it.
    pub fn open(path: &Path) -> Result<Self, AnchorError> {
        let fresh = !path.try_exists()?;
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        if fresh {
            file.sync_all()?;
            sync_folder_of(path)?;
        }
        let torn = ends_torn(&mut file)?;
        Ok(Self { path: path.to_owned(), file, torn })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a signed checkpoint; durable when this returns.
    pub fn append_checkpoint(&mut self, note: &str) -> Result<(), AnchorError> {
        self.append_checkpoints([note])
    }

    /// Appends the checkpoints of several tenants under one sync.
    pub fn append_checkpoints<'a>(
        &mut self,
        notes: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), AnchorError> {
        let mut lines = Vec::new();
        for note in notes {
            let origin = Checkpoint::unverified(note.as_bytes()).ok_or(AnchorError::NotACheckpoint)?.origin;
            let (tenant, epoch) = (origin.tenant.to_string(), origin.epoch);
            push_line(&mut lines, &Wire::Checkpoint { tenant, epoch, note: note.to_owned() })?;
        }
        self.write(&lines)
    }

    /// Appends an erasure; durable when this returns.
    pub fn append_erasure(&mut self, erasure: &AnchoredErasure) -> Result<(), AnchorError> {
        let mut line = Vec::new();
        let wire = Wire::Erasure {
            tenant: erasure.tenant.to_string(),
            n: erasure.n,
            at: erasure.at.to_string(),
            sha256: hex::encode(erasure.sha256),
        };
        push_line(&mut line, &wire)?;
        self.write(&line)
    }

    /// Appends that a tenant is dropped; durable when this returns.
    pub fn append_drop(&mut self, dropped: &AnchoredDrop) -> Result<(), AnchorError> {
        let mut line = Vec::new();
        let wire = Wire::Drop { tenant: dropped.tenant.to_string(), at: dropped.at.to_string() };
        push_line(&mut line, &wire)?;
        self.write(&line)
    }

    fn write(&mut self, lines: &[u8]) -> Result<(), AnchorError> {
        if lines.is_empty() {
            return Ok(());
        }
        let start: &[u8] = if self.torn { b"\n" } else { b"" };
        self.torn = true; // until all of it is known to be written
        self.file.write_all(&[start, lines].concat())?;
        self.file.sync_data()?;
        self.torn = false;
        Ok(())
    }
}

fn push_line(lines: &mut Vec<u8>, wire: &Wire) -> io::Result<()> {
    serde_json::to_writer(&mut *lines, wire)?;
    lines.push(b'\n');
    Ok(())
}

fn ends_torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// Makes a new file's name durable.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Reads an anchor line by line, oldest first; it can be long.
pub fn read_anchor(path: &Path) -> io::Result<impl Iterator<Item = io::Result<AnchorLine>>> {
    let lines = BufReader::new(File::open(path)?).split(b'\n');
    Ok(lines.filter(|line| !matches!(line, Ok(bytes) if bytes.is_empty())).map(|line| Ok(parse(&line?))))
}

fn parse(line: &[u8]) -> AnchorLine {
    let known = serde_json::from_slice(line).ok().and_then(|wire| match wire {
        Wire::Checkpoint { tenant, epoch, note } => {
            let tenant = tenant.parse().ok()?;
            Some(AnchorLine::Checkpoint(AnchoredCheckpoint { tenant, epoch, note }))
        }
        Wire::Erasure { tenant, n, at, sha256 } => {
            let (tenant, at) = (tenant.parse().ok()?, at.parse().ok()?);
            let sha256 = hex::decode(sha256).ok()?.try_into().ok()?;
            Some(AnchorLine::Erasure(AnchoredErasure { tenant, n, at, sha256 }))
        }
        Wire::Drop { tenant, at } => {
            Some(AnchorLine::Drop(AnchoredDrop { tenant: tenant.parse().ok()?, at: at.parse().ok()? }))
        }
    });
    known.unwrap_or(AnchorLine::Torn)
}
