//! Reading everything a batch touches, in a handful of statements whatever its size.

use std::collections::BTreeSet;

use zelo_model::{OwnerId, RecordKind, Timestamp};
use zelo_store::{FoundLink, SourceRow};
use zelo_vault::place::RECORD_BODY;

use super::Kind;
use super::draft::{Draft, timeless};
use super::graph::{Graph, HeldIdentifier, Link, Node, Prof, Rec};
use super::groups::Groups;
use super::sort::{Found, Sort, Sorted};
use super::words::Words;
use crate::blob::decode_record;
use crate::error::Result;
use crate::ground::{Ground, Survey, survey};
use crate::keyring::Keyring;
use crate::tx::{Read, Sealed, Tx, Whose};

impl<'b> Draft<'b> {
    /// Reads everything the batch touches, in a handful of statements whatever its size.
    pub(crate) async fn load(
        tx: &mut Tx<'_, Read>,
        source: &SourceRow,
        sorted: &mut Sorted<'b>,
    ) -> Result<Draft<'b>> {
        let tenant = tx.tenant.row.id;
        let epoch = tx.tenant.keys.index().epoch();
        let mut graph = Graph::default();
        let mut digests: Vec<[u8; 16]> = Vec::new();
        let in_messages = sorted.messages.iter().flat_map(Sort::named);
        let held = sorted.held.iter().flat_map(|held| &held.identifiers).chain(&sorted.in_parts);
        for found in in_messages.chain(held) {
            graph.nodes.entry(found.digest).or_insert_with(|| {
                digests.push(found.digest);
                Node::unknown(found)
            });
        }
        let links = tx.rows.links(tenant, epoch, &digests).await?;
        for link in &links {
            graph.add(link);
        }
        graph.read_aliases(sorted);
        let unlinked: Vec<[u8; 16]> = digests
            .into_iter()
            .filter(|digest| graph.nodes.get(digest).is_some_and(|node| node.links.is_empty()))
            .collect();
        let mut standing = tx.rows.identifiers(tenant, epoch, &unlinked).await?;
        for (digest, id) in &standing {
            if let Some(node) = graph.nodes.get_mut(digest) {
                node.id = *id;
            }
        }
        let held = sorted.held.iter().flat_map(|held| &held.identifiers).chain(&sorted.in_parts);
        standing.extend(held.filter_map(|found| {
            let node = graph.nodes.get(&found.digest).filter(|node| !node.links.is_empty())?;
            Some((found.digest, node.id))
        }));
        standing.sort_unstable();
        standing.dedup();
        let groups = Groups::load(tx, sorted).await?;
        let (keys, ground) = load_people(tx, &mut graph, source, sorted).await?;
        for node in graph.nodes.values_mut().filter(|node| node.id == 0) {
            node.id = -1;
        }
        let unknown: Vec<[u8; 16]> =
            graph.nodes.iter().filter(|(_, node)| node.id == -1).map(|(d, _)| *d).collect();
        for digest in unknown {
            let id = graph.fresh();
            if let Some(node) = graph.nodes.get_mut(&digest) {
                node.id = id;
            }
        }
        let timeless: Vec<[u8; 16]> = sorted.messages.iter().filter_map(timeless).collect();
        let already = tx.rows.seen(tenant, &timeless).await?.into_iter().collect();
        Ok(Draft {
            already,
            graph,
            keys,
            journal: Vec::new(),
            events: Vec::new(),
            seen: Vec::new(),
            held: Vec::new(),
            groups,
            words: Words::default(),
            accepted: 0,
            arrived: Vec::with_capacity(sorted.messages.len()),
            witnessed: BTreeSet::new(),
            links,
            ground,
            standing,
            unchanged: 0,
        })
    }
}

