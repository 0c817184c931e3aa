//! The whole of it under load, beside the raw limit in the same run: the real server over loopback HTTP, `floor` and
//! `plain` next to it, on SQLite and on PostgreSQL.
//!
//! `cargo run --release -p zelo-benches --bin load -- --zelo target/release/zelo` prints the table and writes it
//! into `benches/README.md`. Everything is bounded in count and in time, and lives in a temporary folder.

mod cells;
mod client;
mod cluster;
mod figures;
mod intake;
mod reads;
mod report;
mod server;
mod shop;
mod sizes;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use zelo_benches::{Result, usage};

use cluster::Cluster;
use intake::Intake;
use report::Report;
use server::{Place, Programs};

/// What to measure.
#[derive(Parser)]
struct Args {
    /// The server's release binary
    #[arg(long)]
    zelo: PathBuf,
    /// Where `floor` and `plain` are, if not beside this program
    #[arg(long)]
    beside: Option<PathBuf>,
    /// Databases to measure on
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["sqlite", "postgres"])]
    on: Vec<Kind>,
    /// What to measure on them
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["intake", "reads"])]
    what: Vec<What>,
    /// How often everything is measured; the table shows the median
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds a measurement of reads takes, and one of intake at most five times as many
    #[arg(long, default_value_t = 2)]
    seconds: u64,
    /// Where the table goes
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"))]
    readme: PathBuf,
    /// Only print the table
    #[arg(long)]
    dry: bool,
}

/// A kind of database.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Files in a folder
    Sqlite,
    /// A server of its own, made for this
    Postgres,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Events a second
    Intake,
    /// Profiles a second
    Reads,
}

// One thread: the server has the rest of the machine.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let args = Args::parse();
    let programs = Programs::find(&args.zelo, args.beside.as_deref())?;
    let mut report = Report::begin()?;
    for kind in &args.on {
        on(&args, &programs, *kind, &mut report).await?;
    }
    report.end(usage::load_average());
    report.print()?;
    if !args.dry {
        report.write(&args.readme)?;
    }
    Ok(())
}

async fn on(args: &Args, programs: &Programs, kind: Kind, report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cluster = match kind {
        Kind::Sqlite => None,
        Kind::Postgres => Some(Cluster::start().await?),
    };
    let place = Place { folder: folder.path().to_owned(), cluster };
    let long = Duration::from_secs(args.seconds);
    // People first: reads are measured before the intake has made the databases large.
    let shop = shop::open(programs, &place).await?;
    if args.what.contains(&What::Reads) {
        for _ in 0..args.rounds {
            reads::round(programs, &place, &shop, long, kind.name(), report).await?;
        }
    }
    if args.what.contains(&What::Intake) {
        let mut intake = Intake::begin(programs, &place, &shop, long * 5).await?;
        for _ in 0..args.rounds {
            intake.round(kind.name(), report).await?;
        }
    }
    if let Some(cluster) = place.cluster {
        cluster.stop().await?;
    }
    Ok(())
}
