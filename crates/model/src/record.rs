//! A record: a person as one source knows them. It owns a key and never moves.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// What a record's local key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// The message carried a `userId`.
    UserId,
    /// The message carried only an `anonymousId`.
    AnonymousId,
    /// Kept by Zelo itself: staff edits, plugin fields.
    House,
}

impl RecordKind {
    /// The number in the `kind` column.
    pub const fn number(self) -> i16 {
        match self {
            Self::UserId => 0,
            Self::AnonymousId => 1,
            Self::House => 2,
        }
    }

    /// The kind with this number.
    pub const fn from_number(number: i16) -> Option<Self> {
        match number {
            0 => Some(Self::UserId),
            1 => Some(Self::AnonymousId),
            2 => Some(Self::House),
            _ => None,
        }
    }
}

/// One value of a trait, with the source's time for it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct TraitValue {
    /// The value as received; an explicit `null` says the source took it back.
    #[serde(rename = "v")]
    pub value: serde_json::Value,
    /// When the source said so, in microseconds.
    #[serde(rename = "t")]
    pub at: i64,
    /// Digest of the message that said so: the greater wins a tie, so the fold is the same in any order.
    #[serde(rename = "m")]
    pub message: u64,
}

/// An identifier value this record has been seen with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownIdentifier {
    /// The kind's slug.
    #[serde(rename = "k")]
    pub kind: String,
    /// The id space; empty for kinds without one.
    #[serde(rename = "s", default, skip_serializing_if = "String::is_empty")]
    pub space: String,
    /// The value as it is shown.
    #[serde(rename = "v")]
    pub value: String,
    /// When first seen, in microseconds.
    #[serde(rename = "t")]
    pub first: i64,
}

/// What is sealed in a record: its identifiers in the clear and the fold of its own identify calls.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RecordBody {
    /// The identifiers seen; the local key is the first.
    #[serde(rename = "i", default)]
    pub identifiers: Vec<KnownIdentifier>,
    /// Trait by name.
    #[serde(rename = "a", default)]
    pub traits: BTreeMap<String, TraitValue>,
    /// The groups its source put this person in, by the source's id for the group, with the latest source time in
    /// microseconds.
    #[serde(rename = "g", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, i64>,
}

impl fmt::Debug for RecordBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordBody({} identifiers, {} traits)", self.identifiers.len(), self.traits.len())
    }
}

impl RecordBody {
    /// The schema version written in front of the JSON.
    pub const VERSION: u8 = 1;

    /// Folds one trait in: the later source time wins, ties go to the greater message digest, so that messages
    /// may come late, twice or in any order. Says whether anything changed.
    pub fn fold(&mut self, name: &str, value: serde_json::Value, at: Timestamp, message: u64) -> bool {
        fold(&mut self.traits, name, value, at, message)
    }

    /// Notes that the source put this person in a group; says whether that is new or newer.
    pub fn join(&mut self, group: &str, at: Timestamp) -> bool {
        match self.groups.get_mut(group) {
            Some(known) if *known >= at.micros() => false,
            Some(known) => {
                *known = at.micros();
                true
            }
            None => self.groups.insert(group.to_owned(), at.micros()).is_none(),
        }
    }

    /// Notes an identifier value; says whether it is new to this record.
    pub fn note(&mut self, identifier: KnownIdentifier) -> bool {
        let known = |other: &KnownIdentifier| {
            (&other.kind, &other.space, &other.value)
                == (&identifier.kind, &identifier.space, &identifier.value)
        };
        if self.identifiers.iter().any(known) {
            return false;
        }
        self.identifiers.push(identifier);
        true
    }
}

/// Folds one trait into others; says whether anything changed.
pub(crate) fn fold(
    traits: &mut BTreeMap<String, TraitValue>,
    name: &str,
    value: serde_json::Value,
    at: Timestamp,
    message: u64,
) -> bool {
    let new = TraitValue { value, at: at.micros(), message };
    match traits.get_mut(name) {
        Some(old) if (old.at, old.message) >= (new.at, new.message) => false,
        Some(old) => {
            *old = new;
            true
        }
        None => traits.insert(name.to_owned(), new).is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn city(name: &str, second: i64, message: u64) -> (serde_json::Value, Timestamp, u64) {
        (json!(name), Timestamp::from_micros(second * Timestamp::SECOND), message)
    }

    #[test]
    fn anas_city_is_the_latest_she_gave_in_whatever_order_it_arrives() {
        let told = [city("Recife", 1, 9), city("Lisboa", 2, 1), city("Porto", 2, 5)];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
            let mut ana = RecordBody::default();
            for n in order {
                let (value, at, message) = told[n].clone();
                ana.fold("city", value, at, message);
                let (value, at, message) = told[n].clone();
                assert!(!ana.fold("city", value, at, message), "the same message again changes nothing");
            }
            assert_eq!(ana.traits["city"].value, json!("Porto"));
        }
    }
}
