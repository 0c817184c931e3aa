//! What `zelo backup` and `zelo restore` take.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Where a backup goes.
#[derive(Debug, Args)]
#[command(
    after_help = "Three classes, each a folder of its own: the data, the keys, the key that signs the log. Whoever has the data or the
keys alone reads nobody. The root key and the anchor are in none of them: keep copies of the root key where no backup is.
Works beside a running server, which goes on.

Examples:
  zelo backup ./backup                                       makes ./backup/data, ./backup/keys and ./backup/signing
  zelo backup --data-to /mnt/one/monday --keys-to /mnt/other/monday"
)]
pub(crate) struct Backup {
    /// A folder for all three classes; they are folders in it, to be taken to different places
    #[arg(value_name = "DIR", required_unless_present_any = ["data_to", "keys_to", "signing_to"])]
    pub(crate) folder: Option<PathBuf>,
    /// Where the data go; a new folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data_to: Option<PathBuf>,
    /// Where the keys go, still wrapped; a new folder
    #[arg(long, value_name = "DIR")]
    pub(crate) keys_to: Option<PathBuf>,
    /// Where the key that signs the log goes; a new folder
    #[arg(long, value_name = "DIR")]
    pub(crate) signing_to: Option<PathBuf>,
}

/// What is restored, or what comes after it.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Nothing may run: a server is stopped first. What is there is replaced only with --replace. Afterwards `zelo serve`
refuses to start when more was done since the backup than it knows (DATA_BEHIND, KEYSTORE_BEHIND): `zelo restore replay`
does it again from the anchor, so that whoever was forgotten stays forgotten.

Examples:
  zelo restore ./backup                                      ./backup/data, ./backup/keys, ./backup/signing: what is there
  zelo restore --data-from /mnt/one/monday --replace
  zelo restore replay"
)]
pub(crate) struct Restore {
    /// What comes after a restore.
    #[command(subcommand)]
    pub(crate) then: Option<Then>,
    /// A folder as `zelo backup DIR` makes it; the classes that are in it are restored
    #[arg(value_name = "DIR", required_unless_present_any = ["data_from", "keys_from", "signing_from"])]
    pub(crate) folder: Option<PathBuf>,
    /// Where the data come from
    #[arg(long, value_name = "DIR")]
    pub(crate) data_from: Option<PathBuf>,
    /// Where the keys come from
    #[arg(long, value_name = "DIR")]
    pub(crate) keys_from: Option<PathBuf>,
    /// Where the key that signs the log comes from
    #[arg(long, value_name = "DIR")]
    pub(crate) signing_from: Option<PathBuf>,
    /// Replace what is there. It is gone then
    #[arg(long)]
    pub(crate) replace: bool,
}

/// What comes after a restore.
#[derive(Debug, Subcommand)]
pub(crate) enum Then {
    /// Do again what was done after the backup was taken, as far as the anchor knows it, and begin a new epoch of the logs
    Replay,
}
