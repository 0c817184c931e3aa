//! What can be said on the command line.

mod about;
mod audit;
mod backup;
mod erase;
mod export;
mod import;
mod policy;
mod quarantine;
mod retention;
mod rotate;
mod tail;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use zelo_model::Timestamp;

pub(crate) use about::{Key, Sample, Source, Tenant};
pub(crate) use audit::{Audit, Verify, Whose};
pub(crate) use backup::{Backup, Restore, Then};
pub(crate) use erase::Erase;
pub(crate) use export::{Export, Exports};
pub(crate) use import::Import;
pub(crate) use policy::Policy;
pub(crate) use quarantine::{Quarantine, Who};
pub(crate) use retention::{Retention, Schedules};
pub(crate) use rotate::{Rotate, Where};
pub(crate) use tail::Tail;

use crate::config::Profile;

/// A customer data platform that proves what it does with personal data.
///
/// Without a command: `serve`.
#[derive(Debug, Parser)]
#[command(name = "zelo", version, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// What is given to every command.
    #[command(flatten)]
    pub(crate) place: Place,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What is given to every command.
#[derive(Debug, Default, Args)]
pub(crate) struct Place {
    /// Configuration file [default: zelo.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Data folder [default: zelo-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Answer in JSON, for machines
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

const EXAMPLES: &str = "Examples:
  zelo                                         try it: sample people, ready keys, http://127.0.0.1:7460
  zelo tenant create acme --controller acme-sa
  zelo source create shop --tenant acme --collects-for customer-service
  zelo key create shop-sdk --tenant acme --role source --source shop
  zelo key create reader --tenant acme --role developer --purpose customer-service
  zelo import people.csv --tenant acme --source crm --map people.map.yaml
  zelo export people.jsonl --key officer.key --purpose data-subject-rights
  zelo erase --tenant acme --email ana@example.com
  zelo audit verify
  zelo backup ./backup

Commands work beside a running server, through a socket in its data folder, or alone.";

/// A command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve intake and GraphQL
    Serve(Serve),
    /// Tenants: each is one controller, with keys and a log of its own
    #[command(subcommand)]
    Tenant(Tenant),
    /// Sources: whom a tenant gets data from
    #[command(subcommand)]
    Source(Source),
    /// Keys: credentials in one role, for the API or for sending events
    #[command(subcommand)]
    Key(Key),
    /// Bring in a file: a table, JSON Lines, or the archive Segment writes
    Import(Import),
    /// Take everybody's data out, as far as a purpose sees it
    Export(Export),
    /// Messages that could not be taken in as they were: look at them, mend them, send them again
    #[command(subcommand)]
    Quarantine(Quarantine),
    /// Forget a person: destroy their keys, then delete their rows
    Erase(Erase),
    /// How long the living are kept: look ahead, or apply the schedules now
    #[command(subcommand)]
    Retention(Retention),
    /// The audit log: verify it, or copy it for others to verify
    #[command(subcommand)]
    Audit(Audit),
    /// The policies: check them, see what a change would do, write a privacy notice
    #[command(subcommand)]
    Policy(Policy),
    /// The keys that seal: replace them while everything goes on
    #[command(subcommand)]
    Rotate(Rotate),
    /// Watch what arrives at the running server: what became of it, and whom it matched
    Tail(Tail),
    /// Copy the databases and the signing key, each class into a folder of its own
    Backup(Backup),
    /// Put a backup back, or do again what was done since
    Restore(Restore),
    /// The sample people of the development profile
    #[command(subcommand)]
    Sample(Sample),
}

/// How to serve.
#[derive(Debug, Default, Args)]
#[command(after_help = "Examples:
  zelo serve
  zelo serve --listen 127.0.0.1:8080 --profile production
  zelo serve --ephemeral --clock 2026-01-31T12:00:00Z     for tests; POST /ephemeral/tenants makes a fresh tenant")]
pub(crate) struct Serve {
    /// Address and port; port 0 takes a free one [default: 127.0.0.1:7460]
    #[arg(long, value_name = "ADDRESS", value_parser = crate::config::address)]
    pub(crate) listen: Option<SocketAddr>,
    /// What this installation is for [default: development]
    #[arg(long, value_enum)]
    pub(crate) profile: Option<Profile>,
    /// For tests: a temporary folder that is gone at the end, a free port, the address as JSON on standard output
    #[arg(long, conflicts_with_all = ["data", "profile"])]
    pub(crate) ephemeral: bool,
    /// A clock that stands still (RFC 3339)
    #[arg(long, requires = "ephemeral", value_name = "TIME")]
    pub(crate) clock: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_command_means_serve_and_a_fixed_clock_needs_the_ephemeral_mode() {
        assert!(Cli::try_parse_from(["zelo"]).unwrap().command.is_none());
        let fixed = ["zelo", "serve", "--clock", "2026-01-31T12:00:00Z"];
        assert!(Cli::try_parse_from(fixed).is_err());
        assert!(Cli::try_parse_from(fixed.iter().chain(&["--ephemeral"])).is_ok());
    }

    #[test]
    fn a_copy_is_verified_without_a_place_and_its_key_belongs_to_a_copy() {
        let said = |words: &str| Cli::try_parse_from(words.split(' '));
        assert!(said("zelo audit verify --copy ./copy --vkey vkey --anchor anchor.log --json").is_ok());
        for wrong in [
            "--copy ./copy --tenant acme",
            "--copy ./copy --data x",
            "--vkey x",
            "--tenant a --installation",
            "--without-anchor",
            "--copy x --anchor a --without-anchor",
        ] {
            assert!(said(&format!("zelo audit verify {wrong}")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_replay_says_what_it_replays() {
        let said = |words: &str| Cli::try_parse_from(words.split(' '));
        let id = zelo_model::QuarantineId([7; 16]);
        for right in [
            format!("replay {id} {id}"),
            "replay --all".to_owned(),
            "replay --reason schema --source shop".to_owned(),
        ] {
            assert!(said(&format!("zelo quarantine {right}")).is_ok(), "{right}");
        }
        for wrong in
            ["replay".to_owned(), format!("replay {id} --all"), "discard".to_owned(), "show ana".to_owned()]
        {
            assert!(said(&format!("zelo quarantine {wrong}")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_backup_needs_a_place_and_a_replay_none() {
        let said = |words: &str| Cli::try_parse_from(words.split(' '));
        for right in [
            "backup ./b",
            "backup --keys-to ./k",
            "restore ./b --replace",
            "restore --data-from ./d",
            "restore replay",
        ] {
            assert!(said(&format!("zelo {right}")).is_ok(), "{right}");
        }
        for wrong in
            ["backup", "restore", "restore --replace", "restore ./b replay", "restore replay --replace"]
        {
            assert!(said(&format!("zelo {wrong}")).is_err(), "{wrong}");
        }
        let Some(Command::Restore(Restore { then: Some(Then::Replay), .. })) =
            said("zelo restore replay").unwrap().command
        else {
            panic!("another command");
        };
    }

    #[test]
    fn purposes_are_joined_by_commas_and_an_unknown_role_lists_the_roles() {
        let words =
            "zelo key create reader --role developer --purpose customer-service,service-delivery --json";
        let Some(Command::Key(Key::Create { purpose, .. })) =
            Cli::try_parse_from(words.split(' ')).unwrap().command
        else {
            panic!("another command");
        };
        assert_eq!(purpose.len(), 2);
        let refused = Cli::try_parse_from("zelo key create x --role king".split(' ')).unwrap_err();
        assert!(refused.to_string().contains("developer"), "{refused}");
    }
}
