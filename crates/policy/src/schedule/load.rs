//! `schedules/*.yaml`, read strictly: without a law that asks for it nothing is on a schedule.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Schedule, Scheduled, ScheduledEvents, ScheduledPeople, Then, Trigger};
use crate::files::{Files, SCHEDULES, YAML};
use crate::law::known;
use crate::read::{Entries, Source};
use crate::{Jurisdiction, Label, Law, PolicyError};

/// Says how long what living people did, or they themselves, are kept.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    label: Label,
    what: What,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    pages: bool,
    only: Option<Only>,
    #[serde(default)]
    contracts: Vec<String>,
    trigger: Trigger,
    after: After,
    minors_after: Option<After>,
    then: Then,
    laws: Entries<Cited>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum What {
    Events,
    Profiles,
}

#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Only {
    All,
    Transient,
}

#[derive(Deserialize, JsonSchema, Clone, Copy)]
#[serde(deny_unknown_fields)]
struct After {
    months: u16,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Cited {
    citation: String,
}

/// Every schedule, by name.
pub(crate) fn schedules(files: &Files, laws: &[Law]) -> Result<Vec<Schedule>, PolicyError> {
    let of_folder = files.keys().filter(|path| path.starts_with(SCHEDULES));
    of_folder.map(|path| schedule(files, path, laws)).collect()
}

fn schedule(files: &Files, path: &str, laws: &[Law]) -> Result<Schedule, PolicyError> {
    let source = Source::open(files, path)?;
    let file: File = source.parse()?;
    for (name, after) in [("after:", Some(file.after)), ("minors_after:", file.minors_after)] {
        if after.is_some_and(|after| after.months == 0) {
            let remedy = "write at least 1: what is gone at once should not be collected".to_owned();
            return Err(source.refuse(&[name], "kept for no month at all".to_owned(), remedy));
        }
    }
    let cited = cited(&source, path, &file.laws, laws)?;
    let what = match file.what {
        What::Events => Scheduled::Events(events(&source, &file)?),
        What::Profiles => Scheduled::People(people(&source, &file)?),
    };
    let key = path[SCHEDULES.len()..].trim_end_matches(YAML).to_owned();
    Ok(Schedule { key, label: file.label, what, months: file.after.months, laws: cited })
}

fn cited(
    source: &Source<'_>,
    path: &str,
    entries: &Entries<Cited>,
    laws: &[Law],
) -> Result<BTreeMap<Jurisdiction, String>, PolicyError> {
    let mut cited = BTreeMap::new();
    for (place, law) in &entries.0 {
        let line = format!("{place}:");
        let at = ["laws:", line.as_str()];
        let home = known(laws, source, &at, place)?.key;
        if law.citation.trim().is_empty() {
            let remedy = "write citation and where the law says it, or leave the law out";
            return Err(source.refuse(&at, "nobody says by which law".to_owned(), remedy.to_owned()));
        }
        if cited.insert(home, law.citation.clone()).is_some() {
            return Err(source.twice(&["laws:"], &line));
        }
    }
    if cited.is_empty() {
        let remedy =
            "name at least one with its citation, or remove the file: what is deleted needs a ground, too";
        return Err(PolicyError::of_file(path, "no law asks for this schedule", remedy));
    }
    Ok(cited)
}

fn events(source: &Source<'_>, file: &File) -> Result<ScheduledEvents, PolicyError> {
    let of_people = [
        ("only:", file.only.is_some()),
        ("contracts:", !file.contracts.is_empty()),
        ("minors_after:", file.minors_after.is_some()),
    ];
    foreign(source, "events", &of_people)?;
    if file.names.is_empty() && !file.pages {
        let remedy = "name them under names:, or write pages: true".to_owned();
        return Err(source.refuse(&["what:"], "it is about no event at all".to_owned(), remedy));
    }
    names(source, "names:", &file.names)?;
    Ok(ScheduledEvents {
        names: file.names.clone(),
        pages: file.pages,
        trigger: file.trigger,
        then: file.then,
    })
}

fn people(source: &Source<'_>, file: &File) -> Result<ScheduledPeople, PolicyError> {
    let of_events = [("names:", !file.names.is_empty()), ("pages:", file.pages)];
    foreign(source, "profiles", &of_events)?;
    let refuse = |at: &str, problem: &str, remedy: &str| {
        Err(source.refuse(&[at], problem.to_owned(), remedy.to_owned()))
    };
    if file.trigger != Trigger::LastSeen {
        let remedy = "write trigger: last_seen: a person's time begins when they were last heard of";
        return refuse("trigger:", "a person does not occur", remedy);
    }
    if file.then != Then::Erase {
        let remedy = "write then: erase; what they did can be counted by a schedule of events before";
        return refuse("then:", "a person cannot be made a number", remedy);
    }
    match (file.only, file.contracts.is_empty()) {
        (None, _) => {
            let remedy = "write only: transient, or only: all";
            return refuse("what:", "nobody says which profiles", remedy);
        }
        (Some(Only::Transient), true) => {
            let remedy = "name under contracts: the events by which somebody is more than that";
            return refuse("only:", "everybody would be a transient contact", remedy);
        }
        (Some(Only::All), false) => {
            let remedy = "leave contracts: out, or write only: transient";
            return refuse("contracts:", "it is about all profiles, with and without a contract", remedy);
        }
        (Some(_), _) => {}
    }
    names(source, "contracts:", &file.contracts)?;
    if file.minors_after.is_some_and(|minors| minors.months >= file.after.months) {
        let remedy = "write fewer months than after:, or leave it out";
        return refuse("minors_after:", "minors would be kept no shorter than others", remedy);
    }
    Ok(ScheduledPeople {
        unless: file.contracts.clone(),
        minors: file.minors_after.map(|minors| minors.months),
    })
}

/// What belongs to the other kind of schedule.
fn foreign(source: &Source<'_>, what: &str, said: &[(&str, bool)]) -> Result<(), PolicyError> {
    match said.iter().find(|(_, is_there)| *is_there) {
        None => Ok(()),
        Some((field, _)) => {
            let name = field.trim_end_matches(':');
            let problem = format!("{name} says nothing of {what}");
            Err(source.refuse(&[field], problem, "leave it out, or write what: as you mean it".to_owned()))
        }
    }
}

/// Names of events, as they are sent and once each.
fn names(source: &Source<'_>, at: &str, names: &[String]) -> Result<(), PolicyError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if name.is_empty() || name.trim() != name {
            let remedy = "write it exactly as it is sent".to_owned();
            return Err(source.refuse(&[at], format!("\"{name}\" names no event"), remedy));
        }
        if !seen.insert(name) {
            return Err(source.twice(&[at], name));
        }
    }
    Ok(())
}
