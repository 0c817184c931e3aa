//! `zelo import`: rows of a file become messages at the door, batch by batch; what was done is written down, so that a run
//! that was killed goes on.

mod feed;
mod report;
mod shown;
mod state;

use std::collections::VecDeque;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use zelo_intake::file::{self, FileError, Format, Map, MapError, Progress, Reading, Reject, Rejects};

use crate::admin::{Answer, Command, ImportRows, ImportedShown, Link, Refused, RowFate};
use crate::cli;
use crate::config::Config;
use crate::failure::Failure;
use feed::{Fed, Feed};
pub(crate) use report::Report;
use shown::Shown;
use state::{State, StateError};

/// Batches on their way at once.
const FLIGHT: usize = 4;
/// How often it is written down how far it is.
const OFTEN: Duration = Duration::from_millis(500);
/// How often a batch is sent when the server is busy.
const TRIES: u32 = 6;

/// Why an import ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The map makes no sense.
    #[error(transparent)]
    Map(#[from] MapError),
    /// How far it is cannot be read or written.
    #[error(transparent)]
    State(#[from] StateError),
    /// Rejects of an earlier run lie there.
    #[error("{} is there already, and not from this import as far as it is written down; move it away, or name another file with --rejects", .0.display())]
    OldRejects(PathBuf),
    /// Rejects cannot be written.
    #[error("{} cannot be written", path.display())]
    Rejects {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another command is at it.
    #[error("{} is being imported by another command; this one can go on once that has ended", .0.display())]
    Twice(PathBuf),
    /// The user stopped it.
    #[error("stopped after {0} rows; the same command goes on from there")]
    Stopped(u64),
    /// A server or database went away.
    #[error("{0}; after {1} rows: the same command goes on from there")]
    Gone(String, u64),
}

/// Brings a file in.
pub(crate) async fn import(config: &Config, mut how: cli::Import, json: bool) -> Result<Report, Failure> {
    if how.file.file_name().is_none() {
        // `.` has no name to put others beside.
        how.file = fs::canonicalize(&how.file)
            .map_err(|source| ImportError::File(FileError::Io { path: how.file.clone(), source }))?;
    }
    let first = Command::SourceList { tenant: how.tenant.clone() };
    let plan = tokio::task::block_in_place(|| Plan::make(&how))?;
    let (link, _) = Link::open(config, first).await?;
    let link = Arc::new(link);
    let mut run = Run::new(plan, &how, json)?;
    let done = run.everything(&link, &how).await;
    while let Some((_, answered)) = run.flight.pop_front() {
        // What is on its way arrives; it counts when the import goes on.
        let _ = answered.await;
    }
    if let Ok(link) = Arc::try_unwrap(link) {
        link.close().await;
    }
    done.map(|()| run.report())
}

/// What is to be done.
struct Plan {
    parts: Vec<file::Part>,
    reading: Reading,
    digest: String,
    rejects: PathBuf,
    state: PathBuf,
    from: State,
    lock: Option<File>,
}

impl Plan {
    fn make(how: &cli::Import) -> Result<Self, ImportError> {
        let parts = file::parts(&how.file)?;
        let lock = if how.dry_run { None } else { Some(alone(&how.file)?) };
        let map = how.map.as_deref().map(Map::load).transpose()?;
        let format = match how.format {
            Some(format) => format.into(),
            None => format(&how.file, &parts, map.is_some())?,
        };
        let digest = hex(&file::digest(&parts)?);
        let state = beside(&how.file, "import-state");
        let known = match State::read(&state) {
            _ if how.dry_run => None,
            // What is begun again need not say how far it was.
            Err(StateError::Unreadable(_)) if how.restart => None,
            known => known?,
        };
        let map_digest =
            how.map.as_deref().map(|path| Ok::<_, FileError>(hex(&file::digest(&file::parts(path)?)?)));
        let map_digest = map_digest.transpose()?;
        let rejects = how.rejects.clone().unwrap_or_else(|| Rejects::beside(&how.file, format));
        let now = State::begin(how, digest.clone(), map_digest).rejecting_into(rejects.clone());
        // Where nothing was done yet, nothing is gone on with.
        let from = match known.filter(|known| known.row > 0 && !how.restart) {
            Some(known) => known.fits(&now, &state)?,
            None => now.dated(as_of(map.as_ref(), &parts)),
        };
        // Only what this import has written itself is shortened to where it goes on; anything else is somebody's.
        if !how.dry_run && rejects.exists() && !from.rejects_into(&rejects) {
            return Err(ImportError::OldRejects(rejects));
        }
        let reading = Reading { format, map, as_of: from.as_of.clone() };
        Ok(Self { parts, reading, digest, rejects, state, from, lock })
    }
}

/// Holds the file against a second import, which would count its rows into the same state; the system lets go of it
/// however this process ends.
fn alone(path: &Path) -> Result<File, ImportError> {
    let failed = |source| ImportError::File(FileError::Io { path: path.to_owned(), source });
    let file = File::open(path).map_err(failed)?;
    match file.try_lock() {
        // Where a file system knows no locks, there is none to wait for.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ImportError::Twice(path.to_owned())),
    }
}

/// What a file is, by its name; of a folder, by that of its first file.
fn format(path: &Path, parts: &[file::Part], mapped: bool) -> Result<Format, FileError> {
    let first = parts.first().map_or(path, |part| part.path.as_path());
    match Format::of(first).ok_or_else(|| FileError::Format(first.to_owned()))? {
        Format::Segment if mapped => Ok(Format::Jsonl),
        format => Ok(format),
    }
}

/// When rows were true that do not say it: as the map says, else when the file was last changed.
fn as_of(map: Option<&Map>, parts: &[file::Part]) -> String {
    if let Some(as_of) = map.and_then(Map::as_of) {
        return as_of.to_owned();
    }
    let changed = parts.iter().filter_map(|part| std::fs::metadata(&part.path).ok()?.modified().ok());
    let since = changed.filter_map(|time| time.duration_since(std::time::UNIX_EPOCH).ok()).max();
    let micros = since.and_then(|since| i64::try_from(since.as_micros()).ok()).unwrap_or_default();
    zelo_model::Timestamp::from_micros(micros).to_string()
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.components().next_back().map(|name| name.as_os_str().to_owned()).unwrap_or_default();
    name.push(".");
    name.push(ending);
    file.parent().unwrap_or(Path::new("")).join(name)
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// An import under way.
struct Run {
    plan: Option<Plan>,
    state: State,
    /// As it was written down last.
    known: State,
    path: PathBuf,
    rejects: Rejects,
    dry: bool,
    shown: Shown,
    saved: Instant,
    flight: VecDeque<(Fed, Answered)>,
    /// Held until it is over.
    _lock: Option<File>,
}

type Answered = JoinHandle<Result<ImportedShown, Failure>>;

impl Run {
    fn new(mut plan: Plan, how: &cli::Import, json: bool) -> Result<Self, ImportError> {
        let rejects = if how.dry_run {
            Rejects::at(plan.rejects.clone())
        } else {
            Rejects::go_on(plan.rejects.clone(), plan.from.rejects)
                .map_err(|source| ImportError::Rejects { path: plan.rejects.clone(), source })?
        };
        let total = plan.parts.iter().map(|part| part.size).sum();
        let (state, path) = (plan.from.clone(), plan.state.clone());
        if state.row > 0 {
            crate::terminal::remark(&format!("going on after {} rows", state.row));
        }
        let shown = Shown::new(total, json, state.row);
        Ok(Self {
            _lock: plan.lock.take(),
            plan: Some(plan),
            known: state.clone(),
            state,
            path,
            rejects,
            dry: how.dry_run,
            shown,
            saved: Instant::now(),
            flight: VecDeque::new(),
        })
    }

    async fn everything(&mut self, link: &Arc<Link>, how: &cli::Import) -> Result<(), Failure> {
        let Some(Plan { parts, reading, digest, .. }) = self.plan.take() else { return Ok(()) };
        let (strict, as_of) = (reading.map.is_some(), reading.as_of.clone());
        let read = Progress::default();
        let mut ahead = Feed::start((parts, reading), digest, self.state.row, read.clone());
        let stop = tokio::signal::ctrl_c();
        tokio::pin!(stop);
        let (mut stopped, mut broken) = (false, None);
        self.save()?;
        loop {
            let fed = tokio::select! {
                _ = &mut stop => {
                    stopped = true;
                    break;
                }
                fed = ahead.next() => fed,
            };
            let mut fed = match fed {
                None => break,
                Some(Ok(fed)) => fed,
                Some(Err(error)) => {
                    broken = Some(error);
                    break;
                }
            };
            let rows = std::mem::take(&mut fed.rows);
            let rows = ImportRows { rows, strict, as_of: as_of.clone(), dry: self.dry };
            let command = Command::Import { tenant: how.tenant.clone(), source: how.source.clone(), rows };
            self.flight.push_back((fed, tokio::spawn(send(link.clone(), command))));
            if self.flight.len() >= FLIGHT
                && let Some(oldest) = self.flight.pop_front()
            {
                self.land(oldest, &read).await?;
            }
        }
        while let Some(oldest) = self.flight.pop_front() {
            self.land(oldest, &read).await?;
        }
        self.save()?;
        if let Some(error) = broken {
            return Err(ImportError::File(error).into());
        }
        if stopped {
            return Err(ImportError::Stopped(self.state.row).into());
        }
        self.shown.end();
        if !self.dry {
            State::end(&self.path).map_err(ImportError::State)?;
        }
        Ok(())
    }

    /// Waits for the answer to a batch, and writes down what became of its rows.
    async fn land(&mut self, (fed, answered): (Fed, Answered), read: &Progress) -> Result<(), Failure> {
        let done = match answered.await {
            Ok(Ok(done)) => done,
            Ok(Err(failure)) => {
                self.save()?;
                let said = crate::terminal::sentence(&failure);
                return Err(match failure {
                    Failure::Refused(refused) if refused.code != "UNAVAILABLE" => Failure::Refused(refused),
                    _ => ImportError::Gone(said, self.state.row).into(),
                });
            }
            Err(ended) => return Err(ImportError::Gone(ended.to_string(), self.state.row).into()),
        };
        let counts = &mut self.state.counts;
        counts.messages += done.messages as u64;
        counts.repeated += done.repeated as u64;
        counts.stripped += done.stripped as u64;
        counts.held += done.held as u64;
        let mut fates = done.fates.into_iter();
        if let Some(head) = &fed.head {
            self.rejects.headed(head);
        }
        for row in fed.read {
            self.state.counts.rows += 1;
            let fate = match row.rejected {
                Some(reject) => RowFate::Rejected(reject.code.to_owned(), reject.message),
                None => fates.next().unwrap_or(RowFate::Taken),
            };
            match fate {
                RowFate::Taken => self.state.counts.taken += 1,
                RowFate::Suppressed => self.state.counts.suppressed += 1,
                RowFate::NotCollected => self.state.counts.not_collected += 1,
                RowFate::Rejected(code, message) => {
                    *self.state.counts.rejected.entry(code).or_default() += 1;
                    self.reject(row.part.as_deref(), row.line, &row.original, message)?;
                }
            }
            self.state.row += 1;
        }
        self.shown.at(read.bytes(), self.state.row, &self.state.counts);
        if self.saved.elapsed() >= OFTEN {
            self.save()?;
        }
        Ok(())
    }

    fn reject(
        &mut self,
        part: Option<&str>,
        line: u64,
        original: &file::Original,
        message: String,
    ) -> Result<(), ImportError> {
        if self.dry {
            self.shown.reject(part, line, &message);
            return Ok(());
        }
        if !self.state.rejecting {
            // That the file is ours is known before it is there.
            (self.state.rejecting, self.known.rejecting) = (true, true);
            self.known.write(&self.path)?;
        }
        let reject = Reject { code: "", message };
        let path = self.rejects.path().to_owned();
        self.rejects
            .write(part, line, original, &reject)
            .map_err(|source| ImportError::Rejects { path, source })
    }

    /// Writes down how far it is; what was rejected until then is durable first.
    fn save(&mut self) -> Result<(), ImportError> {
        if self.dry {
            return Ok(());
        }
        let path = self.rejects.path().to_owned();
        self.state.rejects = self.rejects.sync().map_err(|source| ImportError::Rejects { path, source })?;
        self.state.write(&self.path)?;
        self.known.clone_from(&self.state);
        self.saved = Instant::now();
        Ok(())
    }

    fn report(self) -> Report {
        let rejects = (self.state.rejects > 0).then(|| self.rejects.path().to_owned());
        Report { counts: self.state.counts, rejects, dry: self.dry, seconds: self.shown.seconds() }
    }
}

/// Sends a batch, again when the server is busy: what was taken in counts once.
async fn send(link: Arc<Link>, command: Command) -> Result<ImportedShown, Failure> {
    let mut tries = 1;
    loop {
        match link.ask(command.clone()).await {
            Ok(Answer::Imported(done)) => return Ok(done),
            Ok(_) => return Err(Refused::new("INTERNAL", "the answer is none to an import").into()),
            Err(Failure::Refused(refused)) if refused.code == "UNAVAILABLE" && tries < TRIES => {
                tokio::time::sleep(Duration::from_millis(100) * 2u32.pow(tries)).await;
                tries += 1;
            }
            Err(failure) => return Err(failure),
        }
    }
}
