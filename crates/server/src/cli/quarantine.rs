//! What the subcommands about held messages take.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use zelo_model::QuarantineId;

/// What to do with messages that are held.
#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:
  zelo quarantine list                                 what is held, and why
  zelo quarantine show qua_… --key officer.key         with what it says
  zelo quarantine fix qua_… mended.json --key officer.key
  zelo quarantine replay qua_…                         send one again
  zelo quarantine replay --reason schema               send all of a kind again, once the tracking plan is mended
  zelo quarantine discard qua_…

Without a key you are the operator, who sees what stands in the clear, sends again and discards. Each is a passage through
the door: the audit log has it.")]
pub(crate) enum Quarantine {
    /// What is held, newest first
    List {
        /// Only those held for this reason, such as `event_name`
        #[arg(long, value_name = "CODE")]
        reason: Option<String>,
        /// Only those of this source
        #[arg(long, value_name = "SOURCE")]
        source: Option<String>,
        /// How many, at most 100
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u8).range(1..=100))]
        first: u8,
        /// Who asks
        #[command(flatten)]
        who: Who,
    },
    /// One held message with what it says; takes a key
    Show {
        /// Which
        id: QuarantineId,
        /// Who asks
        #[command(flatten)]
        who: Who,
    },
    /// Put a corrected message in the place of a held one, and say what would become of it; takes a key
    Fix {
        /// Which
        id: QuarantineId,
        /// A file with the corrected message, JSON; `-` reads standard input
        file: PathBuf,
        /// Who asks
        #[command(flatten)]
        who: Who,
    },
    /// Send held messages again
    #[command(group = clap::ArgGroup::new("which").required(true).multiple(true))]
    Replay {
        /// These
        #[arg(group = "which", conflicts_with_all = ["all", "reason", "source"])]
        ids: Vec<QuarantineId>,
        /// All that are held
        #[arg(long, group = "which")]
        all: bool,
        /// All that are held for this reason
        #[arg(long, group = "which", value_name = "CODE")]
        reason: Option<String>,
        /// All of this source
        #[arg(long, group = "which", value_name = "SOURCE")]
        source: Option<String>,
        /// Who asks
        #[command(flatten)]
        who: Who,
    },
    /// Destroy held messages; it cannot be undone
    Discard {
        /// Which
        #[arg(required = true)]
        ids: Vec<QuarantineId>,
        /// Who asks
        #[command(flatten)]
        who: Who,
    },
}

/// Who asks, and what for.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Who {
    /// Whose messages; may be left out when there is only one tenant
    #[arg(long, value_name = "TENANT", conflicts_with = "key")]
    pub(crate) tenant: Option<String>,
    /// A file that holds your key [default: the environment's `ZELO_KEY`]
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// What for, if your key has several purposes
    #[arg(long, value_name = "PURPOSE")]
    pub(crate) purpose: Option<String>,
}
