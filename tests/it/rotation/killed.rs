//! Five times the process is killed in the middle of a rotation, while shops send and look people up.

use std::thread::sleep;
use std::time::Duration;

use zelo_tests::{Chance, Cluster, Engine, Machine, Rows};

use crate::crash::{Load, hold};

const KILLS: u64 = 5;

/// A rotation that takes a while.
const SLOWLY: &str = "[rotation]\nchunk = 1\npause_ms = 20\n";

/// The words of the command, and what is left of each key it replaces: table, column, and the only values there may be.
type Rotated = (&'static [&'static str], &'static [(&'static str, &'static str, &'static [&'static str])]);

async fn nobody_notices_a_rotation_killed_five_times(
    engine: Engine,
    name: &str,
    tenants: usize,
    rotated: Rotated,
) {
    let machine = Machine::fresh(engine, name, Cluster::shared).await;
    std::fs::write(machine.at("zelo.toml"), SLOWLY).unwrap();
    let (words, left) = rotated;
    let (load, mut chance) = (Load::default(), Chance::from(5));
    let handle = tokio::runtime::Handle::current();
    let running = machine.start();
    for n in 0..tenants {
        let (made, said) =
            machine.zelo(&["tenant", "create", &format!("shop-{n}"), "--controller", "acme-sa"]);
        assert!(made, "{said}");
    }
    load.run(&running.client, 1, 30, || ());
    let (begun, said) = machine.zelo(&[&["rotate"][..], words, &["--no-wait"]].concat());
    assert!(begun, "{said}");
    let rows = Rows::of(&machine.urls()).await;
    let mut running = Some(running);
    for round in 0..KILLS {
        let before = steps(&rows).await;
        let server = running.take().unwrap_or_else(|| machine.start());
        let client = server.client.clone();
        let few = 1 + i64::try_from(chance.below(3)).unwrap();
        load.run(&client, 2 + round, u64::MAX, || {
            tokio::task::block_in_place(|| {
                handle.block_on(until(&rows, before + few));
                sleep(Duration::from_micros(chance.below(10_000)));
                server.kill();
            });
        });
        assert!(!over(&rows).await, "it was killed in the middle, {} steps along", steps(&rows).await);
    }
    let server = machine.start();
    load.run(&server.client, 100, 40, || {
        tokio::task::block_in_place(|| handle.block_on(until_over(&rows)));
    });
    server.stop();
    assert_eq!(load.claims().refused, 0, "nobody was told to come back");
    for (table, column, only) in left {
        for row in rows.all(table).await {
            let value = row.0[*column].clone().map(|bytes| String::from_utf8(bytes).unwrap());
            assert!(only.contains(&value.as_deref().unwrap_or("-")), "{table}.{column} is {value:?}");
        }
    }
    hold(&machine, &load).await;
}

async fn rotation(rows: &Rows) -> Vec<(i64, bool)> {
    let all = rows.all("rotation").await;
    let read = |row: &zelo_tests::Row| (row.text("steps").parse().unwrap(), row.0["ended"].is_some());
    all.iter().map(read).collect()
}

async fn steps(rows: &Rows) -> i64 {
    rotation(rows).await[0].0
}

async fn over(rows: &Rows) -> bool {
    rotation(rows).await[0].1
}

async fn until(rows: &Rows, done: i64) {
    for _ in 0..30_000 {
        if steps(rows).await >= done {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("the rotation does not go on");
}

async fn until_over(rows: &Rows) {
    for _ in 0..60_000 {
        if over(rows).await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("the rotation does not end");
}

const ROOT: Rotated = (
    &["root"],
    // What was destroyed says since when.
    &[("kek", "root_epoch", &["2"])],
);
const KEK: Rotated = (&["kek", "--tenant", "demo"], &[("owner_key", "kek_version", &["2"])]);

const INDEX: Rotated = (&["index", "--tenant", "demo"], &[("identifier", "epoch", &["2"])]);
const OWNERS: Rotated = (
    &["owners", "--tenant", "demo"],
    &[("owner_key", "generation", &["2"]), ("owner_key", "next_generation", &["-"])],
);

#[tokio::test(flavor = "multi_thread")]
async fn nobody_notices_a_rotation_of_the_index_on_sqlite() {
    nobody_notices_a_rotation_killed_five_times(Engine::Sqlite, "index", 0, INDEX).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_notices_a_rotation_of_the_index_on_postgres() {
    nobody_notices_a_rotation_killed_five_times(Engine::Postgres, "index", 0, INDEX).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_notices_a_rotation_of_owners_keys_on_sqlite() {
    nobody_notices_a_rotation_killed_five_times(Engine::Sqlite, "owners", 0, OWNERS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_notices_a_rotation_of_owners_keys_on_postgres() {
    nobody_notices_a_rotation_killed_five_times(Engine::Postgres, "owners", 0, OWNERS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_notices_a_rotation_of_the_root_on_sqlite() {
    nobody_notices_a_rotation_killed_five_times(Engine::Sqlite, "root", 30, ROOT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_notices_a_rotation_of_the_root_on_postgres() {
    nobody_notices_a_rotation_killed_five_times(Engine::Postgres, "root", 30, ROOT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_notices_a_rotation_of_the_kek_on_sqlite() {
    nobody_notices_a_rotation_killed_five_times(Engine::Sqlite, "kek", 0, KEK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_notices_a_rotation_of_the_kek_on_postgres() {
    nobody_notices_a_rotation_killed_five_times(Engine::Postgres, "kek", 0, KEK).await;
}
