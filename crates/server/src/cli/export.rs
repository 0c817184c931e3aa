//! What the subcommand that takes data out takes.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What to take out, for whom.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "The file is JSON Lines: profiles with identifiers and attributes, each with whom it is from; what the purpose or the
key's role does not see is left out, with the reason. Every page is an entry of the audit log that lists everybody on it.
Killed or stopped, the same command goes on where it was; the file gets its name when it is whole.

Examples:
  ZELO_KEY=… zelo export people.jsonl --purpose data-subject-rights
  zelo export people.jsonl --key officer.key --purpose data-subject-rights --events
  zelo export list --tenant acme"
)]
pub(crate) struct Export {
    /// What else there is about exports.
    #[command(subcommand)]
    pub(crate) about: Option<Exports>,
    /// The file to write; it must not exist
    #[arg(value_name = "FILE", required = true)]
    pub(crate) file: Option<PathBuf>,
    /// A file that holds your key [default: the environment's `ZELO_KEY`]
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// What for, if your key has several purposes
    #[arg(long, value_name = "PURPOSE")]
    pub(crate) purpose: Option<String>,
    /// With what people did
    #[arg(long)]
    pub(crate) events: bool,
}

/// About exports.
#[derive(Debug, Subcommand)]
pub(crate) enum Exports {
    /// List the exports of a tenant: who took what out, what for, and how much
    List {
        /// Whose; may be left out when there is only one tenant
        #[arg(long)]
        tenant: Option<String>,
    },
    /// End an export early, and remove what is there of its file
    Cancel {
        /// The file it writes
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// A file that holds your key [default: the environment's `ZELO_KEY`]
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
}
