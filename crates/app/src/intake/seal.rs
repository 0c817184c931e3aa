//! From a draft to a plan: keys made durable, everything personal sealed, rows ready to write.

use std::collections::BTreeSet;

use zelo_model::{OwnerId, ProfileState, Timestamp};
use zelo_store::{
    GroupWrite, JournalLine, MembershipMove, NewConsent, NewEvent, NewIdentifier, NewLink, NewProfile,
    NewQuarantine, RecordWrite, SourceRow,
};
use zelo_vault::IndexKey;
use zelo_vault::place::{EVENT_BODY, QUARANTINE_BODY, RECORD_BODY};

use super::draft::{Draft, stale};
use super::graph::{Graph, TEMPORARY};
use super::held::{Came, HeldItem};
use super::{Batch, Receipt};
use crate::arrivals::Arrived;
use crate::blob::{EventWith, encode_event, encode_record};
use crate::error::Result;
use crate::ground::Ground;
use crate::keyring::Keyring;
use crate::tx::{Read, Tx};

/// Rows to write, and what must still be true when they are written.
pub struct Plan {
    pub(crate) made: usize,
    pub(crate) epoch: u32,
    pub(crate) identifiers: Vec<NewIdentifier>,
    /// All identifiers of the batch, in the epoch of the index that is written beside the one matched on.
    pub(crate) beside: Vec<NewIdentifier>,
    pub(crate) links: Vec<NewLink>,
    pub(crate) profiles: Vec<NewProfile>,
    pub(crate) aliases: Vec<(i64, i64)>,
    pub(crate) records: Vec<RecordWrite>,
    pub(crate) moves: Vec<MembershipMove>,
    pub(crate) journal: Vec<JournalLine>,
    pub(crate) events: Vec<NewEvent>,
    pub(crate) seen: Vec<[u8; 16]>,
    pub(crate) held: Vec<NewQuarantine>,
    /// A message that was held already, mended.
    pub(crate) mended: Option<NewQuarantine>,
    pub(crate) groups: Vec<GroupWrite>,
    /// What was said to purposes.
    pub(crate) said: Vec<NewConsent>,
    pub(crate) stale_records: Vec<i64>,
    pub(crate) stale_profiles: Vec<i64>,
    /// Records that must still belong to a living profile.
    pub(crate) living: Vec<i64>,
    /// Identifiers whose links must still be these.
    pub(crate) witnessed: Vec<[u8; 16]>,
    pub(crate) witness: Vec<Witness>,
    /// Profiles that must still be who they were.
    pub(crate) ground: Ground,
    /// Identifiers that must still stand there.
    pub(crate) standing: Vec<([u8; 16], i64)>,
    /// Erasures whose suppression ends, for their people have come back.
    pub(crate) lifted: Vec<i64>,
    pub(crate) receipt: Receipt,
    pub(crate) arrived: Vec<Arrived>,
}

/// What of a link decided something.
pub(crate) type Witness = ([u8; 16], i64, i64, bool, bool);

pub(crate) fn witness(link: &zelo_store::FoundLink) -> Witness {
    (link.digest, link.record, link.profile, link.demoted, link.state == ProfileState::Active)
}

