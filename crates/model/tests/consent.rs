//! What Ana and Bruno said to the newsletter, told as stories and as laws.

use proptest::prelude::*;
use zelo_model::ConsentKind::{
    Deny, Grant, Informed, Invalidate, Lift, Object, Pending, Restrict, SoftOptIn, Unproven, Withdraw,
};
use zelo_model::{
    ConsentFact, ConsentHistory, ConsentId, ConsentKind, Lapse, LapseCause, NotGiven, Standing, Timestamp,
};

type Fact = ConsentFact<u8, u8>;

const ANA: u8 = 1;
const BRUNO: u8 = 2;
/// What Zelo itself keeps of somebody: staff's word, which no identifier vouches for.
const HOUSE: u8 = 9;

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * Timestamp::SECOND)
}

fn said(second: i64, who: u8, kind: ConsentKind) -> Fact {
    let id = ConsentId([u8::try_from(second).unwrap_or(0); 16]);
    let verified = (who != HOUSE).then_some(who);
    ConsentFact { id, anchor: who, verified, kind, at: at(second), recorded: at(second) }
}

fn standing(facts: &[Fact]) -> Standing {
    ConsentHistory::of(facts.iter().copied()).state().standing
}

#[test]
fn ana_says_yes_then_no_then_yes_again() {
    let yes = said(1, ANA, Grant);
    assert_eq!(standing(&[]), Standing::Unasked);
    assert_eq!(standing(&[yes]), Standing::Granted);
    assert_eq!(standing(&[yes, said(2, ANA, Withdraw)]), Standing::Withdrawn);
    assert_eq!(standing(&[yes, said(2, ANA, Withdraw), said(3, ANA, Grant)]), Standing::Granted);
}

#[test]
fn brunos_yes_does_not_undo_anas_no() {
    let facts = [said(1, ANA, Deny), said(2, BRUNO, Grant)];
    assert_eq!(standing(&facts), Standing::Denied);
    assert_eq!(standing(&[facts[0], facts[1], said(3, ANA, Grant)]), Standing::Granted);
}

#[test]
fn a_no_that_nobody_vouches_for_is_lifted_and_not_outvoted() {
    let no = said(1, HOUSE, Deny);
    assert_eq!(standing(&[no, said(2, HOUSE, Grant)]), Standing::Denied);
    assert_eq!(standing(&[no, said(2, ANA, Grant)]), Standing::Denied);
    assert_eq!(standing(&[no, said(2, ANA, Grant), said(3, HOUSE, Lift)]), Standing::Granted);
    assert_eq!(standing(&[no, said(2, ANA, Lift)]), Standing::Denied, "lifting is for one's own word");
}

#[test]
fn a_yes_to_what_has_changed_counts_no_more_and_is_no_denial() {
    let facts = [said(1, ANA, Grant), said(2, ANA, Invalidate)];
    assert_eq!(standing(&facts), Standing::Invalidated);
    assert_eq!(standing(&[facts[0], facts[1], said(3, ANA, Grant)]), Standing::Granted);
    assert_eq!(standing(&[facts[1]]), Standing::Unasked, "there was nothing to invalidate");
}

#[test]
fn a_restriction_stands_beside_a_yes_until_it_is_lifted() {
    let facts = [said(1, ANA, Grant), said(2, ANA, Restrict), said(3, ANA, Grant)];
    let state = ConsentHistory::of(facts).state();
    assert_eq!((state.standing, state.restricted), (Standing::Granted, Some(at(2))));
    let lifted = ConsentHistory::of(facts.into_iter().chain([said(4, ANA, Lift)])).state();
    assert_eq!((lifted.standing, lifted.restricted), (Standing::Granted, None));
    assert_eq!(standing(&[said(1, ANA, Object), said(2, ANA, Lift)]), Standing::Unasked);
}

#[test]
fn withdrawing_answers_each_yes_in_its_own_voice_and_only_once() {
    let mut facts = vec![said(1, ANA, Grant), said(2, BRUNO, Grant)];
    let given = ConsentHistory::of(facts.clone()).withdraw().unwrap();
    assert_eq!(given.iter().map(|fact| fact.anchor).collect::<Vec<_>>(), [ANA, BRUNO]);
    facts.extend(given.iter().map(|yes| said(3, yes.anchor, Withdraw)));
    let history = ConsentHistory::of(facts);
    assert_eq!((history.state().standing, history.withdraw()), (Standing::Withdrawn, Err(NotGiven)));
    assert_eq!(ConsentHistory::<u8, u8>::of([]).withdraw(), Err(NotGiven));
}

