//! Who is who, told as stories.

mod world;

use proptest::prelude::*;
use world::{Identifier, World, rules};
use zelo_model::IdentifierKind::{AnonymousId, Email, UserId};
use zelo_model::{IdentifierKind, MatchRules};
use zelo_resolve::{Breach, Decision, Outcome, Suggestion};

const MAIN: &str = "main";

fn user(n: u16) -> Identifier {
    (UserId, MAIN, n)
}

fn anonymous(n: u16) -> Identifier {
    (AnonymousId, MAIN, n)
}

fn email(n: u16) -> Identifier {
    (Email, "", n)
}

fn plainly<P>(decision: Decision<P>) -> Outcome<P> {
    Outcome { decision, suggested: None, demoted: vec![] }
}

#[test]
fn ana_browses_signs_up_and_comes_back() {
    let (mut world, rules) = (World::default(), rules());
    assert_eq!(world.told(1, &[anonymous(1)], false, &rules), plainly(Decision::Open));
    let join = plainly(Decision::Join { profile: 0 });
    assert_eq!(world.told(1, &[user(1), anonymous(1), email(1)], true, &rules), join);
    let stay = plainly(Decision::Stay { profile: 0 });
    assert_eq!(world.told(1, &[user(1), anonymous(1)], false, &rules), stay);
    assert_eq!(
        world.told(2, &[user(1)], false, &rules),
        join,
        "another source of the same id space knows her"
    );
    assert_eq!(world.people(), [0]);
}

#[test]
fn an_identify_that_bridges_two_profiles_merges_them_into_the_older() {
    let (mut world, rules) = (World::default(), rules());
    world.told(1, &[anonymous(1), email(1)], true, &rules);
    world.told(1, &[user(1)], true, &rules);
    let outcome = world.told(1, &[user(1), email(1)], true, &rules);
    assert_eq!(outcome, plainly(Decision::Merge { survivor: 0, absorbed: vec![1] }));
}

#[test]
fn a_track_never_merges_and_believes_the_stronger_identifier() {
    let (mut world, rules) = (World::default(), rules());
    world.told(1, &[anonymous(1)], false, &rules);
    world.told(1, &[user(1)], true, &rules);
    let outcome = world.told(2, &[user(1), anonymous(1)], false, &rules);
    let expected = Outcome { decision: Decision::Join { profile: 1 }, suggested: None, demoted: vec![1] };
    assert_eq!(outcome, expected);
    let outcome = world.told(2, &[user(1), anonymous(1)], true, &rules);
    assert_eq!(
        outcome.decision,
        Decision::Merge { survivor: 0, absorbed: vec![1] },
        "the identify behind it does"
    );
}

#[test]
fn two_customers_with_one_email_stay_two_and_a_steward_is_told() {
    let (mut world, rules) = (World::default(), rules());
    world.told(1, &[user(1), email(1)], true, &rules);
    world.told(1, &[user(2)], true, &rules);
    let suggested = Some(Suggestion { others: vec![0], why: Breach::UserIds });
    let outcome = world.told(1, &[user(2), email(1)], true, &rules);
    let stay = Decision::Stay { profile: 1 };
    assert_eq!(outcome, Outcome { decision: stay, suggested: suggested.clone(), demoted: vec![1] });
    let outcome = world.told(1, &[user(3), email(1)], true, &rules);
    assert_eq!(outcome, Outcome { decision: Decision::Open, suggested, demoted: vec![1] });
}

#[test]
fn a_shared_email_is_demoted_and_the_anonymous_id_may_still_join() {
    let (mut world, rules) = (World::default(), rules());
    world.told(1, &[user(1), email(1)], true, &rules);
    world.told(1, &[anonymous(2)], false, &rules);
    let outcome = world.told(1, &[user(2), anonymous(2), email(1)], true, &rules);
    let suggested = Some(Suggestion { others: vec![0], why: Breach::UserIds });
    assert_eq!(outcome, Outcome { decision: Decision::Join { profile: 1 }, suggested, demoted: vec![2] });
}

#[test]
fn customer_42_of_the_billing_import_may_be_customer_7_of_the_shop() {
    let (mut world, rules) = (World::default(), rules());
    world.told(1, &[user(7), email(1)], true, &rules);
    let outcome = world.told(2, &[(UserId, "billing", 42), email(1)], true, &rules);
    assert_eq!(outcome, plainly(Decision::Join { profile: 0 }));
}

#[test]
fn five_hundred_people_on_one_tablet_stay_five_hundred_people() {
    let (mut world, rules) = (World::default(), rules());
    world.told(1, &[anonymous(1)], false, &rules);
    for n in 0..500 {
        world.told(1, &[user(n), anonymous(1)], true, &rules);
        world.told(1, &[user(n), anonymous(1)], false, &rules);
    }
    assert_eq!(world.people().len(), 500);
    let crowded = world.people().into_iter().find(|profile| world.summary(*profile).user_ids.len() != 1);
    assert_eq!(crowded, None);
}

#[test]
fn a_sixth_email_is_kept_aside_and_the_person_stays_whole() {
    let (mut world, rules) = (World::default(), rules());
    for n in 0..5 {
        world.told(1, &[user(1), email(n)], true, &rules);
    }
    let outcome = world.told(1, &[user(1), anonymous(1), email(5)], true, &rules);
    let stay = Decision::Stay { profile: 0 };
    assert_eq!(outcome, Outcome { decision: stay, suggested: None, demoted: vec![2] });
    assert_eq!(
        world.told(2, &[email(5)], true, &rules).decision,
        Decision::Open,
        "a demoted link finds nobody"
    );
}

