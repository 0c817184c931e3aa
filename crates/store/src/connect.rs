//! Opening the databases, each with the settings its guarantees need, and bringing their schemas up to date.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::sqlx::{self, Connection as _, SqliteConnection};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};
use zelo_migrations::{AuditMigrator, DataMigrator, KeyMigrator, MigratorTrait};

use crate::error::Result;

/// Where the databases are.
#[derive(Debug, Clone)]
pub enum Databases {
    /// Three files in one folder: `zelo.db`, `zelo-keys.db`, `zelo-audit.db`.
    Sqlite {
        /// The folder.
        dir: PathBuf,
    },
    /// Two PostgreSQL databases: the keys never share one with the data.
    Postgres {
        /// URL of the data database.
        data: String,
        /// URL of the key database.
        keys: String,
    },
}

/// What a read's audit entry survives before the answer leaves. Writes always survive power loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Loss of power.
    #[default]
    Fsync,
    /// A killed process, not a loss of power.
    Process,
}

/// How to open a store.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the databases are.
    pub databases: Databases,
    /// Durability of the entries of reads.
    pub reads: Durability,
}

/// The connections behind a store.
pub(crate) struct Connections {
    pub(crate) readers: DatabaseConnection,
    pub(crate) writer: DatabaseConnection,
    pub(crate) keys: DatabaseConnection,
    pub(crate) audit: DatabaseConnection,
    /// Where a process says that it lives; only among others.
    pub(crate) nodes: Option<DatabaseConnection>,
}

/// Readers of one process: as many snapshots can be open at once.
const SQLITE_READERS: u32 = 4;
const POSTGRES_READERS: u32 = 16;

impl Connections {
    pub(crate) async fn open(options: &Options) -> Result<Self> {
        let connections = match &options.databases {
            Databases::Sqlite { dir } => Self::sqlite(dir, options.reads).await?,
            Databases::Postgres { data, keys } => Self::postgres(data, keys, options.reads).await?,
        };
        Ok(connections)
    }

    async fn sqlite(dir: &Path, reads: Durability) -> Result<Self> {
        let (data, keys, audit) = (dir.join("zelo.db"), dir.join("zelo-keys.db"), dir.join("zelo-audit.db"));
        let keys = sqlite(&keys, 1, &[("synchronous", "full"), ("secure_delete", "on")]).await?;
        KeyMigrator::up(&keys, None).await?;
        let writer = sqlite(&data, 1, &[("synchronous", "full"), ("secure_delete", "fast")]).await?;
        DataMigrator::up(&writer, None).await?;
        let synchronous = if reads == Durability::Fsync { "full" } else { "normal" };
        let audit = sqlite(&audit, 1, &[("synchronous", synchronous)]).await?;
        AuditMigrator::up(&audit, None).await?;
        count_on(&writer, &audit).await?;
        let readers = sqlite(&data, SQLITE_READERS, &[("query_only", "on")]).await?;
        Ok(Self { readers, writer, keys, audit, nodes: None })
    }

    async fn postgres(data: &str, keys: &str, reads: Durability) -> Result<Self> {
        let keys = postgres(keys, 4, &[]).await?;
        KeyMigrator::up(&keys, None).await?;
        // The one writer must not wait for ever for a row another process holds.
        let writer = postgres(data, 1, &[("lock_timeout", "10s")]).await?;
        DataMigrator::up(&writer, None).await?;
        let commit = if reads == Durability::Fsync { "on" } else { "off" };
        let audit = postgres(data, 1, &[("synchronous_commit", commit)]).await?;
        let snapshot =
            [("default_transaction_isolation", "repeatable read"), ("default_transaction_read_only", "on")];
        let readers = postgres(data, POSTGRES_READERS, &snapshot).await?;
        // Apart: a lease must not lapse because everybody else is busy.
        let nodes = Some(postgres(data, 1, &[]).await?);
        Ok(Self { readers, writer, keys, audit, nodes })
    }
}

