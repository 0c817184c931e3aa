//! What a schema declares: which properties there are, down to the last, and what kind of data each is.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use zelo_policy::Bundle;

use crate::error::PlanError;

/// The keyword that gives a property its category: a key of `policies/taxonomy/categories.yaml`.
pub(crate) const CATEGORY: &str = "x-zelo-category";
/// The keyword that says from when on a version is in force.
pub(crate) const VALID_FROM: &str = "x-zelo-valid-from";

/// A property as declared, with what is inside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declared {
    /// Its own category: then all that is inside is declared with it.
    category: Option<String>,
    members: BTreeMap<String, Declared>,
    items: Option<Box<Declared>>,
}

impl Declared {
    /// The kind of data it is, if it was given one of its own.
    pub fn category(&self) -> Option<&str> {
        self.category.as_deref()
    }

    /// Every kind of data in it, by the taxonomy's keys.
    pub(crate) fn categories(&self) -> Vec<&str> {
        let inside = self.members.values().chain(self.items.as_deref()).flat_map(Self::categories);
        self.category().into_iter().chain(inside).collect()
    }

    /// The member of this name.
    pub fn member(&self, name: &str) -> Option<&Self> {
        self.members.get(name)
    }

    /// Any element of the list it is.
    pub fn element(&self) -> Option<&Self> {
        self.items.as_deref()
    }

    /// Whether a property that stands here, and has no declaration of its own inside, is declared.
    pub const fn covers(&self) -> bool {
        self.category.is_some()
    }

    /// Reads it from a schema, and refuses a property without a category.
    pub(crate) fn read(schema: &Value, at: &str, from: (&str, &Bundle)) -> Result<Self, PlanError> {
        let (file, _) = from;
        let Value::Object(schema) = schema else {
            let remedy = format!("write an object with \"{CATEGORY}\"");
            return Err(PlanError::new(file, at, "this schema says nothing of its data", remedy));
        };
        known(schema, at, file)?;
        let category = schema.get(CATEGORY).map(|key| category(key, at, from)).transpose()?;
        let mut declared = Self { category, ..Self::default() };
        if let Some(Value::Object(members)) = schema.get("properties") {
            for (name, inner) in members {
                let at = format!("{at}/properties/{}", name.replace('~', "~0").replace('/', "~1"));
                declared.members.insert(name.clone(), Self::read(inner, &at, from)?);
            }
        }
        if let Some(items @ Value::Object(_)) = schema.get("items") {
            declared.items = Some(Box::new(Self::read(items, &format!("{at}/items"), from)?));
        }
        let says_nothing =
            declared.category.is_none() && declared.members.is_empty() && declared.items.is_none();
        if says_nothing && !at.is_empty() {
            let remedy = format!("add \"{CATEGORY}\" with a key of policies/taxonomy/categories.yaml");
            return Err(PlanError::new(file, at, "this property has no category", remedy));
        }
        Ok(declared)
    }
}

fn category(key: &Value, at: &str, (file, policies): (&str, &Bundle)) -> Result<String, PlanError> {
    let at = format!("{at}/{CATEGORY}");
    let remedy = "take a key of policies/taxonomy/categories.yaml";
    let key = key.as_str().ok_or_else(|| PlanError::new(file, &at, "a category is a text", remedy))?;
    let found = policies.category(key).map(|category| category.key.clone());
    found.ok_or_else(|| PlanError::new(file, &at, format!("there is no category `{key}`"), remedy))
}

/// A keyword of ours that is mistyped would else be passed by in silence.
fn known(schema: &Map<String, Value>, at: &str, file: &str) -> Result<(), PlanError> {
    let here = |key: &str| key == CATEGORY || (key == VALID_FROM && at.is_empty());
    match schema.keys().find(|key| key.starts_with("x-zelo-") && !here(key)) {
        Some(key) => {
            let remedy = format!("it is one of {CATEGORY} and, at the top, {VALID_FROM}");
            Err(PlanError::new(file, at, format!("`{key}` means nothing here"), remedy))
        }
        None => Ok(()),
    }
}