#[test]
fn a_profile_full_of_records_takes_no_more_but_the_record_finds_a_home() {
    let (mut world, rules) = (World::default(), MatchRules { max_records: 3, ..rules() });
    for source in 1..=3 {
        world.told(source, &[user(1), email(1)], true, &rules);
    }
    let outcome = world.told(4, &[user(1), email(1)], true, &rules);
    assert_eq!(outcome.decision, Decision::Open);
    assert_eq!(outcome.suggested, Some(Suggestion { others: vec![0], why: Breach::Records }));
    let outcome = world.told(3, &[user(1), email(1)], true, &rules);
    assert_eq!(outcome, plainly(Decision::Stay { profile: 0 }), "who is in stays in");
}

#[test]
fn one_message_may_merge_two_and_suggest_a_third() {
    let (mut world, rules) = (World::default(), rules());
    world.told(1, &[user(1)], true, &rules);
    world.told(2, &[anonymous(8), email(1)], true, &rules);
    world.told(1, &[user(2), anonymous(9)], true, &rules);
    let outcome = world.told(1, &[user(1), anonymous(9), email(1)], true, &rules);
    assert_eq!(outcome.decision, Decision::Merge { survivor: 0, absorbed: vec![1] });
    assert_eq!(outcome.suggested, Some(Suggestion { others: vec![2], why: Breach::UserIds }));
    assert_eq!(outcome.demoted, [1]);
}

#[test]
fn whom_a_steward_keeps_apart_no_message_brings_together_and_nobody_is_asked_again() {
    let (mut world, rules) = (World::default(), rules());
    world.told(1, &[anonymous(1), email(1)], true, &rules);
    world.told(1, &[user(1)], true, &rules);
    world.keep_apart((1, anonymous(1)), (1, user(1)));
    let outcome = world.told(1, &[user(1), email(1)], true, &rules);
    let stay = Decision::Stay { profile: 1 };
    assert_eq!(outcome, Outcome { decision: stay, suggested: None, demoted: vec![1] });
    let outcome = world.told(2, &[anonymous(9), user(1), email(1)], true, &rules);
    let join = Decision::Join { profile: 1 };
    assert_eq!(outcome, Outcome { decision: join, suggested: None, demoted: vec![2] });
    world.apart.clear();
    let outcome = world.told(3, &[user(1), anonymous(1)], true, &rules);
    assert_eq!(outcome, plainly(Decision::Merge { survivor: 0, absorbed: vec![1] }), "lifted is lifted");
}

#[test]
fn a_person_whom_a_steward_merged_over_a_limit_goes_on_buying_telephones() {
    let (mut world, rules) = (World::default(), rules());
    world.told(1, &[user(1), email(1)], true, &rules);
    world.told(1, &[user(2)], true, &rules);
    world.merge(0, 1);
    assert_eq!(
        world.told(1, &[anonymous(1), email(1)], true, &rules),
        plainly(Decision::Join { profile: 0 })
    );
    let third = world.told(1, &[user(3), email(1)], true, &rules);
    assert_eq!(third.suggested, Some(Suggestion { others: vec![0], why: Breach::UserIds }));
}

fn message() -> impl Strategy<Value = (u8, Vec<Identifier>, bool)> {
    let spaces = prop_oneof![Just(MAIN), Just("billing")];
    let some_user = proptest::option::of((Just(UserId), spaces, 0..8u16));
    let others = proptest::collection::vec(
        prop_oneof![(0..8u16).prop_map(anonymous), (0..8u16).prop_map(email)],
        0..4,
    );
    (1..4u8, some_user, 0..8u16, others, any::<bool>()).prop_map(
        |(source, user, device, others, may_merge)| {
            let mut identifiers: Vec<Identifier> = user.into_iter().collect();
            if identifiers.is_empty() {
                identifiers.push(anonymous(device));
            }
            for one in others {
                if !identifiers.contains(&one) {
                    identifiers.push(one);
                }
            }
            (source, identifiers, may_merge)
        },
    )
}

proptest! {
    /// `World::told` also asks every question backwards and compares.
    #[test]
    fn whatever_is_told_nobody_has_two_user_ids_of_one_space_or_more_than_allowed(
        messages in proptest::collection::vec(message(), 1..60),
        (max_records, max_identifiers) in (1..6usize, 2..9usize),
        apart in proptest::collection::vec((0..60usize, 0..60usize), 0..6),
    ) {
        let rules = MatchRules { max_records, max_identifiers, ..rules() };
        let mut world = World::default();
        for (source, identifiers, may_merge) in messages {
            let known: Vec<_> = world.records.keys().copied().collect();
            for (a, b) in &apart {
                if let (Some(one), Some(other)) = (known.get(*a), known.get(*b))
                    && world.records[one] != world.records[other]
                {
                    world.keep_apart(*one, *other);
                }
            }
            let before = world.people().len();
            let outcome = world.told(source, &identifiers, may_merge, &rules);
            prop_assert!(may_merge || world.people().len() >= before, "a track merged");
            prop_assert!(may_merge || outcome.suggested.is_none());
            prop_assert_eq!(world.torn(), 0, "an identifier finds one person or nobody");
            for [one, other] in &world.apart {
                prop_assert_ne!(world.records[one], world.records[other], "kept apart is kept apart");
            }
            for profile in world.people() {
                let person = world.summary(profile);
                for space in [MAIN, "billing"] {
                    prop_assert!(person.user_ids.iter().filter(|(of, _)| *of == space).count() <= 1);
                }
                let many = |kind: IdentifierKind| person.kinds.get(&kind).copied().unwrap_or(0);
                prop_assert!(many(Email) <= 5 && many(AnonymousId) <= 5);
                prop_assert!(person.records <= max_records);
                prop_assert!(person.identifiers <= max_identifiers);
            }
        }
    }
}
