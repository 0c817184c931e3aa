//! Who looked at a person, and the proof that the log says so (GDPR art. 15, CJEU C-579/21; LGPD art. 18 I).

use std::collections::BTreeSet;

use zelo_ledger::{Class, LeafProof, Tiles, inclusion_needs, prove_inclusion, prove_leaf, subject_leaf};
use zelo_model::{EntryId, Handle, Timestamp};
use zelo_store::{Beside, LogHead, SequencedLeaf};

use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::profile::{GetProfile, Lookup, Wants};
use crate::signing::size_of;
use crate::tx::{Read, Tx};

/// Reads the access log of one profile, newest first, with proofs against the checkpoint of each entry's epoch.
pub struct GetAccessLog {
    /// Whose.
    pub lookup: Lookup,
    /// How many entries, 1 to 100.
    pub first: usize,
    /// Only entries before this place: epoch and sequence number.
    pub after: Option<(i64, i64)>,
}

/// A page of an access log.
#[derive(Debug, Clone)]
pub struct AccessPage {
    /// The entries, newest first.
    pub entries: Vec<AccessEntry>,
    /// Whether there are older ones.
    pub has_next: bool,
    /// The newest signed checkpoint (C2SP tlog-checkpoint); `None` while the log is empty.
    pub checkpoint: Option<String>,
}

/// An entry that lists the person.
#[derive(Debug, Clone)]
pub struct AccessEntry {
    /// Its id.
    pub id: EntryId,
    /// Its place: epoch and sequence number.
    pub place: (i64, i64),
    /// When it was made.
    pub at: Timestamp,
    /// The entry as the log holds it: canonical JSON.
    pub leaf: String,
    /// That it is in the log: RFC 6962 audit path to the checkpoint's root.
    pub inclusion: LeafProof,
    /// The signed checkpoint that path leads to: the newest one, or the last one of an epoch before a restore.
    pub checkpoint: String,
    /// That it speaks of this person.
    pub subject: SubjectProof,
}

/// The person's handle and its audit path to the entry's `subjects.root`; it tells nobody else's.
#[derive(Debug, Clone)]
pub struct SubjectProof {
    /// 128 random bits that stand for the profile until it is forgotten.
    pub handle: Handle,
    /// The path from `SHA-256` of entry id and handle.
    pub path: LeafProof,
}

impl Operation for GetAccessLog {
    const NAME: &'static str = "profile.access_log";
    const CLASS: Class = Class::Disclosure;
    const TARGET: Target = Target::Person;
    type Access = Read;
    type Ready = ();
    type Output = AccessPage;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<AccessPage> {
        let finder = GetProfile { lookup: self.lookup.clone(), wants: Wants::default() };
        let profile = finder.find(tx, &Beside::default()).await?.ok_or(Error::NotFound)?;
        tx.notes.seen = Some(profile.seen);
        if let Some(handle) = profile.handle {
            tx.notes.shown_to(handle);
        }
        let tenant = tx.tenant.row.id;
        let spans = tx.rows.handles_of(tenant, profile.id).await?;
        let heads = tx.rows.log_heads(tenant).await?;
        let Some(newest) = heads.first() else {
            return Ok(AccessPage { entries: Vec::new(), has_next: false, checkpoint: None });
        };
        let mut rows = self.rows(tx, &spans).await?;
        let has_next = rows.len() > self.first();
        rows.truncate(self.first());
        let mut entries = Vec::with_capacity(rows.len());
        for head in &heads {
            let of_epoch: Vec<_> = rows.extract_if(.., |(row, _)| row.epoch == head.epoch).collect();
            if !of_epoch.is_empty() {
                let seqs: Vec<i64> = of_epoch.iter().map(|(row, _)| row.seq).collect();
                let tiles = tiles_for(tx, seqs.into_iter(), head.epoch, size_of(&head.note)?).await?;
                for (row, handle) in of_epoch {
                    entries.push(prove(row, handle, head, &tiles)?);
                }
            }
        }
        if !rows.is_empty() {
            return Err(Error::internal("an entry of an epoch that has no head"));
        }
        Ok(AccessPage { entries, has_next, checkpoint: Some(newest.note.clone()) })
    }
}

/// A handle and the time in which it stood for one of the profile's records.
type Span = (Handle, Timestamp, Option<Timestamp>);

impl GetAccessLog {
    fn first(&self) -> usize {
        self.first.clamp(1, 100)
    }

    /// One entry more than asked for. A handle counts only while it stood for one of the records: what was read of
    /// another person's half before a merge or after an unmerge is theirs.
    async fn rows(&self, tx: &Tx<'_, Read>, spans: &[Span]) -> Result<Vec<(SequencedLeaf, Handle)>> {
        let people: Vec<Handle> =
            spans.iter().map(|(handle, ..)| *handle).collect::<BTreeSet<_>>().into_iter().collect();
        let mut before = self.after.unwrap_or((i64::MAX, i64::MAX));
        let mut found = Vec::new();
        if people.is_empty() {
            return Ok(found);
        }
        let page = i64::try_from(self.first()).unwrap_or(100) + 1;
        loop {
            let rows = tx.rows.entries_of(tx.tenant.row.id, &people, before, page).await?;
            let Some(last) = rows.last() else { return Ok(found) };
            before = (last.epoch, last.seq);
            let full = rows.len() > self.first();
            for row in rows {
                let stood = |(handle, since, until): &&Span| {
                    row.leaf.handles.contains(handle)
                        && row.at >= *since
                        && until.is_none_or(|until| row.at < until)
                };
                if let Some((handle, ..)) = spans.iter().find(stood) {
                    found.push((row.clone(), *handle));
                }
            }
            if found.len() > self.first() || !full {
                return Ok(found);
            }
        }
    }
}

/// What proving these entries of an epoch takes.
pub(super) async fn tiles_for(
    tx: &Tx<'_, Read>,
    entries: impl Iterator<Item = i64>,
    epoch: i64,
    size: u64,
) -> Result<Tiles> {
    let mut wanted = BTreeSet::new();
    for seq in entries {
        let seq = u64::try_from(seq).map_err(Error::internal)?;
        let needs = inclusion_needs(size, seq).map_err(Error::internal)?;
        wanted.extend(needs.iter().map(|tile| (tile.level, tile.index)));
    }
    let wanted: Vec<(u8, u64)> = wanted.into_iter().collect();
    let mut tiles = Tiles::default();
    for (level, index, hashes) in tx.rows.log_tiles(tx.tenant.row.id, epoch, &wanted).await? {
        tiles.insert(level, index, hashes);
    }
    Ok(tiles)
}

fn prove(row: SequencedLeaf, handle: Handle, head: &LogHead, tiles: &Tiles) -> Result<AccessEntry> {
    let seq = u64::try_from(row.seq).map_err(Error::internal)?;
    let inclusion = prove_inclusion(size_of(&head.note)?, seq, tiles).map_err(Error::internal)?;
    let id = row.leaf.entry;
    // The tree of an entry's subjects stands in the order of their handles.
    let handles: BTreeSet<Handle> = row.leaf.handles.iter().copied().collect();
    let leaves: Vec<[u8; 32]> = handles.iter().map(|handle| subject_leaf(&id, handle)).collect();
    let path =
        prove_leaf(&leaves, &subject_leaf(&id, &handle)).ok_or_else(|| Error::internal("no such subject"))?;
    let place = (row.epoch, row.seq);
    Ok(AccessEntry {
        id,
        place,
        at: row.at,
        leaf: row.leaf.leaf,
        inclusion,
        checkpoint: head.note.clone(),
        subject: SubjectProof { handle, path },
    })
}
