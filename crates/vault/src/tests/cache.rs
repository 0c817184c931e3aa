//! Keys in memory: a minute at most, and never after their owner was forgotten.

use zelo_model::{OwnerId, Timestamp};

use crate::tests::{ANA, BANK, BRUNO, SHOP};
use crate::{KeyCache, OwnerKey, OwnerKeys, Rng};

const NOON: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

fn fresh(rng: &Rng) -> OwnerKeys {
    OwnerKeys::only(1, OwnerKey::generate(rng))
}

fn holding_ana_and_bruno() -> KeyCache {
    let (cache, rng) = (KeyCache::default(), Rng::new());
    for (tenant, owner) in [(SHOP, ANA), (SHOP, BRUNO), (BANK, ANA)] {
        assert!(cache.insert(cache.fill(), NOON, tenant, owner, fresh(&rng)));
    }
    cache
}

fn holds(cache: &KeyCache, now: Timestamp) -> [bool; 3] {
    [(SHOP, ANA), (SHOP, BRUNO), (BANK, ANA)].map(|(tenant, owner)| cache.get(now, tenant, owner).is_some())
}

#[test]
fn keys_come_back_in_the_order_of_their_owners() {
    let (cache, key) = (KeyCache::default(), fresh(&Rng::new()));
    cache.insert(cache.fill(), NOON, SHOP, BRUNO, key.clone());
    let found = cache.get_many(NOON, SHOP, &[ANA, BRUNO]);
    assert!(found[0].is_none());
    assert_eq!(found[1].as_ref().map(|keys| keys.newest().commitment()), Some(key.newest().commitment()));
}

#[test]
fn a_key_is_held_for_a_minute_and_no_longer_whatever_the_configuration_says() {
    let cache = KeyCache::new(10, i64::MAX);
    cache.insert(cache.fill(), NOON, SHOP, ANA, fresh(&Rng::new()));
    let after = |micros| cache.get(NOON.plus(micros), SHOP, ANA).is_some();
    assert!(after(0) && after(KeyCache::MAX_TTL - 1));
    assert!(!after(KeyCache::MAX_TTL));
    assert!(!after(-1), "a clock that went back makes no key younger");
    cache.sweep(NOON.plus(KeyCache::MAX_TTL));
    assert!(cache.is_empty());
}

#[test]
fn forgetting_ana_drops_her_key_and_nobody_elses() {
    let cache = holding_ana_and_bruno();
    cache.evict(SHOP, ANA);
    assert_eq!(holds(&cache, NOON), [false, true, true]);
    cache.evict_tenant(SHOP);
    assert_eq!(holds(&cache, NOON), [false, false, true]);
    cache.clear();
    assert_eq!((holds(&cache, NOON), cache.len()), ([false; 3], 0));
}

#[test]
fn a_key_read_before_ana_was_forgotten_does_not_come_back_after() {
    let cache = holding_ana_and_bruno();
    let fill = cache.fill();
    let read_from_the_key_database = fresh(&Rng::new());
    cache.evict(SHOP, ANA);
    assert!(!cache.insert(fill, NOON, SHOP, ANA, read_from_the_key_database));
    assert_eq!(holds(&cache, NOON), [false, true, true]);
    assert!(cache.insert(cache.fill(), NOON, SHOP, BRUNO, fresh(&Rng::new())));
}

#[test]
fn the_cache_stays_within_its_bound() {
    let (cache, key) = (KeyCache::new(100, KeyCache::MAX_TTL), fresh(&Rng::new()));
    for n in 0..10_000_u128 {
        cache.insert(cache.fill(), NOON, SHOP, OwnerId(n.to_be_bytes()), key.clone());
    }
    assert!((1..=100).contains(&cache.len()), "{} keys", cache.len());
    assert_eq!(format!("{cache:?}"), format!("KeyCache({} keys)", cache.len()));
}
