//! What a batch makes of the people it touches: loaded once, then message by message in the order they came.

use std::collections::{BTreeMap, BTreeSet};

use zelo_model::{
    Handle, IdentifierKind, JournalId, KnownIdentifier, OwnerId, ProfileId, ProfileState, RecordBody,
    RecordKind, Timestamp,
};
use zelo_resolve::{Candidate, Decision, Outcome, decide};
use zelo_store::{FoundLink, JournalLine, SourceRow};

use super::graph::{Graph, Prof, Rec, TEMPORARY};
use super::groups::{self, Groups};
use super::held::{self, HeldItem, Place};
use super::message::Hold;
use super::sort::{Found, Sort, Sorted};
use super::words::Words;
use super::{Batch, Kind, LINK_GRAIN, MOST_TRAIT_BYTES, MOST_TRAITS, SEEN_GRAIN};
use crate::arrivals::{Arrived, Matched, Outcome as Became};
use crate::ground::Ground;
use crate::keyring::Keyring;
use crate::tx::{Read, Tx};

/// A batch worked out, nothing sealed yet.
pub(crate) struct Draft<'b> {
    pub(crate) graph: Graph,
    pub(crate) keys: Keyring,
    pub(crate) journal: Vec<JournalLine>,
    pub(crate) events: Vec<DraftEvent<'b>>,
    pub(crate) seen: Vec<[u8; 16]>,
    pub(crate) held: Vec<HeldItem>,
    pub(crate) groups: Groups,
    /// What its messages say to purposes.
    pub(crate) words: Words,
    pub(crate) accepted: usize,
    /// What those who watch are told once it is committed.
    pub(crate) arrived: Vec<Arrived>,
    /// Identifiers whose links decided something: they must stand as they were when the batch is applied.
    pub(crate) witnessed: BTreeSet<[u8; 16]>,
    pub(crate) links: Vec<FoundLink>,
    /// The profiles they reached, as they were: those decided as much.
    pub(crate) ground: Ground,
    /// Identifiers that stood there without a link: they must still do, or what was forgotten would be linked again.
    pub(crate) standing: Vec<([u8; 16], i64)>,
    /// Messages without a time of their own that were taken in before.
    pub(crate) already: BTreeSet<[u8; 16]>,
    /// Messages other than events that said nothing new.
    pub(crate) unchanged: usize,
}

/// An event and its record.
pub(crate) struct DraftEvent<'b> {
    pub(crate) record: i64,
    pub(crate) message: &'b super::Message,
    /// The message as it is stored, where something of it is held.
    pub(crate) left: Option<String>,
    /// The version of the tracking plan it was judged by.
    pub(crate) version: Option<u32>,
    pub(crate) kind: i16,
    pub(crate) name: Option<&'b str>,
    pub(crate) sent: Option<Timestamp>,
    pub(crate) id: zelo_model::EventId,
    pub(crate) occurred: Timestamp,
}

impl<'b> Draft<'b> {
    /// Takes the messages in, one after the other; what cannot be taken in is held.
    pub(crate) fn take_in(
        &mut self,
        tx: &mut Tx<'_, Read>,
        source: &SourceRow,
        batch: &'b Batch,
        sorted: &Sorted<'b>,
    ) {
        for sort in &sorted.messages {
            if let Some(reason) = self.one(tx, source, batch, sort) {
                self.hear_no(tx, source, batch, (&sort.identifiers, sort.message.raw.as_bytes()));
                self.arrived.push(arrived(tx, source, Some(&sort.message.kind), Became::Held(reason)));
                self.held.push(HeldItem::whole(tx, source, sort, reason));
            }
        }
        for held in &sorted.held {
            self.hear_no(tx, source, batch, (&held.identifiers, &held.raw));
            self.arrived.push(arrived(tx, source, None, Became::Held(held.reason)));
            self.held.push(HeldItem::as_it_came(tx, source, held));
        }
        let passed_over = (0..sorted.not_collected).map(|_| arrived(tx, source, None, Became::NotCollected));
        self.arrived.extend(passed_over);
        self.prune();
    }

