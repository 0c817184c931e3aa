//! Kinds of data and kinds of people.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::PolicyError;
use crate::files::{CATEGORIES, Files, SUBJECTS};
use crate::read::{Source, filled};

mod elsewhere;

pub use elsewhere::Elsewhere;
use elsewhere::elsewhere;

/// A category's position in its bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CategoryId(u8);

impl CategoryId {
    /// How many categories a bundle can have: one bit each in a mask.
    pub const MAX: usize = 64;

    pub(crate) const fn bit(self) -> u64 {
        1 << self.0
    }

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// How the law treats a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Personal data.
    Ordinary,
    /// A special category: LGPD art. 5 II and 11, GDPR art. 9.
    Sensitive,
}

/// A name in the languages of the house.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// In Brazilian Portuguese.
    #[serde(rename = "pt-BR", deserialize_with = "filled")]
    pub pt_br: String,
    /// In English.
    #[serde(deserialize_with = "filled")]
    pub en: String,
}

/// A kind of data about people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its place in masks of this bundle.
    pub id: CategoryId,
    /// What other policies call it.
    pub key: String,
    /// What people read.
    pub label: Label,
    /// How the law treats it.
    pub sensitivity: Sensitivity,
    /// Its fideslang data category.
    pub fides: Elsewhere,
    /// Its W3C DPV concept.
    pub dpv: Elsewhere,
}

/// A kind of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// What other policies call it.
    pub key: String,
    /// What people read.
    pub label: Label,
    /// Its fideslang data subject.
    pub fides: Elsewhere,
    /// Its W3C DPV concept.
    pub dpv: Elsewhere,
}

/// Says which kinds of data there are.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CategoriesFile {
    categories: Vec<CategoryEntry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CategoryEntry {
    key: String,
    label: Label,
    sensitivity: Sensitivity,
    fides: Option<String>,
    no_fides: Option<String>,
    dpv: Option<String>,
    no_dpv: Option<String>,
}

/// Says which kinds of people there are.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubjectsFile {
    subjects: Vec<SubjectEntry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SubjectEntry {
    key: String,
    label: Label,
    fides: Option<String>,
    no_fides: Option<String>,
    dpv: Option<String>,
    no_dpv: Option<String>,
}

pub(crate) fn categories(files: &Files) -> Result<Vec<Category>, PolicyError> {
    let source = Source::open(files, CATEGORIES)?;
    let file: CategoriesFile = source.parse()?;
    check_keys(&source, file.categories.iter().map(|one| one.key.as_str()))?;
    if let Some(extra) = file.categories.get(CategoryId::MAX) {
        let problem = format!("there are more than {} categories", CategoryId::MAX);
        return Err(source.refuse(&[&extra.key], problem, "merge some".to_owned()));
    }
    let category = |(id, one): (u8, CategoryEntry)| {
        Ok(Category {
            id: CategoryId(id),
            label: one.label,
            sensitivity: one.sensitivity,
            fides: elsewhere(&source, &one.key, "fides", (one.fides, one.no_fides))?,
            dpv: elsewhere(&source, &one.key, "dpv", (one.dpv, one.no_dpv))?,
            key: one.key,
        })
    };
    (0..).zip(file.categories).map(category).collect()
}

pub(crate) fn subjects(files: &Files) -> Result<Vec<Subject>, PolicyError> {
    let source = Source::open(files, SUBJECTS)?;
    let file: SubjectsFile = source.parse()?;
    check_keys(&source, file.subjects.iter().map(|one| one.key.as_str()))?;
    let subject = |one: SubjectEntry| {
        Ok(Subject {
            label: one.label,
            fides: elsewhere(&source, &one.key, "fides", (one.fides, one.no_fides))?,
            dpv: elsewhere(&source, &one.key, "dpv", (one.dpv, one.no_dpv))?,
            key: one.key,
        })
    };
    file.subjects.into_iter().map(subject).collect()
}

fn check_keys<'a>(source: &Source<'_>, keys: impl Iterator<Item = &'a str>) -> Result<(), PolicyError> {
    let mut seen = std::collections::BTreeSet::new();
    for key in keys {
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if key.is_empty() || !key.chars().all(word) {
            let problem = format!("\"{key}\" cannot be a key");
            return Err(source.refuse(&[key], problem, "write lower-case letters, digits and _".to_owned()));
        }
        if !seen.insert(key) {
            return Err(source.twice(&[], &format!("key: {key}")));
        }
    }
    Ok(())
}

/// The category of this key, or a complaint about the last place of `path`.
pub(crate) fn lookup<'a>(
    categories: &'a [Category],
    source: &Source<'_>,
    path: &[&str],
    key: &str,
) -> Result<&'a Category, PolicyError> {
    categories.iter().find(|one| one.key == key).ok_or_else(|| {
        let remedy = format!("use a key of {CATEGORIES}, or add it there");
        source.refuse(path, format!("unknown category \"{key}\""), remedy)
    })
}
