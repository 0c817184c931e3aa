//! What the subcommands about schedules take.

use clap::{Args, Subcommand};

/// About how long the living are kept.
#[derive(Debug, Subcommand)]
#[command(
    after_help = "The schedules are the files of policies/schedules. The server applies them every hour by itself.

Examples:
  zelo retention preview --tenant acme
  zelo retention preview --schedule browsing --json
  zelo retention run --schedule transient-contacts"
)]
pub(crate) enum Retention {
    /// Tell what each schedule would take now, what a law keeps of it, and who is left alone; nothing goes
    Preview(Schedules),
    /// Apply the schedules now; it cannot be undone
    Run(Schedules),
}

/// Which schedules, and where.
#[derive(Debug, Args)]
pub(crate) struct Schedules {
    /// Whose; may be left out when there is only one tenant
    #[arg(long)]
    pub(crate) tenant: Option<String>,
    /// Only this one
    #[arg(long, value_name = "KEY")]
    pub(crate) schedule: Option<String>,
}
