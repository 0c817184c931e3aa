//! The rows: as wide as those of an intake, with noise where something sealed would stand.

use std::ops::Range;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use sea_orm::Value;
use zelo_benches::{KNOWN, people};

use crate::tables::Group;

/// How large what is sealed is, as `load` has seen it in the real tables.
#[derive(Clone, Copy, clap::Args)]
pub(crate) struct Sizes {
    /// Bytes of an event's body
    #[arg(long = "event-bytes", default_value_t = 1_100)]
    event: usize,
    /// Bytes of a new record's body
    #[arg(long = "record-bytes", default_value_t = 200)]
    record: usize,
    /// Bytes of a wrapped key
    #[arg(long = "key-bytes", default_value_t = 72)]
    key: usize,
}

/// Makes rows.
pub(crate) struct Rows {
    sizes: Sizes,
    noise: ChaCha8Rng,
}

const TENANT: i64 = 1;
const SOURCE: i64 = 1;

impl Rows {
    pub(crate) fn new(sizes: Sizes, first: usize) -> Self {
        Self { sizes, noise: ChaCha8Rng::seed_from_u64(first as u64) }
    }

    /// Everybody who is there before anything is measured.
    pub(crate) fn known(&mut self) -> Group {
        let mut group = Group::empty();
        for person in 0..KNOWN {
            self.person(&mut group, person);
        }
        group
    }

    /// The rows of these events and of the people who come with them.
    pub(crate) fn group(&mut self, events: Range<usize>, new_percent: usize) -> Group {
        let mut group = Group::empty();
        for n in events {
            let person = people::author(n, new_percent);
            if person >= KNOWN {
                self.person(&mut group, person);
            }
            let at = people::time(n);
            let mut id = self.noise(16);
            id[..6].copy_from_slice(&at.millis().to_be_bytes()[2..]);
            let body = self.noise(self.sizes.event);
            group.events.push([
                TENANT.into(),
                owner(person).into(),
                id.into(),
                SOURCE.into(),
                0_i16.into(),
                "Product Viewed".into(),
                at.micros().into(),
                at.micros().into(),
                body.into(),
            ]);
        }
        group
    }

    fn person(&mut self, group: &mut Group, person: usize) {
        let (id, at) = (owner(person), people::time(person).micros());
        let (tenant, owner16) = (vec![1_u8; 16], self.noise(16));
        let wrapped = self.noise(self.sizes.key);
        group.keys.push([tenant.into(), owner16.clone().into(), 1_i32.into(), wrapped.into(), self.blob(32)]);
        let body = self.noise(self.sizes.record);
        let (identifier, profile) = (id + 1, id + 2);
        let zero = || Value::from(0_i16);
        let [identifiers, profiles, records, memberships, links] = &mut group.people[..] else { return };
        identifiers.push([TENANT.into(), 1_i32.into(), zero(), self.blob(16), identifier.into()]);
        let (id16, handle) = (self.blob(16), self.blob(16));
        profiles.push([TENANT.into(), profile.into(), id16, zero(), at.into(), at.into(), handle]);
        let owner16: Value = owner16.into();
        let (one, source): (Value, Value) = (1_i64.into(), SOURCE.into());
        records.push([
            TENANT.into(),
            id.into(),
            owner16,
            source,
            zero(),
            at.into(),
            at.into(),
            one,
            body.into(),
        ]);
        memberships.push([TENANT.into(), id.into(), at.into(), profile.into(), "opened".into()]);
        let local: Value = 1_i16.into();
        links.push([
            TENANT.into(),
            identifier.into(),
            id.into(),
            SOURCE.into(),
            zero(),
            local,
            zero(),
            at.into(),
            at.into(),
        ]);
    }

    fn noise(&mut self, bytes: usize) -> Vec<u8> {
        let mut noise = vec![0; bytes];
        self.noise.fill_bytes(&mut noise);
        noise
    }

    fn blob(&mut self, bytes: usize) -> Value {
        self.noise(bytes).into()
    }
}

/// A record's surrogate; its identifier and profile have the next two.
fn owner(person: usize) -> i64 {
    i64::try_from(person).unwrap_or_default() * 3 + 1
}
