//! A group people belong to: a company, a team, a household. It is no person; what is sealed of it is its traits.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Timestamp, TraitValue};

/// What is sealed of a group, under the tenant's own key.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct GroupBody {
    /// The id its source gives it.
    #[serde(rename = "i", default)]
    pub id: String,
    /// Trait by name.
    #[serde(rename = "a", default)]
    pub traits: BTreeMap<String, TraitValue>,
}

impl GroupBody {
    /// The schema version written in front of the JSON.
    pub const VERSION: u8 = 1;

    /// Folds one trait in, as [`crate::RecordBody::fold`] does.
    pub fn fold(&mut self, name: &str, value: serde_json::Value, at: Timestamp, message: u64) -> bool {
        crate::record::fold(&mut self.traits, name, value, at, message)
    }
}

impl fmt::Debug for GroupBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GroupBody({} traits)", self.traits.len())
    }
}
