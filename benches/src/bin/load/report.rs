//! What was measured, as the table people read.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use zelo_benches::{EVENTS_EACH, KNOWN, Result, usage};

use crate::cells::{BEFORE, IntakeCell, ReadCell};
use crate::figures::{Named, median, micros, sync, whole};

const BEGIN: &str = "<!-- table: written by `load` -->";
const END: &str = "<!-- end of the table -->";

/// Everything measured in one run.
pub(crate) struct Report {
    begun: Instant,
    load: (String, String),
    sync: Duration,
    intake: Vec<IntakeCell>,
    reads: Vec<ReadCell>,
}

impl Report {
    /// Begins a run.
    pub(crate) fn begin() -> Result<Self> {
        let load = (usage::load_average(), String::new());
        Ok(Self { begun: Instant::now(), load, sync: sync()?, intake: Vec::new(), reads: Vec::new() })
    }

    /// Notes how busy the machine was at the end.
    pub(crate) fn end(&mut self, load: String) {
        self.load.1 = load;
    }

    pub(crate) fn intake(&mut self, cell: IntakeCell) {
        self.intake.push(cell);
    }

    pub(crate) fn read(&mut self, cell: ReadCell) {
        self.reads.push(cell);
    }

    /// On standard output.
    pub(crate) fn print(&self) -> Result<()> {
        Ok(std::io::stdout().write_all(self.markdown()?.as_bytes())?)
    }

    /// Between the markers of a file.
    pub(crate) fn write(&self, readme: &Path) -> Result<()> {
        let text = std::fs::read_to_string(readme)?;
        let (Some(begin), Some(end)) = (text.find(BEGIN), text.find(END)) else {
            return Err(format!("{} has no place for the table", readme.display()).into());
        };
        let text = format!("{}{BEGIN}\n{}{}", &text[..begin], self.markdown()?, &text[end..]);
        Ok(std::fs::write(readme, text)?)
    }

    fn markdown(&self) -> Result<String> {
        let mut out = String::new();
        let cores = std::thread::available_parallelism()?;
        writeln!(
            out,
            "\nOne run of {} s on {cores} shared cores; load average {} before and {} after; `fdatasync` of 8 KB {:.0} µs; \
             {KNOWN} people with {EVENTS_EACH} events each before anything is measured.",
            self.begun.elapsed().as_secs(),
            self.load.0,
            self.load.1,
            micros(self.sync),
        )?;
        self.intake_table(&mut out)?;
        self.reads_table(&mut out)?;
        writeln!(out)?;
        Ok(out)
    }

    fn intake_table(&self, out: &mut String) -> Result<()> {
        let mut cells: BTreeMap<_, Vec<&IntakeCell>> = BTreeMap::new();
        for cell in &self.intake {
            cells.entry((Named(cell.on), cell.batch, cell.new)).or_default().push(cell);
        }
        if cells.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "\n### Intake: durable events a second, 16 connections, {} events in the database before\n",
            whole(f64::from(u32::try_from(BEFORE)?)),
        )?;
        writeln!(
            out,
            "| database | batch | new people | events/s | raw floor | ratio | aim | CPU µs an event | p50 ms |"
        )?;
        writeln!(out, "|---|--:|--:|--:|--:|--:|--:|--:|--:|")?;
        for ((on, batch, new), cells) in cells {
            let of = |value: fn(&IntakeCell) -> f64| median(cells.iter().map(|cell| value(cell)).collect());
            let aim = match (on.0, batch) {
                ("SQLite", 100) => "≥ 0.50",
                (_, 100) => "≥ 0.40",
                _ => "",
            };
            writeln!(
                out,
                "| {} | {batch} | {new} % | {} | {} | **{:.2}** | {aim} | {:.1} | {:.1} |",
                on.0,
                whole(of(|cell| cell.rate)),
                whole(of(|cell| cell.floor)),
                of(|cell| cell.rate / cell.floor),
                of(|cell| micros(cell.cpu)),
                of(|cell| micros(cell.half) / 1e3),
            )?;
        }
        Ok(())
    }

    fn reads_table(&self, out: &mut String) -> Result<()> {
        let mut cells: BTreeMap<_, Vec<&ReadCell>> = BTreeMap::new();
        for cell in &self.reads {
            let key = (Named(cell.on), cell.events, cell.connections, Named(cell.who));
            cells.entry(key).or_default().push(cell);
        }
        if cells.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n### Reads by e-mail: identifiers, attributes and so many events\n")?;
        writeln!(
            out,
            "| database | events | connections | server | reads/s | p50 ms | p99 ms | CPU µs a read | ratio | aim |"
        )?;
        writeln!(out, "|---|--:|--:|---|--:|--:|--:|--:|--:|--:|")?;
        let mut plain = 1.0;
        for ((on, events, connections, who), cells) in cells {
            let of = |value: fn(&ReadCell) -> f64| median(cells.iter().map(|cell| value(cell)).collect());
            let cpu = of(|cell| micros(cell.cpu));
            let (ratio, aim) = if who.0 == "plain" {
                plain = cpu;
                (String::new(), "")
            } else {
                let aim = if on.0 == "SQLite" { "≤ 1.25" } else { "≤ 1.40" };
                (format!("**{:.2}**", cpu / plain), if connections == 64 { aim } else { "" })
            };
            let server = if who.0 == "plain" { "plain".to_owned() } else { format!("zelo, `{}`", who.0) };
            writeln!(
                out,
                "| {} | {events} | {connections} | {server} | {} | {:.2} | {:.2} | {cpu:.0} | {ratio} | {aim} |",
                on.0,
                whole(of(|cell| cell.rate)),
                of(|cell| micros(cell.half) / 1e3),
                of(|cell| micros(cell.most) / 1e3),
            )?;
        }
        Ok(())
    }
}
