//! Exports from the command line: begun, gone on with page by page, listed.

use std::fmt;

use serde::{Deserialize, Serialize};
use zelo_app::{CancelExport, ExportPage, ListExports, StartExport};
use zelo_model::{Actor, Export, ExportId, Via};

use super::room::Room;
use super::tail::Secret;
use super::wire::Refused;

/// An export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportShown {
    pub(crate) id: String,
    pub(crate) purpose: String,
    pub(crate) actor: String,
    pub(crate) events: bool,
    pub(crate) state: String,
    pub(crate) begun_at: String,
    pub(crate) ended_at: Option<String>,
    pub(crate) pages: i64,
    pub(crate) profiles: i64,
    pub(crate) lines: i64,
    /// In hexadecimal.
    pub(crate) digest: String,
}

/// A page that was handed out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PageShown {
    pub(crate) export: ExportShown,
    pub(crate) content: String,
}

impl fmt::Debug for PageShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageShown({:?}, …)", self.export)
    }
}

/// With which key, and what for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shows {
    pub(crate) key: Secret,
    pub(crate) purpose: Option<String>,
}

impl Room {
    async fn shows(&self, Shows { key, purpose }: Shows) -> Result<Actor, Refused> {
        let credential = self.app.authenticate(key.0.trim()).await?;
        Ok(self.app.admit(&credential, purpose.as_deref(), Via::Cli).await?)
    }

    /// Begins an export.
    pub(super) async fn export_begin(&self, who: Shows, events: bool) -> Result<ExportShown, Refused> {
        let actor = self.shows(who).await?;
        Ok(self.app.run(&actor, StartExport { events }).await?.into())
    }

    /// Hands out a page.
    pub(super) async fn export_page(&self, who: Shows, id: &str, page: i64) -> Result<PageShown, Refused> {
        let actor = self.shows(who).await?;
        let page = self.app.run(&actor, ExportPage { id: parse(id)?, page }).await?;
        Ok(PageShown { export: page.export.into(), content: page.content })
    }

    /// Ends an export early.
    pub(super) async fn export_cancel(&self, who: Shows, id: &str) -> Result<ExportShown, Refused> {
        let actor = self.shows(who).await?;
        Ok(self.app.run(&actor, CancelExport { id: parse(id)? }).await?.into())
    }

    /// Lists a tenant's exports.
    pub(super) async fn exports(&self, tenant: Option<String>) -> Result<Vec<ExportShown>, Refused> {
        let exports = self.app.run(&self.tenant(tenant).await?, ListExports).await?;
        Ok(exports.into_iter().map(Into::into).collect())
    }
}

fn parse(id: &str) -> Result<ExportId, Refused> {
    id.parse().map_err(|_| Refused::new("INVALID", "this is not the id of an export"))
}

impl From<Export> for ExportShown {
    fn from(export: Export) -> Self {
        Self {
            id: export.id.to_string(),
            purpose: export.purpose,
            actor: export.actor,
            events: export.events,
            state: export.state.slug().to_owned(),
            begun_at: export.begun.to_string(),
            ended_at: export.ended.map(|at| at.to_string()),
            pages: export.pages,
            profiles: export.now.profiles,
            lines: export.now.lines,
            digest: data_encoding::HEXLOWER.encode(&export.now.digest),
        }
    }
}

impl ExportShown {
    pub(super) fn row(&self) -> [String; 6] {
        let Self { id, purpose, actor, state, begun_at, profiles, .. } = self;
        [id.clone(), purpose.clone(), actor.clone(), state.clone(), begun_at.clone(), profiles.to_string()]
    }

    pub(super) fn text(&self) -> String {
        format!(
            "{}: {} profiles, {} lines for {}\ndigest {}",
            self.state, self.profiles, self.lines, self.purpose, self.digest
        )
    }
}
