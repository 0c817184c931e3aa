//! How large a document may be, and the part of it that is counted before anything is parsed.
//!
//! The parser descends once a bracket and so is never given a deeply nested text; what only shows in the parsed
//! document is counted in `tally.rs`, and the cost of pages by async-graphql (`COMPLEXITY`).

use crate::error::Refusal;

/// Bytes of a request's body.
pub(crate) const BODY: usize = 256 * 1024;
/// Bytes of a document.
pub(crate) const BYTES: usize = 64 * 1024;
/// Words and signs of a document.
pub(crate) const TOKENS: usize = 4_000;
/// Brackets, fields, fragments inside one another.
pub(crate) const NESTING: usize = 32;
/// Fields inside one another.
pub(crate) const DEPTH: usize = 15;
/// Fields, every fragment counted each time it is used.
pub(crate) const FIELDS: usize = 1_000;
/// Fields at the root: each is a passage through the door.
pub(crate) const ROOTS: usize = 20;
/// Aliases.
pub(crate) const ALIASES: usize = 30;
/// Directives.
pub(crate) const DIRECTIVES: usize = 20;
/// Lists inside one another in an introspection: types know fields, fields know types.
pub(crate) const INTROSPECTION: usize = 2;
/// Fields, those below a page counted once for each event of it.
pub(crate) const COMPLEXITY: usize = 5_000;

/// Reads a document's words and brackets, and nothing of what they mean.
pub(crate) fn scan(document: &str) -> Result<(), Refusal> {
    if document.len() > BYTES {
        return Err(Refusal::limit(BYTES, "bytes"));
    }
    let (mut rest, mut tokens, mut nesting) = (document.as_bytes(), 0_usize, 0_usize);
    while let Some(&byte) = rest.first() {
        let length = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                rest = &rest[1..];
                continue;
            }
            b'#' => {
                rest = &rest[until(rest, |byte| byte == b'\n')..];
                continue;
            }
            b'"' => string(rest),
            b'{' | b'(' | b'[' => {
                nesting += 1;
                1
            }
            b'}' | b')' | b']' => {
                nesting = nesting.saturating_sub(1);
                1
            }
            _ if is_word(byte) => until(rest, |byte| !is_word(byte)),
            _ => 1,
        };
        tokens += 1;
        if nesting > NESTING {
            return Err(Refusal::limit(NESTING, "levels of brackets"));
        }
        if tokens > TOKENS {
            return Err(Refusal::limit(TOKENS, "words and signs"));
        }
        rest = &rest[length..];
    }
    Ok(())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn until(text: &[u8], stop: impl Fn(u8) -> bool) -> usize {
    text.iter().position(|&byte| stop(byte)).unwrap_or(text.len())
}

/// The length of the string or block string that starts here; one without an end takes the rest.
fn string(text: &[u8]) -> usize {
    let block = text.starts_with(br#"""""#);
    let quote: &[u8] = if block { br#"""""# } else { br#"""# };
    let mut at = quote.len();
    while at < text.len() && !text[at..].starts_with(quote) {
        let escaped = text[at] == b'\\' && (!block || text[at + 1..].starts_with(quote));
        at += if escaped { 1 + if block { 3 } else { 1 } } else { 1 };
    }
    (at + quote.len()).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_strings_and_comments_is_not_counted() {
        let deep = "(".repeat(NESTING + 1);
        for fine in [
            format!("{{ a(b: \"{deep}\") }}"),
            format!("{{ a(b: \"\\\"{deep}\") }}"),
            format!("{{ a(b: \"\"\"{deep} \\\"\"\" {deep}\"\"\") }}"),
            format!("# {deep}\n{{ a }}"),
        ] {
            assert!(scan(&fine).is_ok(), "{fine}");
        }
        assert!(scan(&format!("{{ a(b: \"\" {deep}) }}")).is_err());
    }

    #[test]
    fn a_document_too_deep_or_too_long_is_refused_before_it_is_parsed() {
        for bad in
            ["[".repeat(60_000), "a ".repeat(TOKENS + 1), "\"".repeat(TOKENS * 7), " ".repeat(BYTES + 1)]
        {
            let refusal = scan(&bad).unwrap_err();
            assert_eq!(refusal.errors[0].extensions.as_ref().unwrap().get("code"), Some(&"LIMIT".into()));
        }
    }

    #[test]
    fn a_string_without_an_end_takes_the_rest() {
        for open in ["\"", "\"\\", "\"\"\"", "\"\"\"\\\"\"\"", "\"\"\"\\", "{ a(b: \"é"] {
            assert!(scan(open).is_ok());
        }
    }
}
