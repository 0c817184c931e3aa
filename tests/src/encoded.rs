//! Looking for a value in every form it could hide in.

use std::fs;
use std::path::Path;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

/// Values and all their disguises: raw, UTF-16 both ways round, hex in both cases, base64 (both alphabets) at each of
/// its three alignments, percent-encoded, JSON-escaped.
#[derive(Debug)]
pub struct Encoded {
    forms: Vec<(String, Vec<u8>)>,
    search: AhoCorasick,
}

impl Encoded {
    /// All forms of these values.
    pub fn of<S: AsRef<str>>(values: &[S]) -> Self {
        let forms: Vec<(String, Vec<u8>)> = values.iter().flat_map(|value| forms(value.as_ref())).collect();
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        let search = AhoCorasick::builder().kind(kind).build(forms.iter().map(|(_, form)| form)).unwrap();
        Self { forms, search }
    }

    /// What stands in these bytes, and how it is disguised.
    pub fn found_in(&self, bytes: &[u8]) -> Vec<String> {
        let mut found: Vec<String> =
            self.search.find_overlapping_iter(bytes).map(|hit| self.forms[hit.pattern()].0.clone()).collect();
        found.sort();
        found.dedup();
        found
    }

    /// What stands in any file below a folder, or in its name.
    pub fn found_below(&self, folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            found.extend(self.found_in(path.as_os_str().as_encoded_bytes()));
            if path.is_dir() {
                found.extend(self.found_below(&path));
            } else if path.is_file() {
                // A server at work removes files while we look.
                let bytes = fs::read(&path).unwrap_or_default();
                found.extend(
                    self.found_in(&bytes).into_iter().map(|form| format!("{form} in {}", path.display())),
                );
            }
        }
        found
    }
}

fn forms(value: &str) -> Vec<(String, Vec<u8>)> {
    let raw = value.as_bytes();
    let little: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = value.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut forms = vec![
        ("raw", raw.to_vec()),
        ("UTF-16 LE", little),
        ("UTF-16 BE", big),
        ("hex", hex::encode(raw).into_bytes()),
        ("HEX", hex::encode_upper(raw).into_bytes()),
        ("percent-encoded", percent(value).into_bytes()),
    ];
    for shift in 0..3 {
        for (name, alphabet) in [("base64", BASE64_STANDARD_NO_PAD), ("base64url", BASE64_URL_SAFE_NO_PAD)] {
            let text = alphabet.encode([&vec![0; shift], raw].concat());
            // The characters that also depend on the neighbours are left out on both sides.
            let (front, back) = ((shift * 4).div_ceil(3), (shift + raw.len()) * 4 / 3);
            forms.push((name, text.as_bytes()[front..back].to_vec()));
        }
    }
    forms.into_iter().map(|(name, form)| (format!("{value} ({name})"), form)).collect()
}

/// Every byte as a URL may write it.
pub fn percent(value: &str) -> String {
    value.bytes().fold(String::new(), |text, byte| text + "%" + &hex::encode_upper([byte]))
}
