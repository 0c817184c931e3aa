//! A notice's text: there in each language, and the very one its hash is of.

use ring::digest::{SHA256, digest};

use super::NoticeText;
use super::folders::next;
use crate::files::Files;
use crate::paths::NOTICES;
use crate::read::Source;
use crate::{Language, PolicyError};

/// The text of a version in a language, if it is still the one of the hash that `meta` has of it.
pub(super) fn text(
    files: &Files,
    meta: &Source<'_>,
    (id, number): (&str, u32),
    language: Language,
    expected: &str,
) -> Result<NoticeText, PolicyError> {
    let tag = language.tag();
    let path = format!("{NOTICES}{id}/{number}/{tag}.md");
    if !files.contains_key(&path) {
        let remedy = format!("write it: a notice speaks {}", Language::ALL.map(Language::tag).join(" and "));
        return Err(PolicyError::of_file(&path, format!("the notice is not there in {tag}"), remedy));
    }
    let text = Source::open(files, &path)?.text();
    if text.trim().is_empty() {
        return Err(PolicyError::of_file(&path, "says nothing", "write the notice"));
    }
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    let at = ["sha256:", &format!("{tag}:")];
    match hex::decode(expected) {
        Ok(bytes) if bytes == sha256 => Ok(NoticeText { text: text.to_owned(), sha256 }),
        Ok(bytes) if bytes.len() == sha256.len() => {
            let problem = format!("{path} was edited in place");
            let version = format!("{NOTICES}{id}/{}", next(files, id));
            let remedy = format!("put back the text people agreed to, and make a new version, {version}");
            Err(meta.refuse(&at, problem, remedy))
        }
        // Only whoever writes a version down for the first time has no hash yet.
        _ => {
            let problem = format!("\"{expected}\" is no SHA-256");
            Err(meta.refuse(&at, problem, format!("the one of {path} is \"{}\"", hex::encode(sha256))))
        }
    }
}
