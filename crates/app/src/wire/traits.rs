//! What an `identify` says of somebody: its `traits`, and those that Rudder's SDKs put into `context.traits`.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::fault::Fault;
use super::slice::is_object;

/// Both places merged, name by name; `traits` wins. The batch's own context is left alone: what stands there would
/// be said of everybody in the batch.
pub(crate) fn merged(
    traits: Option<&RawValue>,
    context: Option<&RawValue>,
) -> Result<Map<String, Value>, Fault> {
    #[derive(Deserialize)]
    struct Context<'a> {
        #[serde(borrow)]
        traits: Option<&'a RawValue>,
    }
    let inner = match context {
        None => None,
        Some(context) if is_object(context.get()) => {
            serde_json::from_str::<Context<'_>>(context.get())?.traits
        }
        Some(_) => return Err(Fault::Object("context")),
    };
    let mut all = inner.map_or_else(|| Ok(Map::new()), |inner| members(inner, "context.traits"))?;
    if let Some(traits) = traits {
        all.extend(members(traits, "traits")?);
    }
    Ok(all)
}

/// Those of the message alone: what `context.traits` says is of the person, and a group is none.
pub(crate) fn own(traits: Option<&RawValue>) -> Result<Map<String, Value>, Fault> {
    traits.map_or_else(|| Ok(Map::new()), |traits| members(traits, "traits"))
}

/// The members of an object. A whole number beyond 64 bits becomes the text of its digits: as a float it would be
/// another number, and numbers that long are card, account or document numbers.
fn members(json: &RawValue, field: &'static str) -> Result<Map<String, Value>, Fault> {
    if !is_object(json.get()) {
        return Err(Fault::Object(field));
    }
    let mut members: Map<String, Value> = serde_json::from_str(json.get())?;
    if members.values().any(Value::is_f64) {
        let sources: HashMap<String, &RawValue> = serde_json::from_str(json.get())?;
        for (name, value) in members.iter_mut().filter(|(_, value)| value.is_f64()) {
            let source = sources.get(name).map_or("", |source| source.get());
            if source.bytes().all(|c| c == b'-' || c.is_ascii_digit()) {
                *value = Value::String(source.to_owned());
            }
        }
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merge(traits: &str, context: &str) -> Result<Value, Fault> {
        let read = |json: &str| serde_json::from_str::<Option<Box<RawValue>>>(json).unwrap();
        merged(read(traits).as_deref(), read(context).as_deref()).map(Value::Object)
    }

    #[test]
    fn rudders_traits_are_found_and_traits_win() {
        let cases = [
            (r#"{"a":1}"#, "null", json!({ "a": 1 })),
            ("null", r#"{"traits":{"a":1},"library":{}}"#, json!({ "a": 1 })),
            (
                r#"{"b":2,"c":null}"#,
                r#"{"traits":{"a":1,"b":1,"c":1}}"#,
                json!({ "a": 1, "b": 2, "c": null }),
            ),
            ("{}", r#"{"traits":null}"#, json!({})),
            ("null", "null", json!({})),
        ];
        for (traits, context, expected) in cases {
            assert_eq!(merge(traits, context).unwrap(), expected, "{traits} {context}");
        }
    }

    #[test]
    fn what_is_no_object_is_named() {
        let cases = [
            ("[]", "null", "traits"),
            (r#""x""#, "{}", "traits"),
            ("{}", r#"{"traits":7}"#, "context.traits"),
            ("{}", "[]", "context"),
        ];
        for (traits, context, field) in cases {
            assert_eq!(merge(traits, context), Err(Fault::Object(field)), "{traits} {context}");
        }
    }

    #[test]
    fn long_numbers_keep_their_digits() {
        let card = "411111111111111111111111";
        let traits = format!(r#"{{"card":{card},"u64":18446744073709551615,"price":19.90,"minus":-{card}}}"#);
        let expected = json!({ "card": card, "u64": u64::MAX, "price": 19.9, "minus": format!("-{card}") });
        assert_eq!(merge(&traits, "null").unwrap(), expected);
    }
}
