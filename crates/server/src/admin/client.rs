//! Doing a command: through the running server if there is one, else here.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::time::sleep;
use zelo_app::App;
use zelo_model::QuarantineId;

use super::quarantine::{Asker, HeldCommand};
use super::socket::NAME;
use super::tail::Secret;
use super::wire::{self, MOST_ANSWERED, Reply, Request};
use super::{Answer, Command, Room};
use crate::cli;
use crate::config::Config;
use crate::failure::Failure;
use crate::folder::{Folder, FolderError};
use crate::{open, serve::sequence};

/// How often, and how long in between, it knocks where somebody works who does not listen yet, or any more.
const TRIES: u32 = 50;
const BETWEEN: Duration = Duration::from_millis(100);

/// Does a command where the configuration points to.
pub(crate) async fn perform(config: &Config, command: Command) -> Result<Answer, Failure> {
    let dir = &config.data.dir;
    if !command.founds() && !dir.join("zelo.lock").exists() {
        return Err(FolderError::Absent(dir.clone()).into());
    }
    let folder = match reach(dir, &command).await? {
        Reached::There(answer) => return Ok(answer),
        Reached::Here(folder) => folder,
    };
    let app = if command.looks() { open::inspect(config).await? } else { open::app(config, None).await? };
    let reply = Room::new(app.clone(), folder.path()).act(command).await;
    settle(&app).await;
    app.leave().await;
    Ok(reply?)
}

/// Who does a command: this process, which holds the folder from now on, or the server that holds it and has answered.
pub(super) enum Reached {
    Here(Folder),
    There(Answer),
}

/// Takes the folder, or asks whoever has it; waits a little for one who does not listen yet, or any more.
pub(super) async fn reach(dir: &Path, command: &Command) -> Result<Reached, Failure> {
    let mut tries = 0;
    loop {
        let held = match Folder::hold(dir, command.title()) {
            Ok(folder) => return Ok(Reached::Here(folder)),
            Err(held @ FolderError::Held { .. }) => held,
            Err(other) => return Err(other.into()),
        };
        match ask(dir, command.clone()).await {
            Ok(reply) => return Ok(Reached::There(reply?)),
            Err(error) if nobody_listens(&error) && tries < TRIES => sleep(BETWEEN).await,
            Err(error) if nobody_listens(&error) => return Err(held.into()),
            Err(error) => return Err(Failure::Socket(error)),
        }
        tries += 1;
    }
}

/// Says what arrives at the running server, until that stops; with `once`, what arrived lately.
pub(crate) async fn watch(config: &Config, how: cli::Tail, say: impl Fn(&Answer)) -> Result<(), Failure> {
    let dir = &config.data.dir;
    let key = key(how.key)?;
    let mut after = None;
    loop {
        let asked = Command::Tail {
            tenant: how.tenant.clone(),
            key: key.clone(),
            purpose: how.purpose.clone(),
            after,
        };
        let reply = ask(dir, asked).await.map_err(|error| {
            if nobody_listens(&error) { Failure::NobodyServes(dir.clone()) } else { Failure::Socket(error) }
        });
        let answer = reply??;
        let Answer::Tail(tail) = &answer else { return Ok(()) };
        if !tail.arrivals.is_empty() || tail.missed > 0 {
            say(&answer);
        }
        if how.once || tail.over {
            return Ok(());
        }
        after = Some(tail.after);
    }
}

/// The key in a file, else that of the environment.
pub(crate) fn key(file: Option<PathBuf>) -> Result<Option<Secret>, Failure> {
    let key = file.map(|file| {
        let read = std::fs::read_to_string(&file);
        read.map(Secret).map_err(|source| Failure::Key { file, source })
    });
    Ok(key.transpose()?.or_else(|| std::env::var("ZELO_KEY").ok().map(Secret)))
}

/// What is asked of held messages, with the files it names read here: the server may run somewhere else.
pub(crate) fn held(said: cli::Quarantine) -> Result<Command, Failure> {
    let ids = |ids: Vec<QuarantineId>| ids.iter().map(ToString::to_string).collect();
    let (who, what) = match said {
        cli::Quarantine::List { reason, source, first, who } => {
            (who, HeldCommand::List { reason, source, first: first.into() })
        }
        cli::Quarantine::Show { id, who } => (who, HeldCommand::Show(id.to_string())),
        cli::Quarantine::Fix { id, file, who } => (who, HeldCommand::Fix(id.to_string(), mended(file)?)),
        cli::Quarantine::Replay { ids: these, who, .. } if !these.is_empty() => {
            (who, HeldCommand::Replay(ids(these)))
        }
        cli::Quarantine::Replay { reason, source, who, .. } => {
            (who, HeldCommand::ReplayMany { reason, source })
        }
        cli::Quarantine::Discard { ids: these, who } => (who, HeldCommand::Discard(ids(these))),
    };
    let cli::Who { tenant, key: file, purpose } = who;
    // Whoever names a tenant is the operator there, whatever key lies in the environment.
    let key = if tenant.is_some() { None } else { key(file)? };
    Ok(Command::Quarantine { who: Asker { tenant, key, purpose }, what })
}

fn mended(file: PathBuf) -> Result<String, Failure> {
    let read =
        if file == Path::new("-") { io::read_to_string(io::stdin()) } else { std::fs::read_to_string(&file) };
    read.map_err(|source| Failure::Mended { file, source })
}

/// Nobody else sequences what was entered here. It was done all the same when this fails, and the next one will.
pub(super) async fn settle(app: &App) {
    if let Err(error) = sequence::all(app).await {
        let error: &dyn std::error::Error = &error;
        tracing::warn!(error, "the entries of this command wait for the next one to be put into the log");
    }
}

fn nobody_listens(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

/// Sends a command to the server that holds the folder.
pub(super) async fn ask(folder: &Path, command: Command) -> io::Result<Reply> {
    let mut stream = UnixStream::connect(folder.join(NAME)).await?;
    wire::write(&mut stream, &Request::new(command)).await?;
    wire::read_value(&mut stream, MOST_ANSWERED).await
}