    /// A no in what is held is heard at once, if it is known whose it is: whoever is called that by this source.
    fn hear_no(
        &mut self,
        tx: &Tx<'_, Read>,
        source: &SourceRow,
        batch: &Batch,
        (identifiers, raw): (&[Found], &[u8]),
    ) {
        let own = |found: &Found| Some((self.graph.own(&found.digest, source.id)?, found.digest));
        let Some((record, voice)) = identifiers.iter().find_map(own) else { return };
        if self.words.hear_no(tx, batch, raw, (record, voice))
            && let Some(record) = self.graph.records.get_mut(&record)
        {
            // It must still be there when that is written.
            record.touched = true;
        }
    }

    /// What was to be held, and is not, leaves no identifier that nothing leads to.
    fn prune(&mut self) {
        let held: BTreeSet<[u8; 16]> =
            self.held.iter().flat_map(|item| item.digests.iter().copied()).collect();
        self.graph
            .nodes
            .retain(|digest, node| node.id < TEMPORARY || !node.links.is_empty() || held.contains(digest));
        held::number(&mut self.graph, &mut self.held);
    }

    /// The same for what stands in a file: what cannot be taken in is told, by its place, and nothing of it is kept.
    pub(crate) fn take_each(
        &mut self,
        tx: &mut Tx<'_, Read>,
        source: &SourceRow,
        batch: &'b Batch,
        sorted: &Sorted<'b>,
    ) -> Vec<(usize, Hold)> {
        let mut refused = Vec::new();
        for sort in &sorted.messages {
            refused.extend(self.one(tx, source, batch, sort).map(|reason| (sort.at, reason)));
        }
        self.prune();
        self.arrived.clear();
        refused
    }

    /// Takes one message in, or says why it is held.
    fn one(
        &mut self,
        tx: &mut Tx<'_, Read>,
        source: &SourceRow,
        batch: &Batch,
        sort: &Sort<'b>,
    ) -> Option<Hold> {
        let (now, received) = (tx.now, batch.at(tx.now));
        let local = &sort.identifiers[0];
        let own = self.graph.own(&local.digest, source.id);
        let fits = match &sort.message.kind {
            Kind::Identify(traits) => {
                fits(own.and_then(|id| self.graph.records.get(&id)), traits, sort.message.raw.len())
            }
            Kind::Group(group) => self.groups.fit(sort, group),
            _ => true,
        };
        if !fits {
            return Some(Hold::RecordLimit);
        }
        if matches!(sort.message.kind, Kind::Alias(_)) && self.is_repeated(sort) {
            self.accepted += 1;
            self.unchanged += 1;
            return None;
        }
        let known = own.is_some_and(|own| self.graph.settled(own, sort));
        let led = sort.named().filter(|found| !self.graph.reaches(&found.digest).is_empty());
        let by = led.map(|found| found.identifier.kind).collect();
        let (record, matched, suggested) = match own {
            Some(own) if known => (own, Matched::Known, None),
            _ => self.settle(tx, source, sort, own),
        };
        if let Some(profile) = self.graph.records.get(&record).map(|record| record.profile) {
            let fate = Became::Taken { profile, matched, by, suggested };
            self.arrived.push(arrived(tx, source, Some(&sort.message.kind), fate));
        }
        self.see(record, &sort.identifiers, now);
        let voice = match sort.identifiers.iter().find(|found| found.identifier.kind == IdentifierKind::Email)
        {
            // In a form it is the address that speaks, whichever page it was typed into.
            Some(address) if batch.by_themselves => address.digest,
            _ => local.digest,
        };
        self.words.hear(tx, batch, sort.message, (record, voice));
        let at = sort.message.client_time.unwrap_or(received);
        let order = sort.digest[..8].iter().fold(0, |order, byte| order << 8 | u64::from(*byte));
        match &sort.message.kind {
            Kind::Identify(traits) => {
                let record = self.graph.records.get_mut(&record)?;
                let body = record.body.get_or_insert_default();
                let mut changed = false;
                for (name, value) in traits {
                    changed |= body.fold(name, value.clone(), at, order);
                }
                record.dirty |= changed;
                self.unchanged += usize::from(known && !changed);
                record.bytes += if changed { sort.message.raw.len() } else { 0 };
            }
            Kind::Group(group) => {
                let member = self.graph.records.get_mut(&record)?;
                member.dirty |= member.body.get_or_insert_default().join(&group.id, at);
                let bytes = sort.message.raw.len();
                let personal = self.groups.take(sort.group?, group, (at, order), bytes);
                if !personal.is_empty() {
                    let (reason, raw) = groups::held(sort.message, group, &personal);
                    self.held.push(HeldItem::part(tx, source, sort, (reason, raw.into())));
                }
            }
            Kind::Track(_) | Kind::Page | Kind::Screen => {
                if let Some(event) = self.event(tx, batch, sort, record) {
                    if let (Some(part), Some(owner)) = (&sort.part, self.graph.records.get(&record)) {
                        let place = Place { owner: owner.id16, event: event.id };
                        let part = HeldItem::part(tx, source, sort, (Hold::PersonalValue, part.raw.clone()));
                        self.held.push(part.of_event(sort, place));
                    }
                    self.events.push(event);
                }
            }
            Kind::Alias(_) => {}
        }
        self.accepted += 1;
        None
    }

