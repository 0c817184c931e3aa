//! `requests/letters/<id>/`: what people are written, in each language, with places for what is theirs.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::Files;
use crate::paths::LETTERS;
use crate::read::Source;
use crate::text::{fill, places};
use crate::{Language, PolicyError};

/// The places a letter may have: what the program knows of a request.
const PLACES: [&str; 20] = [
    "authority",
    "complaint",
    "controller",
    "controller_address",
    "controller_email",
    "court",
    "decided_by",
    "delivery",
    "due_on",
    "explanation",
    "extended_to",
    "facts",
    "kept",
    "law",
    "officer",
    "officer_email",
    "outcome",
    "reasons",
    "receipt",
    "received_on",
];

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its name, that of its folder.
    pub id: String,
    texts: BTreeMap<Language, String>,
}

/// A place of a letter that nothing was given for: it is not sent with a hole in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the letter \"{letter}\" has a place for {place}, and nothing to fill it with")]
pub struct Unfilled {
    /// Which letter.
    pub letter: String,
    /// Which place.
    pub place: String,
}

impl Letter {
    /// Its text as it is written in the policies, Markdown with places; the first line is its subject.
    pub fn text(&self, language: Language) -> &str {
        self.texts.get(&language).map_or("", String::as_str)
    }

    /// The letter to somebody, each place filled in with a word.
    pub fn write(&self, language: Language, words: &BTreeMap<&str, String>) -> Result<String, Unfilled> {
        let word = |place: &str| words.get(place).map(String::as_str);
        fill(self.text(language), word).map_err(|place| Unfilled { letter: self.id.clone(), place })
    }
}

/// Every letter that is named, whole, and none besides.
pub(super) fn letters(
    files: &Files,
    named: &BTreeMap<String, BTreeSet<String>>,
) -> Result<Vec<Letter>, PolicyError> {
    let folder = |path: &String| Some(path.strip_prefix(LETTERS)?.split('/').next()?.to_owned());
    if let Some(id) = files.keys().filter_map(folder).find(|id| !named.contains_key(id)) {
        let path = format!("{LETTERS}{id}");
        let remedy = "name it under letters: in requests/workflow.yaml, or remove it";
        return Err(PolicyError::of_file(&path, "nobody sends this letter", remedy));
    }
    named.iter().map(|(id, wanted)| letter(files, id, wanted)).collect()
}

fn letter(files: &Files, id: &str, wanted: &BTreeSet<String>) -> Result<Letter, PolicyError> {
    let mut texts = BTreeMap::new();
    let mut before: Option<BTreeSet<String>> = None;
    for language in Language::ALL {
        let path = format!("{LETTERS}{id}/{}.md", language.tag());
        if !files.contains_key(&path) {
            let problem = format!("the letter is not there in {}", language.tag());
            let known = Language::ALL.map(Language::tag).join(" and ");
            return Err(PolicyError::of_file(&path, problem, format!("write it: letters speak {known}")));
        }
        let text = Source::open(files, &path)?.text();
        if let Some((line, place)) = places(text).find(|(_, place)| !PLACES.contains(place)) {
            let problem = format!("unknown place \"{place}\"");
            let remedy = format!("the places are {}", PLACES.join(", "));
            return Err(PolicyError { file: path.clone(), line: Some(line), problem, remedy });
        }
        if !text.starts_with("# ") {
            let remedy = "begin it with a line such as \"# Your request {{receipt}}\"";
            return Err(PolicyError::of_file(&path, "the letter has no subject", remedy));
        }
        let here: BTreeSet<String> = places(text).map(|(_, place)| place.to_owned()).collect();
        if let Some(missing) = wanted.difference(&here).next() {
            let problem = format!("the letter does not say {missing}");
            let remedy = format!("add {{{{{missing}}}}}: requests/workflow.yaml says that it must");
            return Err(PolicyError::of_file(&path, problem, remedy));
        }
        let other = before.as_ref().and_then(|before| before.symmetric_difference(&here).next());
        if let Some(place) = other {
            let problem = format!("only one of the languages says {place}");
            let remedy = format!("write {{{{{place}}}}} in each, or in none");
            return Err(PolicyError::of_file(&path, problem, remedy));
        }
        before = Some(here);
        texts.insert(language, text.to_owned());
    }
    Ok(Letter { id: id.to_owned(), texts })
}
