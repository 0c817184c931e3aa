//! Taking values out of JSON and leaving everything else as it was received, numbers to the last digit.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The same text without members and elements that `is_gone` names, by key or by value; `None` when there is nothing
/// to take out, or when it cannot be read.
pub(super) fn strip(raw: &str, is_gone: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut left = String::with_capacity(raw.len());
    let mut taken = false;
    let whole: &RawValue = serde_json::from_str(raw).ok()?;
    copy(whole, is_gone, &mut left, &mut taken)?;
    taken.then_some(left)
}

/// The same for values that have been read.
pub(super) fn strip_map(map: &mut Map<String, Value>, is_gone: &dyn Fn(&str) -> bool) {
    map.retain(|name, value| !is_gone(name) && !is_gone_value(value, is_gone));
    for value in map.values_mut() {
        strip_value(value, is_gone);
    }
}

fn strip_value(value: &mut Value, is_gone: &dyn Fn(&str) -> bool) {
    match value {
        Value::Object(map) => strip_map(map, is_gone),
        Value::Array(list) => {
            list.retain(|value| !is_gone_value(value, is_gone));
            for value in list {
                strip_value(value, is_gone);
            }
        }
        _ => {}
    }
}

fn is_gone_value(value: &Value, is_gone: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is_gone(text),
        Value::Number(number) => is_gone(&number.to_string()),
        _ => false,
    }
}

/// Copies a value that stays; what is inside it may go.
fn copy(value: &RawValue, is_gone: &dyn Fn(&str) -> bool, out: &mut String, taken: &mut bool) -> Option<()> {
    let text = value.get();
    match text.as_bytes().first()? {
        b'{' => {
            let Members(members) = serde_json::from_str(text).ok()?;
            out.push('{');
            let mut first = true;
            for (name, value) in members {
                if is_gone(&name) || is_gone_raw(value, is_gone)? {
                    *taken = true;
                    continue;
                }
                if !std::mem::take(&mut first) {
                    out.push(',');
                }
                out.push_str(&serde_json::to_string(&name).ok()?);
                out.push(':');
                copy(value, is_gone, out, taken)?;
            }
            out.push('}');
        }
        b'[' => {
            let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            out.push('[');
            let mut first = true;
            for value in elements {
                if is_gone_raw(value, is_gone)? {
                    *taken = true;
                    continue;
                }
                if !std::mem::take(&mut first) {
                    out.push(',');
                }
                copy(value, is_gone, out, taken)?;
            }
            out.push(']');
        }
        _ => out.push_str(text),
    }
    Some(())
}

fn is_gone_raw(value: &RawValue, is_gone: &dyn Fn(&str) -> bool) -> Option<bool> {
    let text = value.get();
    match text.as_bytes().first()? {
        b'"' => Some(is_gone(&serde_json::from_str::<String>(text).ok()?)),
        b'-' | b'0'..=b'9' => Some(is_gone(text)),
        _ => Some(false),
    }
}

/// An object's members in their order, values as received.
pub(super) struct Members<'a>(pub(super) Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: &str = "ana@example.com";

    #[test]
    fn her_address_goes_wherever_it_stands_and_numbers_stay_to_the_last_digit() {
        let raw = r#"{"type":"track", "properties":{"email":"ana@example.com","total":0.10000000000000000001,
            "cc":["bruno@example.com","ana@example.com"],"ana@example.com":1,"deep":{"to":"Ana@example.com"}},"n":1e400}"#;
        let is_gone = |text: &str| text.eq_ignore_ascii_case(ANA);
        let left = strip(raw, &is_gone).unwrap();
        assert_eq!(
            left,
            r#"{"type":"track","properties":{"total":0.10000000000000000001,"cc":["bruno@example.com"],"deep":{}},"n":1e400}"#
        );
        assert_eq!(strip(&left, &is_gone), None, "nothing is left to take out");
    }

    #[test]
    fn traits_lose_the_same() {
        let mut traits = serde_json::json!({"email": ANA, "name": "A", "all": [ANA, 2], "in": {"x": ANA}});
        strip_map(traits.as_object_mut().unwrap(), &|text| text == ANA);
        assert_eq!(traits, serde_json::json!({"name": "A", "all": [2], "in": {}}));
    }
}
