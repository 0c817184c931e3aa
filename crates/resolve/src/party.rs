//! The profiles one message would bring together, added up, and whether that still is one person.

use std::collections::{BTreeMap, BTreeSet};

use zelo_model::{IdentifierKind, MatchRules, Timestamp};

use crate::Candidate;

/// A blind-index digest; the resolver never sees the value behind it.
pub type Digest = [u8; 16];

/// What is known of one active profile that the message reaches. `S` names an id space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary<S: Ord> {
    /// When it was made: the oldest survives a merge.
    pub created: Timestamp,
    /// How many records it holds.
    pub records: usize,
    /// How many identifiers reach it, demoted links left out.
    pub identifiers: usize,
    /// How many of each kind reach it within the kind's window, demoted links left out.
    pub kinds: BTreeMap<IdentifierKind, usize>,
    /// Every `user_id` of its records with its id space, **demoted or not**: a record brings its own.
    pub user_ids: BTreeSet<(S, Digest)>,
}

/// Which rule the reached profiles would break as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// Too many `user_id`s of one id space: as far as that source knows, two people.
    UserIds,
    /// Too many identifiers of this kind within its window.
    Kind(IdentifierKind),
    /// Too many records.
    Records,
    /// Too many identifiers.
    Identifiers,
}

impl Breach {
    /// The name in the merge journal.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::UserIds => "two-user-ids",
            Self::Kind(IdentifierKind::UserId) => "too-many-user-id",
            Self::Kind(IdentifierKind::AnonymousId) => "too-many-anonymous-id",
            Self::Kind(IdentifierKind::Email) => "too-many-email",
            Self::Kind(IdentifierKind::Phone) => "too-many-phone",
            Self::Kind(IdentifierKind::Cpf) => "too-many-cpf",
            Self::Kind(IdentifierKind::Cnpj) => "too-many-cnpj",
            Self::Kind(IdentifierKind::Nif) => "too-many-nif",
            Self::Records => "too-many-records",
            Self::Identifiers => "too-many-identifiers",
        }
    }
}

/// Some profiles and one message, as if they were one person.
#[derive(Debug, Clone)]
pub(crate) struct Party<P, S: Ord> {
    pub(crate) profiles: BTreeSet<P>,
    records: usize,
    identifiers: usize,
    kinds: BTreeMap<IdentifierKind, usize>,
    user_ids: BTreeSet<(S, Digest)>,
}

impl<P: Copy + Ord, S: Copy + Ord> Party<P, S> {
    /// The message's record alone, with the user ids it names.
    pub(crate) fn alone(user_ids: BTreeSet<(S, Digest)>) -> Self {
        Self { profiles: BTreeSet::new(), records: 1, identifiers: 0, kinds: BTreeMap::new(), user_ids }
    }

    /// Starts from the profile the record is in already.
    pub(crate) fn at_home(profile: P, summary: Option<&Summary<S>>, user_ids: BTreeSet<(S, Digest)>) -> Self {
        let mut party = Self { records: 0, ..Self::alone(user_ids) };
        party.profiles.insert(profile);
        party.absorb(summary);
        party
    }

    /// With one identifier more and the profiles behind it.
    pub(crate) fn with(&self, one: &Candidate<P, S>, profiles: &BTreeMap<P, Summary<S>>) -> Self {
        let mut party = self.clone();
        for profile in reached(one, profiles) {
            if party.profiles.insert(profile) {
                party.absorb(profiles.get(&profile));
            }
        }
        // Counted once by every profile that holds it, and by none when it is new to all of them.
        let known = one.reaches.intersection(&party.profiles).count();
        let count = party.kinds.entry(one.kind).or_default();
        *count = (*count + 1).saturating_sub(known);
        party.identifiers = (party.identifiers + 1).saturating_sub(known);
        party
    }

    fn absorb(&mut self, summary: Option<&Summary<S>>) {
        let Some(summary) = summary else { return };
        self.records += summary.records;
        self.identifiers += summary.identifiers;
        for (kind, count) in &summary.kinds {
            *self.kinds.entry(*kind).or_default() += count;
        }
        self.user_ids.extend(&summary.user_ids);
    }

    /// The first rule broken on the way from `before` to here. What was too much before, there or in a profile that
    /// was reached (a steward may have seen to it), is not held against whoever adds nothing to it.
    pub(crate) fn breach(
        &self,
        before: &Self,
        profiles: &BTreeMap<P, Summary<S>>,
        rules: &MatchRules,
    ) -> Option<Breach> {
        let limit = |kind| rules.kind(kind).limit_per_profile;
        let reached = || self.profiles.difference(&before.profiles).filter_map(|id| profiles.get(id));
        let most = |of: &dyn Fn(&Summary<S>) -> usize| reached().map(of).max().unwrap_or(0);
        let crowded = |space| {
            let of = |ids: &BTreeSet<(S, Digest)>| ids.iter().filter(|(s, _)| *s == space).count();
            let most = most(&|summary| of(&summary.user_ids)).max(of(&before.user_ids));
            over(of(&self.user_ids), most, limit(IdentifierKind::UserId))
        };
        if self.user_ids.iter().any(|(space, _)| crowded(*space)) {
            return Some(Breach::UserIds);
        }
        let of = |party: &Self, kind| party.kinds.get(&kind).copied().unwrap_or(0);
        let counted = |kind: &IdentifierKind| *kind != IdentifierKind::UserId;
        for kind in IdentifierKind::ALL.into_iter().filter(counted) {
            let most = most(&|summary| summary.kinds.get(&kind).copied().unwrap_or(0));
            if over(of(self, kind), most.max(of(before, kind)), limit(kind)) {
                return Some(Breach::Kind(kind));
            }
        }
        let most_records = most(&|summary| summary.records).max(before.records);
        if over(self.records, most_records, rules.max_records) {
            return Some(Breach::Records);
        }
        let most = most(&|summary| summary.identifiers).max(before.identifiers);
        over(self.identifiers, most, rules.max_identifiers).then_some(Breach::Identifiers)
    }
}

/// The profiles behind an identifier that can be reached at all.
pub(crate) fn reached<'a, P: Copy + Ord, S: Ord>(
    one: &'a Candidate<P, S>,
    profiles: &'a BTreeMap<P, Summary<S>>,
) -> impl Iterator<Item = P> + 'a {
    one.reaches.iter().copied().filter(|profile| profiles.contains_key(profile))
}

fn over(now: usize, before: usize, limit: usize) -> bool {
    now > limit && now > before
}
