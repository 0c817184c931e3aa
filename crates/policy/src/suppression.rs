//! `suppression.yaml`: how somebody who was forgotten can come back by themselves.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::PolicyError;
use crate::files::{Files, SUPPRESSION};
use crate::read::Source;

/// What a person does that lifts their suppression, if it is newer than their erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returning {
    /// Whether consent does, for a purpose that rests on it.
    pub consent: bool,
    /// Events by which a contract begins.
    pub events: BTreeSet<String>,
}

/// Says how somebody who was forgotten comes back by themselves.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    lifted_by: LiftedBy,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LiftedBy {
    consent: bool,
    contract_events: Vec<String>,
}

pub(crate) fn returning(files: &Files) -> Result<Returning, PolicyError> {
    let source = Source::open(files, SUPPRESSION)?;
    let File { lifted_by: LiftedBy { consent, contract_events } } = source.parse()?;
    let mut events = BTreeSet::new();
    for name in contract_events {
        if name.trim() != name || name.is_empty() {
            let remedy = "write it exactly as it is sent".to_owned();
            return Err(source.refuse(&["contract_events:"], format!("\"{name}\" names no event"), remedy));
        }
        if !events.insert(name.clone()) {
            return Err(source.twice(&["contract_events:"], &name));
        }
    }
    Ok(Returning { consent, events })
}