    /// Where a message's record belongs: decided by its identifiers and what they reach.
    fn settle(
        &mut self,
        tx: &mut Tx<'_, Read>,
        source: &SourceRow,
        sort: &Sort<'b>,
        own: Option<i64>,
    ) -> (i64, Matched, Option<&'static str>) {
        let now = tx.now;
        self.witnessed.extend(sort.named().map(|found| found.digest));
        let outcome = self.decide(tx, sort, own);
        let (profile, cause, matched) = match &outcome.decision {
            Decision::Open => (self.open_profile(tx), "opened", Matched::Opened),
            Decision::Stay { profile } => (*profile, "stayed", Matched::Known),
            Decision::Join { profile } => (*profile, "joined", Matched::Joined),
            Decision::Merge { survivor, absorbed } => {
                self.journal_merge(tx, sort, *survivor, absorbed);
                self.graph.merge(*survivor, absorbed, "merged");
                (*survivor, "joined", Matched::Merged)
            }
        };
        if let Some(suggestion) = &outcome.suggested {
            let line = self.line(tx, sort, "suggest", suggestion.why.slug(), profile, &suggestion.others);
            self.journal.push(line);
        }
        let record = own.unwrap_or_else(|| self.open_record(tx, source, sort, profile, cause));
        for (n, found) in sort.identifiers.iter().enumerate() {
            let is_new = !self.graph.linked(&found.digest, record);
            self.graph.link(&found.digest, record, n == 0, outcome.demoted.contains(&n), now);
            if is_new && let Some(record) = self.graph.records.get_mut(&record) {
                record.dirty |= record.body.get_or_insert_default().note(known(found, now));
            }
        }
        (record, matched, outcome.suggested.as_ref().map(|suggestion| suggestion.why.slug()))
    }

    fn decide(&self, tx: &Tx<'_, Read>, sort: &Sort<'b>, own: Option<i64>) -> Outcome<i64> {
        let rules = tx.policy.matching();
        // The id an alias gives up may be somebody's user id. It is no id of this record, so it counts as what it is
        // here, another name; whose it is, its profile says, and two user ids of one space stay two people.
        let previous = sort.previous.as_ref();
        let kinds = sort.identifiers.iter().map(|found| (found.identifier.kind, found));
        let kinds = kinds.chain(previous.map(|found| (IdentifierKind::AnonymousId, found)));
        let candidates: Vec<Candidate<i64, &str>> = kinds
            .map(|(kind, found)| Candidate {
                kind,
                space: found.identifier.space.as_str(),
                digest: found.digest,
                reaches: self.graph.reaches(&found.digest),
            })
            .collect();
        let own = own.and_then(|record| self.graph.records.get(&record)).map(|record| record.profile);
        let reached: BTreeSet<i64> =
            candidates.iter().flat_map(|one| one.reaches.iter().copied()).chain(own).collect();
        let profiles: BTreeMap<i64, _> =
            reached.into_iter().filter_map(|id| Some((id, self.graph.summary(id, rules, tx.now)?))).collect();
        let may_merge = sort.message.kind.may_merge();
        let (identifiers, profiles, apart) = (&candidates, &profiles, &self.graph.apart());
        decide(&zelo_resolve::Message { own, identifiers, profiles, apart, may_merge }, rules)
    }

