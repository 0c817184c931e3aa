//! Databases opened the way the store opens them, for the programs that go without it.

use std::path::Path;
use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use crate::Result;

/// A SQLite file with the store's settings; every commit survives a loss of power.
pub async fn sqlite(path: &Path, connections: u32) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new("sqlite::memory:");
    let path = path.to_owned();
    options
        .max_connections(connections)
        .min_connections(connections)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |connect| {
            connect
                .filename(&path)
                .in_memory(false)
                .shared_cache(false)
                .create_if_missing(true)
                .statement_cache_capacity(512)
                .busy_timeout(Duration::from_secs(10))
                .pragma("journal_mode", "wal")
                .pragma("synchronous", "full")
                .pragma("wal_autocheckpoint", "4000")
                .pragma("temp_store", "memory")
                .pragma("cache_size", "-32768")
        });
    options.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
    Ok(Database::connect(options).await?)
}

/// A PostgreSQL database with the store's settings.
pub async fn postgres(url: &str, connections: u32) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(|connect| connect.statement_cache_capacity(512));
    Ok(Database::connect(options).await?)
}
