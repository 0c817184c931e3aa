//! Profiles added up by a person rather than by a message: what they hold, and which limits they break as one.

use std::collections::{BTreeMap, BTreeSet};

use zelo_model::{IdentifierKind, MatchRules, Timestamp};

use crate::{Breach, Digest, Summary};

/// An identifier of a profile, as limits count it. `S` names an id space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held<S> {
    /// Its kind.
    pub kind: IdentifierKind,
    /// Its id space (for kinds without one, always the same value).
    pub space: S,
    /// Its digest.
    pub digest: Digest,
    /// Whether it is only kept, not matched on.
    pub demoted: bool,
    /// When it was last seen, for limits with a window.
    pub seen: Timestamp,
}

impl<S: Copy + Ord> Summary<S> {
    /// Adds up what a profile, or several as if they were one, holds now.
    pub fn of(
        (created, records): (Timestamp, usize),
        held: impl IntoIterator<Item = Held<S>>,
        rules: &MatchRules,
        now: Timestamp,
    ) -> Self {
        let mut distinct = BTreeSet::new();
        let mut kinds: BTreeMap<IdentifierKind, BTreeSet<Digest>> = BTreeMap::new();
        let mut user_ids = BTreeSet::new();
        for one in held {
            if one.kind == IdentifierKind::UserId {
                user_ids.insert((one.space, one.digest));
            }
            if one.demoted {
                continue;
            }
            distinct.insert(one.digest);
            let opens = rules.kind(one.kind).window.opens(now);
            if opens.is_none_or(|opens| one.seen >= opens) {
                kinds.entry(one.kind).or_default().insert(one.digest);
            }
        }
        let kinds = kinds.into_iter().map(|(kind, digests)| (kind, digests.len())).collect();
        Self { created, records, identifiers: distinct.len(), kinds, user_ids }
    }
}

/// Every limit that the whole breaks and none of its parts broke as much alone, in the order of [`Breach`].
pub fn breaches<S: Copy + Ord>(parts: &[Summary<S>], whole: &Summary<S>, rules: &MatchRules) -> Vec<Breach> {
    let over = |count: &dyn Fn(&Summary<S>) -> usize, limit: usize| {
        let before = parts.iter().map(count).max().unwrap_or(0);
        count(whole) > limit && count(whole) > before
    };
    let limit = |kind| rules.kind(kind).limit_per_profile;
    let mut broken = Vec::new();
    let spaces: BTreeSet<S> = whole.user_ids.iter().map(|(space, _)| *space).collect();
    let crowded = |space: &S| {
        let of = |part: &Summary<S>| part.user_ids.iter().filter(|(other, _)| other == space).count();
        over(&of, limit(IdentifierKind::UserId))
    };
    if spaces.iter().any(crowded) {
        broken.push(Breach::UserIds);
    }
    for kind in IdentifierKind::ALL.into_iter().filter(|kind| *kind != IdentifierKind::UserId) {
        if over(&|part| part.kinds.get(&kind).copied().unwrap_or(0), limit(kind)) {
            broken.push(Breach::Kind(kind));
        }
    }
    if over(&|part| part.records, rules.max_records) {
        broken.push(Breach::Records);
    }
    if over(&|part| part.identifiers, rules.max_identifiers) {
        broken.push(Breach::Identifiers);
    }
    broken
}
