//! Undoing a merge: whose are the records that came while two people were one, and who keeps an identifier that leads
//! to both.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use zelo_model::{IdentifierKind, MatchRules, Timestamp};

/// A link between a record and an identifier. `R` names a record, `I` an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie<R, I> {
    /// The record.
    pub record: R,
    /// The identifier.
    pub identifier: I,
    /// Its kind.
    pub kind: IdentifierKind,
    /// Whether it is the record's local key.
    pub is_local_key: bool,
    /// Whether it is only kept, not matched on.
    pub demoted: bool,
    /// When it was first seen.
    pub first_seen: Timestamp,
}

/// Places groups of records that came later, in the order they came: each goes where its most trusted identifier leads
/// that leads to one half alone. What leads nowhere, or to both, goes `home`: nobody is given what may be another's.
///
/// `placed` says in which half (`H`) the other records are; the answer has them all.
pub fn place_late<R: Copy + Ord, I: Copy + Ord, H: Copy + Ord>(
    mut placed: BTreeMap<R, H>,
    late: &[Vec<R>],
    ties: &[Tie<R, I>],
    home: H,
    rules: &MatchRules,
) -> BTreeMap<R, H> {
    for group in late {
        let mut own: Vec<(IdentifierKind, I)> = ties
            .iter()
            .filter(|tie| !tie.demoted && group.contains(&tie.record))
            .map(|tie| (tie.kind, tie.identifier))
            .collect();
        own.sort_by_key(|(kind, identifier)| (Reverse(rules.kind(*kind).priority), *kind, *identifier));
        own.dedup();
        let leads = |identifier: I| {
            let known = ties.iter().filter(|tie| tie.identifier == identifier && !tie.demoted);
            known.filter_map(|tie| placed.get(&tie.record).copied()).collect::<BTreeSet<H>>()
        };
        let only = own.iter().map(|(_, identifier)| leads(*identifier)).find(|halves| halves.len() == 1);
        let half = only.and_then(|halves| halves.first().copied()).unwrap_or(home);
        placed.extend(group.iter().map(|record| (*record, half)));
    }
    placed
}

/// The links that must be kept without being matched on, so that each identifier leads to one half: it stays with
/// whom it leads to today, a record whose own key it is before others, then the longest known.
pub fn torn_ties<R: Copy + Ord, I: Copy + Ord, H: Copy + Ord>(
    placed: &BTreeMap<R, H>,
    ties: &[Tie<R, I>],
) -> Vec<(I, R)> {
    let mut first: BTreeMap<I, &Tie<R, I>> = BTreeMap::new();
    let rank = |tie: &Tie<R, I>| (!tie.is_local_key, tie.first_seen, tie.record);
    let matched = || ties.iter().filter(|tie| !tie.demoted && placed.contains_key(&tie.record));
    for tie in matched() {
        let best = first.entry(tie.identifier).or_insert(tie);
        if rank(tie) < rank(best) {
            *best = tie;
        }
    }
    let elsewhere = |tie: &&Tie<R, I>| placed[&tie.record] != placed[&first[&tie.identifier].record];
    matched().filter(elsewhere).map(|tie| (tie.identifier, tie.record)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use IdentifierKind::{AnonymousId, Email, UserId};
    use zelo_model::{KindRule, Window};

    fn rules() -> MatchRules {
        let rule = |priority| KindRule { priority, window: Window::Ever, ..KindRule::UNKNOWN };
        let kinds = [(UserId, rule(30)), (Email, rule(20)), (AnonymousId, rule(10))];
        MatchRules {
            kinds: kinds.into(),
            traits: vec![],
            blocked: vec![],
            max_records: 200,
            max_identifiers: 50,
        }
    }

    fn tie(record: u8, identifier: u8, kind: IdentifierKind) -> Tie<u8, u8> {
        let first_seen = Timestamp::from_micros(record.into());
        Tie { record, identifier, kind, is_local_key: false, demoted: false, first_seen }
    }

    const ANA: char = 'a';
    const BRUNO: char = 'b';

    #[test]
    fn what_brunos_till_said_while_he_was_taken_for_ana_is_brunos() {
        let placed = BTreeMap::from([(1, ANA), (2, BRUNO)]);
        let ties = [
            tie(1, 10, UserId),
            tie(1, 11, AnonymousId),
            tie(2, 20, UserId),
            // The till knows his number, and was seen on Ana's browser once.
            tie(3, 20, UserId),
            tie(3, 11, AnonymousId),
            // A later record knows only the till's own.
            tie(3, 30, Email),
            tie(4, 30, Email),
            // Nothing is known of this one.
            tie(5, 50, AnonymousId),
        ];
        let all = place_late(placed, &[vec![3], vec![4], vec![5]], &ties, ANA, &rules());
        assert_eq!(all, BTreeMap::from([(1, ANA), (2, BRUNO), (3, BRUNO), (4, BRUNO), (5, ANA)]));
        assert_eq!(torn_ties(&all, &ties), [(11, 3)], "the browser goes on leading to Ana");
    }

    #[test]
    fn an_address_that_leads_to_both_decides_nothing() {
        let placed = BTreeMap::from([(1, ANA), (2, BRUNO)]);
        let ties = [tie(1, 10, Email), tie(2, 10, Email), tie(3, 10, Email)];
        let all = place_late(placed, &[vec![3]], &ties, ANA, &rules());
        assert_eq!(all[&3], ANA);
        assert_eq!(torn_ties(&all, &ties), [(10, 2)]);
        let own = Tie { is_local_key: true, ..ties[1] };
        assert_eq!(
            torn_ties(&all, &[ties[0], own, ties[2]]),
            [(10, 1), (10, 3)],
            "a key stays with its record"
        );
    }
}
