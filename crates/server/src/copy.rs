//! Verifying a copy of a log: no server, no data folder, no configuration.

use std::io;
use std::path::{Path, PathBuf};

use zelo_ledger::{
    AnchorLine, AnchoredCheckpoint, Checkpoint, Directory, Finding, KeyError, Source as _, VerifyKey,
    read_anchor, verify_epochs,
};

use crate::admin::{Held, LogShown};
use crate::terminal;

/// Why a copy cannot be verified at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CopyError {
    /// There is no such folder.
    #[error("there is no copy of a log in {}", .0.display())]
    Absent(PathBuf),
    /// It cannot be read.
    #[error("the copy in {} cannot be read", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// No key was given, and none came with the copy.
    #[error("no key came with this copy; give the one you trust with --vkey")]
    NoKey,
    /// What should be a key is none.
    #[error("{0} is neither a verifier key nor a file that holds one")]
    Key(String, #[source] KeyError),
    /// The anchor cannot be read.
    #[error("the anchor {} cannot be read", .0.display())]
    Anchor(PathBuf, #[source] io::Error),
}

/// What a copy is held against.
#[derive(Debug, Default)]
pub(crate) struct Trust {
    /// The key that signs the log, or a file that holds it.
    pub(crate) vkey: Option<String>,
    /// The anchor's file.
    pub(crate) anchor: Option<PathBuf>,
    /// Whether what was anchored after the copy was made is left out.
    pub(crate) earlier: bool,
    /// Whether it is enough that the copy agrees with itself.
    pub(crate) without_anchor: bool,
}

const UNTRUSTED: &str = "\
WARNING: the key that verifies this copy came with the copy, so whoever made the copy could have made the key.
Take the key from somewhere else, and give it with --vkey.";

/// Verifies the copy in a folder.
pub(crate) fn verified(folder: &Path, trust: &Trust) -> Result<LogShown, CopyError> {
    if !folder.is_dir() {
        return Err(CopyError::Absent(folder.to_owned()));
    }
    let unreadable = |error| CopyError::Unreadable(folder.to_owned(), error);
    let copy = Directory::new(folder);
    let key = if let Some(said) = &trust.vkey {
        key(said)?
    } else {
        terminal::remark(UNTRUSTED);
        let text = copy.vkey().map_err(unreadable)?.ok_or(CopyError::NoKey)?;
        VerifyKey::parse(&text).map_err(|error| CopyError::Key("the copy's own vkey".to_owned(), error))?
    };
    let mut anchor = trust.anchor.as_deref().map(|path| anchored(path, &key)).transpose()?;
    let mut later = 0;
    if let (Some(anchor), true) = (&mut anchor, trust.earlier) {
        let size = copy.checkpoint().map_err(unreadable)?.and_then(|note| size_of(&note)).unwrap_or(0);
        let beyond = |line: &AnchoredCheckpoint| {
            let anchored = size_of(line.note.as_bytes()).filter(|_| line.epoch == key.origin().epoch);
            anchored.map_or(0, |anchored| anchored.saturating_sub(size))
        };
        later = anchor.iter().map(beyond).max().unwrap_or(0);
        anchor.retain(|line| beyond(line) == 0);
    }
    let newest = key.origin().epoch;
    let part = |epoch| if epoch == newest { copy.clone() } else { copy.epoch(epoch) };
    let report = verify_epochs(part, &key, anchor.as_deref()).map_err(unreadable)?;
    let held = match anchor {
        Some(_) => Held::Anchored,
        None if trust.without_anchor => Held::ByItself,
        None => Held::Unanchored,
    };
    let mut shown = LogShown::new(folder.display().to_string(), key.origin().tenant, &report, held);
    if held == Held::Unanchored {
        shown.remark("name the anchor with --anchor; if you have none, say so with --without-anchor");
    }
    if later > 0 {
        shown.remark(format!("left out, as asked: {later} entries anchored after this copy was made"));
    } else if report.findings.iter().any(|finding| matches!(finding, Finding::Truncated { .. })) {
        shown.remark(
            "if this copy is older than the anchor, and only then: --earlier leaves out what came later",
        );
    }
    Ok(shown)
}

fn size_of(note: &[u8]) -> Option<u64> {
    Checkpoint::unverified(note).map(|checkpoint| checkpoint.head.n)
}

/// The key itself, or the one in the file of this name.
fn key(said: &str) -> Result<VerifyKey, CopyError> {
    VerifyKey::parse(said).or_else(|error| {
        let text = std::fs::read_to_string(said).map_err(|_| CopyError::Key(said.to_owned(), error))?;
        VerifyKey::parse(&text).map_err(|error| CopyError::Key(said.to_owned(), error))
    })
}

/// What the anchor holds of the key's log.
fn anchored(path: &Path, key: &VerifyKey) -> Result<Vec<AnchoredCheckpoint>, CopyError> {
    let lines = read_anchor(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let lines = lines.map_err(|error| CopyError::Anchor(path.to_owned(), error))?;
    let log = key.origin();
    let ours = |line| match line {
        AnchorLine::Checkpoint(line) if line.tenant == log.tenant && line.epoch <= log.epoch => Some(line),
        _ => None,
    };
    Ok(lines.into_iter().filter_map(ours).collect())
}