pub(crate) async fn seal(
    tx: &mut Tx<'_, Read>,
    source: &SourceRow,
    batch: &Batch,
    mut draft: Draft<'_>,
) -> Result<Plan> {
    let held = draft.held.len();
    once(tx, &mut draft).await?;
    let new_records =
        draft.graph.records.values().filter(|record| record.before.is_none()).map(|record| record.id16);
    let new: Vec<OwnerId> = new_records.chain(draft.held.iter().map(|item| item.id16)).collect();
    draft.keys.create(tx.inner, tx.tenant, &new, tx.now).await?;
    let now = tx.now;
    let events = seal_events(tx, source, batch, &draft)?;
    let items = seal_held(tx, source, batch, &draft)?;
    let records = seal_records(tx, &mut draft.graph, &draft.keys)?;
    let said = std::mem::take(&mut draft.words).seal(tx, &draft.keys, &draft.graph).await?;
    let Draft { graph, journal, accepted, arrived, witnessed, links, ground, standing, seen, groups, .. } =
        draft;
    let groups = groups.seal(tx, source)?;
    let touched = || graph.records.iter().filter(|(id, record)| record.touched && **id < TEMPORARY);
    let witness = links.iter().filter(|link| witnessed.contains(&link.digest)).map(witness).collect();
    Ok(Plan {
        made: graph.made(),
        epoch: tx.tenant.keys.index().epoch(),
        identifiers: new_identifiers(tx, &graph),
        beside: beside(tx, &graph),
        links: changed_links(&graph, now),
        profiles: new_profiles(&graph, now),
        aliases: graph
            .profiles
            .iter()
            .filter_map(|(id, profile)| Some((*id, profile.merged_into?)))
            .collect(),
        records,
        moves: moves(&graph, now),
        journal,
        events,
        seen,
        receipt: Receipt { accepted, held, ..Receipt::default() },
        held: items,
        mended: None,
        arrived,
        groups,
        said,
        stale_records: touched().filter(|(_, record)| stale(record.seen, now)).map(|(id, _)| *id).collect(),
        stale_profiles: stale_profiles(&graph, now),
        living: touched().map(|(id, _)| *id).collect(),
        witnessed: witnessed.into_iter().collect(),
        witness,
        ground,
        standing,
        lifted: Vec::new(),
    })
}

fn seal_events(
    tx: &mut Tx<'_, Read>,
    source: &SourceRow,
    batch: &Batch,
    draft: &Draft<'_>,
) -> Result<Vec<NewEvent>> {
    let mut events = Vec::with_capacity(draft.events.len());
    for event in &draft.events {
        let owner = draft.graph.records[&event.record].id16;
        let context = batch.context.as_deref();
        let with = EventWith { context, gpc: batch.gpc, sent: event.sent, version: event.version };
        let plain = encode_event(event.left.as_deref().unwrap_or(&event.message.raw), &with);
        let body = tx.seal(&draft.keys, owner, (EVENT_BODY, event.id.0, 1), &plain)?;
        events.push(NewEvent {
            owner: event.record,
            id: event.id,
            source: source.id,
            kind: event.kind,
            name: event.name.map(str::to_owned),
            occurred: event.occurred,
            received: batch.at(tx.now),
            body,
        });
    }
    Ok(events)
}

/// Leaves out what is held already: a message that is sent again is held once.
async fn once(tx: &mut Tx<'_, Read>, draft: &mut Draft<'_>) -> Result<()> {
    let mids: Vec<[u8; 16]> = draft.held.iter().map(|item| item.mid16).collect();
    let mut there: BTreeSet<[u8; 16]> =
        tx.rows.held_already(tx.tenant.row.id, &mids).await?.into_iter().collect();
    draft.held.retain(|item| there.insert(item.mid16));
    Ok(())
}

fn seal_held(
    tx: &mut Tx<'_, Read>,
    source: &SourceRow,
    batch: &Batch,
    draft: &Draft<'_>,
) -> Result<Vec<NewQuarantine>> {
    let mut held = Vec::with_capacity(draft.held.len());
    for item in &draft.held {
        let came = Came::with(batch, item.verb).of(item.place.as_ref());
        held.push(seal_item(tx, &draft.keys, (&draft.graph, source), (item, 1), &came, batch.at(tx.now))?);
    }
    Ok(held)
}

