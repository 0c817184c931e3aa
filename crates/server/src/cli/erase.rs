//! What the subcommand that forgets a person takes.

use clap::Args;
use zelo_model::{ErasureGround, ProfileId};

/// Whom to forget, and why.
#[derive(Debug, Args)]
#[command(
    group = clap::ArgGroup::new("whom").required(true).multiple(false),
    after_help = "Examples:
  zelo erase --tenant acme --email ana@example.com
  zelo erase --tenant acme --user-id 42 --ground consent-withdrawn
  zelo erase --id prf_…                  whoever has that id; the receipt again, once it is done

It cannot be undone. What a law keeps (policies/retention) is kept apart, and stands in the receipt. Other users of this
machine may see what you type."
)]
pub(crate) struct Erase {
    /// Whose person; may be left out when there is only one tenant
    #[arg(long)]
    pub(crate) tenant: Option<String>,
    /// By e-mail address
    #[arg(long, group = "whom", value_name = "ADDRESS")]
    pub(crate) email: Option<String>,
    /// By the id a source gives signed-in people
    #[arg(long, group = "whom", value_name = "ID")]
    pub(crate) user_id: Option<String>,
    /// By the id a source gives devices and browsers
    #[arg(long, group = "whom", value_name = "ID")]
    pub(crate) anonymous_id: Option<String>,
    /// By the id of a profile
    #[arg(long, group = "whom", value_name = "PROFILE")]
    pub(crate) id: Option<ProfileId>,
    /// The space of a user id or anonymous id [default: main]
    #[arg(long, conflicts_with_all = ["email", "id"])]
    pub(crate) space: Option<String>,
    /// Why: request, not-needed, consent-withdrawn, objection, unlawful, legal-duty or child
    #[arg(long, default_value_t = ErasureGround::Request)]
    pub(crate) ground: ErasureGround,
}
