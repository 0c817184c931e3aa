//! What an event says that its plan does not declare and that looks personal is cut out of it and held; and put back later.
//! Everything else stays as it was received, numbers to the last digit.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zelo_plan::Declared;
use zelo_resolve::{Region, may_hold, spot};

use super::strip::Members;

/// What is cut out: each value by the place it stood at, a JSON Pointer into the message (RFC 6901).
pub(crate) type Parts = BTreeMap<String, Box<RawValue>>;

/// An event with something cut out.
pub(crate) struct Apart {
    /// The message without it.
    pub(crate) left: String,
    pub(crate) parts: Parts,
}

/// Cuts out of an event's properties what is not declared and looks personal; `None` when there is nothing of the kind.
///
/// A value goes with the member that holds it. A list goes whole, so that places in it keep their numbers.
pub(crate) fn cut(
    raw: &str,
    properties: &str,
    declared: Option<&Declared>,
    region: Option<Region>,
) -> Option<Apart> {
    if !may_hold(properties.as_bytes()) {
        return None;
    }
    let mut knife = Knife { region, left: String::with_capacity(raw.len()), parts: Parts::new() };
    let at = properties.as_ptr().addr() - raw.as_ptr().addr();
    knife.left.push_str(&raw[..at]);
    knife.value(properties, declared, "/properties")?;
    knife.left.push_str(&raw[at + properties.len()..]);
    (!knife.parts.is_empty()).then_some(Apart { left: knife.left, parts: knife.parts })
}

/// The properties of a message, a slice of it.
pub(crate) fn properties(raw: &str) -> Option<&str> {
    #[derive(Deserialize)]
    struct Sliced<'a> {
        #[serde(borrow)]
        properties: Option<&'a RawValue>,
    }
    let Sliced { properties } = serde_json::from_str(raw).ok()?;
    Some(properties?.get())
}

struct Knife {
    region: Option<Region>,
    left: String,
    parts: Parts,
}

impl Knife {
    /// Copies a value that stays; what is inside it may be cut out.
    fn value(&mut self, text: &str, declared: Option<&Declared>, at: &str) -> Option<()> {
        match text.as_bytes().first()? {
            b'{' => {
                let Members(members) = serde_json::from_str(text).ok()?;
                self.left.push('{');
                let mut first = true;
                for (name, value) in members {
                    let declared = declared.and_then(|declared| declared.member(&name));
                    let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                    if declared.is_none_or(|one| !one.covers()) && self.is_personal(&name, value.get())? {
                        self.parts.insert(at, value.to_owned());
                        continue;
                    }
                    if !std::mem::take(&mut first) {
                        self.left.push(',');
                    }
                    self.left.push_str(&serde_json::to_string(&name).ok()?);
                    self.left.push(':');
                    if declared.is_some_and(Declared::covers) {
                        self.left.push_str(value.get());
                    } else {
                        self.value(value.get(), declared, &at)?;
                    }
                }
                self.left.push('}');
            }
            b'[' => {
                let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                let declared = declared.and_then(Declared::element);
                self.left.push('[');
                for (n, value) in elements.into_iter().enumerate() {
                    if n > 0 {
                        self.left.push(',');
                    }
                    if declared.is_some_and(Declared::covers) {
                        self.left.push_str(value.get());
                    } else {
                        self.value(value.get(), declared, &format!("{at}/{n}"))?;
                    }
                }
                self.left.push(']');
            }
            _ => self.left.push_str(text),
        }
        Some(())
    }

    /// Whether a member says something of a person by its name, or by a value that is no object of its own.
    fn is_personal(&self, name: &str, text: &str) -> Option<bool> {
        if !spot("", name, None).is_empty() {
            return Some(true);
        }
        Some(match text.as_bytes().first()? {
            b'"' => !spot(name, &serde_json::from_str::<String>(text).ok()?, self.region).is_empty(),
            b'-' | b'0'..=b'9' => !spot(name, text, self.region).is_empty(),
            b'[' => {
                let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                for element in elements {
                    if !element.get().starts_with('{') && self.is_personal(name, element.get())? {
                        return Some(true);
                    }
                }
                false
            }
            _ => false,
        })
    }
}

