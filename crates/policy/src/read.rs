//! Reads one policy file strictly, and finds the line a complaint is about.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{self, Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};

use crate::PolicyError;
use crate::files::Files;

/// One policy file as text.
pub(crate) struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

impl<'a> Source<'a> {
    /// The file of this name; every file the loader asks for is required.
    pub(crate) fn open(files: &'a Files, file: &'a str) -> Result<Self, PolicyError> {
        let bytes = files.get(file).ok_or_else(|| {
            PolicyError::of_file(file, "is missing", "a bundle is loaded whole; restore the file")
        })?;
        let text = std::str::from_utf8(bytes)
            .map_err(|_| PolicyError::of_file(file, "is not UTF-8 text", "save it as UTF-8"))?;
        Ok(Self { file, text })
    }

    /// The file as a value.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, PolicyError> {
        serde_yaml_ng::from_str(self.text).map_err(|error| PolicyError::of_yaml(self.file, self.text, &error))
    }

    /// The file as it is written.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// A complaint about the last of the places in `path` that is there, each looked for behind the one before.
    pub(crate) fn refuse(&self, path: &[&str], problem: String, remedy: String) -> PolicyError {
        let mut at = None;
        for name in path {
            match self.find(name, at.unwrap_or((1, 0))) {
                Some(found) => at = Some(found),
                None => break,
            }
        }
        PolicyError { file: self.file.to_owned(), line: at.map(|(line, _)| line), problem, remedy }
    }

    /// A complaint about the second entry of a name.
    pub(crate) fn twice(&self, path: &[&str], name: &str) -> PolicyError {
        let path = [path, &[name, name]].concat();
        self.refuse(&path, format!("\"{name}\" is there twice"), "keep one of the two".to_owned())
    }

    /// Line and end of the first place at or behind `from` that holds `name` as a whole word.
    fn find(&self, name: &str, from: (usize, usize)) -> Option<(usize, usize)> {
        let word = |c: char| c.is_alphanumeric() || "_-.@".contains(c);
        let whole = |line: &str, at: usize| {
            let (front, back) = (line[..at].chars().next_back(), line[at + name.len()..].chars().next());
            !front.is_some_and(word) && !back.is_some_and(word)
        };
        let end = |(number, line): (usize, &str)| {
            let code = line.split(" #").next().unwrap_or(line);
            let begin = if number == from.0 { from.1 } else { 0 };
            let mut places = code.match_indices(name).map(|(at, _)| at);
            let at = places.find(|at| *at >= begin && whole(code, *at))?;
            (!code.trim_start().starts_with('#')).then_some((number, at + name.len()))
        };
        (1..).zip(self.text.lines()).skip(from.0 - 1).find_map(end)
    }
}

/// A map in the order it is written, with entries of the same name left in for the reader to complain about.
#[derive(Debug)]
pub(crate) struct Entries<T>(pub(crate) Vec<(String, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Collect<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Collect(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Entries<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        BTreeMap::<String, T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<String, T>::json_schema(generator)
    }
}

/// What the complaint about a blank says; [`PolicyError`] puts it into a sentence.
pub(crate) const BLANK: &str = "nothing is written here";

/// A text that must say something: a label in one language only is a missing language.
pub(crate) fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct Filled;

    impl Visitor<'_> for Filled {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
            if text.trim().is_empty() { Err(E::custom(BLANK)) } else { Ok(text.to_owned()) }
        }
    }

    deserializer.deserialize_str(Filled)
}
