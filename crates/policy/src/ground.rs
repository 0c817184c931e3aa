//! What the other policies may refer to: a name that leads nowhere is refused where it stands.

use std::collections::BTreeMap;

use zelo_model::Purpose;

use crate::files::{CONTROLLERS, Files};
use crate::law::known;
use crate::read::Source;
use crate::taxonomy::lookup;
use crate::{Category, CategoryMask, Controller, DataMap, DeclaredPurpose, Jurisdiction, Law, PolicyError};

/// What is read already when a file is read that refers to it.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'b> {
    pub(crate) files: &'b Files,
    pub(crate) categories: &'b [Category],
    pub(crate) controllers: &'b [Controller],
    pub(crate) purposes: &'b [DeclaredPurpose],
    pub(crate) data_map: &'b DataMap,
    pub(crate) laws: &'b [Law],
}

impl<'b> Ground<'b> {
    /// The kinds of data of these keys.
    pub(crate) fn mask(
        &self,
        source: &Source<'_>,
        at: &[&str],
        keys: &[String],
    ) -> Result<CategoryMask, PolicyError> {
        keys.iter().map(|key| Ok(lookup(self.categories, source, &[at, &[key]].concat(), key)?.id)).collect()
    }

    /// The purpose of this name.
    pub(crate) fn purpose(
        &self,
        source: &Source<'_>,
        at: &[&str],
        name: &str,
    ) -> Result<&'b DeclaredPurpose, PolicyError> {
        self.purposes.iter().find(|one| one.key.as_str() == name).ok_or_else(|| {
            let remedy = "name one of policies/purposes, or declare it there".to_owned();
            source.refuse(&[at, &[name]].concat(), format!("unknown purpose \"{name}\""), remedy)
        })
    }

    /// The purposes of these names, each once and at least one.
    pub(crate) fn purposes_of(
        &self,
        source: &Source<'_>,
        at: &[&str],
        names: &[String],
    ) -> Result<Vec<Purpose>, PolicyError> {
        let mut known = Vec::with_capacity(names.len());
        for name in names {
            let key = &self.purpose(source, at, name)?.key;
            if known.contains(key) {
                return Err(source.refuse(
                    at,
                    format!("\"{name}\" is there twice"),
                    "name it once".to_owned(),
                ));
            }
            known.push(key.clone());
        }
        if known.is_empty() {
            let remedy = "name at least one purpose".to_owned();
            return Err(source.refuse(at, "nobody says what for".to_owned(), remedy));
        }
        Ok(known)
    }

    /// What is written of a law holds for its member states, too, unless more is written of one.
    pub(crate) fn inherit<T: Clone>(&self, written: &mut BTreeMap<Jurisdiction, T>) {
        for law in self.laws.iter().filter(|law| !written.contains_key(&law.key)).collect::<Vec<_>>() {
            if let Some(own) = law.parent.and_then(|parent| written.get(&parent)).cloned() {
                written.insert(law.key, own);
            }
        }
    }

    /// The jurisdiction of this name.
    pub(crate) fn jurisdiction(
        &self,
        source: &Source<'_>,
        at: &[&str],
        slug: &str,
    ) -> Result<Jurisdiction, PolicyError> {
        Ok(known(self.laws, source, at, slug)?.key)
    }

    /// The controller of this name.
    pub(crate) fn controller(
        &self,
        source: &Source<'_>,
        at: &[&str],
        id: &str,
    ) -> Result<&'b Controller, PolicyError> {
        self.controllers.iter().find(|one| one.id == id).ok_or_else(|| {
            let remedy = format!("name one of {CONTROLLERS}, or declare it there");
            source.refuse(&[at, &[id]].concat(), format!("unknown controller \"{id}\""), remedy)
        })
    }
}

/// A country as ISO 3166-1 writes it in two letters.
pub(crate) fn country(source: &Source<'_>, at: &[&str], code: &str) -> Result<(), PolicyError> {
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(());
    }
    let remedy = "write the two capital letters of ISO 3166-1, as in PT".to_owned();
    Err(source.refuse(&[at, &[code]].concat(), format!("\"{code}\" is no country"), remedy))
}

/// A name that files and rows can carry: lower-case letters and digits, joined by `-` or `_`.
pub(crate) fn is_key(name: &str) -> bool {
    let word = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'_';
    !name.is_empty() && name.len() <= 64 && name.bytes().all(word)
}
