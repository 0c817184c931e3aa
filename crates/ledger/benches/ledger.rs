//! What the ledger costs, beside SHA-256 over the same bytes: an entry, its subjects, a sequencer's pass.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ring::digest::{SHA256, digest};
use zelo_ledger::{
    Checkpoint, Class, Decision, Leaf, Origin, Rooted, SigningKey, Tiles, grow, growth_needs, subjects_root,
};
use zelo_model::{EntryId, Handle, TenantId, Timestamp};

fn leaf() -> Leaf {
    Leaf {
        id: EntryId([1; 16]),
        at: Timestamp::from_micros(1_785_585_600_000_001),
        actor: "key_aeaqcaibaeaqcaibaeaqcaibae".into(),
        via: "graphql",
        op: "profile.page".into(),
        purpose: "customer-service".into(),
        policy: "c0ffee00".repeat(8),
        decision: Decision::Allow,
        class: Class::Disclosure,
        reason: None,
        count: None,
        shown: vec!["contact".into(), "events".into(), "identifiers".into()],
        seen: Some(41),
        made: None,
        erasure: None,
        subjects: Rooted { n: 50, root: [0x5a; 32] },
        sealed: Rooted::default(),
        payload: None,
        restored: None,
    }
}

fn entries(c: &mut Criterion) {
    let mut group = c.benchmark_group("entry");
    let leaf = leaf();
    let bytes = leaf.canonical().expect("a leaf of this size is written");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("canonical", |b| b.iter(|| black_box(&leaf).canonical()));
    group.bench_function("canonical, raw SHA-256 of it", |b| b.iter(|| digest(&SHA256, black_box(&bytes))));
    group.finish();

    let handles: Vec<Handle> = (0..50).map(|n| Handle([n; 16])).collect();
    let mut group = c.benchmark_group("subjects");
    for n in [1, 50] {
        let handles = &handles[..n];
        group.bench_function(format!("root of {n}"), |b| {
            b.iter(|| subjects_root(&leaf.id, black_box(handles)));
        });
    }
    // The same hashes without the tree: 50 of 32 bytes, 50 of 33, 49 of 65.
    group.bench_function("raw SHA-256 of 50", |b| {
        b.iter(|| {
            for (times, length) in [(50, 32), (50, 33), (49, 65)] {
                for _ in 0..times {
                    black_box(digest(&SHA256, black_box(&[7; 65][..length])));
                }
            }
        });
    });
    group.finish();
}

fn pass(c: &mut Criterion) {
    let key = SigningKey::generate().expect("the system has a random source");
    let origin = Origin::new("zelo.example.com/audit", TenantId([1; 16]), 0).expect("the name is good");
    let entry = leaf().canonical().expect("a leaf of this size is written");
    let mut kept = Tiles::default();
    let mut size = 0;
    for _ in 0..70 {
        let growth = grow(size, &vec![&entry; 1_000], &kept).expect("the tiles are there");
        size = growth.size;
        growth.tiles.into_iter().for_each(|(tile, bytes)| kept.insert(tile.level, tile.index, bytes));
    }
    let needs = growth_needs(size).into_iter();
    let edge: Tiles = needs.map(|t| (t, kept.get(&t).expect("kept").to_vec())).collect();

    let mut group = c.benchmark_group("pass");
    group.throughput(Throughput::Elements(1_000));
    let batch = vec![&entry; 1_000];
    group.bench_function("append 1,000 to 70,000, sign", |b| {
        b.iter(|| {
            let growth = grow(size, black_box(&batch), &edge).expect("the tiles are there");
            let head = Rooted { n: growth.size, root: growth.root };
            key.sign(&Checkpoint { origin: origin.clone(), head })
        });
    });
    group.bench_function("raw SHA-256 of the 1,000 and of 1,000 nodes", |b| {
        b.iter(|| {
            for entry in &batch {
                black_box(digest(&SHA256, black_box(entry.as_slice())));
                black_box(digest(&SHA256, black_box(&[7; 65])));
            }
        });
    });
    let head = Rooted { n: size, root: [7; 32] };
    let checkpoint = Checkpoint { origin, head };
    group.throughput(Throughput::Elements(1));
    group.bench_function("sign", |b| b.iter(|| key.sign(black_box(&checkpoint))));
    let vkey = key.verify_key(&checkpoint.origin);
    let note = key.sign(&checkpoint).expect("it can sign");
    group.bench_function("open", |b| b.iter(|| vkey.open(black_box(note.as_bytes()))));
    group.finish();
}

criterion_group!(benches, entries, pass);
criterion_main!(benches);
