//! Working on a text by its slices: where they stand, and what their first character says they are.

use std::ops::Range;

use serde_json::value::RawValue;

/// Where a slice stands in the text it was taken from.
pub fn place(whole: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}

/// Whether this is an object. Asked before reading fields: serde would take an array for them, by position.
pub fn is_object(json: &str) -> bool {
    json.starts_with('{')
}

/// A string's text, or the source text of a number: `12345678901234567890` is an id, not a quantity.
/// `None` for anything else.
pub(crate) fn text_of(json: &RawValue) -> Option<String> {
    match json.get().as_bytes().first()? {
        b'"' => string_of(json),
        b'-' | b'0'..=b'9' => Some(json.get().to_owned()),
        _ => None,
    }
}

/// A string's text; `None` for anything else.
pub(crate) fn string_of(json: &RawValue) -> Option<String> {
    serde_json::from_str(json.get()).ok()
}

/// A copy of the same length in which every `NaN` and `Infinity` outside a string is a zero; `None` if there are
/// none.
///
/// Python's `json` writes them, so one missing value in a data frame would make a whole batch no JSON. Cutting
/// items by the copy leaves the others whole.
pub fn without_nan(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let (mut at, mut quoted, mut found) = (0, false, false);
    while let Some(rest) = bytes.get_mut(at..).filter(|rest| !rest.is_empty()) {
        let word = ["NaN", "Infinity"].into_iter().find(|word| rest.starts_with(word.as_bytes()));
        at += match (rest[0], word) {
            (b'\\', _) if quoted => 2,
            (b'"', _) => {
                quoted = !quoted;
                1
            }
            (_, Some(word)) if !quoted => {
                rest[..word.len()].fill(b' ');
                rest[0] = b'0';
                found = true;
                word.len()
            }
            _ => 1,
        };
    }
    found.then(|| String::from_utf8(bytes).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bare_nan_is_masked_and_every_place_stays() {
        let masked = [
            ("[NaN]", "[0  ]"),
            (r#"{"a":NaN,"b":"NaN"}"#, r#"{"a":0  ,"b":"NaN"}"#),
            (r#"["\"NaN",-Infinity,Infinity]"#, r#"["\"NaN",-0       ,0       ]"#),
            (r#"["\\",NaN,"é"]"#, r#"["\\",0  ,"é"]"#),
        ];
        for (text, expected) in masked {
            assert_eq!(without_nan(text).as_deref(), Some(expected));
        }
        for text in ["", "{}", r#"["NaN"]"#, r#"["Infinity\"#, "[1,2", "Na"] {
            assert_eq!(without_nan(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_keeps_its_source_text() {
        let texts = [
            ("12345678901234567890123", Some("12345678901234567890123")),
            ("1.50", Some("1.50")),
            ("-0", Some("-0")),
            (r#""a\u00e9""#, Some("aé")),
            ("true", None),
            ("[1]", None),
            ("{}", None),
        ];
        for (json, text) in texts {
            let raw: &RawValue = serde_json::from_str(json).unwrap();
            assert_eq!(text_of(raw).as_deref(), text, "{json}");
        }
    }
}
