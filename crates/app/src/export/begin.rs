//! Beginning an export, ending it early, and which there are.

use zelo_ledger::Class;
use zelo_model::{Export, ExportId, ExportMark, ExportState};

use super::own;
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx, Write};

/// Begins an export for the actor's purpose.
pub struct StartExport {
    /// Whether what people did is in it.
    pub events: bool,
}

impl Operation for StartExport {
    const NAME: &'static str = "export.begin";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = Export;
    type Output = Export;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Export> {
        Ok(Export {
            id: ExportId(tx.ids.random()),
            purpose: tx.actor.purpose.to_string(),
            policy: tx.policy.digest().to_owned(),
            actor: tx.actor.name(),
            events: self.events,
            state: ExportState::Running,
            begun: tx.now,
            moved: tx.now,
            ended: None,
            until: tx.rows.newest_profile(tx.tenant.row.id).await?,
            pages: 0,
            now: ExportMark::default(),
            before: ExportMark::default(),
        })
    }

    async fn run(&self, new: Export, tx: &mut Tx<'_, Write>) -> Result<Export> {
        tx.rows.begin_export(tx.tenant.row.id, &new).await?;
        Ok(new)
    }
}

/// Ends an export early; nobody is handed out any more.
pub struct CancelExport {
    /// Which.
    pub id: ExportId,
}

impl Operation for CancelExport {
    const NAME: &'static str = "export.cancel";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Write;
    type Ready = Export;
    type Output = Export;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Export> {
        own(tx, self.id).await
    }

    async fn run(&self, was: Export, tx: &mut Tx<'_, Write>) -> Result<Export> {
        if was.state != ExportState::Running {
            return Err(Error::Conflict("this export has ended already"));
        }
        let to = Export { state: ExportState::Cancelled, ended: Some(tx.now), ..was.clone() };
        tx.rows.move_export(tx.tenant.row.id, &was, &to).await?;
        Ok(to)
    }
}

/// Lists a tenant's exports, the newest first.
pub struct ListExports;

impl Operation for ListExports {
    const NAME: &'static str = "export.list";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Read;
    type Ready = ();
    type Output = Vec<Export>;

    fn pinned(&self) -> bool {
        false
    }

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Vec<Export>> {
        Ok(tx.rows.exports(tx.tenant.row.id).await?)
    }
}
