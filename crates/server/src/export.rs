//! `zelo export`: pages are pulled one by one into a file that gets its name when it is whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal as _, Seek as _, SeekFrom, Write as _, stderr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};

use crate::admin::{self, Answer, Command, ExportShown, Link, PageShown, Refused, Secret, Shows};
use crate::config::Config;
use crate::failure::Failure;

/// How often a page is asked for when the server is busy.
const TRIES: u32 = 6;

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// Nobody said who takes it out.
    #[error(
        "an export needs your key, for the operator reads about nobody: --key FILE, or ZELO_KEY in the environment"
    )]
    NoKey,
    /// The file is there.
    #[error("{} is there already; move it away, or name another file", .0.display())]
    There(PathBuf),
    /// It cannot be written.
    #[error("{} cannot be written", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something else is being written there.
    #[error("an export with another purpose, or other events, is under way into {}; end it with `zelo export cancel`", .0.display())]
    Other(PathBuf),
    /// There is none to end.
    #[error("no export into {} is under way", .0.display())]
    None(PathBuf),
}

/// How far an export is, in a file beside its own.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    id: String,
    purpose: Option<String>,
    events: bool,
    /// Pages that are in the file.
    pages: i64,
    /// How long it is with them.
    bytes: u64,
    /// What it came to, once all of it is there.
    done: Option<ExportShown>,
}

/// What to take out.
pub(crate) struct What {
    pub(crate) file: PathBuf,
    pub(crate) key: Option<PathBuf>,
    pub(crate) purpose: Option<String>,
    pub(crate) events: bool,
}

fn with(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn key(file: Option<PathBuf>) -> Result<Secret, Failure> {
    Ok(admin::key(file)?.ok_or(ExportError::NoKey)?)
}

/// Takes everything out.
pub(crate) async fn export(config: &Config, what: What, json: bool) -> Result<Answer, Failure> {
    let who = Shows { key: key(what.key.clone())?, purpose: what.purpose.clone() };
    if what.file.exists() {
        return Err(ExportError::There(what.file).into());
    }
    let known = read(&with(&what.file, ".export-state"))?;
    if let Some(place) = &known {
        if (&place.purpose, place.events) != (&what.purpose, what.events) {
            return Err(ExportError::Other(what.file).into());
        }
        if let Some(done) = place.done.clone() {
            let part = with(&what.file, ".part");
            let file = File::open(&part).map_err(|source| ExportError::Io { path: part.clone(), source })?;
            finish(&what, (&part, &with(&what.file, ".export-state")), &file)?;
            return Ok(Answer::Export(done));
        }
    }
    if known.is_none() {
        // Before it is begun: one that nobody can write down would stand there as running for ever.
        let part = with(&what.file, ".part");
        let made = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&part);
        made.map_err(|source| ExportError::Io { path: part, source })?;
    }
    let first = match &known {
        Some(place) => Command::ExportPage { who: who.clone(), id: place.id.clone(), page: place.pages },
        None => Command::ExportBegin { who: who.clone(), events: what.events },
    };
    let (link, answer) = match Link::open(config, first).await {
        Ok(open) => open,
        Err(refused) => {
            if known.is_none() {
                // Nothing was begun, and nothing is left of it.
                let _ = fs::remove_file(with(&what.file, ".part"));
            }
            return Err(refused);
        }
    };
    let done = pull(&link, &what, (who, known, answer), json).await;
    link.close().await;
    done
}

async fn pull(
    link: &Link,
    what: &What,
    (who, known, answer): (Shows, Option<Place>, Answer),
    json: bool,
) -> Result<Answer, Failure> {
    let part = with(&what.file, ".part");
    let state = with(&what.file, ".export-state");
    let io = |source| ExportError::Io { path: part.clone(), source };
    let (mut place, mut page) = match (known, answer) {
        (Some(place), Answer::ExportPage(page)) => (place, *page),
        (_, Answer::Export(begun)) => {
            let place = Place {
                id: begun.id,
                purpose: what.purpose.clone(),
                events: what.events,
                pages: 0,
                bytes: 0,
                done: None,
            };
            write(&state, &place)?;
            let first = ask(link, &who, &place).await?;
            (place, first)
        }
        _ => return Err(Refused::new("INTERNAL", "the answer is none to an export").into()),
    };
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(false).mode(0o600).open(&part).map_err(io)?;
    file.set_len(place.bytes).and_then(|()| file.seek(SeekFrom::End(0))).map_err(io)?;
    let bar = (!json && stderr().is_terminal()).then(ProgressBar::new_spinner);
    loop {
        file.write_all(page.content.as_bytes()).and_then(|()| file.sync_data()).map_err(io)?;
        place.pages += 1;
        place.bytes += page.content.len() as u64;
        place.done = (page.export.state == "done").then(|| page.export.clone());
        write(&state, &place)?;
        if let Some(bar) = &bar {
            bar.set_message(format!("{} profiles", page.export.profiles));
            bar.tick();
        }
        if place.done.is_some() {
            break;
        }
        page = ask(link, &who, &place).await?;
    }
    finish(what, (&part, &state), &file)?;
    Ok(Answer::Export(page.export))
}

/// The file is whole, and gets its name.
fn finish(what: &What, (part, state): (&Path, &Path), file: &File) -> Result<(), ExportError> {
    let named =
        file.sync_all().and_then(|()| fs::rename(part, &what.file)).and_then(|()| fs::remove_file(state));
    named.map_err(|source| ExportError::Io { path: what.file.clone(), source })
}

/// The next page, again when the server is busy.
async fn ask(link: &Link, who: &Shows, place: &Place) -> Result<PageShown, Failure> {
    let mut tries = 1;
    loop {
        let command = Command::ExportPage { who: who.clone(), id: place.id.clone(), page: place.pages };
        match link.ask(command).await {
            Ok(Answer::ExportPage(page)) => return Ok(*page),
            Ok(_) => return Err(Refused::new("INTERNAL", "the answer is none to an export").into()),
            Err(Failure::Refused(refused)) if refused.code == "UNAVAILABLE" && tries < TRIES => {
                tokio::time::sleep(Duration::from_millis(100) * 2u32.pow(tries)).await;
                tries += 1;
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// Ends an export early, and removes what is there of its file.
pub(crate) async fn cancel(config: &Config, file: PathBuf, of: Option<PathBuf>) -> Result<Answer, Failure> {
    let (part, state) = (with(&file, ".part"), with(&file, ".export-state"));
    let place = read(&state)?.ok_or(ExportError::None(file))?;
    let who = Shows { key: key(of)?, purpose: place.purpose };
    let (link, answer) = Link::open(config, Command::ExportCancel { who, id: place.id }).await?;
    link.close().await;
    for path in [part, state] {
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(ExportError::Io { path, source }.into());
            }
            _ => {}
        }
    }
    Ok(answer)
}

fn read(state: &Path) -> Result<Option<Place>, ExportError> {
    let failed = |source| ExportError::Io { path: state.to_owned(), source };
    match fs::read(state) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| failed(error.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed(source)),
    }
}

fn write(state: &Path, place: &Place) -> Result<(), ExportError> {
    let next = with(state, "-next");
    let write = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&next)?;
        file.write_all(&serde_json::to_vec(place)?)?;
        file.sync_data()?;
        fs::rename(&next, state)
    };
    write().map_err(|source| ExportError::Io { path: state.to_owned(), source })
}
