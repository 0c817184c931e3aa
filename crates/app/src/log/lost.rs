//! Logs that are gone as a whole, which no tenant's own verification would notice.

use std::collections::{BTreeMap, HashSet};

use tokio::task::block_in_place;
use zelo_ledger::{Finding, Report};
use zelo_model::TenantId;

use super::verify::anchored;
use crate::app::App;
use crate::error::Result;

impl App {
    /// Logs that the anchor holds under our own signature and that no tenant stands for any more, not even a dropped
    /// one: somebody removed them whole. The verification of a tenant's log cannot find that.
    pub async fn lost_logs(&self) -> Result<Vec<(TenantId, Report)>> {
        let tenants = self.inner.store.reading().tenants().await?;
        let known: HashSet<TenantId> = tenants.into_iter().map(|row| row.id16).collect();
        let path = self.anchor().await;
        let lost = block_in_place(|| anchored(&path, |line| !known.contains(&line.tenant)))?;
        let mut largest = BTreeMap::new();
        for line in lost {
            let key = self.inner.log.verify_key(line.tenant, i64::try_from(line.epoch).unwrap_or(0))?;
            if let Ok(checkpoint) = key.open(line.note.as_bytes()) {
                let size = largest.entry(line.tenant).or_insert(0);
                *size = checkpoint.head.n.max(*size);
            }
        }
        let report = |anchored| Report {
            entries: 0,
            anchored_size: 0,
            findings: vec![Finding::Truncated { anchored, found: 0 }],
            earlier: Vec::new(),
        };
        Ok(largest.into_iter().map(|(tenant, size)| (tenant, report(size))).collect())
    }
}
