//! Durable events a second, in turns with the raw floor of the same database and bytes.

use std::time::Duration;

use hyper::body::Bytes;
use serde::Deserialize;
use tokio::process::Command;
use zelo_benches::{EVENTS_EACH, KNOWN, Result, people, usage};

use crate::cells::{BEFORE, IntakeCell};
use crate::client;
use crate::report::Report;
use crate::server::{Place, Programs, Server};
use crate::shop::Shop;
use crate::sizes::Sizes;

/// Connections that send at once.
const CONNECTIONS: usize = 16;
/// Events of a batch, and how many events are sent in such batches at most.
const BATCHES: [(usize, usize); 3] = [(1, 8_000), (100, 48_000), (1_000, 48_000)];
/// People of a hundred who are new.
const NEW: [usize; 2] = [0, 50];

/// The intake of one database.
pub(crate) struct Intake<'m> {
    programs: &'m Programs,
    place: &'m Place,
    shop: &'m Shop,
    long: Duration,
    sizes: Sizes,
    /// The next message of ours, and of the floor's.
    next: (usize, usize),
}

/// What the floor answers.
#[derive(Deserialize)]
struct Written {
    events: usize,
    micros: u64,
}

impl<'m> Intake<'m> {
    /// Takes in much before anything is measured, here and in the floor: an empty database is faster than any other.
    pub(crate) async fn begin(
        programs: &'m Programs,
        place: &'m Place,
        shop: &'m Shop,
        long: Duration,
    ) -> Result<Self> {
        let server = Server::zelo(programs, place, "fsync").await?;
        let first = KNOWN * (EVENTS_EACH + 1);
        let mut bodies = bodies(first, BEFORE, 1_000, 50);
        client::drive(server.address, CONNECTIONS, long * 10, &shop.write, || bodies.pop()).await?;
        server.stop().await?;
        place.settle().await?;
        let sizes = Sizes::seen(place).await?;
        let mut intake = Self { programs, place, shop, long: long * 10, sizes, next: (first + BEFORE, 0) };
        intake.floor(1_000, 50, BEFORE).await?;
        intake.long = long;
        Ok(intake)
    }

    /// Measures every batch size and share of new people once.
    pub(crate) async fn round(&mut self, on: &'static str, report: &mut Report) -> Result<()> {
        for (batch, events) in BATCHES {
            for new in NEW {
                let floor = self.floor(batch, new, events).await?;
                let cell = self.ours(on, batch, new, events, floor).await?;
                report.intake(cell);
            }
        }
        Ok(())
    }

    async fn ours(
        &mut self,
        on: &'static str,
        batch: usize,
        new: usize,
        events: usize,
        floor: f64,
    ) -> Result<IntakeCell> {
        let server = Server::zelo(self.programs, self.place, "fsync").await?;
        let mut bodies = bodies(self.next.0, events, batch, new);
        self.next.0 += events;
        let used = server.cpu();
        let next = || bodies.pop();
        let outcome = client::drive(server.address, CONNECTIONS, self.long, &self.shop.write, next).await?;
        let used = server.cpu().saturating_sub(used);
        server.stop().await?;
        let cpu = used / u32::try_from((outcome.done * batch).max(1))?;
        Ok(IntakeCell {
            on,
            batch,
            new,
            rate: usage::per_second(outcome.done * batch, outcome.took),
            floor,
            cpu,
            half: outcome.within(500),
        })
    }

    async fn floor(&mut self, batch: usize, new: usize, events: usize) -> Result<f64> {
        let mut command = Command::new(&self.programs.floor);
        match &self.place.cluster {
            Some(cluster) => {
                command.arg("--data").arg(cluster.url("floor")).arg("--keys").arg(cluster.url("floor_keys"))
            }
            None => command.arg("--sqlite").arg(&self.place.folder),
        };
        let numbers = [("batch", batch), ("new", new), ("first", self.next.1), ("events", events)];
        command.args(numbers.map(|(name, value)| format!("--{name}={value}"))).args(self.sizes.words());
        command.arg(format!("--seconds={}", self.long.as_secs()));
        self.next.1 += events;
        let output = command.output().await?;
        if !output.status.success() {
            return Err(format!("the floor failed: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let Written { events, micros } = serde_json::from_slice(&output.stdout)?;
        Ok(usage::per_second(events, Duration::from_micros(micros)))
    }
}

/// The bodies of so many events, the first one last.
fn bodies(first: usize, events: usize, batch: usize, new: usize) -> Vec<Bytes> {
    let body = |first: usize| {
        let items: Vec<String> =
            (first..first + batch).map(|n| people::track(people::author(n, new), n)).collect();
        Bytes::from(people::body(&items))
    };
    (first..first + events).step_by(batch).rev().map(body).collect()
}