/// Seals one message to hold, in its so-manieth writing.
pub(crate) fn seal_item(
    tx: &mut Tx<'_, Read>,
    keys: &Keyring,
    (graph, source): (&Graph, &SourceRow),
    (item, seal_version): (&HeldItem, u64),
    came: &Came,
    at: Timestamp,
) -> Result<NewQuarantine> {
    let plain = came.encode(&item.raw)?;
    let body = tx.seal(keys, item.id16, (QUARANTINE_BODY, item.id16.0, seal_version), &plain)?;
    let identifiers = item.digests.iter().filter_map(|digest| Some(graph.nodes.get(digest)?.id));
    Ok(NewQuarantine {
        id: item.id,
        id16: item.id16,
        source: source.id,
        reason: item.reason.code(),
        detail: item.detail.clone(),
        event: item.event.clone(),
        mid16: item.mid16,
        at,
        expires: at.plus(tx.policy.expiry().quarantine),
        body,
        seal_version,
        identifiers: identifiers.collect(),
    })
}

fn seal_records(tx: &mut Tx<'_, Read>, graph: &mut Graph, keys: &Keyring) -> Result<Vec<RecordWrite>> {
    let mut records = Vec::new();
    for (id, record) in graph.records.iter().filter(|(_, record)| record.dirty) {
        let Some(body) = &record.body else { continue };
        let version = record.seal_version + 1;
        let sealed =
            tx.seal(keys, record.id16, (RECORD_BODY, record.id16.0, version), &encode_record(body)?)?;
        records.push(RecordWrite {
            id: *id,
            id16: record.id16,
            source: record.source,
            kind: record.kind,
            at: tx.now,
            seal_version: version,
            body: sealed,
        });
    }
    Ok(records)
}

fn new_identifiers(tx: &Tx<'_, Read>, graph: &Graph) -> Vec<NewIdentifier> {
    let epoch = tx.tenant.keys.index().epoch();
    let new = graph.nodes.iter().filter(|(_, node)| node.id >= TEMPORARY);
    new.map(|(digest, node)| NewIdentifier { id: node.id, epoch, kind: node.kind, digest: *digest }).collect()
}

fn beside(tx: &Tx<'_, Read>, graph: &Graph) -> Vec<NewIdentifier> {
    let Some(epoch) = tx.tenant.keys.index_beside().map(IndexKey::epoch) else { return Vec::new() };
    let all = graph
        .nodes
        .values()
        .filter_map(|node| Some(NewIdentifier { id: node.id, epoch, kind: node.kind, digest: node.beside? }));
    all.collect()
}

fn changed_links(graph: &Graph, now: Timestamp) -> Vec<NewLink> {
    let links = graph.nodes.values().flat_map(|node| node.links.iter().map(move |link| (node, link)));
    let changed = links.filter(|(_, link)| link.changed).map(|(node, link)| NewLink {
        identifier: node.id,
        record: link.record,
        source: link.source,
        kind: node.kind,
        is_local_key: link.is_local_key,
        demoted: link.demoted,
        at: now,
    });
    changed.collect()
}

fn new_profiles(graph: &Graph, now: Timestamp) -> Vec<NewProfile> {
    let new = graph.profiles.iter().filter_map(|(id, profile)| {
        let (id16, handle) = profile.new?;
        Some(NewProfile { id: *id, id16, at: now, handle })
    });
    new.collect()
}

fn moves(graph: &Graph, now: Timestamp) -> Vec<MembershipMove> {
    let moved = graph.records.iter().filter_map(|(id, record)| {
        let (from, at) = match record.before {
            None => (None, now),
            Some((from, _)) if from == record.profile => return None,
            // Two moves in one instant must still follow each other.
            Some((from, since)) => (Some(from), now.max(since.plus(1))),
        };
        Some(MembershipMove { record: *id, from, to: record.profile, at, cause: record.cause })
    });
    moved.collect()
}

fn stale_profiles(graph: &Graph, now: Timestamp) -> Vec<i64> {
    let touched = graph.records.values().filter(|record| record.touched).map(|record| record.profile);
    let mut profiles: Vec<i64> = touched
        .filter(|id| {
            *id < TEMPORARY && graph.profiles.get(id).is_some_and(|profile| stale(profile.seen, now))
        })
        .collect();
    profiles.sort_unstable();
    profiles.dedup();
    profiles
}
