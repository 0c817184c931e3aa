//! The sequencer: pending entries of both streams get their place, the new heads are signed, then anchored.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use zelo_ledger::{Anchor, AnchorLine, Checkpoint, Tiles, grow, growth_needs, read_anchor};
use zelo_model::{TenantId, Timestamp};
use zelo_store::{LeafRow, LogHead, PendingLeaf, SequencedLeaf, StoreError, Stream, Writing};

use crate::app::App;
use crate::error::{Error, Result};
use crate::inner::Inner;
use crate::signing::size_of;

/// Entries of a stream that one pass takes at most.
const AT_ONCE: i64 = 4000;

/// What a pass did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sequenced {
    /// Entries that found their place.
    pub entries: usize,
    /// Logs that have a new head.
    pub logs: usize,
}

impl App {
    /// One pass of the sequencer over all tenants. Call it every second, and again at once after a full one. It is
    /// the door's own bookkeeping and leaves no entry of its own.
    pub async fn sequence(&self) -> Result<Sequenced> {
        let inner = &self.inner;
        if inner.log.held.load(Ordering::Relaxed) {
            return Ok(Sequenced::default());
        }
        let _pass = inner.log.pass.lock().await;
        if inner.log.behind.load(Ordering::Relaxed) {
            self.anchor_heads().await?;
            inner.log.behind.store(false, Ordering::Relaxed);
        }
        let position = inner.store.reading().position(Stream::Reads).await?;
        let reads = inner.store.waiting_reads(position, AT_ONCE).await?;
        let last_read = reads.last().map(|pending| pending.id);
        let (here, now) = (inner.clone(), inner.clock.now());
        let done = inner
            .store
            .write(move |tx| Box::pin(async move { here.sequence_in(tx, reads, now).await }))
            .await?;
        if !done.notes.is_empty() {
            inner.log.behind.store(true, Ordering::Relaxed);
            let mut anchor = inner.log.anchor.lock().await;
            anchor.append_checkpoints(done.notes.iter().map(String::as_str)).map_err(Error::unavailable)?;
            inner.log.behind.store(false, Ordering::Relaxed);
        }
        if let Some(last) = last_read {
            inner.store.forget_reads(last).await?;
        }
        Ok(Sequenced { entries: done.entries, logs: done.notes.len() })
    }

    /// Copies heads to the anchor that a crash kept from it.
    pub(crate) async fn anchor_heads(&self) -> Result<()> {
        let mut anchor = self.inner.log.anchor.lock().await;
        let anchored = newest(&anchor)?;
        let mut behind = Vec::new();
        for tenant in self.inner.store.reading().tenants().await? {
            let Some(head) = self.inner.store.reading().log_head(tenant.id).await? else { continue };
            let epoch = u64::try_from(head.epoch).map_err(Error::internal)?;
            if anchored.get(&(tenant.id16, epoch)).is_none_or(|size| *size < size_of(&head.note).unwrap_or(0))
            {
                behind.push(head.note);
            }
        }
        if !behind.is_empty() {
            anchor.append_checkpoints(behind.iter().map(String::as_str)).map_err(Error::unavailable)?;
        }
        Ok(())
    }
}

/// The largest anchored size of each log.
fn newest(anchor: &Anchor) -> Result<HashMap<(TenantId, u64), u64>> {
    let mut newest = HashMap::new();
    for line in read_anchor(anchor.path()).map_err(Error::unavailable)? {
        if let AnchorLine::Checkpoint(line) = line.map_err(Error::unavailable)? {
            let size = size_of(&line.note)?;
            let known = newest.entry((line.tenant, line.epoch)).or_insert(0);
            *known = size.max(*known);
        }
    }
    Ok(newest)
}

/// What a pass wrote: its signed heads, not yet anchored.
#[derive(Default)]
struct Pass {
    entries: usize,
    notes: Vec<String>,
}