#[test]
fn what_nobody_vouches_for_and_somebody_took_back_while_two_were_one_is_said_again() {
    let before = [said(1, HOUSE, Deny), said(2, HOUSE, Restrict), said(3, ANA, Object)];
    let history = |more: &[Fact]| ConsentHistory::of(before.iter().chain(more).copied());
    assert_eq!(history(&[]).unvouched().len(), 1, "one answer a voice");
    assert!(history(&[]).is_against(ANA) && !history(&[]).is_against(BRUNO));
    assert_eq!(history(&[]).restored(at(50)), []);
    let lifted = history(&[said(60, HOUSE, Lift), said(61, ANA, Lift)]);
    assert_eq!((lifted.state().standing, lifted.unvouched()), (Standing::Unasked, vec![]));
    assert_eq!(lifted.restored(at(50)), before[..2], "Ana is known to have lifted her own");
    let again = history(&[said(60, HOUSE, Lift), said(61, HOUSE, Deny)]);
    assert_eq!(again.restored(at(50)), before[1..2]);
    assert_eq!(lifted.restored(at(70)), [], "that was before they were merged");
}

#[test]
fn what_is_less_than_a_yes_runs_out_and_leaves_what_is_less_still() {
    let late = |fact: &Fact| {
        let days = match fact.kind {
            Pending => 7,
            SoftOptIn => 100,
            _ => return None,
        };
        Some(Lapse { at: fact.at.plus(days * Timestamp::SECOND), cause: LapseCause::RunOut })
    };
    let standing = |facts: &[Fact], second: i64| {
        let state = ConsentHistory::of(facts.iter().copied()).state_at(at(second), &late);
        (state.standing, state.since)
    };
    let waits = said(1, ANA, Pending);
    assert_eq!(standing(&[waits], 7), (Standing::Pending, Some(at(1))));
    assert_eq!(standing(&[waits], 8), (Standing::Expired, Some(at(8))), "nobody waits for ever");
    assert_eq!(standing(&[waits, said(20, ANA, Pending)], 21), (Standing::Pending, Some(at(20))));
    assert_eq!(standing(&[waits, said(2, ANA, Deny)], 9), (Standing::Denied, Some(at(2))));
    assert_eq!(standing(&[waits, said(2, ANA, Grant)], 9), (Standing::Granted, Some(at(2))));
    // A customer who does not confirm the newsletter is a customer still.
    let sold = said(1, ANA, SoftOptIn);
    assert_eq!(standing(&[sold, said(2, ANA, Pending)], 50), (Standing::SoftOptIn, Some(at(1))));
    assert_eq!(standing(&[sold], 101), (Standing::Expired, Some(at(101))));
    assert_eq!(standing(&[said(1, ANA, Unproven), said(2, ANA, Pending)], 50).0, Standing::Unproven);
}

fn facts(people: &'static [u8], seconds: std::ops::Range<i64>) -> impl Strategy<Value = Vec<Fact>> {
    let kind = prop::sample::select(ConsentKind::ALL.to_vec());
    let fact = (seconds, prop::sample::select(people), kind, any::<[u8; 16]>());
    let fact = fact.prop_map(|(second, who, kind, id)| Fact { id: ConsentId(id), ..said(second, who, kind) });
    prop::collection::vec(fact, 0..12)
}

/// The facts of one person's records: theirs and their house record's.
fn of(facts: &[Fact], person: &[u8]) -> Vec<Fact> {
    facts.iter().copied().filter(|fact| person.contains(&fact.anchor)).collect()
}

const OF_ANA: &[u8] = &[ANA, HOUSE];
const OF_BRUNO: &[u8] = &[BRUNO, 8];
const BOTH: &[u8] = &[ANA, HOUSE, BRUNO, 8];

/// Undoes a merge of second 50: what still stands of what was said against it since is appended to the other half.
fn unmerged(facts: &[Fact]) -> [Vec<Fact>; 2] {
    let carried = ConsentHistory::of(facts.iter().copied()).carried(at(50));
    let mut halves = [of(facts, OF_ANA), of(facts, OF_BRUNO)];
    for fact in carried {
        let (half, house) = if OF_ANA.contains(&fact.anchor) { (1, 8) } else { (0, HOUSE) };
        halves[half].push(Fact { anchor: house, verified: None, at: at(100), ..fact });
    }
    halves
}

