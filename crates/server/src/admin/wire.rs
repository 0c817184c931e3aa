//! The socket's language: one line of JSON there, one line back, each of bounded length.

use std::io;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};

use super::{Answer, Command};

/// The longest request: a batch of what is imported.
pub(super) const MOST_ASKED: u64 = 8 * 1024 * 1024;
/// The longest answer: a page of an export with somebody of whom very much is known.
pub(super) const MOST_ANSWERED: u64 = 256 * 1024 * 1024;
/// The version both sides speak; raised when a change would be misread.
const VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    version: u32,
    #[serde(flatten)]
    pub(super) command: Command,
}

impl Request {
    pub(super) fn new(command: Command) -> Self {
        Self { version: VERSION, command }
    }

    /// The command, or what is wrong with the line it came in.
    pub(super) fn read(line: &str) -> Result<Command, Refused> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let version: Result<Version, _> = serde_json::from_str(line);
        if version.is_ok_and(|one| one.version != VERSION) {
            return Err(Refused::new("INVALID", "the running server is another version of Zelo; restart it"));
        }
        let request: Result<Self, _> = serde_json::from_str(line);
        request
            .map(|request| request.command)
            .map_err(|_| Refused::new("INVALID", "the request is not understood"))
    }
}

/// What comes back.
pub(super) type Reply = Result<Answer, Refused>;

/// Why a command was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refused {
    /// The code of the door's error.
    pub(crate) code: String,
    /// What is wrong, for people.
    pub(crate) message: String,
}

impl Refused {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }
}

impl From<zelo_app::Error> for Refused {
    fn from(error: zelo_app::Error) -> Self {
        if let Some(cause) = error.cause() {
            tracing::error!(cause, "a command could not be done");
        }
        Self::new(error.code(), error.to_string())
    }
}

/// Writes a value and the end of its line.
pub(super) async fn write(stream: &mut (impl AsyncWrite + Unpin), value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    stream.flush().await
}

/// Reads one line of at most `most` bytes.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin), most: u64) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(stream.take(most)).read_line(&mut line).await?;
    if line.ends_with('\n') {
        Ok(line)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidData, "the line is cut short or too long"))
    }
}

/// Reads one value.
pub(super) async fn read_value<T: DeserializeOwned>(
    stream: &mut (impl AsyncRead + Unpin),
    most: u64,
) -> io::Result<T> {
    Ok(serde_json::from_str(&read(stream, most).await?)?)
}
