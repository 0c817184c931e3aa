//! What `zelo tail` takes.

use std::path::PathBuf;

use clap::Args;

/// What to watch, and as whom.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  zelo tail                                    what arrives: outcome, reason, how it matched
  zelo tail --key reader.key                   with event names and profiles, as far as that key sees them
  ZELO_KEY=… zelo tail --purpose customer-service --json | jq .outcome

Each answer of the server is a passage through the door: the audit log has it.")]
pub(crate) struct Tail {
    /// Whose
    #[arg(long, value_name = "TENANT", conflicts_with = "key")]
    pub(crate) tenant: Option<String>,
    /// A file that holds your key [default: the environment's `ZELO_KEY`]. Without a key you are the operator, who sees
    /// neither names nor profiles
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// What for, if your key has several purposes
    #[arg(long, value_name = "PURPOSE")]
    pub(crate) purpose: Option<String>,
    /// Say what arrived lately, and end
    #[arg(long)]
    pub(crate) once: bool,
}
