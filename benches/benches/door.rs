//! What a passage through the door costs, entry and sync included: `cargo bench -p zelo-benches`.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tokio::runtime::Runtime;
use zelo_app::{Durability, Error, GetProfile, Incoming, Lookup, Wants};
use zelo_benches::house::{House, track};
use zelo_benches::{KNOWN, people};
use zelo_model::Role;
use zelo_policy::{Flags, Question};

fn house(runtime: &Runtime) -> House {
    runtime.block_on(async {
        let house = House::on_sqlite(Durability::Fsync).await.expect("a house on SQLite");
        house.people().await.expect("people in it");
        house
    })
}

fn reads(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let house = house(&runtime);
    let ana = runtime.block_on(house.app.run(&house.reader, House::by_email(7, 0))).expect("she is there").id;
    let mut n = 0;
    let mut next = || {
        n = (n + 7) % KNOWN;
        n
    };
    let mut group = c.benchmark_group("read");
    group.bench_function("by id", |b| {
        b.to_async(&runtime).iter(|| {
            let (lookup, wants) = (Lookup::Id(ana), Wants::default());
            let read = GetProfile { lookup, wants };
            async { black_box(house.app.run(&house.reader, read).await.is_ok()) }
        });
    });
    for (name, events) in [("by e-mail", 0), ("by e-mail with 5 events", 5)] {
        group.bench_function(name, |b| {
            b.to_async(&runtime).iter(|| {
                let read = House::by_email(next(), events);
                async { black_box(house.app.run(&house.reader, read).await.is_ok()) }
            });
        });
    }
    // A write key reads nothing; the log counts its attempts and is written once a second.
    group.bench_function("refused", |b| {
        b.to_async(&runtime).iter(|| async {
            let refused = house.app.run(&house.shop, House::by_email(7, 0)).await;
            assert!(matches!(refused, Err(Error::Forbidden)));
        });
    });
    group.finish();
}

fn intake(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let house = house(&runtime);
    let mut n = KNOWN * 10;
    let mut group = c.benchmark_group("intake");
    for size in [1, 100] {
        for new in [0, 50] {
            group.throughput(Throughput::Elements(size as u64));
            group.bench_function(format!("batch of {size}, {new} % new people"), |b| {
                b.to_async(&runtime).iter_batched(
                    || -> Vec<Incoming> {
                        n += size;
                        (n - size..n).map(|n| track(people::author(n, new), n)).collect()
                    },
                    |items| async { house.take_in(items).await.expect("taken in") },
                    BatchSize::SmallInput,
                );
            });
        }
    }
    group.finish();
}

fn policy(c: &mut Criterion) {
    let bundle = zelo_app::Bundle::embedded().and_then(|bundle| bundle.govern(zelo_app::OPERATIONS));
    let bundle = bundle.expect("the policies in this repository");
    let purpose = "customer-service".parse().expect("a purpose");
    let asked = Question {
        role: Role::Developer,
        operation: "profile.read",
        purpose: &purpose,
        flags: Flags::default(),
    };
    c.bench_function("policy decide", |b| b.iter(|| bundle.decide(black_box(&asked))));
}

criterion_group! {
    name = door;
    config = Criterion::default().sample_size(40);
    targets = reads, intake, policy
}
criterion_main!(door);