impl Inner {
    async fn sequence_in(
        self: Arc<Self>,
        tx: &Writing<'_>,
        file_reads: Vec<PendingLeaf>,
        now: Timestamp,
    ) -> Result<Pass> {
        if !tx.claim_log().await? {
            return Ok(Pass::default());
        }
        let writes = tx.pending(Stream::Writes, 0, AT_ONCE).await?;
        let postgres_reads =
            if self.store.is_postgres() { tx.pending(Stream::Reads, 0, AT_ONCE).await? } else { Vec::new() };
        let reads = if self.store.is_postgres() { postgres_reads } else { file_reads };
        let ids = |rows: &[PendingLeaf]| rows.iter().map(|row| row.id).collect::<Vec<i64>>();
        tx.sequenced_up_to(Stream::Writes, &ids(&writes)).await?;
        tx.sequenced_up_to(Stream::Reads, &ids(&reads)).await?;
        let mut waiting: BTreeMap<i64, Vec<(Timestamp, LeafRow)>> = BTreeMap::new();
        for PendingLeaf { leaf, .. } in writes.into_iter().chain(reads) {
            waiting.entry(leaf.tenant).or_default().push((time_of(&leaf.leaf)?, leaf));
        }
        let mut pass = Pass::default();
        let names: HashMap<i64, TenantId> =
            tx.tenants().await?.into_iter().map(|row| (row.id, row.id16)).collect();
        for (tenant, mut leaves) in waiting {
            leaves.sort_by_key(|(at, leaf)| (*at, leaf.entry));
            let id16 = names.get(&tenant).ok_or(Error::Stale)?;
            pass.entries += leaves.len();
            pass.notes.push(self.extend(tx, (tenant, *id16), leaves, now).await?);
        }
        Ok(pass)
    }

    /// Puts a tenant's waiting entries into its log and signs the new head.
    async fn extend(
        &self,
        tx: &Writing<'_>,
        (tenant, id16): (i64, TenantId),
        leaves: Vec<(Timestamp, LeafRow)>,
        now: Timestamp,
    ) -> Result<String> {
        let head = tx.log_head(tenant).await?;
        let (epoch, size) = head.map_or((0, 0), |head| (head.epoch, head.size));
        let known = u64::try_from(size).map_err(Error::internal)?;
        let needs: Vec<(u8, u64)> = growth_needs(known).iter().map(|tile| (tile.level, tile.index)).collect();
        let mut edge = Tiles::default();
        for (level, index, hashes) in tx.log_tiles(tenant, epoch, &needs).await? {
            edge.insert(level, index, hashes);
        }
        let texts: Vec<&[u8]> = leaves.iter().map(|(_, leaf)| leaf.leaf.as_bytes()).collect();
        let growth = grow(known, &texts, &edge).map_err(Error::internal)?;
        let origin = self.log.origin(id16, epoch)?;
        let checkpoint =
            Checkpoint { origin, head: zelo_ledger::Rooted { n: growth.size, root: growth.root } };
        let note = self.log.key.sign(&checkpoint).map_err(Error::internal)?;
        let placed =
            leaves.into_iter().zip(size..).map(|((at, leaf), seq)| SequencedLeaf { epoch, seq, at, leaf });
        tx.append_log(tenant, placed.collect()).await?;
        let head =
            LogHead { epoch, size: i64::try_from(growth.size).map_err(Error::internal)?, note: note.clone() };
        let tiles = growth.tiles.into_iter().map(|(tile, hashes)| (tile.level, tile.index, hashes)).collect();
        tx.write_head(tenant, &head, tiles, now).await?;
        Ok(note)
    }
}

/// When an entry was made, by its own words.
fn time_of(leaf: &str) -> Result<Timestamp> {
    #[derive(serde::Deserialize)]
    struct At<'a> {
        at: &'a str,
    }
    let At { at } = serde_json::from_str(leaf).map_err(|_| StoreError::Corrupt("a pending entry"))?;
    at.parse().map_err(|_| StoreError::Corrupt("a pending entry").into())
}