    fn open_profile(&mut self, tx: &Tx<'_, Read>) -> i64 {
        let id = self.graph.fresh();
        let new = (ProfileId(tx.ids.random()), Handle(tx.ids.random()));
        let profile = Prof {
            state: ProfileState::Active,
            created: tx.now,
            seen: tx.now,
            new: Some(new),
            merged_into: None,
            records: BTreeSet::new(),
            held: Vec::new(),
        };
        self.graph.profiles.insert(id, profile);
        id
    }

    fn open_record(
        &mut self,
        tx: &Tx<'_, Read>,
        source: &SourceRow,
        sort: &Sort<'b>,
        profile: i64,
        cause: &'static str,
    ) -> i64 {
        let id = self.graph.fresh();
        let is_user = sort.identifiers[0].identifier.kind == IdentifierKind::UserId;
        let record = Rec {
            id16: OwnerId(tx.ids.random()),
            source: source.id,
            kind: if is_user { RecordKind::UserId } else { RecordKind::AnonymousId },
            profile,
            before: None,
            seal_version: 0,
            seen: tx.now,
            body: Some(RecordBody::default()),
            bytes: 0,
            dirty: true,
            touched: true,
            cause,
        };
        self.graph.records.insert(id, record);
        if let Some(profile) = self.graph.profiles.get_mut(&profile) {
            profile.records.insert(id);
        }
        id
    }

    /// Notes that a record and its links were seen, where what stands there has grown stale.
    fn see(&mut self, record: i64, identifiers: &[Found], now: Timestamp) {
        for found in identifiers {
            let links = self.graph.nodes.get_mut(&found.digest).into_iter().flat_map(|node| &mut node.links);
            for link in links.filter(|link| link.record == record && now.since(link.seen) > LINK_GRAIN) {
                link.seen = now;
                link.changed = true;
            }
        }
        if let Some(record) = self.graph.records.get_mut(&record) {
            record.touched = true;
        }
    }

    fn journal_merge(&mut self, tx: &Tx<'_, Read>, sort: &Sort<'b>, survivor: i64, absorbed: &[i64]) {
        let alias = matches!(sort.message.kind, Kind::Alias(_));
        let cause = if alias { "alias" } else { "identify" };
        let line = self.line(tx, sort, "merge", cause, survivor, absorbed);
        self.journal.push(line);
    }

    fn line(
        &self,
        tx: &Tx<'_, Read>,
        sort: &Sort<'b>,
        kind: &'static str,
        cause: &str,
        kept: i64,
        others: &[i64],
    ) -> JournalLine {
        let members = others.iter().chain([&kept]).filter_map(|id| Some((*id, self.graph.profiles.get(id)?)));
        let members =
            members.flat_map(|(id, profile)| profile.records.iter().map(move |record| (*record, id)));
        JournalLine {
            id16: JournalId(tx.ids.sorted(tx.now)),
            at: tx.now,
            kind,
            cause: cause.to_owned(),
            kept,
            others: others.to_vec(),
            members: members.collect(),
            evidence: sort
                .named()
                .filter_map(|found| Some(self.graph.nodes.get(&found.digest)?.id))
                .collect(),
            actor: None,
            answers: None,
        }
    }

