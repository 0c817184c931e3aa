//! What the subcommand that brings files in takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use zelo_intake::file;

/// Which file, for which source.
#[derive(Debug, Args)]
#[command(
    after_help = "A table needs a map: which column is whose id, which is which trait (schema/json/import-map.schema.json).
A line of JSON is a message of the tracking protocol, or with a map a flat object. A folder is read in the order of names.

Examples:
  zelo import people.csv --tenant acme --source crm --map people.map.yaml --dry-run
  zelo import people.csv --tenant acme --source crm --map people.map.yaml
  zelo import ./segment-logs --tenant acme --source shop     as the archive of the same source that sends live

Killed or stopped, the same command goes on where it was. What cannot be taken in stands in FILE.rejects.csv (or .jsonl) with
the reason; mend it there and import that. The exit code is 3 when there is any. Nobody who was forgotten comes back by an
import, and nobody who watches arrivals sees it."
)]
pub(crate) struct Import {
    /// The file, or a folder of files; `.gz` is unpacked
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Whose; may be left out when there is only one tenant
    #[arg(long)]
    pub(crate) tenant: Option<String>,
    /// The source it comes from
    #[arg(long, value_name = "SLUG")]
    pub(crate) source: String,
    /// Which columns are what
    #[arg(long, value_name = "FILE")]
    pub(crate) map: Option<PathBuf>,
    /// How the file is written, if its name does not say it
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Read and check everything, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Where to put what cannot be taken in
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub(crate) rejects: Option<PathBuf>,
    /// Forget how far an earlier run came, and begin again; what it brought in counts once
    #[arg(long)]
    pub(crate) restart: bool,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table
    Csv,
    /// An object a line: a message, or with a map a flat one
    Jsonl,
    /// Segment's archive
    Segment,
}

impl From<Format> for file::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv,
            Format::Jsonl => Self::Jsonl,
            Format::Segment => Self::Segment,
        }
    }
}
