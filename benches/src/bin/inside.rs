//! The door measured from inside, without HTTP: for profiles, and for numbers a minute after an edit.
//!
//! `cargo run --release -p zelo-benches --bin inside` (SQLite), or with `--data URL --keys URL` of two empty
//! PostgreSQL databases.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use zelo_app::{Durability, Incoming};
use zelo_benches::house::{House, track};
use zelo_benches::{KNOWN, Result, people, usage};

/// What to measure.
#[derive(Parser)]
struct Args {
    /// PostgreSQL: the data database
    #[arg(long, requires = "keys")]
    data: Option<String>,
    /// PostgreSQL: the key database
    #[arg(long, requires = "data")]
    keys: Option<String>,
    /// Events of a batch
    #[arg(long, value_delimiter = ',', default_values_t = [1, 100, 1000])]
    batch: Vec<usize>,
    /// People of a hundred who are new
    #[arg(long, value_delimiter = ',', default_values_t = [0, 50])]
    new: Vec<usize>,
    /// Events a measurement takes in at most
    #[arg(long, default_value_t = 100_000)]
    events: usize,
    /// Events of a person who is read; several are measured one after the other
    #[arg(long, value_delimiter = ',', default_values_t = [0, 5])]
    read: Vec<usize>,
    /// Seconds a measurement takes at most
    #[arg(long, default_value_t = 4)]
    seconds: u64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let house = match (args.data, args.keys) {
        (Some(data), Some(keys)) => House::on_postgres(data, keys, Durability::Fsync).await?,
        _ => House::on_sqlite(Durability::Fsync).await?,
    };
    let house = Arc::new(house);
    house.people().await?;
    let long = Duration::from_secs(args.seconds);
    let mut out = std::io::stdout();
    let mut next = KNOWN * 10;
    for batch in args.batch {
        for new in &args.new {
            let batches: Vec<Vec<Incoming>> = (0..args.events.min(batch * 8_000) / batch)
                .map(|b| {
                    let first = next + b * batch;
                    (first..first + batch).map(|n| track(people::author(n, *new), n)).collect()
                })
                .collect();
            next += batches.len() * batch;
            let (rate, cpu) = intake(&house, batches, long).await?;
            let (rate, cpu) = (rate * batch, cpu / u32::try_from(batch)?);
            writeln!(out, "intake, batches of {batch}, {new} % new: {rate} events/s, {cpu:?} CPU each")?;
        }
    }
    for events in args.read {
        for tasks in [1, 16, 64] {
            let (rate, cpu) = reads(&house, tasks, events, long).await?;
            writeln!(out, "read by e-mail, {events} events, {tasks} at once: {rate}/s, {cpu:?} CPU each")?;
        }
    }
    Ok(())
}

async fn intake(
    house: &Arc<House>,
    batches: Vec<Vec<Incoming>>,
    long: Duration,
) -> Result<(usize, Duration)> {
    let batches = Arc::new(std::sync::Mutex::new(batches));
    measure(16, long, || {
        let (house, batches) = (house.clone(), batches.clone());
        move || {
            let (house, batches) = (house.clone(), batches.clone());
            async move {
                let batch = batches.lock().map_err(|_| "a task failed")?.pop();
                let Some(batch) = batch else { return Ok(false) };
                house.take_in(batch).await.map(|()| true)
            }
        }
    })
    .await
}

async fn reads(house: &Arc<House>, tasks: usize, events: usize, long: Duration) -> Result<(usize, Duration)> {
    let next = Arc::new(AtomicUsize::new(0));
    measure(tasks, long, || {
        let (house, next) = (house.clone(), next.clone());
        move || {
            let (house, n) = (house.clone(), next.fetch_add(7, Ordering::Relaxed));
            async move {
                house.app.run(&house.reader, House::by_email(n % KNOWN, events)).await?;
                Ok(true)
            }
        }
    })
    .await
}

/// Repeats an act in so many tasks until one says that there is no more; acts a second, and CPU an act.
async fn measure<A, F>(tasks: usize, long: Duration, act: impl Fn() -> A) -> Result<(usize, Duration)>
where
    A: Fn() -> F + Send + 'static,
    F: Future<Output = Result<bool>> + Send,
{
    let (begun, used) = (Instant::now(), usage::cpu(std::process::id()));
    let tasks: Vec<_> = (0..tasks)
        .map(|_| {
            let act = act();
            tokio::spawn(async move {
                let mut done = 0;
                while begun.elapsed() < long && act().await? {
                    done += 1;
                }
                Result::Ok(done)
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await??;
    }
    let used = usage::cpu(std::process::id()).saturating_sub(used);
    let rate = done * 1_000 / usize::try_from(begun.elapsed().as_millis().max(1))?;
    Ok((rate, used / u32::try_from(done.max(1))?))
}
