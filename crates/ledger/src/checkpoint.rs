//! A checkpoint: how many entries a log has and their tree hash, signed (C2SP tlog-checkpoint and signed-note).

use std::fmt;
use std::str::FromStr;

use zelo_model::TenantId;

use crate::Rooted;

/// Which log: `<prefix>/<tenant id>/<epoch>`, the first line of its checkpoints and the name of its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    prefix: String,
    /// Whose log.
    pub tenant: TenantId,
    /// How many restores came before.
    pub epoch: u64,
}

/// A text that cannot name a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a log is named `<prefix>/<tenant id>/<epoch>`; the prefix has no spaces, no `+`, at most 200 bytes")]
pub struct OriginError;

impl Origin {
    /// The log of a tenant in one epoch; the prefix is the installation's, for example `cdp.example.com/audit`.
    pub fn new(prefix: &str, tenant: TenantId, epoch: u64) -> Result<Self, OriginError> {
        // Names may hold neither Unicode spaces nor `+` (C2SP signed-note, "Format").
        let good = signed_note::is_key_name_valid(prefix) && !prefix.chars().any(char::is_control);
        if !good || prefix.len() > 200 || prefix.ends_with('/') {
            return Err(OriginError);
        }
        Ok(Self { prefix: prefix.to_owned(), tenant, epoch })
    }

    /// The installation's part of the name.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The same tenant's log in another epoch.
    #[must_use]
    pub fn in_epoch(&self, epoch: u64) -> Self {
        Self { epoch, ..self.clone() }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.prefix, self.tenant, self.epoch)
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let mut parts = text.rsplitn(3, '/');
        let mut next = || parts.next().ok_or(OriginError);
        let (epoch, tenant, prefix) = (next()?, next()?, next()?);
        let tenant = tenant.parse().map_err(|_| OriginError)?;
        let origin = Self::new(prefix, tenant, epoch.parse().map_err(|_| OriginError)?)?;
        // One text a log: no `+1`, no `01`.
        if origin.to_string() == text { Ok(origin) } else { Err(OriginError) }
    }
}

/// The head of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: Origin,
    /// How many entries it has, and their tree hash (RFC 6962 §2.1).
    pub head: Rooted,
}

impl Checkpoint {
    /// The text that is signed: origin, size, root in base64, a line each.
    pub(crate) fn text(&self) -> Option<Vec<u8>> {
        let root = tlog_tiles::Hash(self.head.root);
        let text = tlog_tiles::Checkpoint::new(&self.origin.to_string(), self.head.n, root, "").ok()?;
        Some(text.to_bytes())
    }

    pub(crate) fn from_text(text: &[u8]) -> Option<Self> {
        let text = tlog_tiles::Checkpoint::from_bytes(text).ok()?;
        let origin = text.origin().parse().ok()?;
        Some(Self { origin, head: Rooted { n: text.size(), root: text.hash().0 } })
    }

    /// Reads a signed checkpoint **without** looking at its signature; a first look at what to verify.
    pub fn unverified(note: &[u8]) -> Option<Self> {
        Self::from_text(signed_note::Note::from_bytes(note).ok()?.text())
    }
}
