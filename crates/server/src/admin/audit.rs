//! Commands about the log: each log is verified and copied by its own tenant's operator.

use std::path::{Path, PathBuf};

use zelo_app::{Error, ExportLog, ListTenants, PublicPart, VerifyLog};
use zelo_model::{Actor, Via};

use super::room::Room;
use super::verified::{CopyShown, LogShown};
use super::wire::Refused;

/// What the installation's own log is called.
const INSTALLATION: &str = "installation";

impl Room {
    /// The named log; without a name, all there are and those that should be there.
    pub(super) async fn verify(
        &self,
        tenant: Option<String>,
        installation: bool,
    ) -> Result<Vec<LogShown>, Refused> {
        let mut logs = Vec::new();
        if tenant.is_none() {
            logs.push(self.verified(INSTALLATION, self.installation().await?).await?);
        }
        if let Some(slug) = &tenant {
            logs.push(self.verified(slug, self.tenant(tenant.clone()).await?).await?);
        } else if !installation {
            for found in self.app.run(&self.installation().await?, ListTenants).await? {
                match self.app.operator(Some(&found.slug), Via::Cli).await {
                    Ok(actor) => logs.push(self.verified(&found.slug, actor).await?),
                    // Dropped meanwhile.
                    Err(Error::NotFound) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            for (tenant, report) in self.app.lost_logs().await? {
                logs.push(LogShown::new("a tenant that is gone", tenant, &report, true));
            }
        }
        Ok(logs)
    }

    async fn verified(&self, name: &str, actor: Actor) -> Result<LogShown, Refused> {
        let report = self.app.run(&actor, VerifyLog).await?;
        Ok(LogShown::new(name, actor.tenant, &report, true))
    }

    /// Writes a copy; this process does, so the folder is its user's.
    pub(super) async fn export(
        &self,
        tenant: Option<String>,
        installation: bool,
        folder: PathBuf,
    ) -> Result<CopyShown, Refused> {
        let actor =
            if installation { self.installation().await? } else { self.tenant(tenant.clone()).await? };
        let log = match tenant {
            Some(slug) => slug,
            None if installation => INSTALLATION.to_owned(),
            None => self.only_tenant().await?,
        };
        let export = ExportLog { folder: folder.clone() };
        let entries = self.app.run(&actor, export).await.map_err(|error| match error {
            Error::NotFound => Refused::new("NOT_FOUND", format!("the log of {log} has no entries yet")),
            other => other.into(),
        })?;
        let entries = u64::try_from(entries).map_err(Error::internal)?;
        let vkey = self.app.public_log(actor.tenant, PublicPart::VerifyKey).await?.unwrap_or_default();
        let vkey = String::from_utf8_lossy(&vkey).trim_end().to_owned();
        let anchor = self.app.anchor().await;
        let shown = |path: &Path| path.display().to_string();
        let anchor = std::path::absolute(&anchor).unwrap_or(anchor);
        Ok(CopyShown { log, folder: shown(&folder), entries, vkey, anchor: shown(&anchor) })
    }
}
