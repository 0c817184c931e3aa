//! Exports: everybody of a tenant, as far as a purpose sees them, handed out page by page. Each page is one passage with one
//! entry that lists whom it showed; nothing of it stays here but how far it is, so there is nothing to forget.

mod begin;
mod line;
mod page;

pub use begin::{CancelExport, ListExports, StartExport};
pub use page::{ExportPage, ExportedPage};

use zelo_model::{Export, ExportId};

use crate::error::{Error, Result};
use crate::tx::{Read, Tx};

/// The export with this id, for whoever began it; nobody else may go on with it.
async fn own(tx: &Tx<'_, Read>, id: ExportId) -> Result<Export> {
    let found = tx.rows.export(tx.tenant.row.id, id).await?.ok_or(Error::NotFound)?;
    let own = found.actor == tx.actor.name() && found.purpose == tx.actor.purpose.as_str();
    if own { Ok(found) } else { Err(Error::NotFound) }
}
