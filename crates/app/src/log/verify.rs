//! Verifying a log where it lies, against its signatures and the anchor.

use std::path::Path;

use tokio::task::block_in_place;
use zelo_ledger::{AnchorLine, AnchoredCheckpoint, Class, Report, read_anchor, verify_epochs};
use zelo_model::TenantId;

use super::source::Database;
use super::whose;
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::tx::{Read, Tx};

/// Verifies a log, with all its epochs, against its own signatures and the anchor.
pub struct VerifyLog {
    /// Whose: the actor's own tenant or, in the installation, one that was dropped.
    pub tenant: TenantId,
}

impl Operation for VerifyLog {
    const NAME: &'static str = "audit.verify";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Tenant;
    type Access = Read;
    type Ready = ();
    type Output = Report;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Report> {
        let log = &tx.inner.log;
        // While no pass of the sequencer is under way, if that can be had, everything that has a place is anchored.
        let between = log.pass.try_lock();
        // The anchor is read first: whatever it holds was committed before, and the snapshot, which begins with its
        // first statement, has it too. The other way round, an entry made meanwhile would look cut off.
        let path = log.anchor.lock().await.path().to_owned();
        let anchored = block_in_place(|| anchored(&path, |line| line.tenant == self.tenant))?;
        // The row is read in the same snapshot, and so behind the anchor.
        let tenant = whose::tenant(tx, self.tenant).await?;
        let heads = tx.rows.log_heads(tenant.id).await?;
        drop(between);
        let at = heads.first().map(|head| head.epoch);
        let known = anchored.iter().filter_map(|line| i64::try_from(line.epoch).ok()).max();
        let Some(newest) = at.max(known) else {
            return Ok(Report { entries: 0, anchored_size: 0, findings: Vec::new(), earlier: Vec::new() });
        };
        // A head that is gone, or older than an anchored epoch, is what verification is there to find.
        let source = |epoch| {
            let epoch = i64::try_from(epoch).unwrap_or(i64::MAX);
            let head = heads.iter().find(|head| head.epoch == epoch).cloned();
            Database { rows: &tx.rows, tenant: tenant.id, epoch, head }
        };
        let key = log.verify_key(tenant.id16, newest)?;
        block_in_place(|| verify_epochs(source, &key, Some(&anchored)).map_err(Error::unavailable))
    }
}

/// What the anchor holds of these logs.
pub(super) fn anchored(
    path: &Path,
    ours: impl Fn(&AnchoredCheckpoint) -> bool,
) -> Result<Vec<AnchoredCheckpoint>> {
    let mut found = Vec::new();
    for line in read_anchor(path).map_err(Error::unavailable)? {
        match line.map_err(Error::unavailable)? {
            AnchorLine::Checkpoint(line) if ours(&line) => found.push(line),
            _ => {}
        }
    }
    Ok(found)
}
