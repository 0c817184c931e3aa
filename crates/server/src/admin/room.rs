//! Where commands are done: each is an operation through the door, in the role of the operator.

use std::path::{Path, PathBuf};

use zelo_app::{
    App, BackUp, Classes, CreateCredential, CreateSource, CreateTenant, Error, ListCredentials, ListSources,
    ListTenants, ReadPolicies, RevokeCredential,
};
use zelo_model::{Actor, CredentialId, Purpose, Role, Via};

use super::wire::{Refused, Reply};
use super::{Answer, Command};
use crate::sample;

/// The application and its data folder.
#[derive(Clone)]
pub(crate) struct Room {
    pub(super) app: App,
    folder: PathBuf,
}

impl Room {
    /// The room of an installation.
    pub(crate) fn new(app: App, folder: &Path) -> Self {
        Self { app, folder: folder.to_owned() }
    }

    /// Does a command.
    pub(crate) async fn act(&self, command: Command) -> Reply {
        let app = &self.app;
        Ok(match command {
            Command::TenantCreate { slug, controller } => {
                let create = CreateTenant { slug, controller, sample: false };
                Answer::Tenant(app.run(&self.installation().await?, create).await?.into())
            }
            Command::TenantList => {
                let tenants = app.run(&self.installation().await?, ListTenants { dropped: false }).await?;
                Answer::Tenants(tenants.into_iter().map(Into::into).collect())
            }
            Command::SourceCreate { tenant, slug, priority, collects_for, space } => {
                let collects_for = purposes("collects-for", &collects_for)?;
                let create = CreateSource { slug, priority, jurisdiction: None, collects_for, space };
                Answer::Source(app.run(&self.tenant(tenant).await?, create).await?.into())
            }
            Command::SourceList { tenant } => {
                let sources = app.run(&self.tenant(tenant).await?, ListSources).await?;
                Answer::Sources(sources.into_iter().map(Into::into).collect())
            }
            Command::KeyCreate { tenant, installation, name, role, purposes: named, source } => {
                let role =
                    Role::from_slug(&role).ok_or_else(|| Error::invalid("role", "there is no such role"))?;
                let actor = self.whose(tenant, installation).await?;
                let mut purposes = purposes("purpose", &named)?;
                if let (true, Some(slug)) = (purposes.is_empty(), &source) {
                    purposes = self.collected_for(&actor, slug).await?;
                }
                let create = CreateCredential { name, role, purposes, source };
                Answer::Key(app.run(&actor, create).await?.into())
            }
            Command::KeyList { tenant, installation } => {
                let keys = app.run(&self.whose(tenant, installation).await?, ListCredentials).await?;
                Answer::Keys(keys.into_iter().map(Into::into).collect())
            }
            Command::KeyRevoke { tenant, installation, id } => {
                let parsed: CredentialId =
                    id.parse().map_err(|_| Error::invalid("key_id", "this is not the id of a key"))?;
                app.run(&self.whose(tenant, installation).await?, RevokeCredential { id: parsed }).await?;
                Answer::Revoked(id)
            }
            Command::Tail { tenant, key, purpose, after } => {
                Answer::Tail(self.tail(tenant, key, purpose, after).await?)
            }
            Command::AuditVerify { tenant, installation } => {
                Answer::Verified(self.verify(tenant, installation).await?)
            }
            Command::AuditExport { tenant, installation, folder } => {
                Answer::Copied(self.export(tenant, installation, folder).await?)
            }
            Command::Rotate { what, tenant, installation, no_wait: _ } => {
                Answer::Rotation(self.rotate(&what, tenant, installation).await?)
            }
            Command::RotateOn { id, tenant, installation } => {
                Answer::Rotation(self.rotate_on(&id, tenant, installation).await?)
            }
            Command::Rotations { tenant, installation } => {
                Answer::Rotations(self.rotations(tenant, installation).await?)
            }
            Command::Backup { data, keys, signing } => {
                let to = Classes { data, keys, signing };
                let made = app.run(&self.installation().await?, BackUp { to }).await?;
                Answer::BackedUp(made.into_iter().map(Into::into).collect())
            }
            Command::Quarantine { who, what } => Answer::Held(self.quarantine(who, what).await?),
            Command::Erase { tenant, whom, ground } => {
                Answer::Erased(Box::new(self.erase(tenant, whom, &ground).await?))
            }
            Command::Retention { tenant, schedule, run: false } => {
                Answer::Foreseen(self.retention_preview(tenant, schedule).await?)
            }
            Command::Retention { tenant, schedule, run: true } => {
                Answer::Retained(self.retention_run(tenant, schedule).await?)
            }
            Command::Import { tenant, source, rows } => {
                Answer::Imported(self.import(tenant, source, rows).await?)
            }
            Command::ExportBegin { who, events } => Answer::Export(self.export_begin(who, events).await?),
            Command::ExportPage { who, id, page } => {
                Answer::ExportPage(Box::new(self.export_page(who, &id, page).await?))
            }
            Command::ExportCancel { who, id } => Answer::Export(self.export_cancel(who, &id).await?),
            Command::ExportList { tenant } => Answer::Exports(self.exports(tenant).await?),
            Command::Policies => {
                let read = app.run(&self.installation().await?, ReadPolicies).await?;
                Answer::Policies(read.bundle.texts())
            }
            Command::SampleDrop => Answer::SampleDropped(sample::drop_from(app, &self.folder).await?),
        })
    }

    pub(super) async fn installation(&self) -> Result<Actor, Error> {
        self.app.operator(None, Via::Cli).await
    }

    /// The operator in a tenant: the named one, or the only one.
    pub(super) async fn tenant(&self, named: Option<String>) -> Result<Actor, Refused> {
        let slug = match named {
            Some(slug) => slug,
            None => self.only_tenant().await?,
        };
        self.app.operator(Some(&slug), Via::Cli).await.map_err(|error| match error {
            Error::NotFound => Refused::new("NOT_FOUND", format!("there is no tenant {slug}")),
            other => other.into(),
        })
    }

    pub(super) async fn only_tenant(&self) -> Result<String, Refused> {
        let mut tenants = self.app.run(&self.installation().await?, ListTenants { dropped: false }).await?;
        match (tenants.pop(), tenants.pop()) {
            (Some(only), None) => Ok(only.slug),
            (None, _) => Err(Refused::new(
                "INVALID",
                "there are no tenants; create one: zelo tenant create NAME --controller ID",
            )),
            _ => Err(Refused::new("INVALID", "there are several tenants; name one with --tenant")),
        }
    }

    /// A write key without purposes of its own has those its source collects for.
    async fn collected_for(&self, actor: &Actor, slug: &str) -> Result<Vec<Purpose>, Refused> {
        let sources = self.app.run(actor, ListSources).await?;
        let found = sources.into_iter().find(|source| source.slug == slug);
        purposes("collects-for", &found.map(|source| source.collects_for).unwrap_or_default())
    }
}

fn purposes(at: &str, named: &[String]) -> Result<Vec<Purpose>, Refused> {
    let read =
        |name: &String| name.parse::<Purpose>().map_err(|problem| Error::invalid(at, problem.to_string()));
    Ok(named.iter().map(read).collect::<Result<_, _>>()?)
}
