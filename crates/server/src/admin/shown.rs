//! Tenants, sources and keys as the command line shows them.

use serde::{Deserialize, Serialize};
use zelo_app::{CredentialInfo, NewSecret, SourceInfo, TenantInfo};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TenantShown {
    pub(super) id: String,
    pub(super) slug: String,
    pub(super) controller: String,
    pub(super) sample: bool,
    pub(super) created: String,
}

/// A source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceShown {
    pub(super) id: String,
    pub(super) slug: String,
    pub(super) kind: String,
    pub(super) space: String,
    pub(super) priority: i32,
    pub(super) collects_for: Vec<String>,
    pub(super) created: String,
}

/// A key without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyShown {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) role: String,
    pub(super) purposes: Vec<String>,
    pub(super) source: Option<String>,
    pub(super) created: String,
    pub(super) revoked: Option<String>,
}

/// A key with its secret, which is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NewKey {
    #[serde(flatten)]
    pub(super) key: KeyShown,
    pub(super) secret: String,
}

impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewKey({:?}, …)", self.key)
    }
}

/// Rows of a table.
pub(super) trait Each<T> {
    fn each<const N: usize>(&self, row: impl Fn(&T) -> [String; N]) -> Vec<[String; N]>;
}

impl<T> Each<T> for Vec<T> {
    fn each<const N: usize>(&self, row: impl Fn(&T) -> [String; N]) -> Vec<[String; N]> {
        self.iter().map(row).collect()
    }
}

impl TenantShown {
    pub(super) fn row(&self) -> [String; 4] {
        let sample = if self.sample { "sample" } else { "" };
        [self.slug.clone(), self.controller.clone(), self.created.clone(), sample.to_owned()]
    }
}

impl SourceShown {
    pub(super) fn row(&self) -> [String; 5] {
        let Self { slug, kind, space, priority, collects_for, .. } = self;
        [slug.clone(), kind.clone(), space.clone(), priority.to_string(), collects_for.join(", ")]
    }
}

impl KeyShown {
    pub(super) fn row(&self) -> [String; 6] {
        let state = self.revoked.as_ref().map_or_else(|| "active".to_owned(), |at| format!("revoked {at}"));
        let source = self.source.clone().unwrap_or_default();
        [self.id.clone(), self.name.clone(), self.role.clone(), self.purposes.join(", "), source, state]
    }
}

impl From<TenantInfo> for TenantShown {
    fn from(TenantInfo { id, slug, controller, sample, created }: TenantInfo) -> Self {
        Self { id: id.to_string(), slug, controller, sample, created: created.to_string() }
    }
}

impl From<SourceInfo> for SourceShown {
    fn from(info: SourceInfo) -> Self {
        let SourceInfo { id, slug, kind, space, priority, collects_for, created } = info;
        Self { id: id.to_string(), slug, kind, space, priority, collects_for, created: created.to_string() }
    }
}

impl From<CredentialInfo> for KeyShown {
    fn from(info: CredentialInfo) -> Self {
        let CredentialInfo { id, name, role, purposes, source, created, revoked } = info;
        Self {
            id: id.to_string(),
            name,
            role: role.to_string(),
            purposes: purposes.iter().map(ToString::to_string).collect(),
            source,
            created: created.to_string(),
            revoked: revoked.map(|at| at.to_string()),
        }
    }
}

impl From<NewSecret> for NewKey {
    fn from(NewSecret { info, secret }: NewSecret) -> Self {
        Self { key: info.into(), secret }
    }
}
