//! The tracking plan: for each event a JSON Schema of its properties, in versions, each property with its category of data.
//!
//! `schema/events/README.md` says how it is written. It is loaded whole or not at all. **Invariant**: what is said of an
//! event that breaks it names places and rules of the plan, and nothing of the event.

mod breach;
mod declared;
mod error;
mod files;
mod version;

pub use breach::Breach;
pub use declared::Declared;
pub use error::PlanError;
pub use version::Version;

use std::collections::HashMap;
use std::path::Path;

use zelo_model::Timestamp;
use zelo_policy::Bundle;

use crate::files::Files;

/// All versions of all events.
#[derive(Debug, Default)]
pub struct Plan {
    /// By event name; the version that is in force last comes last.
    events: HashMap<String, Vec<Version>>,
    unplanned: Unplanned,
}

/// What becomes of an event without a schema.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unplanned {
    /// It is taken in; what of it looks personal is held.
    #[default]
    Accept,
    /// It is held.
    Hold,
}

impl Plan {
    /// The plan that came with the program.
    pub fn embedded(policies: &Bundle) -> Result<Self, PlanError> {
        Self::read(&files::embedded(), policies)
    }

    /// The plan of a folder, instead of the one that came with the program.
    pub fn load(folder: &Path, policies: &Bundle) -> Result<Self, PlanError> {
        Self::read(&files::in_folder(folder)?, policies)
    }

    /// The same with another answer to events without a schema.
    #[must_use]
    pub fn with_unplanned(self, unplanned: Unplanned) -> Self {
        Self { unplanned, ..self }
    }

    fn read(files: &Files, policies: &Bundle) -> Result<Self, PlanError> {
        let mut events: HashMap<String, Vec<Version>> = HashMap::new();
        for (path, bytes) in files {
            let (event, version) = version::read(path, bytes, policies)?;
            events.entry(event).or_default().push(version);
        }
        for versions in events.values_mut() {
            versions.sort_by_key(Version::number);
            for pair in versions.windows(2) {
                if pair[0].valid_from() >= pair[1].valid_from() {
                    return Err(PlanError::new(
                        pair[1].path(),
                        "/x-zelo-valid-from",
                        format!(
                            "version {} is in force no later than version {}",
                            pair[1].number(),
                            pair[0].number()
                        ),
                        "give each version a later day than the one before",
                    ));
                }
            }
        }
        Ok(Self { events, unplanned: Unplanned::default() })
    }

    /// Whether other policies know every kind of data it names.
    pub fn fits(&self, policies: &Bundle) -> Result<(), PlanError> {
        for version in self.events.values().flatten() {
            let unknown =
                version.declared().categories().into_iter().find(|key| policies.category(key).is_none());
            if let Some(key) = unknown {
                let remedy = "take a key of policies/taxonomy/categories.yaml";
                return Err(PlanError::new(
                    version.path(),
                    "/",
                    format!("there is no category `{key}` any more"),
                    remedy,
                ));
            }
        }
        Ok(())
    }

    /// The version by which an event received at this instant is judged: the newest in force then.
    pub fn in_force(&self, event: &str, at: Timestamp) -> Option<&Version> {
        self.events.get(event)?.iter().rev().find(|version| version.valid_from() <= at)
    }

    /// What becomes of an event without a schema.
    pub const fn unplanned(&self) -> Unplanned {
        self.unplanned
    }

    /// How many events it knows.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

#[cfg(test)]
mod tests;
