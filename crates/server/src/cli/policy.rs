//! What the subcommands about the policies take.

use std::path::PathBuf;

use clap::Subcommand;

/// About the policies.
#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Read policies as the server would, and say what is wrong with them; exit code 1 when something is
    #[command(after_help = "Without a folder: those of `policy.folder`, or those that came with the program.

What refuses them is named by file, line and remedy; so is what must be seen to soon, such as a calendar that ends.

Example:
  zelo policy check ./policies")]
    Check {
        /// The policies to read
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// Say what would be different if other policies came into force
    #[command(
        after_help = "Compared with those of `policy.folder`, or those that came with the program: who may do or see what,
what purposes rest on, what consents ask for, which texts ask again, what laws keep, and by when things are due.

Examples:
  zelo policy diff ./policies
  zelo policy diff ./policies --patch > policies.patch     for `git apply`"
    )]
    Diff {
        /// The policies that would come into force
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// A unified diff of the files instead
        #[arg(long)]
        patch: bool,
    },
    /// Write out the policies that came with the program, to be changed
    #[command(after_help = "Examples:
  zelo policy copy ./policies && zelo policy check ./policies
  zelo policy copy --in-force ./agreed        what two officers agreed on, to be put under version control")]
    Copy {
        /// Those that the installation works under now, wherever they came from
        #[arg(long)]
        in_force: bool,
        /// The folder; it must not exist
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Write the privacy notice of a controller, as the policies make it
    #[command(after_help = "Example:
  zelo policy notice acme-sa --lang en > privacy.md")]
    Notice {
        /// The controller, by its id in controller.yaml
        #[arg(value_name = "CONTROLLER")]
        controller: String,
        /// The language
        #[arg(long, value_name = "TAG", default_value = "pt-BR")]
        lang: zelo_policy::Language,
        /// The policies to read [default: `policy.folder`, or those that came with the program]
        #[arg(long, value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}
