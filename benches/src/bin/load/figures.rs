//! Figures and names as the table shows them.

use std::io::Write as _;
use std::time::{Duration, Instant};

use zelo_benches::Result;

/// Names in the order of the table: SQLite before PostgreSQL, the plain server before ours.
#[derive(PartialEq, Eq)]
pub(crate) struct Named(pub(crate) &'static str);

impl Named {
    fn place(&self) -> usize {
        ["SQLite", "PostgreSQL", "plain", "fsync", "process"]
            .iter()
            .position(|name| *name == self.0)
            .unwrap_or(9)
    }
}

impl Ord for Named {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.place().cmp(&other.place())
    }
}

impl PartialOrd for Named {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The one in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// In microseconds.
pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// A whole number with its thousands apart.
pub(crate) fn whole(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What it costs to make 8 KB durable here: it decides every rate in small batches.
pub(crate) fn sync() -> Result<Duration> {
    let mut file = tempfile::tempfile()?;
    let begun = Instant::now();
    for _ in 0..200 {
        file.write_all(&[7; 8192])?;
        file.sync_data()?;
    }
    Ok(begun.elapsed() / 200)
}