/// Opens the bodies that will change, and reads what limits need to know of profiles that may change.
async fn load_people(
    tx: &mut Tx<'_, Read>,
    graph: &mut Graph,
    source: &SourceRow,
    sorted: &Sorted<'_>,
) -> Result<(Keyring, Ground)> {
    let (mut bodies, mut owners, mut profiles) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for sort in &sorted.messages {
        let own = graph.own(&sort.identifiers[0].digest, source.id);
        let settled = own.is_some_and(|own| graph.settled(own, sort));
        if let Some(own) = own {
            owners.extend(graph.records.get(&own).map(|record| record.id16));
            if !settled || matches!(sort.message.kind, Kind::Identify(_) | Kind::Group(_)) {
                bodies.insert(own);
            }
        }
        if !settled {
            profiles.extend(sort.named().flat_map(|found| graph.reaches(&found.digest)));
            profiles.extend(own.and_then(|own| graph.records.get(&own)).map(|record| record.profile));
        }
    }
    // What is held may say no, and that is written down.
    let held = sorted.held.iter().flat_map(|held| &held.identifiers);
    let spoken = held.filter_map(|found| graph.own(&found.digest, source.id));
    owners.extend(spoken.filter_map(|own| graph.records.get(&own)).map(|record| record.id16));
    let tenant = tx.tenant.row.id;
    let profiles: Vec<i64> = profiles.into_iter().collect();
    let Survey { ground, members, summaries } = survey(&tx.rows, tenant, &profiles).await?;
    graph.apart.clone_from(&ground.apart);
    for (record, profile, since) in members {
        if let Some(profile) = graph.profiles.get_mut(&profile) {
            profile.records.insert(record);
        }
        graph.records.entry(record).or_insert_with(|| Rec::elsewhere(profile, since));
    }
    for row in summaries {
        let held = HeldIdentifier {
            digest: row.digest,
            kind: row.kind,
            space: if row.kind.is_spaced() { row.space } else { String::new() },
            demoted: row.demoted,
            seen: row.last_seen,
        };
        graph.profiles.entry(row.profile).and_modify(|profile| profile.held.push(held));
    }
    let keys = tx.keys(&owners.into_iter().collect::<Vec<_>>()).await?;
    let bodies: Vec<i64> = bodies.into_iter().collect();
    for (id, version, bytes) in tx.rows.bodies(tenant, &bodies).await? {
        let Some(record) = graph.records.get_mut(&id) else { continue };
        let (owner, place) = (record.id16, RECORD_BODY);
        let sealed = Sealed { owner, place, row: owner.0, version, bytes: &bytes };
        record.body = Some(decode_record(&tx.open(&keys, &sealed, Whose::Processed)?)?);
        record.bytes = bytes.len();
        record.seal_version = version;
    }
    Ok((keys, ground))
}

impl Node {
    fn unknown(found: &Found) -> Self {
        let identifier = &found.identifier;
        Self {
            id: 0,
            kind: identifier.kind,
            space: identifier.space.clone(),
            beside: found.beside,
            links: Vec::new(),
        }
    }
}

impl Rec {
    /// A record of a profile that may be merged, of which nothing else is needed.
    fn elsewhere(profile: i64, since: Timestamp) -> Self {
        Self {
            id16: OwnerId([0; 16]),
            source: 0,
            kind: RecordKind::House,
            profile,
            before: Some((profile, since)),
            seal_version: 0,
            seen: since,
            body: None,
            bytes: 0,
            dirty: false,
            touched: false,
            cause: "stayed",
        }
    }
}

impl Graph {
    /// Adds a link as found.
    fn add(&mut self, link: &FoundLink) {
        if let Some(node) = self.nodes.get_mut(&link.digest) {
            node.id = link.identifier;
            node.links.push(Link {
                record: link.record,
                source: link.source,
                is_local_key: link.is_local_key,
                demoted: link.demoted,
                seen: link.link_seen,
                changed: false,
            });
        }
        let before = Some((link.profile, link.since));
        self.records.entry(link.record).or_insert_with(|| Rec {
            id16: link.record_id16,
            source: link.source,
            seal_version: link.seal_version,
            before,
            seen: link.record_seen,
            ..Rec::elsewhere(link.profile, link.since)
        });
        self.profiles.entry(link.profile).or_insert_with(|| Prof {
            state: link.state,
            created: link.profile_created,
            seen: link.profile_seen,
            new: None,
            merged_into: None,
            records: BTreeSet::new(),
            held: Vec::new(),
        });
    }
}
