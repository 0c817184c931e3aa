//! `incident.yaml`, read strictly.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{IncidentQuestion, IncidentRegister, IncidentRules, IncidentTell, Risk, RiskTest, Whom};
use crate::ground::{Ground, is_key};
use crate::paths::INCIDENT;
use crate::read::{Entries, Source, filled};
use crate::{Label, PolicyError};

/// Says how incidents are weighed, told and kept.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// What is asked about an incident, by name.
    questions: Entries<QuestionEntry>,
    /// How the answers weigh, by law.
    tests: Entries<Vec<TestEntry>>,
    /// Who is told of what, by law.
    tell: Entries<Vec<TellEntry>>,
    register: RegisterEntry,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct QuestionEntry {
    label: Label,
    /// Categories whose presence alone answers yes: keys of `taxonomy/categories.yaml`.
    #[serde(default)]
    yes_with: Vec<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TestEntry {
    level: Risk,
    #[serde(default)]
    all_of: BTreeSet<String>,
    #[serde(default)]
    any_of: BTreeSet<String>,
    #[serde(default)]
    unless: BTreeSet<String>,
    #[serde(rename = "ref", deserialize_with = "filled")]
    reference: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TellEntry {
    whom: Whom,
    /// From which risk on.
    from: Risk,
    /// A clock of the jurisdiction; left out: without undue delay.
    clock: Option<String>,
    /// The clock of what is told later.
    complement: Option<String>,
    /// What must be said.
    contents: Vec<Label>,
    #[serde(rename = "ref", deserialize_with = "filled")]
    reference: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RegisterEntry {
    years: u16,
    #[serde(rename = "ref", deserialize_with = "filled")]
    reference: String,
}

pub(crate) fn incident(ground: &Ground<'_>) -> Result<IncidentRules, PolicyError> {
    let source = Source::open(ground.files, INCIDENT)?;
    let File { questions, tests, tell, register } = source.parse()?;
    let mut asked = BTreeMap::new();
    for (name, QuestionEntry { label, yes_with }) in questions.0 {
        let line = format!("{name}:");
        let yes_with = ground.mask(&source, &["questions:", &line, "yes_with:"], &yes_with)?;
        if asked.insert(name, IncidentQuestion { label, yes_with }).is_some() {
            return Err(source.twice(&["questions:"], &line));
        }
    }
    let mut weighed = BTreeMap::new();
    for (place, entries) in tests.0 {
        let line = format!("{place}:");
        let law = ground.jurisdiction(&source, &["tests:", &line], &place)?;
        let tests =
            entries.into_iter().map(|one| test(&source, &asked, &line, one)).collect::<Result<_, _>>()?;
        if weighed.insert(law, tests).is_some() {
            return Err(source.twice(&["tests:"], &line));
        }
    }
    let mut told = BTreeMap::new();
    for (place, entries) in tell.0 {
        let line = format!("{place}:");
        let law = ground.jurisdiction(&source, &["tell:", &line], &place)?;
        if !weighed.contains_key(&law) {
            let problem = format!("nothing in {place} ever weighs enough to be told");
            return Err(source.refuse(&["tell:", &line], problem, format!("write tests: of {place}")));
        }
        let entries =
            entries.into_iter().map(|one| told_to(&source, &line, one)).collect::<Result<_, _>>()?;
        if told.insert(law, entries).is_some() {
            return Err(source.twice(&["tell:"], &line));
        }
    }
    ground.inherit(&mut weighed);
    ground.inherit(&mut told);
    if let Some(home) = ground.controllers.iter().map(|one| one.home).find(|home| !told.contains_key(home)) {
        let problem = format!("nobody is told in {home}, where a controller is at home");
        return Err(source.refuse(&["tell:"], problem, format!("write tests: and tell: of {home}")));
    }
    if register.years == 0 {
        let remedy = "write at least 1: what nobody can look up was never written down".to_owned();
        return Err(source.refuse(&["register:"], "incidents stay for no year at all".to_owned(), remedy));
    }
    let register = IncidentRegister { years: register.years, reference: register.reference };
    Ok(IncidentRules { questions: asked, tests: weighed, tell: told, register })
}

fn test(
    source: &Source<'_>,
    questions: &BTreeMap<String, IncidentQuestion>,
    line: &str,
    entry: TestEntry,
) -> Result<RiskTest, PolicyError> {
    let TestEntry { level, all_of, any_of, unless, reference } = entry;
    let names = all_of.iter().chain(&any_of).chain(&unless);
    if let Some(name) = names.into_iter().find(|name| !questions.contains_key(*name)) {
        let problem = format!("unknown question \"{name}\"");
        return Err(source.refuse(&["tests:", line, name], problem, "ask it under questions:".to_owned()));
    }
    Ok(RiskTest { level, all_of, any_of, unless, reference })
}

fn told_to(source: &Source<'_>, line: &str, entry: TellEntry) -> Result<IncidentTell, PolicyError> {
    let TellEntry { whom, from, clock, complement, contents, reference } = entry;
    for clock in clock.iter().chain(&complement) {
        if !is_key(clock) {
            let remedy = "write the name of a clock of the jurisdiction".to_owned();
            return Err(source.refuse(
                &["tell:", line, clock],
                format!("\"{clock}\" names no clock"),
                remedy,
            ));
        }
    }
    if from == Risk::None || contents.is_empty() {
        let remedy = "write from: risk or high_risk, and what must be said under contents:".to_owned();
        return Err(source.refuse(&["tell:", line], "nobody says when, or what is told".to_owned(), remedy));
    }
    Ok(IncidentTell { whom, from, clock, complement, contents, reference })
}
