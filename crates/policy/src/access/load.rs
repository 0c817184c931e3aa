//! Reads `access/*.cedar` and refuses what strict validation refuses, with file and line.

use std::str::FromStr;

use cedar_policy::{PolicyId, PolicySet, Schema, ValidationMode, Validator};
use miette::Diagnostic;

use crate::PolicyError;
use crate::files::{ACCESS, CEDAR, Files};

/// The schema's text as Cedar's own.
pub(super) fn parse_schema(text: &str) -> Result<Schema, PolicyError> {
    Schema::from_cedarschema_str(text).map(|(schema, _)| schema).map_err(|error| {
        let remedy = "name operations, categories and purposes so that Cedar can";
        PolicyError::of_file(ACCESS, format!("no schema can be made ({error})"), remedy)
    })
}

/// All policies, each named by its file and place in it.
pub(super) fn policies(files: &Files, schema: &Schema) -> Result<PolicySet, PolicyError> {
    let validator = Validator::new(schema.clone());
    let mut all = PolicySet::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with(ACCESS) && path.ends_with(CEDAR)) {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| PolicyError::of_file(path, "is not UTF-8 text", "save it as UTF-8"))?;
        for policy in of_file(path, text, &validator)?.policies() {
            let id = PolicyId::new(format!("{path}#{}", policy.id()));
            all.add(policy.new_id(id))
                .map_err(|error| PolicyError::of_file(path, error.to_string(), "write each policy once"))?;
        }
    }
    Ok(all)
}

fn of_file(path: &str, text: &str, validator: &Validator) -> Result<PolicySet, PolicyError> {
    let file = File { path, text };
    let set = PolicySet::from_str(text)
        .map_err(|errors| file.refuse(&errors, "write it like the policies around it"))?;
    if let Some(template) = set.templates().next() {
        let problem = format!("{} is a template, which nothing fills in", template.id());
        return Err(PolicyError::of_file(path, problem, "write out the principal and the resource"));
    }
    let found = validator.validate(&set, ValidationMode::Strict);
    let known = "schema/policy.cedarschema has what a policy can name";
    let error = first(found.validation_errors().map(|error| file.refuse(error, known)));
    // A policy that can never apply is a promise nobody keeps, so a warning is refused too.
    let warnings =
        || found.validation_warnings().map(|it| file.refuse(it, "correct it, or take the policy out"));
    error.or_else(|| first(warnings())).map_or(Ok(set), Err)
}

/// Cedar lists them in no order; the first line is said first.
fn first(refused: impl Iterator<Item = PolicyError>) -> Option<PolicyError> {
    refused.min_by(|one, other| (one.line, &one.problem).cmp(&(other.line, &other.problem)))
}

struct File<'f> {
    path: &'f str,
    text: &'f str,
}

impl File<'_> {
    fn refuse(&self, found: &dyn Diagnostic, otherwise: &str) -> PolicyError {
        let start = found.labels().and_then(|mut labels| labels.next()).map(|label| label.offset());
        let line = start.map(|start| self.text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1);
        let said = found.to_string();
        let help =
            found.help().map(|help| help.to_string()).filter(|help| !help.starts_with("valid entity eids"));
        PolicyError {
            file: self.path.to_owned(),
            line,
            problem: plainly(&said),
            remedy: help.unwrap_or_else(|| otherwise.to_owned()),
        }
    }
}

/// Cedar names the policy by its place in the file, which the line says better, and some things at length.
fn plainly(said: &str) -> String {
    let rest = said.strip_prefix("for policy `").and_then(|rest| rest.split_once('`'));
    let said = rest.map_or(said, |(_, rest)| rest.trim_start_matches([',', ':', ' ']));
    match said.split_once("` is of an enumerated entity type") {
        Some((entity, _)) => format!("there is no {}", entity.trim_start_matches("entity `")),
        None => said.to_owned(),
    }
}
