//! One version of an event's schema.

use std::fmt;

use jsonschema::{Draft, Validator};
use serde_json::Value;
use zelo_model::Timestamp;
use zelo_policy::Bundle;
use zelo_resolve::event_name;

use crate::breach::Breach;
use crate::declared::{Declared, VALID_FROM};
use crate::error::PlanError;
use crate::files::stray;

/// A version of an event's schema.
pub struct Version {
    path: String,
    number: u32,
    valid_from: Timestamp,
    schema: Value,
    validator: Validator,
    declared: Declared,
}

impl Version {
    /// Its number, from 1 on.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// From when on it is in force.
    pub const fn valid_from(&self) -> Timestamp {
        self.valid_from
    }

    /// What it declares.
    pub const fn declared(&self) -> &Declared {
        &self.declared
    }

    /// Its file below the plan's folder.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Holds an event's properties to it; the first rule they break.
    pub fn check(&self, properties: &Value) -> Result<(), Breach> {
        self.validator.validate(properties).map_err(|error| Breach::of(&self.schema, &error))
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Version").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Reads a file of the plan: the event's name and the version.
pub(crate) fn read(path: &str, bytes: &[u8], policies: &Bundle) -> Result<(String, Version), PlanError> {
    let (folder, file) = path.split_once('/').ok_or_else(|| stray(path))?;
    let number = file.strip_suffix(".json").and_then(|number| number.parse().ok());
    let number: u32 = number.filter(|number| *number > 0).ok_or_else(|| stray(path))?;
    let schema: Value = serde_json::from_slice(bytes).map_err(|error| {
        let at = format!("line {}, column {}", error.line(), error.column());
        PlanError::new(path, &at, "this is no JSON", "write a JSON Schema (draft 2020-12)")
    })?;
    let title = schema.get("title").and_then(Value::as_str);
    let event = title.filter(|name| event_name(name).is_ok()).ok_or_else(|| {
        PlanError::new(
            path,
            "/title",
            "there is no event's name here",
            "write it as senders do, such as \"Order Completed\"",
        )
    })?;
    if folder != folder_of(event) {
        let problem = format!("the folder of `{event}` is {}", folder_of(event));
        return Err(PlanError::new(path, "/title", problem, "rename the folder or the event"));
    }
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        let problem = "an event's properties are an object";
        return Err(PlanError::new(path, "/type", problem, "write \"type\": \"object\""));
    }
    let valid_from = schema.get(VALID_FROM).and_then(Value::as_str).and_then(instant).ok_or_else(|| {
        let remedy = "write a day such as \"2026-01-31\", or an instant (RFC 3339)";
        PlanError::new(
            path,
            &format!("/{VALID_FROM}"),
            "it is not said from when on this version is in force",
            remedy,
        )
    })?;
    let declared = Declared::read(&schema, "", (path, policies))?;
    let validator = jsonschema::options().with_draft(Draft::Draft202012).build(&schema).map_err(|error| {
        let at = error.instance_path().to_string();
        PlanError::new(path, &at, "this is no JSON Schema that can be used", format!("mend it: {error}"))
    })?;
    let event = event.to_owned();
    Ok((event, Version { path: path.to_owned(), number, valid_from, schema, validator, declared }))
}

fn instant(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| format!("{text}T00:00:00Z").parse()).ok()
}

/// Lower-case letters and digits, joined by `-`.
fn folder_of(event: &str) -> String {
    let words = event.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}
