//! Who acts, in which role, for which purpose and through which way in.

use std::fmt;
use std::str::FromStr;

use crate::{CredentialId, SourceId, TenantId};

/// In which role somebody acts. What a role may do stands in `policies/`, never here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// The installation's own hand: the command line, by file permission.
    Operator,
    /// A privacy officer (encarregado, DPO).
    Officer,
    /// Keeps the data right: corrects, merges, splits.
    Steward,
    /// Looks at people in numbers.
    Analyst,
    /// Works with customers.
    Agent,
    /// Integrates: queries the API.
    Developer,
    /// A WebAssembly plugin.
    Plugin,
    /// The person the data is about.
    Subject,
    /// A write key: sends events and reads nothing.
    Source,
}

impl Role {
    /// All roles, in the order of the permission table.
    pub const ALL: [Self; 9] = [
        Self::Operator,
        Self::Officer,
        Self::Steward,
        Self::Analyst,
        Self::Agent,
        Self::Developer,
        Self::Plugin,
        Self::Subject,
        Self::Source,
    ];

    /// The role's name in policies, leaves and configuration.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Officer => "officer",
            Self::Steward => "steward",
            Self::Analyst => "analyst",
            Self::Agent => "agent",
            Self::Developer => "developer",
            Self::Plugin => "plugin",
            Self::Subject => "subject",
            Self::Source => "source",
        }
    }

    /// The role of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.slug() == slug)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// Why data is processed (GDPR art. 5(1)(b), LGPD art. 6 I); a name from `policies/purposes`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Purpose(String);

/// A text that cannot name a purpose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a purpose is named in lower-case words joined by `-`, at most 64 characters")]
pub struct PurposeError;

impl Purpose {
    /// The purpose's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Purpose {
    type Err = PurposeError;

    fn from_str(text: &str) -> Result<Self, PurposeError> {
        let word = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if text.is_empty() || text.len() > 64 || !text.bytes().all(word) {
            return Err(PurposeError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Through which way in somebody came; it stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Via {
    /// The GraphQL API.
    GraphQl,
    /// The tracking endpoints.
    Intake,
    /// Plain HTTP beside those: the log's own files, and links sent to people.
    Http,
    /// The command line.
    Cli,
    /// A background job of Zelo's own.
    Job,
}

impl Via {
    /// The name in a leaf.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::GraphQl => "graphql",
            Self::Intake => "intake",
            Self::Http => "http",
            Self::Cli => "cli",
            Self::Job => "job",
        }
    }
}

/// Somebody at the door, already authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The only tenant this actor can reach.
    pub tenant: TenantId,
    /// In which role.
    pub role: Role,
    /// For which purpose this passage is; chosen among the credential's.
    pub purpose: Purpose,
    /// With which credential; `None` for the operator and for jobs.
    pub credential: Option<CredentialId>,
    /// The source a write key speaks for.
    pub source: Option<SourceId>,
    /// Through which way in.
    pub via: Via,
}

impl Actor {
    /// How the log names this actor: the credential's id, else the role.
    pub fn name(&self) -> String {
        self.credential.map_or_else(|| self.role.slug().to_owned(), |id| id.to_string())
    }
}
