//! The entries of a law: read, and put in the place of those it inherits.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Ages, Basis, Opens, Right};
use crate::PolicyError;
use crate::clock::Clock;
use crate::read::{Entries, Source};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BasisEntry {
    #[serde(rename = "ref")]
    reference: String,
    opens: Opens,
    sensitive: bool,
    sensitive_ref: String,
    dpv: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RightEntry {
    #[serde(rename = "ref")]
    reference: String,
    bases: CarriedBy,
    clock: Option<String>,
    dpv: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged, expecting = "the bases of a right are `all` or a list")]
enum CarriedBy {
    Word(All),
    Bases(Vec<String>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum All {
    All,
}

/// The name by which entries are told apart.
pub(super) trait Named {
    fn name(&self) -> &str;
}

impl Named for Basis {
    fn name(&self) -> &str {
        &self.slug
    }
}

impl Named for Right {
    fn name(&self) -> &str {
        &self.slug
    }
}

impl Named for Clock {
    fn name(&self) -> &str {
        &self.key
    }
}

/// What is inherited, each entry replaced by the one of the same name that is written here; then what is new.
pub(super) fn merge<T: Named, E>(
    source: &Source<'_>,
    section: &str,
    inherited: Vec<T>,
    written: Entries<E>,
    read: impl Fn(String, E) -> Result<T, PolicyError>,
) -> Result<Vec<T>, PolicyError> {
    let mut all = inherited;
    let mut seen = Vec::new();
    for (name, entry) in written.0 {
        let line = format!("{name}:");
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || !name.chars().all(word) {
            let problem = format!("\"{name}\" cannot be a name");
            return Err(source.refuse(
                &[section, &line],
                problem,
                "write lower-case words joined by _".into(),
            ));
        }
        if seen.contains(&name) {
            return Err(source.twice(&[section], &line));
        }
        seen.push(name.clone());
        let entry = read(name.clone(), entry)?;
        match all.iter_mut().find(|one| one.name() == name) {
            Some(one) => *one = entry,
            None => all.push(entry),
        }
    }
    Ok(all)
}

pub(super) fn basis(slug: String, entry: BasisEntry) -> Basis {
    Basis {
        slug,
        reference: entry.reference,
        opens: entry.opens,
        sensitive: entry.sensitive,
        sensitive_reference: entry.sensitive_ref,
        dpv: entry.dpv,
    }
}

pub(super) fn right(
    source: &Source<'_>,
    slug: String,
    entry: RightEntry,
    bases: &[Basis],
    clocks: &[Clock],
) -> Result<Right, PolicyError> {
    let line = format!("{slug}:");
    let at = ["rights:", line.as_str()];
    let known: Vec<&str> = bases.iter().map(|basis| basis.slug.as_str()).collect();
    let carried = match entry.bases {
        CarriedBy::Word(All::All) => known.iter().map(|slug| (*slug).to_owned()).collect(),
        CarriedBy::Bases(slugs) => slugs,
    };
    if let Some(stray) = carried.iter().find(|slug| !known.contains(&slug.as_str())) {
        let remedy = format!("the bases here are {}", known.join(", "));
        return Err(source.refuse(&at, format!("unknown basis \"{stray}\""), remedy));
    }
    if let Some(clock) = &entry.clock
        && !clocks.iter().any(|one| one.key == *clock)
    {
        let known: Vec<&str> = clocks.iter().map(|one| one.key.as_str()).collect();
        let remedy = format!("the clocks here are {}", known.join(", "));
        return Err(source.refuse(&at, format!("unknown clock \"{clock}\""), remedy));
    }
    Ok(Right { slug, reference: entry.reference, bases: carried, clock: entry.clock, dpv: entry.dpv })
}

pub(super) fn ages(source: &Source<'_>, ages: &Ages) -> Result<(), PolicyError> {
    let Ages { child_below, minor_below, consent_from, .. } = *ages;
    let none = [child_below, minor_below, consent_from].contains(&0);
    if none || child_below > minor_below || consent_from > minor_below {
        let remedy =
            "write full years above 0; a child is a minor, and whoever is none decides alone".to_owned();
        return Err(source.refuse(&["ages:"], "these ages contradict each other".to_owned(), remedy));
    }
    Ok(())
}
