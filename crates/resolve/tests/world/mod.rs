//! Records, links and memberships in memory, as intake keeps them in tables: `decide` is asked, its answer applied.
#![expect(clippy::unwrap_used, reason = "small numbers, in a test")]

use std::collections::{BTreeMap, BTreeSet};

use zelo_model::{IdentifierKind, KindRule, MatchRules, Timestamp, Window};
use zelo_resolve::{Candidate, Decision, Digest, Message, Outcome, Summary, decide};

pub(crate) type Identifier = (IdentifierKind, &'static str, u16);

/// The rules of `policies/matching.yaml`.
pub(crate) fn rules() -> MatchRules {
    let rule = |priority, limit_per_profile, window| KindRule {
        priority,
        limit_per_profile,
        window,
        ..KindRule::UNKNOWN
    };
    let kinds = [
        (IdentifierKind::UserId, rule(30, 1, Window::Ever)),
        (IdentifierKind::Email, rule(20, 5, Window::Ever)),
        (IdentifierKind::AnonymousId, rule(10, 5, Window::Week)),
    ];
    MatchRules { kinds: kinds.into(), traits: vec![], blocked: vec![], max_records: 200, max_identifiers: 50 }
}

pub(crate) fn digest((kind, space, n): Identifier) -> Digest {
    let mut digest = [0; 16];
    digest[0] = u8::try_from(kind.number()).unwrap();
    digest[1] = space.len().try_into().unwrap();
    digest[2..4].copy_from_slice(&n.to_be_bytes());
    digest
}

#[derive(Default)]
pub(crate) struct World {
    /// Record by local key (source, identifier): its profile.
    pub(crate) records: BTreeMap<(u8, Identifier), usize>,
    /// Link (identifier, record): demoted?
    pub(crate) links: BTreeMap<(Identifier, (u8, Identifier)), bool>,
    /// Alias by absorbed profile; the position is the age.
    pub(crate) profiles: Vec<Option<usize>>,
    /// Records a steward keeps apart.
    pub(crate) apart: Vec<[(u8, Identifier); 2]>,
}

impl World {
    /// A message from a source; the first identifier is the local key.
    pub(crate) fn told(
        &mut self,
        source: u8,
        identifiers: &[Identifier],
        may_merge: bool,
        rules: &MatchRules,
    ) -> Outcome<usize> {
        let record = (source, identifiers[0]);
        let own = self.records.get(&record).copied();
        let candidates: Vec<_> = identifiers.iter().map(|one| self.candidate(*one)).collect();
        let near = candidates.iter().flat_map(|one| one.reaches.iter().copied()).chain(own);
        let profiles: BTreeMap<_, _> = near.map(|profile| (profile, self.summary(profile))).collect();
        let apart = self.apart_profiles();
        let message =
            Message { own, identifiers: &candidates, profiles: &profiles, apart: &apart, may_merge };
        let outcome = decide(&message, rules);

        let mut backwards = candidates.clone();
        backwards.reverse();
        let mut again = decide(&Message { identifiers: &backwards, ..message }, rules);
        again.demoted = again.demoted.iter().map(|at| candidates.len() - 1 - at).rev().collect();
        assert_eq!(outcome, again, "the order of identifiers says nothing");

        self.apply(record, identifiers, &outcome);
        outcome
    }

    fn apply(&mut self, record: (u8, Identifier), identifiers: &[Identifier], outcome: &Outcome<usize>) {
        let home = match &outcome.decision {
            Decision::Open => {
                self.profiles.push(None);
                self.profiles.len() - 1
            }
            Decision::Stay { profile } | Decision::Join { profile } => *profile,
            Decision::Merge { survivor, absorbed } => {
                for old in absorbed {
                    self.profiles[*old] = Some(*survivor);
                    self.records.values_mut().filter(|at| *at == old).for_each(|at| *at = *survivor);
                }
                *survivor
            }
        };
        self.records.insert(record, home);
        for (at, one) in identifiers.iter().enumerate() {
            self.links.insert((*one, record), outcome.demoted.contains(&at));
        }
    }

    fn candidate(&self, one: Identifier) -> Candidate<usize, &'static str> {
        let links = self.links.iter().filter(|((identifier, _), demoted)| *identifier == one && !**demoted);
        let reaches = links.map(|((_, record), _)| self.records[record]).collect();
        Candidate { kind: one.0, space: one.1, digest: digest(one), reaches }
    }

    pub(crate) fn summary(&self, profile: usize) -> Summary<&'static str> {
        let mine = |record: &(u8, Identifier)| self.records[record] == profile;
        let links = || self.links.iter().filter(|((_, record), _)| mine(record));
        let matching: BTreeSet<Identifier> =
            links().filter(|(_, demoted)| !**demoted).map(|((one, _), _)| *one).collect();
        let mut kinds = BTreeMap::new();
        for one in &matching {
            *kinds.entry(one.0).or_default() += 1;
        }
        let users = links().map(|((one, _), _)| *one).filter(|one| one.0 == IdentifierKind::UserId);
        Summary {
            created: Timestamp::from_micros(i64::try_from(profile).unwrap()),
            records: self.records.values().filter(|at| **at == profile).count(),
            identifiers: matching.len(),
            kinds,
            user_ids: users.map(|one| (one.1, digest(one))).collect(),
        }
    }

    fn apart_profiles(&self) -> BTreeSet<(usize, usize)> {
        let pair = |[a, b]: &[(u8, Identifier); 2]| (self.records[a], self.records[b]);
        self.apart.iter().map(pair).map(|(a, b)| (a.min(b), a.max(b))).collect()
    }

    /// A steward says of two records that they are two people; they must be in two profiles.
    pub(crate) fn keep_apart(&mut self, one: (u8, Identifier), other: (u8, Identifier)) {
        assert_ne!(self.records[&one], self.records[&other]);
        self.apart.push([one, other]);
    }

    /// A steward makes two profiles one.
    pub(crate) fn merge(&mut self, survivor: usize, absorbed: usize) {
        self.profiles[absorbed] = Some(survivor);
        self.records.values_mut().filter(|at| **at == absorbed).for_each(|at| *at = survivor);
    }

    /// The profiles that are no alias.
    pub(crate) fn people(&self) -> Vec<usize> {
        (0..self.profiles.len()).filter(|at| self.profiles[*at].is_none()).collect()
    }
    /// Identifiers that reach more than one profile.
    pub(crate) fn torn(&self) -> usize {
        let all: BTreeSet<Identifier> = self.links.keys().map(|(one, _)| *one).collect();
        all.into_iter().filter(|one| self.candidate(*one).reaches.len() > 1).count()
    }
}