/// A message with parts put back where they were cut out. What has taken their place meanwhile stays; `None` when a place is
/// not there.
pub(crate) fn put_back(raw: &str, parts: &Parts) -> Option<String> {
    let unescape = |word: &str| word.replace("~1", "/").replace("~0", "~");
    let mut whole = raw.to_owned();
    for (at, value) in parts {
        let words: Vec<String> = at.strip_prefix('/')?.split('/').map(unescape).collect();
        let mut out = String::with_capacity(whole.len() + value.get().len() + 16);
        insert(&whole, &words, value.get(), &mut out)?;
        whole = out;
    }
    Some(whole)
}

fn insert(text: &str, words: &[String], value: &str, out: &mut String) -> Option<()> {
    let (word, rest) = words.split_first()?;
    if text.starts_with('[') {
        let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
        let at: usize = word.parse().ok().filter(|at| *at < elements.len())?;
        out.push('[');
        for (n, element) in elements.into_iter().enumerate() {
            if n > 0 {
                out.push(',');
            }
            if n == at { insert(element.get(), rest, value, out)? } else { out.push_str(element.get()) }
        }
        out.push(']');
        return Some(());
    }
    let Members(members) = serde_json::from_str(text).ok()?;
    let mut found = false;
    out.push('{');
    for (n, (name, inner)) in members.into_iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        out.push_str(&serde_json::to_string(&name).ok()?);
        out.push(':');
        if name == *word && !rest.is_empty() {
            insert(inner.get(), rest, value, out)?;
        } else {
            out.push_str(inner.get());
        }
        found |= name == *word;
    }
    if !found {
        if !rest.is_empty() {
            return None;
        }
        if !out.ends_with('{') {
            out.push(',');
        }
        out.push_str(&serde_json::to_string(word).ok()?);
        out.push(':');
        out.push_str(value);
    }
    out.push('}');
    Some(())
}

/// A held part of an event: what it is a part of, and the values by place.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HeldPart<'a> {
    pub(crate) r#type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) event: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) anonymous_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message_id: Option<&'a str>,
    pub(crate) held: &'a Parts,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(apart: &Apart) -> Vec<(&str, &str)> {
        apart.parts.iter().map(|(at, value)| (at.as_str(), value.get())).collect()
    }

    #[test]
    fn what_looks_personal_goes_alone_and_returns_to_its_place() {
        let raw = r#"{"type":"track", "userId":"ana@example.com","properties":{"total":0.10000000000000000001,
            "note":"ana@example.com","cpf":52998224725,"a/b":{"~":"+351 912 345 678","x":1},
            "lines":[{"sku":"x"},{"to":"bruno@example.com","n":2}],"cc":["x","bruno@example.com"]},"n":1e400}"#;
        let apart = cut(raw, properties(raw).unwrap(), None, None).unwrap();
        assert_eq!(
            apart.left,
            r#"{"type":"track", "userId":"ana@example.com","properties":{"total":0.10000000000000000001,"a/b":{"x":1},"lines":[{"sku":"x"},{"n":2}]},"n":1e400}"#
        );
        assert_eq!(
            parts(&apart),
            [
                ("/properties/a~1b/~0", r#""+351 912 345 678""#),
                ("/properties/cc", r#"["x","bruno@example.com"]"#),
                ("/properties/cpf", "52998224725"),
                ("/properties/lines/1/to", r#""bruno@example.com""#),
                ("/properties/note", r#""ana@example.com""#),
            ]
        );
        let whole = put_back(&apart.left, &apart.parts).unwrap();
        let read = |text: &str| -> std::collections::BTreeMap<String, Box<RawValue>> {
            serde_json::from_str(text).unwrap()
        };
        assert_eq!(read(&whole)["n"].get(), "1e400");
        assert!(
            whole.contains("0.10000000000000000001") && whole.contains(r#"{"n":2,"to":"bruno@example.com"}"#)
        );
        assert_eq!(put_back(&whole, &apart.parts).unwrap(), whole, "twice is once");
        assert!(
            cut(&apart.left, properties(&apart.left).unwrap(), None, None).is_none(),
            "nothing is left to cut"
        );
    }

    #[test]
    fn a_place_that_is_not_there_takes_nothing() {
        let parts: Parts = serde_json::from_str(r#"{"/properties/lines/3/to":1}"#).unwrap();
        assert!(put_back(r#"{"properties":{"lines":[{}]}}"#, &parts).is_none());
        assert!(put_back(r#"{"properties":{}}"#, &parts).is_none());
    }
}
