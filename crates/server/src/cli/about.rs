//! What the subcommands about tenants, sources, keys and the sample take.

use clap::Subcommand;
use zelo_model::{CredentialId, Purpose, Role};

use super::Where;

/// About tenants.
#[derive(Debug, Subcommand)]
pub(crate) enum Tenant {
    /// Create a tenant
    #[command(after_help = "Example:\n  zelo tenant create acme --controller acme-sa")]
    Create {
        /// Its name, in lower-case words joined by `-`
        slug: String,
        /// Who is responsible for the data (GDPR art. 4(7), LGPD art. 5 VI)
        #[arg(long, value_name = "ID")]
        controller: String,
    },
    /// List the tenants
    List,
}

/// About sources.
#[derive(Debug, Subcommand)]
pub(crate) enum Source {
    /// Create a source
    #[command(
        after_help = "Example:\n  zelo source create shop --tenant acme --collects-for customer-service --priority 10"
    )]
    Create {
        /// Its name, in lower-case words joined by `-`
        slug: String,
        /// Whose; may be left out when there is only one tenant
        #[arg(long)]
        tenant: Option<String>,
        /// When sources disagree, the higher one is believed
        #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
        priority: i32,
        /// Purposes it collects for, joined by commas
        #[arg(long, value_delimiter = ',', value_name = "PURPOSES")]
        collects_for: Vec<Purpose>,
        /// The space its user ids are unique in; sources that share user ids share a space [default: main]
        #[arg(long)]
        space: Option<String>,
    },
    /// List the sources
    List {
        /// Whose; may be left out when there is only one tenant
        #[arg(long)]
        tenant: Option<String>,
    },
}

/// About keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Create a key; it is shown once, only its hash is kept
    #[command(after_help = "Examples:
  zelo key create shop-sdk --tenant acme --role source --source shop
  zelo key create reader --tenant acme --role developer --purpose customer-service
  zelo key create clara --installation --role officer --purpose administration     proposes and decides on policies")]
    Create {
        /// What people call it
        name: String,
        /// Whose.
        #[command(flatten)]
        whose: Where,
        /// In which role: `source` sends events, `developer` queries, `officer`, `steward`, `analyst` and `agent` work with people
        #[arg(long, value_parser = role)]
        role: Role,
        /// What it may be used for, joined by commas
        #[arg(long, value_delimiter = ',', value_name = "PURPOSES")]
        purpose: Vec<Purpose>,
        /// The source a key of role `source` speaks for
        #[arg(long, value_name = "SLUG")]
        source: Option<String>,
    },
    /// List the keys
    List {
        /// Whose.
        #[command(flatten)]
        whose: Where,
    },
    /// Revoke a key, at once
    Revoke {
        /// Its id, as `zelo key list` shows it
        key_id: CredentialId,
        /// Whose.
        #[command(flatten)]
        whose: Where,
    },
}

/// About the sample people.
#[derive(Debug, Subcommand)]
pub(crate) enum Sample {
    /// Remove the sample tenant with its people and keys; they do not come back at the next start
    Drop,
}

fn role(text: &str) -> Result<Role, String> {
    let known = || Role::ALL.map(Role::slug).join(", ");
    Role::from_slug(text).ok_or_else(|| format!("the roles are {}", known()))
}
