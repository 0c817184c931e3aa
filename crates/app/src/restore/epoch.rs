//! A restored log begins a new epoch, whose first entry says where the old one stood and what of it came back.

use std::sync::Arc;

use zelo_ledger::{Checkpoint, Class, Decision, Leaf, Restored, Rooted, Tiles, grow};
use zelo_model::{EntryId, Purpose, Role, TenantId, Timestamp, Via};
use zelo_store::{KeysInForce, LeafRow, LogHead, SequencedLeaf, TenantRow, TenantState, Writing};

use super::behind::LogBehind;
use crate::app::App;
use crate::error::{Error, Result};
use crate::inner::Inner;

/// What the entry says was done.
const OPERATION: &str = "restore.replay";

impl App {
    /// Begins a new epoch of every log that stands behind the anchor, all in one transaction. This is the door's own
    /// bookkeeping: until it is done no entry has a place to go to.
    pub(super) async fn begin_epochs(&self, behind: Vec<LogBehind>) -> Result<()> {
        let (here, now) = (self.inner.clone(), self.inner.clock.now());
        let _pass = self.inner.log.pass.lock().await;
        let begun = self.inner.store.write(move |tx| {
            Box::pin(async move {
                if !tx.claim_log().await? {
                    return Err(Error::unavailable("another process puts entries into the log"));
                }
                let mut notes = Vec::with_capacity(behind.len());
                for log in &behind {
                    notes.push(here.begin_epoch(tx, log, now).await?);
                }
                Ok::<_, Error>(notes)
            })
        });
        let notes = begun.await?;
        let mut anchor = self.inner.log.anchor.lock().await;
        anchor.append_checkpoints(notes.iter().map(String::as_str)).map_err(Error::unavailable)
    }
}

impl Inner {
    async fn begin_epoch(
        self: &Arc<Self>,
        tx: &Writing<'_>,
        log: &LogBehind,
        now: Timestamp,
    ) -> Result<String> {
        let tenant = match &log.row {
            Some(row) => row.id,
            None => self.remember(tx, log.tenant, now).await?,
        };
        let epoch = i64::try_from(log.anchored.epoch).map_err(Error::internal)? + 1;
        let entry = self.restored(tenant, log, now)?;
        let growth = grow(0, &[entry.leaf.as_bytes()], &Tiles::default()).map_err(Error::internal)?;
        let origin = self.log.origin(log.tenant, epoch)?;
        let head = Rooted { n: growth.size, root: growth.root };
        let note = self.log.key.sign(&Checkpoint { origin, head }).map_err(Error::internal)?;
        tx.append_log(tenant, vec![SequencedLeaf { epoch, seq: 0, at: now, leaf: entry }]).await?;
        let head = LogHead { epoch, size: 1, note: note.clone() };
        let tiles = growth.tiles.into_iter().map(|(tile, hashes)| (tile.level, tile.index, hashes)).collect();
        tx.write_head(tenant, &head, tiles, now).await?;
        Ok(note)
    }

    /// A tenant that was created after the backup was taken: its data are gone, and its log says so.
    async fn remember(&self, tx: &Writing<'_>, tenant: TenantId, now: Timestamp) -> Result<i64> {
        let id = tx.surrogates(1).await?.pop().ok_or_else(|| Error::internal("no surrogate"))?;
        let row = TenantRow {
            id,
            id16: tenant,
            slug: format!("~{id}"),
            controller: "unknown".to_owned(),
            sample: false,
            state: TenantState::Dropped,
            created: now,
            keys: KeysInForce::default(),
        };
        tx.insert_tenant(&row).await?;
        Ok(id)
    }

    fn restored(&self, tenant: i64, log: &LogBehind, at: Timestamp) -> Result<LeafRow> {
        let (epoch, size) = log.head.unwrap_or_default();
        let purpose: Purpose = "administration".parse().map_err(Error::internal)?;
        let id = EntryId(self.ids.sorted(at));
        let leaf = Leaf {
            id,
            at,
            actor: Role::Operator.to_string(),
            via: Via::Cli.slug(),
            op: OPERATION.to_owned(),
            purpose: purpose.to_string(),
            policy: self.policy.get().digest().to_owned(),
            decision: Decision::Allow,
            class: Class::Admin,
            reason: None,
            count: None,
            shown: Vec::new(),
            seen: None,
            made: None,
            erasure: None,
            subjects: Rooted::default(),
            sealed: Rooted::default(),
            payload: None,
            restored: Some(Restored { checkpoint: log.anchored.note.clone(), epoch, size }),
        };
        let leaf = String::from_utf8(leaf.canonical().map_err(Error::internal)?).map_err(Error::internal)?;
        Ok(LeafRow { tenant, entry: id, leaf, handles: Vec::new() })
    }
}
