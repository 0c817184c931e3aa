//! What the subcommands about rotating keys take.

use clap::{Args, Subcommand};

/// About rotating keys.
#[derive(Debug, Subcommand)]
#[command(
    after_help = "A rotation goes on while everything else does, in the running server or, without one, in this command.
Interrupted, by whatever, it goes on where it was: in the server by itself, else with the same command again.

Examples:
  zelo rotate root
  zelo rotate kek --tenant acme
  zelo rotate list"
)]
pub(crate) enum Rotate {
    /// Make a new root key, bring everything under it, and destroy the old one: nobody can open what was backed up
    /// before any more, with whatever key. Take a backup afterwards
    Root {
        /// Begin it and come back at once; `zelo rotate list` shows how far it has come
        #[arg(long)]
        no_wait: bool,
    },
    /// Make a new key of keys for a tenant and delete the old one
    Kek {
        /// Whose.
        #[command(flatten)]
        whose: Where,
        /// Begin it and come back at once; `zelo rotate list` shows how far it has come
        #[arg(long)]
        no_wait: bool,
    },
    /// Make a new key for a tenant's blind index, give every identifier its digest under it, and delete the old ones
    Index {
        /// Whose.
        #[command(flatten)]
        whose: Where,
        /// Begin it and come back at once; `zelo rotate list` shows how far it has come
        #[arg(long)]
        no_wait: bool,
    },
    /// Seal everything a tenant holds about anybody anew, under new keys for everybody, and delete the old ones
    Owners {
        /// Whose.
        #[command(flatten)]
        whose: Where,
        /// Begin it and come back at once; `zelo rotate list` shows how far it has come
        #[arg(long)]
        no_wait: bool,
    },
    /// Show rotations under way and done, the newest first
    List(Where),
}

/// Where keys rotate.
#[derive(Debug, Args)]
pub(crate) struct Where {
    /// Whose; may be left out when there is only one tenant
    #[arg(long)]
    pub(crate) tenant: Option<String>,
    /// Those of the installation itself
    #[arg(long, conflicts_with = "tenant")]
    pub(crate) installation: bool,
}
