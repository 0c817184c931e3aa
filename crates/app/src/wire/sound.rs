//! Whether a slice can be read again later: what is stored must open, so what cannot be read is held at the gate.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::fault::Fault;

/// Names with a meaning of their own to the parser; a stored value with one of them might not open.
const PARSERS_OWN: &str = "$serde_json::private::";

/// Walks through all of a value and keeps nothing. Slicing alone would let pass what no reader can take: lone
/// surrogates, numbers out of range, a thousand brackets.
pub fn check(json: &str) -> Result<(), Fault> {
    match serde_json::from_str(json) {
        Ok(Sound) => Ok(()),
        Err(error) => Err(Fault::Unreadable { line: error.line(), column: error.column() }),
    }
}

struct Sound;
struct Name;

impl<'de> Deserialize<'de> for Sound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Sound {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        while members.next_entry::<Name, Self>()?.is_some() {}
        Ok(self)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Self)
    }
}

impl Visitor<'_> for Name {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self, E> {
        if name.starts_with(PARSERS_OWN) { Err(E::custom("a reserved name")) } else { Ok(self) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_passes_can_be_read_and_what_cannot_be_read_does_not_pass() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let (shallow, deep, bottomless) = (nested(127), nested(128), "[".repeat(100_000));
        let cases = [
            (r#"{"a":[1,-2,3.5,1e3,true,null,"\ud83d\ude00"],"a":{}}"#, true),
            (r#"{"n":123456789012345678901234567890}"#, true),
            (&shallow, true),
            (&deep, false),
            (&bottomless, false),
            (r#"{"a":"\ud83d"}"#, false),
            (r#"{"\ud83d":1}"#, false),
            (r#"{"a":1e400}"#, false),
            (r#"{"a":NaN}"#, false),
            (r#"{"a":01}"#, false),
            ("{\"a\":\"\n\"}", false),
            (r#"{"a":{"$serde_json::private::RawValue":5}}"#, false),
            ("", false),
            ("{} {}", false),
        ];
        for (json, sound) in cases {
            assert_eq!(check(json).is_ok(), sound, "{json:.60}");
            assert_eq!(serde_json::from_str::<Value>(json).is_ok(), sound, "{json:.60}");
        }
    }
}
