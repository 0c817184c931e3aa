//! The people a batch touches, as they are and as they become: identifiers, records, profiles.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use zelo_model::{
    Handle, IdentifierKind, MatchRules, OwnerId, ProfileId, ProfileState, RecordBody, RecordKind, Timestamp,
};
use zelo_resolve::{Held, Summary};

use super::sort::{Found, Sort};

/// Surrogates from here on are of this batch only; the writer hands out the real ones. They sort behind all real
/// ones, in the order they were made.
pub(crate) const TEMPORARY: i64 = i64::MAX / 2;

/// Everything a batch touches.
#[derive(Default)]
pub(crate) struct Graph {
    pub(crate) nodes: HashMap<[u8; 16], Node>,
    pub(crate) records: BTreeMap<i64, Rec>,
    pub(crate) profiles: BTreeMap<i64, Prof>,
    /// Records that a steward keeps apart, the lower first.
    pub(crate) apart: Vec<(i64, i64)>,
    made: i64,
}

/// An identifier.
pub(crate) struct Node {
    pub(crate) id: i64,
    pub(crate) kind: IdentifierKind,
    pub(crate) space: String,
    /// Its digest in the epoch of the index that is written beside the one matched on.
    pub(crate) beside: Option<[u8; 16]>,
    pub(crate) links: Vec<Link>,
}

/// An identifier's link to a record.
pub(crate) struct Link {
    pub(crate) record: i64,
    pub(crate) source: i64,
    pub(crate) is_local_key: bool,
    pub(crate) demoted: bool,
    pub(crate) seen: Timestamp,
    pub(crate) changed: bool,
}

/// A record.
pub(crate) struct Rec {
    pub(crate) id16: OwnerId,
    pub(crate) source: i64,
    pub(crate) kind: RecordKind,
    pub(crate) profile: i64,
    /// The profile it was in before this batch and since when; `None` for a new record.
    pub(crate) before: Option<(i64, Timestamp)>,
    pub(crate) seal_version: u64,
    pub(crate) seen: Timestamp,
    pub(crate) body: Option<RecordBody>,
    /// Bytes of its traits, about.
    pub(crate) bytes: usize,
    pub(crate) dirty: bool,
    /// Whether a message of this batch is this record's.
    pub(crate) touched: bool,
    pub(crate) cause: &'static str,
}

/// A profile.
pub(crate) struct Prof {
    pub(crate) state: ProfileState,
    pub(crate) created: Timestamp,
    pub(crate) seen: Timestamp,
    pub(crate) new: Option<(ProfileId, Handle)>,
    pub(crate) merged_into: Option<i64>,
    pub(crate) records: BTreeSet<i64>,
    pub(crate) held: Vec<HeldIdentifier>,
}

/// An identifier of a profile, as limits count it.
#[derive(Clone)]
pub(crate) struct HeldIdentifier {
    pub(crate) digest: [u8; 16],
    pub(crate) kind: IdentifierKind,
    pub(crate) space: String,
    pub(crate) demoted: bool,
    pub(crate) seen: Timestamp,
}

impl Graph {
    /// A fresh temporary surrogate.
    pub(crate) fn fresh(&mut self) -> i64 {
        self.made += 1;
        TEMPORARY + self.made
    }

    /// How many were made.
    pub(crate) fn made(&self) -> usize {
        usize::try_from(self.made).unwrap_or(usize::MAX)
    }

    /// The record of `source` whose local key this identifier is.
    pub(crate) fn own(&self, digest: &[u8; 16], source: i64) -> Option<i64> {
        let links = &self.nodes.get(digest)?.links;
        links.iter().find(|link| link.is_local_key && link.source == source).map(|link| link.record)
    }

    /// Whether the identifier is linked to the record.
    pub(crate) fn linked(&self, digest: &[u8; 16], record: i64) -> bool {
        self.nodes.get(digest).is_some_and(|node| node.links.iter().any(|link| link.record == record))
    }