/// The entries of reads are numbered by their own file, and taken into the log by their number. A copy of that file that
/// is older than the data would hand out numbers the log has passed, and those entries would never get into it.
async fn count_on(data: &DatabaseConnection, audit: &DatabaseConnection) -> Result<(), sea_orm::DbErr> {
    let position = "select position from sequencer where stream = 'reads'";
    let Some(row) = data.query_one_raw(Statement::from_string(DbBackend::Sqlite, position)).await? else {
        return Ok(());
    };
    let position: i64 = row.try_get_by_index(0)?;
    for sql in [
        "insert into sqlite_sequence (name, seq) select 'pending_read_leaf', 0
         where not exists (select 1 from sqlite_sequence where name = 'pending_read_leaf')",
        "update sqlite_sequence set seq = $1 where name = 'pending_read_leaf' and seq < $1",
    ] {
        let values = if sql.contains('$') { vec![position.into()] } else { Vec::new() };
        audit.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)).await?;
    }
    Ok(())
}

async fn sqlite(
    path: &Path,
    connections: u32,
    pragmas: &[(&'static str, &'static str)],
) -> Result<DatabaseConnection, sea_orm::DbErr> {
    let mut options = ConnectOptions::new("sqlite::memory:");
    let (path, pragmas) = (path.to_owned(), pragmas.to_vec());
    options
        .max_connections(connections)
        .min_connections(connections)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |connect| {
            let connect = connect
                .filename(&path)
                .in_memory(false)
                .shared_cache(false)
                .create_if_missing(true)
                .statement_cache_capacity(512)
                .busy_timeout(Duration::from_secs(10))
                .pragma("journal_mode", "wal")
                .pragma("wal_autocheckpoint", "4000")
                .pragma("temp_store", "memory")
                .pragma("cache_size", "-32768");
            pragmas.iter().fold(connect, |connect, (key, value)| connect.pragma(*key, *value))
        })
        .map_sqlx_sqlite_pool_opts(|pool| pool.after_release(|connection, _| Box::pin(is_whole(connection))));
    // A pool that recycles its connections would drop their page caches.
    options.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
    Database::connect(options).await
}

/// A connection for copying a file that others work in: it may hold a snapshot as long as it likes.
pub(crate) async fn for_copying(path: &Path) -> Result<DatabaseConnection, sea_orm::DbErr> {
    sqlite(path, 1, &[]).await
}

/// A connection to a PostgreSQL database whatever is in it, or nothing.
pub(crate) async fn plain_postgres(url: &str) -> Result<DatabaseConnection, sea_orm::DbErr> {
    postgres(url, 1, &[]).await
}

/// Whether a connection that is given back may be used again. When a disk fails, SQLite rolls back by itself while
/// sqlx goes on counting a transaction: the next one would be a savepoint in nothing, or in one that nobody commits,
/// and be answered as durable.
async fn is_whole(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    if connection.is_in_transaction() {
        // The rollback of a transaction that was dropped is still on its way.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

async fn postgres(
    url: &str,
    connections: u32,
    settings: &[(&'static str, &'static str)],
) -> Result<DatabaseConnection, sea_orm::DbErr> {
    let settings = settings.to_vec();
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(10))
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(move |connect| {
            connect.statement_cache_capacity(512).options(settings.iter().copied())
        });
    Database::connect(options).await
}

#[cfg(test)]
mod tests {
    use zelo_model::EntryId;

    use super::*;
    use crate::{LeafRow, Store, StoreError, Stream};

    fn looked_at(id: u8) -> LeafRow {
        LeafRow { tenant: 1, entry: EntryId([id; 16]), leaf: "{}".to_owned(), handles: Vec::new() }
    }

    #[tokio::test]
    async fn a_look_at_ana_is_entered_also_when_the_file_of_read_entries_is_an_older_one() {
        let folder = tempfile::tempdir().unwrap();
        let databases = Databases::Sqlite { dir: folder.path().to_owned() };
        let options = Options { databases, reads: Durability::Process };
        let store = Store::open(&options).await.unwrap();
        store
            .write::<_, StoreError, _>(|tx| {
                Box::pin(async move { tx.sequenced_up_to(Stream::Reads, &[40]).await })
            })
            .await
            .unwrap();
        drop(store);
        std::fs::remove_file(folder.path().join("zelo-audit.db")).unwrap();
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.path().join(format!("zelo-audit.db{suffix}")));
        }
        for look in [1, 2] {
            let store = Store::open(&options).await.unwrap();
            store.enter(looked_at(look)).await.unwrap();
            let waiting = store.waiting_reads(40, 10).await.unwrap();
            assert_eq!(waiting.len(), usize::from(look), "the log is at 40 and takes what comes after");
        }
    }
}
