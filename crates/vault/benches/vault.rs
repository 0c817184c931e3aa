//! What sealing, opening and finding cost, beside raw ring on the same bytes: `cargo bench -p zelo-vault`.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zelo_model::{Identifier, IdentifierKind, OwnerId, TenantId, Timestamp};
use zelo_vault::{IndexKey, Kek, KeyCache, OwnerKey, OwnerKeys, Rng, Slot, TenantKey, place};

const SHOP: TenantId = TenantId([1; 16]);
const ANA: OwnerId = OwnerId([2; 16]);
const SLOT: Slot = Slot { tenant: SHOP, owner: ANA, place: place::RECORD_BODY, row: ANA.0, seal_version: 1 };

fn sealing(c: &mut Criterion) {
    let rng = Rng::new();
    let (owner, tenant) = (OwnerKey::generate(&rng), TenantKey::generate(1, &rng));
    let raw_key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[7; 32]).expect("32 bytes are a key"));
    let (nonce, aad) = (|| Nonce::assume_unique_for_key([1; 12]), [3; 87]);
    for size in [64, 1024, 16 * 1024] {
        let plain = vec![42; size];
        let mut group = c.benchmark_group("seal");
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::new("owner", size), |b| {
            b.iter(|| owner.seal(&rng, &SLOT, black_box(&plain)));
        });
        group.bench_function(BenchmarkId::new("tenant", size), |b| {
            b.iter(|| tenant.seal(&rng, &SLOT, black_box(&plain)));
        });
        group.bench_function(BenchmarkId::new("ring", size), |b| {
            b.iter(|| {
                let mut out = Vec::with_capacity(size + 16);
                out.extend_from_slice(black_box(&plain));
                raw_key.seal_in_place_append_tag(nonce(), Aad::from(&aad), &mut out).expect("it seals");
                out
            });
        });
        group.finish();

        let (sealed, shared) = (owner.seal(&rng, &SLOT, &plain), tenant.seal(&rng, &SLOT, &plain));
        let mut raw = plain.clone();
        raw_key.seal_in_place_append_tag(nonce(), Aad::from(&aad), &mut raw).expect("it seals");
        let mut group = c.benchmark_group("open");
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::new("owner", size), |b| {
            b.iter(|| owner.open(&SLOT, black_box(&sealed)));
        });
        group.bench_function(BenchmarkId::new("tenant", size), |b| {
            b.iter(|| tenant.open(&SLOT, black_box(&shared)));
        });
        group.bench_function(BenchmarkId::new("ring", size), |b| {
            b.iter(|| {
                let mut buffer = black_box(&raw).clone();
                let plain =
                    raw_key.open_in_place(nonce(), Aad::from(&aad), &mut buffer).expect("it opens").len();
                buffer.truncate(plain);
                buffer
            });
        });
        group.finish();
    }
}

fn keys(c: &mut Criterion) {
    let rng = Rng::new();
    let (kek, key, index) = (Kek::generate(1, &rng), OwnerKey::generate(&rng), IndexKey::generate(1, &rng));
    let wrapped = kek.wrap_owner(&rng, SHOP, ANA, &key);
    let ana = Identifier {
        kind: IdentifierKind::Email,
        space: String::new(),
        normal: "ana@example.com".to_owned(),
    };
    let (cache, noon) = (KeyCache::default(), Timestamp::from_micros(0));
    cache.insert(cache.fill(), noon, SHOP, ANA, OwnerKeys::only(1, key.clone()));
    c.bench_function("rng nonce", |b| b.iter(|| rng.bytes::<12>()));
    c.bench_function("index digest", |b| b.iter(|| index.digest(black_box(&ana))));
    c.bench_function("generate owner", |b| b.iter(|| OwnerKey::generate(&rng)));
    c.bench_function("wrap owner", |b| b.iter(|| kek.wrap_owner(&rng, SHOP, ANA, black_box(&key))));
    c.bench_function("unwrap owner", |b| b.iter(|| kek.unwrap_owner(SHOP, ANA, black_box(&wrapped))));
    c.bench_function("cached owner", |b| b.iter(|| cache.get(noon, SHOP, black_box(ANA))));
}

criterion_group!(vault, sealing, keys);
criterion_main!(vault);
