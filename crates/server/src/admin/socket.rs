//! The running server's ear for the command line: a socket in the data folder that its owner alone can open.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Command;
use super::wire::{self, MOST_ASKED, Refused, Reply, Request};

/// The socket's name in the data folder.
pub(super) const NAME: &str = "zelo.sock";
/// How long a caller may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why there is no socket.
#[derive(Debug, thiserror::Error)]
#[error("the command line's socket {} cannot be opened; the data folder's path may be too long for one", path.display())]
pub(crate) struct SocketError {
    path: PathBuf,
    source: io::Error,
}

/// The socket, listening; its file is removed when it is dropped.
#[derive(Debug)]
pub(crate) struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

impl Socket {
    /// Opens it in a folder this process holds, in the place of one a killed process left behind.
    pub(crate) fn open(folder: &Path) -> Result<Self, SocketError> {
        let path = folder.join(NAME);
        let open = || {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let listener = UnixListener::bind(&path)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
            Ok(listener)
        };
        match open() {
            Ok(listener) => Ok(Self { listener, path }),
            Err(source) => Err(SocketError { path, source }),
        }
    }

    /// Answers until `stop` is ready, then ends what it has begun.
    pub(crate) async fn serve<Do, Doing>(self, act: Do, stop: impl Future<Output = ()>)
    where
        Do: Fn(Command) -> Doing + Clone + Send + 'static,
        Doing: Future<Output = Reply> + Send + 'static,
    {
        let mut calls = JoinSet::new();
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some(_) = calls.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => drop(calls.spawn(answer(stream, act.clone()))),
                    Err(error) => {
                        tracing::warn!(%error, "the command line's socket could not accept a caller");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                },
            }
        }
        while calls.join_next().await.is_some() {}
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

async fn answer<Do, Doing>(mut stream: UnixStream, act: Do)
where
    Do: Fn(Command) -> Doing,
    Doing: Future<Output = Reply>,
{
    let line = timeout(PATIENCE, wire::read(&mut stream, MOST_ASKED)).await;
    let reply = match line {
        Ok(Ok(line)) => match Request::read(&line) {
            Ok(command) => act(command).await,
            Err(refused) => Err(refused),
        },
        Ok(Err(_)) => Err(Refused::new("INVALID", "a request is one line of JSON of at most 8 MiB")),
        Err(_) => return,
    };
    // A caller that has gone away is no reason to stop.
    let _ = wire::write(&mut stream, &reply).await;
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;
    use tokio::sync::oneshot;

    use super::super::client::ask;
    use super::super::{Answer, wire::MOST_ANSWERED};
    use super::*;

    async fn echo(command: Command) -> Reply {
        match command {
            Command::KeyRevoke { id, .. } => Ok(Answer::Revoked(id)),
            _ => Err(Refused::new("NOT_FOUND", "there is no such thing here")),
        }
    }

    #[tokio::test]
    async fn a_command_goes_there_and_its_answer_or_refusal_comes_back() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join(NAME), "left behind").unwrap();
        let socket = Socket::open(temp.path()).unwrap();
        let mode = fs::metadata(&socket.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(socket.serve(echo, async { drop(stopped.await) }));

        let revoke = Command::KeyRevoke { tenant: None, installation: false, id: "key_x".to_owned() };
        assert_eq!(ask(temp.path(), revoke).await.unwrap(), Ok(Answer::Revoked("key_x".to_owned())));
        let refused = ask(temp.path(), Command::TenantList).await.unwrap().unwrap_err();
        assert_eq!(refused.to_string(), "there is no such thing here");

        drop(stop);
        serving.await.unwrap();
        assert!(!temp.path().join(NAME).exists());
    }

    #[tokio::test]
    async fn a_line_without_end_another_version_and_nonsense_are_refused() {
        let temp = tempfile::tempdir().unwrap();
        let socket = Socket::open(temp.path()).unwrap();
        let path = socket.path.clone();
        let serving = tokio::spawn(socket.serve(echo, std::future::pending()));
        let endless = "x".repeat(9 * 1024 * 1024);
        for (said, answered) in [
            (endless.as_str(), "one line of JSON"),
            ("{\"version\":2,\"command\":\"tenant-list\"}\n", "another version"),
            ("{\"version\":1,\"command\":\"tenant-burn\"}\n", "not understood"),
        ] {
            let mut stream = UnixStream::connect(&path).await.unwrap();
            // The server may hang up before it has read all of an endless line.
            let _ = stream.write_all(said.as_bytes()).await;
            let reply: Reply = wire::read_value(&mut stream, MOST_ANSWERED).await.unwrap();
            let refused = reply.unwrap_err();
            assert!(refused.message.contains(answered), "{refused}");
        }
        serving.abort();
    }
}
