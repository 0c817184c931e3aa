//! What the subcommands about the audit log take.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// About the audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Verify logs against their signatures and the anchor; exit code 1 when one is not what it was
    Verify(Verify),
    /// Write a copy of a log into a new folder, for whoever wants to verify it elsewhere
    #[command(after_help = "The copy has the layout of C2SP tlog-tiles.

Example:
  zelo audit export ./copy --tenant acme")]
    Export {
        /// The folder; it must not exist
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Whose log.
        #[command(flatten)]
        whose: Whose,
    },
}

/// Which logs to verify, and what to hold them against.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  zelo audit verify                      all tenants, dropped ones too, and the installation
  zelo audit verify --tenant acme
  zelo audit verify --copy ./copy --vkey KEY --anchor zelo-anchor.log --earlier

A copy is verified without a server and without its data folder. Without an anchor it is UNANCHORED, and the exit code 1.")]
pub(crate) struct Verify {
    /// Whose log.
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// A copy of a log, as `zelo audit export` writes it
    #[arg(long, value_name = "DIR", conflicts_with_all = ["tenant", "installation", "config", "data"])]
    pub(crate) copy: Option<PathBuf>,
    /// The key that signs the copy's log, or a file that holds it
    #[arg(long, value_name = "KEY|FILE", requires = "copy")]
    pub(crate) vkey: Option<String>,
    /// The anchor to hold the copy against
    #[arg(long, value_name = "FILE", requires = "copy")]
    pub(crate) anchor: Option<PathBuf>,
    /// The copy was made before the anchor ended: leave out what was anchored later. Only you can know that; a log that
    /// was cut short looks the same
    #[arg(long, requires = "anchor")]
    pub(crate) earlier: bool,
    /// There is no anchor at hand: be content with what the copy says of itself. Whoever holds the signing key could
    /// have made all of it anew
    #[arg(long, requires = "copy", conflicts_with = "anchor")]
    pub(crate) without_anchor: bool,
}

/// Whose log.
#[derive(Debug, Args)]
pub(crate) struct Whose {
    /// That of this tenant; one that was dropped goes by its id
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
    /// That of the installation itself: tenants created and dropped, strangers turned away
    #[arg(long, conflicts_with = "tenant")]
    pub(crate) installation: bool,
}
