//! What is asked of the installation.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::export::Shows;
use super::import::ImportRows;
use super::quarantine::{Asker, HeldCommand};
use super::tail::Secret;

/// One request to the installation. Roles, purposes and ids travel as people write them and are read at the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Command {
    /// `tenant create`.
    TenantCreate {
        /// Its name.
        slug: String,
        /// The controller it stands for.
        controller: String,
    },
    /// `tenant list`.
    TenantList,
    /// `source create`.
    SourceCreate {
        /// Whose; `None` when there is only one tenant.
        tenant: Option<String>,
        /// Its name.
        slug: String,
        /// Whose value wins: the higher.
        priority: i32,
        /// What it collects for.
        collects_for: Vec<String>,
        /// The id space of its user ids.
        space: Option<String>,
    },
    /// `source list`.
    SourceList {
        /// Whose.
        tenant: Option<String>,
    },
    /// `key create`.
    KeyCreate {
        /// Whose.
        tenant: Option<String>,
        /// The installation's own.
        installation: bool,
        /// What people call it.
        name: String,
        /// Its role.
        role: String,
        /// What it may be used for.
        purposes: Vec<String>,
        /// The source a write key speaks for.
        source: Option<String>,
    },
    /// `key list`.
    KeyList {
        /// Whose.
        tenant: Option<String>,
        /// The installation's own.
        installation: bool,
    },
    /// `key revoke`.
    KeyRevoke {
        /// Whose.
        tenant: Option<String>,
        /// The installation's own.
        installation: bool,
        /// Which.
        id: String,
    },
    /// `policy copy --in-force`: the files, whose server it is.
    Policies,
    /// `sample drop`.
    SampleDrop,
    /// `rotate root`, `kek`, `index`, `owners`: begins it.
    Rotate {
        /// The class of keys.
        what: String,
        /// Whose.
        tenant: Option<String>,
        /// The installation's own.
        installation: bool,
        /// Begin it, and leave it to the server to go on.
        no_wait: bool,
    },
    /// Brings a rotation on for a moment, and says how far it has come.
    RotateOn {
        /// Which.
        id: String,
        /// Whose.
        tenant: Option<String>,
        /// The installation's own.
        installation: bool,
    },
    /// `rotate list`.
    Rotations {
        /// Whose.
        tenant: Option<String>,
        /// The installation's own.
        installation: bool,
    },
    /// `tail`: what arrived, and what arrives.
    Tail {
        /// Whose.
        tenant: Option<String>,
        /// The key of whoever looks; without one it is the operator, who sees no names and no profiles.
        key: Option<Secret>,
        /// What for.
        purpose: Option<String>,
        /// Only what came behind this place.
        after: Option<u64>,
    },
    /// `quarantine`.
    Quarantine {
        /// Who asks.
        who: Asker,
        /// What.
        what: HeldCommand,
    },
    /// `erase`.
    Erase {
        /// Whose person.
        tenant: Option<String>,
        /// Whom.
        whom: Whom,
        /// Why.
        ground: String,
    },
    /// `retention preview`, `retention run`.
    Retention {
        /// Whose.
        tenant: Option<String>,
        /// One of the schedules.
        schedule: Option<String>,
        /// Not only told, but done.
        run: bool,
    },
    /// A batch of `import`.
    Import {
        /// Whose.
        tenant: Option<String>,
        /// The source they come from.
        source: String,
        /// The rows.
        rows: ImportRows,
    },
    /// `export`: begins it.
    ExportBegin {
        /// Who takes it out.
        who: Shows,
        /// Whether events are in it.
        events: bool,
    },
    /// A page of an export.
    ExportPage {
        /// Who takes it out.
        who: Shows,
        /// Which export.
        id: String,
        /// Which page.
        page: i64,
    },
    /// `export cancel`.
    ExportCancel {
        /// Who takes it out.
        who: Shows,
        /// Which.
        id: String,
    },
    /// `export list`.
    ExportList {
        /// Whose.
        tenant: Option<String>,
    },
    /// `audit verify`: one log, or all of them.
    AuditVerify {
        /// Whose.
        tenant: Option<String>,
        /// That of the installation alone.
        installation: bool,
    },
    /// `audit export`.
    AuditExport {
        /// Whose.
        tenant: Option<String>,
        /// That of the installation.
        installation: bool,
        /// The folder, from the root on: the server may run somewhere else.
        folder: PathBuf,
    },
    /// `backup`: each class into a folder, from the root on.
    Backup {
        /// Of the data.
        data: Option<PathBuf>,
        /// Of the keys.
        keys: Option<PathBuf>,
        /// Of the signing key.
        signing: Option<PathBuf>,
    },
}

/// How somebody is named.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Whom {
    /// By a profile's id.
    Id(String),
    /// By an identifier of this kind.
    Identifier {
        /// The kind.
        kind: String,
        /// The id space.
        space: Option<String>,
        /// The value.
        value: String,
    },
}

impl std::fmt::Debug for Whom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Whom(…)")
    }
}

impl Command {
    /// Whether it may find an empty place and begin there.
    pub(crate) fn founds(&self) -> bool {
        matches!(self, Self::TenantCreate { .. })
    }

    /// Whether it only looks, and may do so when the databases are older than the anchor.
    pub(crate) fn looks(&self) -> bool {
        matches!(self, Self::AuditVerify { .. } | Self::AuditExport { .. } | Self::Backup { .. })
    }

    /// How the lock's holder is called while it runs.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::TenantCreate { .. } => "zelo tenant create",
            Self::TenantList => "zelo tenant list",
            Self::SourceCreate { .. } => "zelo source create",
            Self::SourceList { .. } => "zelo source list",
            Self::KeyCreate { .. } => "zelo key create",
            Self::KeyList { .. } => "zelo key list",
            Self::KeyRevoke { .. } => "zelo key revoke",
            Self::Policies => "zelo policy copy",
            Self::SampleDrop => "zelo sample drop",
            Self::Rotate { .. } | Self::RotateOn { .. } => "zelo rotate",
            Self::Rotations { .. } => "zelo rotate list",
            Self::Tail { .. } => "zelo tail",
            Self::Quarantine { .. } => "zelo quarantine",
            Self::Erase { .. } => "zelo erase",
            Self::Retention { .. } => "zelo retention",
            Self::Import { .. } => "zelo import",
            Self::ExportBegin { .. } | Self::ExportPage { .. } => "zelo export",
            Self::ExportCancel { .. } => "zelo export cancel",
            Self::ExportList { .. } => "zelo export list",
            Self::AuditVerify { .. } => "zelo audit verify",
            Self::AuditExport { .. } => "zelo audit export",
            Self::Backup { .. } => "zelo backup",
        }
    }
}
