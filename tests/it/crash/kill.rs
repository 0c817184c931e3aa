//! Twenty times the process is killed in the middle of its work.

use std::thread::sleep;
use std::time::Duration;

use zelo_tests::{Chance, Cluster, Engine, Machine};

use super::held::hold;
use super::load::Load;

const KILLS: u64 = 20;

async fn everything_promised_outlives_twenty_kills(engine: Engine) {
    let machine = Machine::fresh(engine, "killed", Cluster::shared).await;
    let (load, mut chance) = (Load::default(), Chance::from(20));
    machine.start().stop();
    for round in 1..=KILLS {
        let running = machine.start();
        let client = running.client.clone();
        // In the middle of the work, however fast the machine is: some batches later, and a moment.
        let batches = load.claims().batches.len() + usize::try_from(5 + chance.below(30)).unwrap();
        let moment = Duration::from_micros(chance.below(20_000));
        load.run(&client, round, u64::MAX, || {
            wait_for(&load, batches);
            sleep(moment);
            running.kill();
        });
    }
    let (promised, shown) = {
        let claims = load.claims();
        (claims.events(true).len(), claims.shown.values().sum::<u64>())
    };
    assert!(
        promised > 500 && shown > 100,
        "{promised} events, {shown} look-ups: too little to mean anything"
    );
    hold(&machine, &load).await;
}

fn wait_for(load: &Load, batches: usize) {
    for _ in 0..30_000 {
        if load.claims().batches.len() >= batches {
            return;
        }
        sleep(Duration::from_millis(1));
    }
    panic!("nothing is taken in any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_promised_outlives_twenty_kills_on_sqlite() {
    everything_promised_outlives_twenty_kills(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_promised_outlives_twenty_kills_on_postgres() {
    everything_promised_outlives_twenty_kills(Engine::Postgres).await;
}
