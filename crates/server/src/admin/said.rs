//! From what was said on the command line to what is asked.

use std::path::PathBuf;

use zelo_model::{IdentifierKind, KeyClass};

use super::Command;
use super::command::Whom;
use crate::cli;

fn words<T: ToString>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

impl From<cli::Tenant> for Command {
    fn from(said: cli::Tenant) -> Self {
        match said {
            cli::Tenant::Create { slug, controller } => Self::TenantCreate { slug, controller },
            cli::Tenant::List => Self::TenantList,
        }
    }
}

impl From<cli::Source> for Command {
    fn from(said: cli::Source) -> Self {
        match said {
            cli::Source::Create { slug, tenant, priority, collects_for, space } => {
                Self::SourceCreate { tenant, slug, priority, collects_for: words(&collects_for), space }
            }
            cli::Source::List { tenant } => Self::SourceList { tenant },
        }
    }
}

impl From<cli::Key> for Command {
    fn from(said: cli::Key) -> Self {
        match said {
            cli::Key::Create { name, whose: cli::Where { tenant, installation }, role, purpose, source } => {
                let (role, purposes) = (role.to_string(), words(&purpose));
                Self::KeyCreate { tenant, installation, name, role, purposes, source }
            }
            cli::Key::List { whose: cli::Where { tenant, installation } } => {
                Self::KeyList { tenant, installation }
            }
            cli::Key::Revoke { key_id, whose: cli::Where { tenant, installation } } => {
                Self::KeyRevoke { tenant, installation, id: key_id.to_string() }
            }
        }
    }
}

impl From<cli::Sample> for Command {
    fn from(cli::Sample::Drop: cli::Sample) -> Self {
        Self::SampleDrop
    }
}

impl From<cli::Rotate> for Command {
    fn from(said: cli::Rotate) -> Self {
        let rotate = |what: KeyClass, cli::Where { tenant, installation }, no_wait| Self::Rotate {
            what: what.slug().to_owned(),
            tenant,
            installation,
            no_wait,
        };
        match said {
            cli::Rotate::Root { no_wait } => {
                rotate(KeyClass::Root, cli::Where { tenant: None, installation: true }, no_wait)
            }
            cli::Rotate::Kek { whose, no_wait } => rotate(KeyClass::Kek, whose, no_wait),
            cli::Rotate::Index { whose, no_wait } => rotate(KeyClass::Index, whose, no_wait),
            cli::Rotate::Owners { whose, no_wait } => rotate(KeyClass::Owners, whose, no_wait),
            cli::Rotate::List(cli::Where { tenant, installation }) => {
                Self::Rotations { tenant, installation }
            }
        }
    }
}

impl From<cli::Backup> for Command {
    fn from(said: cli::Backup) -> Self {
        let cli::Backup { folder, data_to, keys_to, signing_to } = said;
        let within = |name: &str| folder.as_ref().map(|folder| folder.join(name));
        let whole = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        Self::Backup {
            data: data_to.or_else(|| within("data")).map(whole),
            keys: keys_to.or_else(|| within("keys")).map(whole),
            signing: signing_to.or_else(|| within("signing")).map(whole),
        }
    }
}

impl From<cli::Erase> for Command {
    fn from(said: cli::Erase) -> Self {
        let cli::Erase { tenant, email, user_id, anonymous_id, id, space, ground } = said;
        let by = |kind: IdentifierKind, value| {
            let (kind, space) = (kind.slug().to_owned(), space.clone());
            Whom::Identifier { kind, space, value }
        };
        let whom = match (email, user_id, anonymous_id) {
            (Some(email), _, _) => by(IdentifierKind::Email, email),
            (_, Some(user), _) => by(IdentifierKind::UserId, user),
            (_, _, Some(device)) => by(IdentifierKind::AnonymousId, device),
            _ => Whom::Id(id.map(|id| id.to_string()).unwrap_or_default()),
        };
        Self::Erase { tenant, whom, ground: ground.to_string() }
    }
}

impl From<cli::Retention> for Command {
    fn from(said: cli::Retention) -> Self {
        let (cli::Schedules { tenant, schedule }, run) = match said {
            cli::Retention::Preview(which) => (which, false),
            cli::Retention::Run(which) => (which, true),
        };
        Self::Retention { tenant, schedule, run }
    }
}

impl From<cli::Audit> for Command {
    fn from(said: cli::Audit) -> Self {
        match said {
            cli::Audit::Verify(cli::Verify { whose: cli::Whose { tenant, installation }, .. }) => {
                Self::AuditVerify { tenant, installation }
            }
            cli::Audit::Export { folder, whose: cli::Whose { tenant, installation } } => {
                let folder = std::path::absolute(&folder).unwrap_or(folder);
                Self::AuditExport { tenant, installation, folder }
            }
        }
    }
}
