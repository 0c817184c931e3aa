//! The raw floor: the rows an intake writes, with the same sizes, in the same tables with the same indexes and in
//! transactions of the same size, as durable; without HTTP, cryptography, look-ups or log.
//!
//! `load` runs it; the last line it writes is `{"events":…,"micros":…}`.

mod bulk;
mod rows;
mod tables;

use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;
use sea_orm::{
    DatabaseConnection, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};
use zelo_benches::{Result, databases};
use zelo_migrations::{DataMigrator, KeyMigrator, MigratorTrait as _};

use rows::{Rows, Sizes};
use tables::Group;

/// The batches that share a transaction: one of each connection.
const GROUP: usize = 16;

/// What to write.
#[derive(Parser)]
struct Args {
    /// SQLite: the folder of the databases
    #[arg(long, conflicts_with_all = ["data", "keys"])]
    sqlite: Option<PathBuf>,
    /// PostgreSQL: the data database
    #[arg(long, requires = "keys")]
    data: Option<String>,
    /// PostgreSQL: the key database
    #[arg(long)]
    keys: Option<String>,
    /// Events of a batch
    #[arg(long)]
    batch: usize,
    /// People of a hundred who are new
    #[arg(long)]
    new: usize,
    /// The number of the first event
    #[arg(long)]
    first: usize,
    /// Events to write
    #[arg(long)]
    events: usize,
    /// Seconds to write at most
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How large what is sealed is
    #[command(flatten)]
    sizes: Sizes,
}

struct Floor {
    data: DatabaseConnection,
    keys: DatabaseConnection,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let args = Args::parse();
    let floor = Floor::open(&args).await?;
    let mut rows = Rows::new(args.sizes, args.first);
    if args.first == 0 {
        floor.write(rows.known()).await?;
    }
    let size = GROUP * args.batch;
    let last = args.first + args.events;
    let groups: Vec<Group> = (args.first..last)
        .step_by(size)
        .map(|first| rows.group(first..last.min(first + size), args.new))
        .collect();
    let (begun, long) = (Instant::now(), Duration::from_secs(args.seconds));
    let mut events = 0;
    for group in groups {
        if begun.elapsed() > long {
            break;
        }
        events += group.events.rows();
        floor.write(group).await?;
    }
    let micros = begun.elapsed().as_micros();
    writeln!(std::io::stdout(), r#"{{"events":{events},"micros":{micros}}}"#)?;
    Ok(())
}

impl Floor {
    async fn open(args: &Args) -> Result<Self> {
        let (data, keys) = match (&args.sqlite, &args.data, &args.keys) {
            (Some(dir), ..) => (
                databases::sqlite(&dir.join("floor.db"), 1).await?,
                databases::sqlite(&dir.join("floor-keys.db"), 1).await?,
            ),
            (_, Some(data), Some(keys)) => {
                (databases::postgres(data, 1).await?, databases::postgres(keys, 1).await?)
            }
            _ => return Err("say where: --sqlite, or --data and --keys".into()),
        };
        DataMigrator::up(&data, None).await?;
        KeyMigrator::up(&keys, None).await?;
        Ok(Self { data, keys })
    }

    /// Keys first, in a transaction of their own, as the store does it; then everything else in one.
    async fn write(&self, group: Group) -> Result<()> {
        if group.keys.rows() > 0 {
            let txn = self.keys.begin().await?;
            group.keys.insert(&txn).await?;
            txn.commit().await?;
        }
        let sqlite = self.data.get_database_backend() == DbBackend::Sqlite;
        let mode = sqlite.then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode: mode, ..TransactionOptions::default() };
        let txn = self.data.begin_with_options(options).await?;
        for table in group.people {
            table.insert(&txn).await?;
        }
        group.events.insert(&txn).await?;
        txn.commit().await?;
        Ok(())
    }
}
