//! What people say yes to: the texts of the policies, by their hashes.

use zelo_policy::Bundle;

/// SHA-256, in hexadecimal, of a notice's text.
pub fn notice(id: &str, version: u32, language: &str) -> String {
    let policies = Bundle::embedded().unwrap();
    let notice = policies.notices().iter().find(|notice| notice.id == id).unwrap();
    let text = &notice.version(version).unwrap().texts[language];
    hex::encode(text.sha256)
}

/// SHA-256 of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(zelo_vault::sha256(bytes))
}