    fn event(
        &mut self,
        tx: &Tx<'_, Read>,
        batch: &Batch,
        sort: &Sort<'b>,
        record: i64,
    ) -> Option<DraftEvent<'b>> {
        let message = sort.message;
        let (kind, name) = message.kind.event()?;
        let client = own_time(message);
        if self.is_repeated(sort) {
            return None;
        }
        let mut id = zelo_model::EventId([0; 16]);
        let received = batch.at(tx.now);
        let millis = u64::try_from(client.unwrap_or(received).millis()).unwrap_or_default().to_be_bytes();
        id.0[..6].copy_from_slice(&millis[2..]);
        id.0[6..].copy_from_slice(&sort.digest[..10]);
        let sent = message.sent_at.or(batch.sent_at);
        let occurred = occurred(tx.now, batch, message);
        let latest = received.plus(300 * Timestamp::SECOND);
        // No clock is ten years slow; what is imported may be older.
        let earliest = if message.happened.is_some() {
            Timestamp::from_micros(0)
        } else {
            received.plus(-3652 * Timestamp::DAY)
        };
        let occurred = occurred.clamp(earliest, latest);
        let left = sort.fit.apart.as_ref().map(|apart| apart.left.clone());
        let version = sort.fit.version;
        Some(DraftEvent { record, message, left, version, kind, name, sent, id, occurred })
    }

    /// Whether a message that is recognised by its number alone was there before; from now on it was.
    fn is_repeated(&mut self, sort: &Sort<'_>) -> bool {
        let Some(mid) = timeless(sort) else { return false };
        let is_new = self.already.insert(mid);
        if is_new {
            self.seen.push(mid);
        }
        !is_new
    }
}

/// When something happened: by the sender's clock, corrected by how wrong that was when it sent.
pub(crate) fn occurred(now: Timestamp, batch: &Batch, message: &super::Message) -> Timestamp {
    if let Some(at) = message.happened {
        return at;
    }
    match (message.sent_at.or(batch.sent_at), message.client_time) {
        (Some(sent), Some(at)) => batch.at(now).plus(at.since(sent)),
        (_, at) => at.unwrap_or(batch.at(now)),
    }
}

/// A message's own time, where it can stand in an event's id.
fn own_time(message: &super::Message) -> Option<Timestamp> {
    message.client_time.filter(|at| (0..1 << 48).contains(&at.millis()))
}

/// How a message that makes no row named after its time is recognised when it comes again: an event without a time of
/// its own, and an alias, which would leave the same suggestion twice.
pub(crate) fn timeless(sort: &Sort<'_>) -> Option<[u8; 16]> {
    let message = sort.message;
    let noted = match message.kind {
        Kind::Alias(_) => true,
        _ => message.kind.event().is_some() && own_time(message).is_none(),
    };
    if !noted || message.message_id.is_none() {
        return None;
    }
    sort.digest[..16].try_into().ok()
}

/// Whether a record, or one still to be opened, can take these traits and stay within its limits.
fn fits(record: Option<&Rec>, traits: &serde_json::Map<String, serde_json::Value>, bytes: usize) -> bool {
    let held = record.and_then(|record| record.body.as_ref()).map(|body| &body.traits);
    let new = traits.keys().filter(|name| !held.is_some_and(|held| held.contains_key(*name))).count();
    held.map_or(0, BTreeMap::len) + new <= MOST_TRAITS
        && record.map_or(0, |record| record.bytes) + bytes <= MOST_TRAIT_BYTES
}

fn known(found: &Found, now: Timestamp) -> KnownIdentifier {
    KnownIdentifier {
        kind: found.identifier.kind.slug().to_owned(),
        space: found.identifier.space.clone(),
        value: found.value.clone(),
        first: now.micros(),
    }
}

/// Whether what was last written has grown stale.
pub(crate) fn stale(seen: Timestamp, now: Timestamp) -> bool {
    now.since(seen) > SEEN_GRAIN
}

/// A message as those who watch are told of it.
fn arrived(tx: &Tx<'_, Read>, source: &SourceRow, kind: Option<&Kind>, fate: Became) -> Arrived {
    let name = match kind {
        Some(Kind::Track(name)) => Some(name.clone()),
        _ => None,
    };
    Arrived { at: tx.now, source: source.id, verb: kind.map(Kind::slug), name, fate }
}
