//! Why a copy could not be made or put back; each is one sentence for the operator.

use std::io;
use std::path::PathBuf;

use sea_orm::DbErr;

/// Why a copy could not be made or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file could not be written or read.
    #[error("{} cannot be written or read", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// The database did not do it.
    #[error("the database did not do it")]
    Database(#[from] DbErr),
    /// A program of PostgreSQL's is not there.
    #[error(
        "`{0}` cannot be run; install PostgreSQL's client programs, as new as the server or newer, and put them on the PATH"
    )]
    NoTool(&'static str, #[source] io::Error),
    /// A program of PostgreSQL's refused.
    #[error("`{0}` failed: {1}")]
    Tool(&'static str, String),
    /// A URL nobody can connect to.
    #[error("a PostgreSQL URL cannot be read")]
    Url,
    /// Something is there already.
    #[error("there is something at {0} already")]
    Occupied(String),
    /// Others use the database.
    #[error("{0} other connections use the PostgreSQL database; stop every Zelo that works on it first")]
    InUse(i64),
    /// The copy is not what belongs there.
    #[error("the copy holds no {0}")]
    Incomplete(&'static str),
}
