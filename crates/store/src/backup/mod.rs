//! Copies of the databases while they are at work, and putting them back. Keys and data are two classes: no file, and
//! no call here, holds both.

mod error;
mod postgres;
mod sqlite;

use std::path::{Path, PathBuf};

pub use error::BackupError;

use crate::connect::Databases;
use crate::store::Store;

type Result<T> = std::result::Result<T, BackupError>;

/// What is copied together, and kept apart from the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The data, with the log and the entries that wait for it.
    Data,
    /// The keys, wrapped.
    Keys,
}

impl Store {
    /// Copies a class into a folder, each file as of one instant, while everything goes on; the files, durable.
    ///
    /// Whoever copies both copies the data first: a key is durable before anything sealed under it, so the copy of the
    /// keys then has every key the copy of the data needs.
    pub async fn back_up(&self, class: Class, folder: &Path) -> Result<Vec<PathBuf>> {
        match (self.databases(), class) {
            (Databases::Sqlite { dir }, Class::Data) => sqlite::copy_data(dir, folder).await,
            (Databases::Sqlite { .. }, Class::Keys) => {
                // By the store's own connection: with another reader on it, no erasure could empty the key database's
                // write-ahead log. New keys wait meanwhile.
                let file = folder.join(sqlite::KEYS);
                sqlite::copy(self.key_connection(), &file).await?;
                Ok(vec![file])
            }
            (Databases::Postgres { data, .. }, Class::Data) => {
                postgres::dump(data, folder, "zelo.dump").await
            }
            (Databases::Postgres { keys, .. }, Class::Keys) => {
                postgres::dump(keys, folder, "zelo-keys.dump").await
            }
        }
    }
}

/// Puts a class back from the files of a copy. What is there already is refused unless it is to be replaced; whoever
/// calls this holds the data folder, so that no process of ours works in it.
pub async fn put_back(databases: &Databases, class: Class, files: &[PathBuf], replace: bool) -> Result<()> {
    match (databases, class) {
        (Databases::Sqlite { dir }, _) => sqlite::put_back(dir, files, replace),
        (Databases::Postgres { data, .. }, Class::Data) => postgres::load(data, files, replace).await,
        (Databases::Postgres { keys, .. }, Class::Keys) => postgres::load(keys, files, replace).await,
    }
}

/// Whether there is something of a class already that putting it back would replace.
pub async fn is_there(databases: &Databases, class: Class) -> Result<bool> {
    match (databases, class) {
        (Databases::Sqlite { dir }, class) => Ok(sqlite::is_there(dir, class)),
        (Databases::Postgres { data, .. }, Class::Data) => postgres::is_there(data).await,
        (Databases::Postgres { keys, .. }, Class::Keys) => postgres::is_there(keys).await,
    }
}
