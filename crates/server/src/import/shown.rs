//! How far an import is, for whoever waits: a bar on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal as _, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::report::Counts;
use crate::terminal;

/// How often a line is said where there is no terminal.
const EVERY: Duration = Duration::from_secs(10);
/// Rejects that a dry run shows one by one.
const FEW: u32 = 20;

/// What is shown.
pub(super) struct Shown {
    bar: Option<ProgressBar>,
    total: u64,
    silent: bool,
    begun: Instant,
    said: Instant,
    /// Rows that were done before this run.
    before: u64,
    rejects: u32,
}

impl Shown {
    pub(super) fn new(total: u64, json: bool, before: u64) -> Self {
        let bar = (!json && stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template("{percent:>3}% [{bar:30}] {msg}, {eta} left");
            let style =
                style.map_or_else(|_| ProgressStyle::default_bar(), |style| style.progress_chars("=> "));
            ProgressBar::new(total).with_style(style)
        });
        let now = Instant::now();
        Self { bar, total, silent: json, begun: now, said: now, before, rejects: 0 }
    }

    /// So many bytes are read, so many rows done.
    pub(super) fn at(&mut self, bytes: u64, row: u64, counts: &Counts) {
        let text = || format!("{row} rows, {:.0} a second, {} rejected", self.rate(row), counts.rejects());
        if let Some(bar) = &self.bar {
            bar.set_message(text());
            bar.set_position(bytes.min(self.total));
        } else if !self.silent && self.said.elapsed() >= EVERY {
            let percent = (bytes * 100).checked_div(self.total).unwrap_or(100).min(100);
            terminal::remark(&format!("{percent}%: {}", text()));
            self.said = Instant::now();
        }
    }

    /// A row of a dry run that would be rejected.
    pub(super) fn reject(&mut self, part: Option<&str>, line: u64, message: &str) {
        self.rejects += 1;
        if self.silent || self.rejects > FEW {
            return;
        }
        let part = part.map(|part| format!("{part}, ")).unwrap_or_default();
        let text = format!("{part}line {line}: {message}");
        match &self.bar {
            Some(bar) => bar.println(text),
            None => terminal::remark(&text),
        }
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    pub(super) fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    fn rate(&self, row: u64) -> f64 {
        (row.saturating_sub(self.before)) as f64 / self.seconds().max(0.001)
    }
}
