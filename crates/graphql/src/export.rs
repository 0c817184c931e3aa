//! Taking everybody's data out, page by page.

use async_graphql::{Context, Enum, ID, Object, Result};
use data_encoding::HEXLOWER;
use zelo_app::{CancelExport, Error, ExportPage, ExportedPage, ListExports, StartExport};
use zelo_model::ExportId;

use crate::asker::Door;
use crate::scalar::DateTime;

/// How an export stands.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_model::ExportState")]
pub(crate) enum ExportState {
    /// Pages are handed out.
    Running,
    /// Everybody was handed out.
    Done,
    /// Somebody ended it early.
    Cancelled,
}

fn id(id: &ID) -> Result<ExportId, Error> {
    id.parse().map_err(|problem: zelo_model::IdError| Error::invalid("id", problem.to_string()))
}

#[derive(Default)]
pub(crate) struct ExportQuery;

#[Object]
impl ExportQuery {
    /// The newest hundred exports of the tenant, the newest first: who took what out, what for, and how much.
    async fn exports(&self, cx: &Context<'_>) -> Result<Vec<Export>> {
        Ok(cx.run(ListExports).await?.into_iter().map(Export).collect())
    }
}

#[derive(Default)]
pub(crate) struct Exports;

#[Object]
impl Exports {
    /// Begins an export of everybody there is now, for the purpose of this request: what the purpose does not see is not
    /// in it. Nothing is kept here of what is handed out.
    async fn start_export(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "Whether what people did is in it.", default)] events: bool,
    ) -> Result<Export> {
        Ok(Export(cx.run(StartExport { events }).await?))
    }

    /// Hands out a page: the next one, or the last one again when its answer was lost. Each is an entry of the audit log
    /// that lists everybody on it.
    async fn export_page(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The export's id: `exp_` and 26 characters.")] id: ID,
        #[graphql(desc = "Which page, from 0 on.")] page: i64,
    ) -> Result<Page> {
        Ok(Page(cx.run(ExportPage { id: self::id(&id)?, page }).await?))
    }

    /// Ends an export early.
    async fn cancel_export(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The export's id: `exp_` and 26 characters.")] id: ID,
    ) -> Result<Export> {
        Ok(Export(cx.run(CancelExport { id: self::id(&id)? }).await?))
    }
}

/// A page as it was handed out.
struct Page(ExportedPage);

/// A page of an export.
#[Object(name = "ExportPage")]
impl Page {
    /// JSON Lines: each a profile, or something a profile did; what is withheld has its reason in its place.
    async fn content(&self) -> &str {
        &self.0.content
    }

    /// The export as it stands behind this page. When it is `DONE`, this was the last one.
    async fn export(&self) -> Export {
        Export(self.0.export.clone())
    }
}

/// An export as read.
pub(crate) struct Export(zelo_model::Export);

/// An export: everybody of a tenant, as far as a purpose sees them.
#[Object]
impl Export {
    /// Its id: `exp_` and 26 characters.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What for.
    async fn purpose(&self) -> &str {
        &self.0.purpose
    }

    /// The digest of the policies it goes by, the same from its first page to its last.
    async fn policy(&self) -> &str {
        &self.0.policy
    }

    /// Who began it, as the audit log names them.
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// How it stands.
    async fn state(&self) -> ExportState {
        self.0.state.into()
    }

    /// When it was begun; whoever came later is not in it.
    async fn begun_at(&self) -> DateTime {
        DateTime(self.0.begun)
    }

    /// When it ended; null while it is running.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended.map(DateTime)
    }

    /// How many pages were handed out: the number of the next one.
    async fn pages(&self) -> i64 {
        self.0.pages
    }

    /// How many profiles were handed out.
    async fn profiles(&self) -> i64 {
        self.0.now.profiles
    }

    /// How many lines were handed out.
    async fn lines(&self) -> i64 {
        self.0.now.lines
    }

    /// What was handed out, in hexadecimal: `SHA-256(digest before the page ‖ SHA-256(page))`, 32 zero bytes before the
    /// first.
    async fn digest(&self) -> String {
        HEXLOWER.encode(&self.0.now.digest)
    }
}