    /// Whether a message says nothing new of who its record is: all it names is linked to it, or is nobody else's.
    pub(crate) fn settled(&self, own: i64, sort: &Sort<'_>) -> bool {
        let home = self.records.get(&own).map(|record| record.profile);
        let elsewhere =
            |found: &Found| self.reaches(&found.digest).iter().any(|profile| Some(*profile) != home);
        sort.identifiers.iter().all(|found| self.linked(&found.digest, own))
            && !sort.previous.as_ref().is_some_and(elsewhere)
    }

    /// The active profiles an identifier reaches by links that are matched on.
    pub(crate) fn reaches(&self, digest: &[u8; 16]) -> BTreeSet<i64> {
        let Some(node) = self.nodes.get(digest) else { return BTreeSet::new() };
        let links = node.links.iter().filter(|link| !link.demoted);
        links
            .filter_map(|link| self.records.get(&link.record))
            .map(|record| record.profile)
            .filter(|id| self.is_active(*id))
            .collect()
    }

    pub(crate) fn is_active(&self, profile: i64) -> bool {
        self.profiles.get(&profile).is_some_and(|profile| profile.state == ProfileState::Active)
    }

    /// What `decide` must know of a profile.
    pub(crate) fn summary<'g>(
        &'g self,
        profile: i64,
        rules: &MatchRules,
        now: Timestamp,
    ) -> Option<Summary<&'g str>> {
        let profile = self.profiles.get(&profile)?;
        let held = profile.held.iter().map(|held| Held {
            kind: held.kind,
            space: held.space.as_str(),
            digest: held.digest,
            demoted: held.demoted,
            seen: held.seen,
        });
        Some(Summary::of((profile.created, profile.records.len()), held, rules, now))
    }

    /// Pairs of profiles, the lesser first, in which a steward keeps records apart.
    pub(crate) fn apart(&self) -> BTreeSet<(i64, i64)> {
        let home = |record| self.records.get(record).map(|record| record.profile);
        let pairs = self.apart.iter().filter_map(|(low, high)| Some((home(low)?, home(high)?)));
        pairs.map(|(a, b)| (a.min(b), a.max(b))).collect()
    }

    /// Links an identifier to a record, or corrects and refreshes the link that is there.
    pub(crate) fn link(
        &mut self,
        digest: &[u8; 16],
        record: i64,
        is_local_key: bool,
        demoted: bool,
        now: Timestamp,
    ) {
        let Some(source) = self.records.get(&record).map(|record| record.source) else { return };
        let profile = self.records.get(&record).map(|record| record.profile);
        let Some(node) = self.nodes.get_mut(digest) else { return };
        if let Some(link) = node.links.iter_mut().find(|link| link.record == record) {
            link.changed |= link.demoted != demoted;
            link.demoted = demoted;
            return;
        }
        node.links.push(Link { record, source, is_local_key, demoted, seen: now, changed: true });
        let (kind, space) = (node.kind, node.space.clone());
        if let Some(profile) = profile.and_then(|id| self.profiles.get_mut(&id)) {
            profile.held.push(HeldIdentifier { digest: *digest, kind, space, demoted, seen: now });
        }
    }

    /// Moves every record of the absorbed profiles into the survivor; they become its aliases.
    pub(crate) fn merge(&mut self, survivor: i64, absorbed: &[i64], cause: &'static str) {
        for id in absorbed {
            let Some(profile) = self.profiles.get_mut(id) else { continue };
            profile.state = ProfileState::MergedInto;
            profile.merged_into = Some(survivor);
            let (records, held) = (std::mem::take(&mut profile.records), std::mem::take(&mut profile.held));
            for record in &records {
                if let Some(record) = self.records.get_mut(record) {
                    record.profile = survivor;
                    record.cause = cause;
                }
            }
            if let Some(survivor) = self.profiles.get_mut(&survivor) {
                survivor.records.extend(records);
                survivor.held.extend(held);
            }
        }
    }
}
