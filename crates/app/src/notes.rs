//! What a passage did, noted as it happens, and the one entry it becomes.

use std::collections::BTreeSet;
use std::sync::Arc;

use zelo_ledger::{Class, Decision, Leaf, Rooted, sealed_leaf, sealed_root, subjects_root};
use zelo_model::{Actor, EntryId, Handle, Timestamp, Via};
use zelo_store::LeafRow;

use crate::arrivals::Arrived;
use crate::error::{Error, Result};
use crate::passages::Generation;

/// What a passage opened, showed and sealed.
#[derive(Debug, Default, Clone)]
pub(crate) struct Notes {
    handles: BTreeSet<Handle>,
    sealed: Vec<[u8; 32]>,
    shown: BTreeSet<String>,
    /// Values opened without leaving the house.
    pub(crate) opened: u64,
    /// Whether a sealed value named a key that was not at hand.
    pub(crate) missed: bool,
    /// Messages or rows this passage stands for.
    pub(crate) count: Option<u64>,
    /// What arrived, told to those who watch once it is committed.
    pub(crate) arrived: Vec<Arrived>,
    /// The tenant's counter of consents, restrictions and erasures in the snapshot.
    pub(crate) seen: Option<i64>,
    /// The value this write raised that counter to.
    pub(crate) made: Option<i64>,
    /// The number of the erasure this passage is about.
    pub(crate) erasure: Option<i64>,
    /// The entry's own id, where a row must name it; else a fresh one.
    pub(crate) id: Option<EntryId>,
    /// Among whom this passage holds keys: an erasure waits for them.
    pub(crate) holds: Option<Arc<Generation>>,
}

/// What the entry says beside the notes.
pub(crate) struct Verdict<'a> {
    pub(crate) op: &'static str,
    pub(crate) class: Class,
    pub(crate) decision: Decision,
    pub(crate) reason: Option<&'static str>,
    pub(crate) policy: &'a str,
}

impl Notes {
    /// Notes that stand for so many alike.
    pub(crate) fn counting(count: u64) -> Self {
        Self { count: Some(count), ..Self::default() }
    }

    /// A person's data leaves to the caller.
    pub(crate) fn shown_to(&mut self, handle: Handle) {
        self.handles.insert(handle);
    }

    /// A category of data leaves to the caller.
    pub(crate) fn shows(&mut self, category: &str) {
        if !self.shown.contains(category) {
            self.shown.insert(category.to_owned());
        }
    }

    /// A sealed value is written.
    pub(crate) fn sealed(&mut self, table: u32, row: &[u8; 16], version: u64, digest: &[u8; 32]) {
        self.sealed.push(sealed_leaf(table, row, version, digest));
    }

    /// Everything noted in another half of the same passage.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.handles.extend(other.handles);
        self.shown.extend(other.shown);
        self.sealed = other.sealed;
        self.opened += other.opened;
        self.missed |= other.missed;
        self.count = other.count.or(self.count);
        self.seen = other.seen.or(self.seen);
        self.holds = other.holds.or(self.holds.take());
    }

    /// What comes of a passage in the end. A value that names a key which is not at hand is taken for one that is being
    /// sealed anew, and looked at again; when that does not help, it is broken.
    pub(crate) fn settled<T>(&self, outcome: Result<T>) -> Result<T> {
        match outcome {
            Err(Error::Stale) if self.missed => {
                Err(Error::internal("a sealed value names a key that is not there"))
            }
            outcome => outcome,
        }
    }

    /// The passage's one entry.
    pub(crate) fn entry(
        &self,
        id: EntryId,
        at: Timestamp,
        tenant: i64,
        actor: &Actor,
        verdict: &Verdict<'_>,
    ) -> Result<LeafRow> {
        self.entry_of(id, at, tenant, (actor.name(), actor.purpose.to_string(), actor.via), verdict)
    }

    /// The same for somebody of whom only a name, a purpose and a way in are known.
    pub(crate) fn entry_of(
        &self,
        id: EntryId,
        at: Timestamp,
        tenant: i64,
        (actor, purpose, via): (String, String, Via),
        verdict: &Verdict<'_>,
    ) -> Result<LeafRow> {
        let handles: Vec<Handle> = self.handles.iter().copied().collect();
        let done = verdict.decision == Decision::Allow;
        let opened = (self.opened > 0).then_some(self.opened);
        let leaf = Leaf {
            id,
            at,
            actor,
            via: via.slug(),
            op: verdict.op.to_owned(),
            purpose,
            policy: verdict.policy.to_owned(),
            decision: verdict.decision,
            class: verdict.class,
            reason: verdict.reason.map(str::to_owned),
            count: self.count.or(opened),
            shown: self.shown.iter().cloned().collect(),
            seen: self.seen,
            made: self.made.filter(|_| done),
            erasure: self.erasure,
            subjects: subjects_root(&id, &handles),
            sealed: if done { sealed_root(&self.sealed) } else { Rooted::default() },
            payload: None,
            restored: None,
        };
        let canonical = leaf.canonical().map_err(Error::internal)?;
        let leaf = String::from_utf8(canonical).map_err(Error::internal)?;
        Ok(LeafRow { tenant, entry: id, leaf, handles })
    }
}
