//! SQLite's files: copied by SQLite itself, put back by a rename.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

use super::{BackupError, Class, Result};
use crate::connect::for_copying;

pub(super) const DATA: &str = "zelo.db";
pub(super) const AUDIT: &str = "zelo-audit.db";
pub(super) const KEYS: &str = "zelo-keys.db";

/// The data class. The entries of reads come first: one that is put into the log meanwhile then stands in both copies,
/// which the position in the log tells apart; the other way round it would stand in none.
pub(super) async fn copy_data(dir: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for name in [AUDIT, DATA] {
        let connection = for_copying(&dir.join(name)).await?;
        let file = folder.join(name);
        let copied = copy(&connection, &file).await;
        connection.close().await?;
        copied?;
        files.push(file);
    }
    Ok(files)
}

/// One database as of one instant (SQLite, "VACUUM INTO"): without free pages, and so without what was deleted.
pub(super) async fn copy(connection: &DatabaseConnection, file: &Path) -> Result<()> {
    let into = file.to_str().ok_or_else(|| {
        BackupError::File(file.to_owned(), io::Error::other("SQLite knows only names that are UTF-8"))
    })?;
    let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "vacuum into $1", [into.into()]);
    connection.execute_raw(statement).await?;
    synced(file).map_err(|error| BackupError::File(file.to_owned(), error))
}

fn synced(file: &Path) -> io::Result<()> {
    File::open(file)?.sync_all()?;
    file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

pub(super) fn is_there(dir: &Path, class: Class) -> bool {
    let names: &[&str] = if class == Class::Data { &[DATA, AUDIT] } else { &[KEYS] };
    names.iter().any(|name| dir.join(name).exists())
}

/// Each file is whole beside its place before it takes it, so that a crash leaves the old one or the new one.
pub(super) fn put_back(dir: &Path, files: &[PathBuf], replace: bool) -> Result<()> {
    for file in files {
        let name = file.file_name().unwrap_or_default();
        let place = dir.join(name);
        if place.exists() && !replace {
            return Err(BackupError::Occupied(place.display().to_string()));
        }
        put(file, &place).map_err(|error| BackupError::File(place, error))?;
    }
    Ok(())
}

fn put(file: &Path, place: &Path) -> io::Result<()> {
    let named = |suffix: &str| {
        let mut name = place.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let beside = named(".restoring");
    fs::copy(file, &beside)?;
    File::open(&beside)?.sync_all()?;
    // The write-ahead log of the file that is replaced would be read as the new one's.
    for suffix in ["-wal", "-shm"] {
        match fs::remove_file(named(suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::rename(&beside, place)?;
    synced(place)
}
