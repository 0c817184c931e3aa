//! Why a configuration cannot be used, each with the key, where it stands and what to do.

use std::fmt;
use std::path::PathBuf;

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file named with `--config` is not there.
    #[error("there is no configuration file {}", .0.display())]
    Missing(PathBuf),
    /// The file is no TOML, or cannot be read at all.
    #[error("{at} cannot be read as TOML: {why}")]
    Unreadable {
        /// Where.
        at: Place,
        /// What the parser says.
        why: String,
    },
    /// Keys nothing reads.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Unknown(Vec<UnknownKey>),
    /// A value that cannot be one.
    #[error("`{key}` in {at} cannot be used: {why}")]
    Value {
        /// Which key.
        key: String,
        /// Where it stands.
        at: Place,
        /// What is wrong with it; never the value itself, which may be a password.
        why: String,
    },
    /// Values that do not go together.
    #[error("{0}")]
    Together(&'static str),
}

/// A key nothing reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownKey {
    /// The key.
    pub(crate) key: String,
    /// Where it stands.
    pub(crate) at: Place,
    /// The known key it resembles most.
    pub(crate) nearest: Option<String>,
}

impl fmt::Display for UnknownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown key `{}` in {}", self.key, self.at)?;
        match &self.nearest {
            Some(nearest) => write!(f, " (did you mean `{nearest}`?)"),
            None => Ok(()),
        }
    }
}

/// Where a key stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a file.
    File(PathBuf),
    /// In a variable of the environment.
    Variable(String),
    /// In a flag.
    Flag,
    /// Somewhere in them.
    Configuration,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => write!(f, "the environment variable {name}"),
            Self::Flag => f.write_str("a flag"),
            Self::Configuration => f.write_str("the configuration"),
        }
    }
}