proptest! {
    #[test]
    fn the_order_in_which_facts_arrive_says_nothing(
        (facts, shuffled) in facts(BOTH, 0..100).prop_flat_map(|facts| (Just(facts.clone()), Just(facts).prop_shuffle())),
    ) {
        prop_assert_eq!(ConsentHistory::of(facts).state(), ConsentHistory::of(shuffled).state());
    }

    #[test]
    fn to_have_seen_a_text_changes_nothing(
        facts in facts(BOTH, 0..100),
        seen in prop::collection::vec((0..100_i64, prop::sample::select(BOTH), any::<[u8; 16]>()), 0..12),
        now in 0..120_i64,
    ) {
        let said_by = |facts: &[Fact]| facts.iter().copied().filter(|fact| fact.kind.is_word()).collect::<Vec<_>>();
        let seen = seen.into_iter().map(|(second, who, id)| Fact { id: ConsentId(id), ..said(second, who, Informed) });
        let with = ConsentHistory::of(facts.iter().copied().chain(seen));
        let without = ConsentHistory::of(said_by(&facts));
        let late = |fact: &Fact| Some(Lapse { at: fact.at.plus(9 * Timestamp::SECOND), cause: LapseCause::RunOut });
        prop_assert_eq!(with.state(), without.state());
        prop_assert_eq!(with.state_at(at(now), &late), without.state_at(at(now), &late));
        prop_assert_eq!(with.known_at(at(now)).state(), without.known_at(at(now)).state());
        prop_assert_eq!((with.given(), with.pending()), (without.given(), without.pending()));
        prop_assert_eq!((with.unvouched(), with.withdraw()), (without.unvouched(), without.withdraw()));
        prop_assert_eq!((with.carried(at(50)), with.restored(at(50))), (without.carried(at(50)), without.restored(at(50))));
    }

    #[test]
    fn as_one_person_whoever_said_no_is_heard(facts in facts(BOTH, 0..100)) {
        let state = |facts: Vec<Fact>| ConsentHistory::of(facts).state();
        let (ana, bruno, both) = (state(of(&facts, OF_ANA)), state(of(&facts, OF_BRUNO)), state(facts));
        let no = ana.standing.is_against() || bruno.standing.is_against();
        prop_assert_eq!(both.standing.is_against(), no);
        prop_assert_eq!(both.restricted, [ana.restricted, bruno.restricted].into_iter().flatten().min());
        let yes = ana.standing == Standing::Granted || bruno.standing == Standing::Granted;
        prop_assert_eq!(both.standing == Standing::Granted, yes && !no);
    }

    #[test]
    fn a_merge_undone_leaves_both_as_they_were(before in facts(BOTH, 0..50)) {
        let halves = unmerged(&before);
        for (half, person) in halves.into_iter().zip([OF_ANA, OF_BRUNO]) {
            prop_assert_eq!(ConsentHistory::of(half).state(), ConsentHistory::of(of(&before, person)).state());
        }
    }

    #[test]
    fn a_no_said_while_they_were_one_holds_for_both_and_a_yes_for_its_own_half(
        before in facts(BOTH, 0..50),
        during in facts(BOTH, 50..100),
    ) {
        let all: Vec<Fact> = before.into_iter().chain(during).collect();
        let standing_no = !ConsentHistory::of(all.clone()).carried(at(50)).is_empty();
        let halves = unmerged(&all);
        for (half, person) in halves.iter().zip([OF_ANA, OF_BRUNO]) {
            let after = ConsentHistory::of(half.clone()).state();
            let own = ConsentHistory::of(of(&all, person)).state();
            if standing_no {
                prop_assert!(after.standing.is_against() || after.restricted.is_some());
            } else {
                prop_assert_eq!(after, own);
            }
            // Nobody gains a yes by it.
            prop_assert!(after.standing != Standing::Granted || own.standing == Standing::Granted);
        }
    }

    #[test]
    fn whoever_withdraws_has_no_consent_left_and_can_give_it_again(facts in facts(&[ANA, BRUNO], 0..100)) {
        let mut facts = facts;
        let Ok(given) = ConsentHistory::of(facts.clone()).withdraw() else { return Ok(()) };
        facts.extend(given.iter().map(|yes| said(110, yes.anchor, Withdraw)));
        let history = ConsentHistory::of(facts.clone());
        prop_assert!(history.state().standing.is_against());
        prop_assert_eq!(history.withdraw(), Err(NotGiven));
        facts.extend([said(111, ANA, Grant), said(111, BRUNO, Grant)]);
        prop_assert_eq!(ConsentHistory::of(facts).state().standing, Standing::Granted);
    }
}
