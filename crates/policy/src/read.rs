//! Reads one policy file strictly, and finds the line a complaint is about.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};

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

    /// A complaint about the last of the places in `path` that has a line of its own, each looked for behind the one
    /// before.
    pub(crate) fn refuse(&self, path: &[&str], problem: String, remedy: String) -> PolicyError {
        let mut line = None;
        for name in path {
            match self.find(name, line.unwrap_or(0)) {
                Some(at) => line = Some(at),
                None => break,
            }
        }
        PolicyError { file: self.file.to_owned(), line, problem, remedy }
    }

    /// A complaint about the second entry of a name.
    pub(crate) fn twice(&self, path: &[&str], name: &str) -> PolicyError {
        let path = [path, &[name, name]].concat();
        self.refuse(&path, format!("\"{name}\" is there twice"), "keep one of the two".to_owned())
    }

    /// The first line behind line `from` that holds `name` as a whole word.
    fn find(&self, name: &str, from: usize) -> Option<usize> {
        let word = |c: char| c.is_alphanumeric() || "_-.@".contains(c);
        let whole = |line: &str, at: usize| {
            let (front, back) = (line[..at].chars().next_back(), line[at + name.len()..].chars().next());
            !front.is_some_and(word) && !back.is_some_and(word)
        };
        let holds = |line: &str| {
            let code = line.split(" #").next().unwrap_or(line);
            !code.trim_start().starts_with('#') && code.match_indices(name).any(|(at, _)| whole(code, at))
        };
        self.text.lines().enumerate().skip(from).find(|(_, line)| holds(line)).map(|(at, _)| at + 1)
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
