//! What can be configured: `zelo.toml`, then `ZELO_…` variables, then flags; each overrides the one before.

mod check;
mod error;
mod load;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

pub(crate) use check::database;
pub(crate) use error::{ConfigError, Place};
pub(crate) use load::{Flags, load};

/// Configuration of `zelo`. Every key can also be given as an environment variable: `ZELO_`, the section, two
/// underscores, the key (`ZELO_SERVER__LISTEN`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "zelo.toml")]
pub(crate) struct Config {
    /// What this installation is for.
    pub(crate) profile: Profile,
    /// Where it listens.
    pub(crate) server: Server,
    /// Where the data are.
    pub(crate) data: Data,
    /// Where the root key is.
    pub(crate) root: Root,
    /// The audit log.
    pub(crate) audit: Audit,
    /// How much a key may do.
    pub(crate) limits: Limits,
    /// How fast keys are replaced.
    pub(crate) rotation: Rotation,
    /// The policies.
    pub(crate) policy: Policy,
    /// What events may say.
    pub(crate) plan: Plan,
    /// What is written to standard error.
    pub(crate) log: Log,
}

/// What an installation is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Profile {
    /// Trying it out: sample people, ready keys, and a root key that lies beside the data it protects.
    #[default]
    Development,
    /// Real people: no sample, a root key that was made for it and is kept outside the data folder, an anchor outside it
    /// too, and nothing in the clear beyond this machine.
    Production,
}

/// Where it listens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Server {
    /// Address and port; port 0 takes a free one. In `--ephemeral` mode the default is `127.0.0.1:0`.
    #[schemars(with = "String")]
    #[serde(deserialize_with = "address_text")]
    pub(crate) listen: SocketAddr,
    /// Whether a proxy that speaks TLS stands in front. Zelo speaks none of its own, so the production profile listens
    /// beyond this machine only when this is said.
    pub(crate) behind_proxy: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: (Ipv4Addr::LOCALHOST, 7460).into(), behind_proxy: false }
    }
}

/// Where the data are.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Data {
    /// Folder of the databases, the lock and the command line's socket. With PostgreSQL it holds no personal data.
    pub(crate) dir: PathBuf,
    /// PostgreSQL: URL of the database of the data. Without it, SQLite files in `dir`.
    pub(crate) url: Option<String>,
    /// PostgreSQL: URL of the database of the keys, which must be another one, with backups of its own.
    pub(crate) keys_url: Option<String>,
}

impl Default for Data {
    fn default() -> Self {
        Self { dir: "zelo-data".into(), url: None, keys_url: None }
    }
}

/// The URLs hold passwords.
impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.url.is_some() { "postgres" } else { "sqlite" };
        f.debug_struct("Data").field("dir", &self.dir).field("kind", &kind).finish_non_exhaustive()
    }
}

/// Where the root key is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Root {
    /// Folder of the root key's files (`root-1.key`, …), made at the first start. Keep it out of every backup of the
    /// data. Development: `root` inside `data.dir`. Production: required, and outside `data.dir`.
    pub(crate) dir: Option<PathBuf>,
}

/// The audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Audit {
    /// The append-only file its checkpoints are copied to, which no backup of the data or the keys may hold.
    /// Development: `zelo-anchor.log` beside `data.dir`. Production: required, and outside `data.dir`.
    pub(crate) anchor: Option<PathBuf>,
    /// File of the key that signs it, made at the first start: `audit.key` in the root key's folder unless named.
    pub(crate) key: Option<PathBuf>,
    /// What the logs of this installation are called; in production a name of yours, such as `example.com/zelo`.
    pub(crate) origin: String,
    /// What the entry of a read survives before its answer leaves. Entries of writes always survive a power cut.
    pub(crate) reads: Reads,
}

impl Default for Audit {
    fn default() -> Self {
        Self { anchor: None, key: None, origin: "localhost/zelo".to_owned(), reads: Reads::default() }
    }
}

/// What the entry of a read survives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reads {
    /// A power cut.
    #[default]
    Fsync,
    /// A killed process, not a power cut.
    Process,
}

/// How much a key may do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// How often a second a key may look somebody up by identifier, and twice as often at once; 0 is without limit.
    /// An identifier is a question with a yes or no: as low as your users can bear keeps a leaked key from asking it
    /// for everybody.
    pub(crate) lookups_per_second: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { lookups_per_second: 1000 }
    }
}

/// How fast keys are replaced. A rotation goes on in chunks, beside everything else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Rotation {
    /// Keys or rows in a chunk, at least 1.
    pub(crate) chunk: u32,
    /// Milliseconds between two chunks, in which everybody else has their turn.
    pub(crate) pause_ms: u32,
}

impl Default for Rotation {
    fn default() -> Self {
        Self { chunk: 200, pause_ms: 20 }
    }
}

/// The policies: who may, which purpose and basis, how long.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Policy {
    /// Folder of your own policies, instead of those that came with the program: a copy of all of them, changed. What is
    /// changed there comes into force within seconds, whole or not at all; `zelo policy check` tells beforehand.
    pub(crate) folder: Option<PathBuf>,
}

/// The tracking plan: JSON Schemas of events, in versions, each property with its kind of data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Plan {
    /// Folder of your own plan, `event/version.json`, instead of the one that came with the program. It is read at the
    /// start.
    pub(crate) folder: Option<PathBuf>,
    /// What becomes of an event without a schema in force.
    pub(crate) unplanned: Unplanned,
}

/// What becomes of an event without a schema in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unplanned {
    /// It is taken in; properties that look personal are held.
    #[default]
    Accept,
    /// It is held in quarantine.
    Hold,
}

/// What is written to standard error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// For people, or for machines.
    pub(crate) format: Format,
    /// What is written, by target: `warn,zelo=info`; with `warn,zelo=debug` a line a request. Libraries never say
    /// more than `info`, whatever stands here.
    pub(crate) filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: Format::Text, filter: "warn,zelo=info".to_owned() }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Reads an address to listen on.
pub(crate) fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "write an address and a port, such as 127.0.0.1:7460")
}

fn address_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    address(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

impl Config {
    /// Where the root key is.
    pub(crate) fn root(&self) -> PathBuf {
        self.root.dir.clone().unwrap_or_else(|| self.data.dir.join("root"))
    }

    /// Where the audit log's signing key is.
    pub(crate) fn signing_key(&self) -> PathBuf {
        self.audit.key.clone().unwrap_or_else(|| self.root().join("audit.key"))
    }

    /// Where checkpoints are anchored: beside the data folder, `zelo-anchor.log` for `zelo-data`, unless named.
    pub(crate) fn anchor(&self) -> PathBuf {
        let dir = std::path::absolute(&self.data.dir).unwrap_or_else(|_| self.data.dir.clone());
        let name = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = name.strip_suffix("-data").unwrap_or(&name);
        let beside = self.data.dir.with_file_name(format!("{name}-anchor.log"));
        self.audit.anchor.clone().unwrap_or(beside)
    }
}
