//! What is wrong with a policy: file, line and remedy, for the person who wrote it.

use std::fmt;

use crate::files::CONTROLLERS;
use crate::read::BLANK;

/// Why a bundle is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("policies/{file}{}: {problem}; {remedy}", At(*line))]
pub struct PolicyError {
    /// Which file, below `policies/`.
    pub file: String,
    /// Which line, counted from 1; `None` when it is about the file as a whole.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

struct At(Option<usize>);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, " line {line}"))
    }
}

impl PolicyError {
    /// Something about a file as a whole.
    pub(crate) fn of_file(file: &str, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, problem: problem.into(), remedy: remedy.into() }
    }

    /// A tenant was made for a controller that the policies no longer know.
    pub fn undeclared_controller(controller: &str, tenant: &str) -> Self {
        let problem = format!("the tenant \"{tenant}\" stands for \"{controller}\", which is not declared");
        Self::of_file(CONTROLLERS, problem, "declare it again, or drop the tenant before it goes")
    }

    /// What the YAML reader says, in our words.
    pub(crate) fn of_yaml(file: &str, text: &str, error: &serde_yaml_ng::Error) -> Self {
        let message = error.to_string();
        let reported = error.location().map(|at| at.line());
        // The reader names the path of the entry in front and the place behind; we say both ourselves.
        let core = message.rsplit_once(" at line ").map_or(message.as_str(), |(core, _)| core);
        let (problem, remedy, named) = explain(core);
        // An unknown field is reported where its entry begins; a long entry has it further down.
        let named = named.and_then(|name| field_line(text, &name, reported.unwrap_or(1)));
        Self { file: file.to_owned(), line: named.or(reported), problem, remedy }
    }
}

/// Problem, remedy, and the field it is about.
fn explain(core: &str) -> (String, String, Option<String>) {
    let quoted = |text: &str| text.replace('`', "");
    if let Some((_, rest)) = core.split_once("unknown field `")
        && let Some((name, expected)) = rest.split_once('`')
    {
        return (
            format!("unknown field \"{name}\""),
            format!("known fields are {}", known(expected)),
            Some(name.into()),
        );
    }
    if let Some((_, rest)) = core.split_once("unknown variant `")
        && let Some((name, expected)) = rest.split_once('`')
    {
        return (
            format!("\"{name}\" is not a known word here"),
            format!("write one of {}", known(expected)),
            None,
        );
    }
    if let Some((_, rest)) = core.split_once("missing field `") {
        let name = rest.trim_end_matches('`');
        return (format!("field \"{name}\" is missing"), format!("add \"{name}\""), None);
    }
    if core.contains("invalid type: ") && core.contains(", expected struct ") {
        let remedy = "write it as fields with a value each, like the entries around it".to_owned();
        return ("is no list of fields".to_owned(), remedy, None);
    }
    if let Some(place) = core.strip_suffix(BLANK) {
        let name = place.trim_end_matches(": ").rsplit('.').next().unwrap_or_default();
        return (format!("\"{name}\" says nothing"), "write it, in plain words".to_owned(), None);
    }
    (quoted(core), "write it like the entries around it".to_owned(), None)
}

/// The words of serde's "expected one of `a`, `b` or `c`", without its grammar.
fn known(expected: &str) -> String {
    let words: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    words.join(", ")
}

fn field_line(text: &str, name: &str, from: usize) -> Option<usize> {
    let key = format!("{name}:");
    let holds = |line: &str| line.match_indices(&key).any(|(at, _)| starts_word(line, at));
    text.lines().enumerate().skip(from.saturating_sub(1)).find(|(_, line)| holds(line)).map(|(at, _)| at + 1)
}

fn starts_word(line: &str, at: usize) -> bool {
    line[..at].chars().next_back().is_none_or(|c| " {,-\"".contains(c))
}
