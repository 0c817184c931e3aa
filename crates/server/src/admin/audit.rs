//! Commands about the log: each log is verified and copied by its own tenant's operator, that of a dropped tenant by the
//! installation's.

use std::path::{Path, PathBuf};

use zelo_app::{Error, ExportLog, ListTenants, PublicPart, VerifyLog};
use zelo_model::{Actor, TenantId, Via};

use super::room::Room;
use super::verified::{CopyShown, Held, LogShown};
use super::wire::Refused;

/// What the installation's own log is called.
const INSTALLATION: &str = "installation";

/// A log: what it is called, who may look at it, and whose it is.
struct Chosen {
    name: String,
    actor: Actor,
    tenant: TenantId,
}

impl Chosen {
    fn own(name: impl Into<String>, actor: Actor) -> Self {
        Self { name: name.into(), tenant: actor.tenant, actor }
    }

    /// A tenant's name is free again once it is dropped, so its log goes by its id.
    fn dropped(installation: Actor, tenant: TenantId) -> Self {
        Self { name: "a dropped tenant".to_owned(), actor: installation, tenant }
    }
}

impl Room {
    /// The named log; without a name, all there are and those that should be there.
    pub(super) async fn verify(
        &self,
        tenant: Option<String>,
        installation: bool,
    ) -> Result<Vec<LogShown>, Refused> {
        if let Some(named) = tenant {
            return Ok(vec![self.verified(self.tenants_log(named).await?).await?]);
        }
        let operator = self.installation().await?;
        let mut logs = vec![self.verified(Chosen::own(INSTALLATION, operator.clone())).await?];
        if !installation {
            for found in self.app.run(&operator, ListTenants { dropped: false }).await? {
                match self.app.operator(Some(&found.slug), Via::Cli).await {
                    Ok(actor) => logs.push(self.verified(Chosen::own(found.slug, actor)).await?),
                    // Dropped meanwhile: it comes below.
                    Err(Error::NotFound) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            for found in self.app.run(&operator, ListTenants { dropped: true }).await? {
                logs.push(self.verified(Chosen::dropped(operator.clone(), found.id)).await?);
            }
            for (tenant, report) in self.app.lost_logs().await? {
                logs.push(LogShown::new("a tenant that is gone", tenant, &report, Held::Anchored));
            }
        }
        Ok(logs)
    }

    async fn verified(&self, Chosen { name, actor, tenant }: Chosen) -> Result<LogShown, Refused> {
        let report = self.app.run(&actor, VerifyLog { tenant }).await?;
        Ok(LogShown::new(name, tenant, &report, Held::Anchored))
    }

    /// That of the tenant of this name; an id names one that was dropped.
    async fn tenants_log(&self, named: String) -> Result<Chosen, Refused> {
        let Ok(id) = named.parse::<TenantId>() else {
            let actor = self.tenant(Some(named.clone())).await?;
            return Ok(Chosen::own(named, actor));
        };
        let operator = self.installation().await?;
        let dropped = self.app.run(&operator, ListTenants { dropped: true }).await?;
        if !dropped.iter().any(|tenant| tenant.id == id) {
            let message = format!("no tenant {id} was dropped here; one at work goes by its name");
            return Err(Refused::new("NOT_FOUND", message));
        }
        Ok(Chosen::dropped(operator, id))
    }

    /// Writes a copy; this process does, so the folder is its user's.
    pub(super) async fn export(
        &self,
        tenant: Option<String>,
        installation: bool,
        folder: PathBuf,
    ) -> Result<CopyShown, Refused> {
        let Chosen { name: log, actor, tenant } = match tenant {
            Some(named) => self.tenants_log(named).await?,
            None if installation => Chosen::own(INSTALLATION, self.installation().await?),
            None => self.tenants_log(self.only_tenant().await?).await?,
        };
        let export = ExportLog { tenant, folder: folder.clone() };
        let entries = self.app.run(&actor, export).await.map_err(|error| match error {
            Error::NotFound => Refused::new("NOT_FOUND", format!("the log of {log} has no entries yet")),
            other => other.into(),
        })?;
        let entries = u64::try_from(entries).map_err(Error::internal)?;
        let vkey = self.app.public_log(tenant, None, PublicPart::VerifyKey).await?.unwrap_or_default();
        let vkey = String::from_utf8_lossy(&vkey).trim_end().to_owned();
        let anchor = self.app.anchor().await;
        let shown = |path: &Path| path.display().to_string();
        let anchor = std::path::absolute(&anchor).unwrap_or(anchor);
        Ok(CopyShown { log, folder: shown(&folder), entries, vkey, anchor: shown(&anchor) })
    }
}
