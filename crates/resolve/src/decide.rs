//! `decide`: to which profile a message belongs, and which profiles it shows to be one person.
//!
//! The message's identifiers are believed in the order of their priority. Each one brings the profiles it
//! reaches, unless they and what was believed before would break a limit or are kept apart by a steward: then it is *demoted* (its link is kept,
//! flagged, and not matched on) and the next is tried. That is "demote the lowest and retry" read from the top,
//! and it keeps every identifier that does no harm.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use zelo_model::{IdentifierKind, MatchRules};

use crate::party::{Party, reached};
use crate::{Breach, Digest, Summary};

/// One identifier of the message, blocked ones left out. `P` names a profile, `S` an id space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate<P: Ord, S> {
    /// Its kind.
    pub kind: IdentifierKind,
    /// Its id space (for kinds without one, always the same value).
    pub space: S,
    /// Its digest, which covers kind and space.
    pub digest: Digest,
    /// The profiles it reaches: links not demoted → open memberships.
    pub reaches: BTreeSet<P>,
}

/// What `decide` must know of a message.
#[derive(Debug, Clone)]
pub struct Message<'a, P: Ord, S: Ord> {
    /// The profile the message's own record is in; `None` when the record is new.
    pub own: Option<P>,
    /// Its identifiers, in any order.
    pub identifiers: &'a [Candidate<P, S>],
    /// The active profiles reached, the record's own among them. Others cannot be reached, whatever links say.
    pub profiles: &'a BTreeMap<P, Summary<S>>,
    /// Pairs of profiles, the lesser first, that a steward keeps apart.
    pub apart: &'a BTreeSet<(P, P)>,
    /// Whether it may show two profiles to be one person: true for `identify` only.
    pub may_merge: bool,
}

/// Where the message's record goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision<P> {
    /// The record is new, and so is its profile.
    Open,
    /// The record stays where it is.
    Stay {
        /// The record's own profile.
        profile: P,
    },
    /// The record is new and joins a profile we know.
    Join {
        /// The one it joins.
        profile: P,
    },
    /// Several profiles are one person; a new record joins the survivor.
    Merge {
        /// The oldest.
        survivor: P,
        /// The others, which become its aliases.
        absorbed: Vec<P>,
    },
}

/// For a steward to look at: profiles that may be the same person, kept apart by a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion<P> {
    /// The profiles that were reached and left alone.
    pub others: Vec<P>,
    /// The rule, as the most trusted of the demoted identifiers met it.
    pub why: Breach,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<P> {
    /// Where the record goes.
    pub decision: Decision<P>,
    /// What to journal besides; only where the message could have merged.
    pub suggested: Option<Suggestion<P>>,
    /// Positions, ascending, of the identifiers whose link to the record is flagged and not matched on.
    pub demoted: Vec<usize>,
}

/// Decides where a message belongs.
pub fn decide<P: Copy + Ord, S: Copy + Ord>(message: &Message<'_, P, S>, rules: &MatchRules) -> Outcome<P> {
    let user_ids = message.identifiers.iter().filter(|one| one.kind == IdentifierKind::UserId);
    let user_ids = user_ids.map(|one| (one.space, one.digest)).collect();
    let mut party = match message.own {
        Some(own) => Party::at_home(own, message.profiles.get(&own), user_ids),
        None => Party::alone(user_ids),
    };

    let mut demoted = Vec::new();
    let mut left = BTreeSet::new();
    let mut why = None;
    for at in by_trust(message.identifiers, rules) {
        let one = &message.identifiers[at];
        let bigger = party.with(one, message.profiles);
        if message.apart.iter().any(|(a, b)| bigger.profiles.contains(a) && bigger.profiles.contains(b)) {
            // A steward has decided this already: there is nothing to suggest.
            demoted.push(at);
            continue;
        }
        let breach = bigger.breach(&party, message.profiles, rules);
        if breach.is_none() && (message.may_merge || bigger.profiles.len() <= 1) {
            party = bigger;
            continue;
        }
        demoted.push(at);
        if let Some(breach) = breach.filter(|_| message.may_merge) {
            left.extend(reached(one, message.profiles));
            why.get_or_insert(breach);
        }
    }
    demoted.sort_unstable();

    let others: Vec<P> = left.difference(&party.profiles).copied().collect();
    let suggested = why.filter(|_| !others.is_empty()).map(|why| Suggestion { others, why });
    Outcome { decision: place(message, &party.profiles), suggested, demoted }
}

/// The positions of the identifiers, the most trusted first; never the order they were given in.
fn by_trust<P: Ord, S: Copy + Ord>(identifiers: &[Candidate<P, S>], rules: &MatchRules) -> Vec<usize> {
    let mut order: Vec<usize> = (0..identifiers.len()).collect();
    order.sort_by_key(|&at| {
        let one = &identifiers[at];
        (Reverse(rules.kind(one.kind).priority), one.kind, one.space, one.digest)
    });
    order
}

fn place<P: Copy + Ord, S: Ord>(message: &Message<'_, P, S>, profiles: &BTreeSet<P>) -> Decision<P> {
    let age = |profile: &P| (message.profiles.get(profile).map(|summary| summary.created), *profile);
    let Some(survivor) = profiles.iter().copied().min_by_key(age) else { return Decision::Open };
    let absorbed: Vec<P> = profiles.iter().copied().filter(|profile| *profile != survivor).collect();
    match (message.own, absorbed.is_empty()) {
        (Some(profile), true) => Decision::Stay { profile },
        (None, true) => Decision::Join { profile: survivor },
        (_, false) => Decision::Merge { survivor, absorbed },
    }
}
