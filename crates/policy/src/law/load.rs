//! `jurisdictions/*.yaml`, read strictly: parents first, then those that say only what differs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::parts::{BasisEntry, RightEntry, ages, basis, merge, right};
use super::{Ages, Authority, Jurisdiction, Law, Remedies};
use crate::calendar::Day;
use crate::clock::{Clock, ClockEntry};
use crate::files::{CALENDARS, Files, JURISDICTIONS, YAML};
use crate::read::{Entries, Source};
use crate::zone::ZoneEntry;
use crate::{Calendar, Label, PolicyError};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    label: Label,
    parent: Option<String>,
    version: String,
    valid_from: Day,
    countries: Vec<String>,
    zone: ZoneEntry,
    calendar: String,
    authority: Authority,
    remedies: Remedies,
    ages: Ages,
    #[serde(default)]
    bases: Entries<BasisEntry>,
    #[serde(default)]
    rights: Entries<RightEntry>,
    #[serde(default)]
    clocks: Entries<ClockEntry>,
}

/// Every law, by name.
pub(crate) fn laws(files: &Files, calendars: &[Calendar]) -> Result<Vec<Law>, PolicyError> {
    let mut laws: Vec<Law> = Vec::new();
    let mut of_parents = Vec::new();
    for path in files.keys().filter(|path| path.starts_with(JURISDICTIONS)) {
        let source = Source::open(files, path)?;
        let file: File = source.parse()?;
        match file.parent.clone() {
            Some(parent) => of_parents.push((source, path, file, parent)),
            None => laws.push(law(&source, path, file, None, calendars)?),
        }
    }
    for (source, path, file, parent) in of_parents {
        let parent = laws.iter().find(|law| law.parent.is_none() && law.key.slug() == parent).cloned();
        let parent = parent.ok_or_else(|| {
            let remedy = "name another file of this folder that has no parent itself".to_owned();
            source.refuse(&["parent:"], "the parent is no law of its own".to_owned(), remedy)
        })?;
        laws.push(law(&source, path, file, Some(parent), calendars)?);
    }
    laws.sort_unstable_by_key(|law| law.key);
    in_one_law_each(files, &laws)?;
    Ok(laws)
}

fn law(
    source: &Source<'_>,
    path: &str,
    file: File,
    parent: Option<Law>,
    calendars: &[Calendar],
) -> Result<Law, PolicyError> {
    let name = path[JURISDICTIONS.len()..].trim_end_matches(YAML);
    let key = Jurisdiction::from_slug(name).ok_or_else(|| {
        let remedy = "name the file in at most 8 lower-case letters, digits and -";
        PolicyError::of_file(path, format!("\"{name}\" cannot name a jurisdiction"), remedy)
    })?;
    let calendar = calendars.iter().find(|one| one.key == file.calendar).cloned().ok_or_else(|| {
        let known: Vec<&str> = calendars.iter().map(|one| one.key.as_str()).collect();
        let problem = format!("unknown calendar \"{}\"", file.calendar);
        let remedy = format!("add {CALENDARS}{}.yaml; there are {}", file.calendar, known.join(", "));
        source.refuse(&["calendar:"], problem, remedy)
    })?;
    ages(source, &file.ages)?;
    let (parent, inherited) = match parent {
        Some(law) => (Some(law.key), (law.bases, law.rights, law.clocks)),
        None => (None, Default::default()),
    };
    let bases = merge(source, "bases:", inherited.0, file.bases, |slug, entry| Ok(basis(slug, entry)))?;
    let clocks =
        merge(source, "clocks:", inherited.2, file.clocks, |key, entry| Clock::read(source, key, entry))?;
    let rights = merge(source, "rights:", inherited.1, file.rights, |slug, entry| {
        right(source, slug, entry, &bases, &clocks)
    })?;
    if bases.is_empty() {
        let remedy = "write at least one below `bases:`, or name a parent";
        return Err(PolicyError::of_file(path, "nothing is lawful here: there is no basis", remedy));
    }
    Ok(Law {
        key,
        parent,
        label: file.label,
        version: file.version,
        valid_from: file.valid_from.0,
        countries: file.countries,
        zone: file.zone.read(source)?,
        calendar,
        authority: file.authority,
        remedies: file.remedies,
        ages: file.ages,
        bases,
        rights,
        clocks,
    })
}

/// A country whose people two laws of this folder call theirs would have two answers.
fn in_one_law_each(files: &Files, laws: &[Law]) -> Result<(), PolicyError> {
    let mut by_country = BTreeMap::new();
    for law in laws {
        let path = format!("{JURISDICTIONS}{}{YAML}", law.key);
        let source = Source::open(files, &path)?;
        for country in &law.countries {
            let (land, part) = country.split_once('-').unwrap_or((country, "A"));
            let upper = |text: &str| text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            if land.len() != 2 || !(1..=3).contains(&part.len()) || !upper(land) || !upper(part) {
                let problem = format!("\"{country}\" is no country");
                let remedy = "write ISO 3166, such as PT or US-CA".to_owned();
                return Err(source.refuse(&["countries:", country], problem, remedy));
            }
            if let Some(other) = by_country.insert(country.as_str(), law.key) {
                let problem = format!("{country} stands in {other}, too");
                let remedy = "leave it in the one whose law holds there".to_owned();
                return Err(source.refuse(&["countries:", country], problem, remedy));
            }
        }
    }
    Ok(())
}

/// The law of this name, or a complaint about the last place of `at`.
pub(crate) fn known<'l>(
    laws: &'l [Law],
    source: &Source<'_>,
    at: &[&str],
    slug: &str,
) -> Result<&'l Law, PolicyError> {
    laws.iter().find(|law| law.key.slug() == slug).ok_or_else(|| {
        let known: Vec<&str> = laws.iter().map(|law| law.key.slug()).collect();
        let remedy = format!("the jurisdictions are {}", known.join(", "));
        source.refuse(at, format!("unknown jurisdiction \"{slug}\""), remedy)
    })
}
