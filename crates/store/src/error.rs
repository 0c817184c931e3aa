//! What can go wrong below the door. Nothing here repeats a value: constraint names and row contents stay inside.

use sea_orm::{DbErr, RuntimeErr};

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database did not do it; the caller may try again.
    #[error("the database is unavailable")]
    Unavailable(#[source] DbErr),
    /// What was seen while preparing has moved; prepare again.
    #[error("the data has moved since it was read")]
    Stale,
    /// A row is not of the shape the migrations promise.
    #[error("a row of `{0}` is not readable")]
    Corrupt(&'static str),
    /// A sealed value or wrapped key failed its check.
    #[error("a key or sealed value cannot be opened")]
    Sealed,
    /// The databases on disk do not belong together.
    #[error("{0}")]
    Mismatch(String),
    /// The group this row stood in could not be committed; nothing of it is there.
    #[error("the group could not be made durable")]
    NotDurable,
    /// Destroyed keys still stand in the key database's log, for another program is reading it.
    #[error("another program reads the key database, so destroyed keys cannot be wiped from its log")]
    KeysRead,
    /// The writer has stopped.
    #[error("the store is shutting down")]
    Closed,
}

/// Result of a store call.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if is_moved(&error) { Self::Stale } else { Self::Unavailable(error) }
    }
}

impl From<zelo_vault::OpenError> for StoreError {
    fn from(_: zelo_vault::OpenError) -> Self {
        Self::Sealed
    }
}

/// Serialization failures, deadlocks and duplicate keys all say that somebody else came first.
fn is_moved(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error
    else {
        return false;
    };
    let Some(database) = cause.as_database_error() else { return false };
    let code = database.code();
    database.is_unique_violation() || matches!(code.as_deref(), Some("40001" | "40P01"))
}
