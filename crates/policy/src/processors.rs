//! `processors/*.yaml`: who works with people's data in a controller's name (LGPD art. 39, GDPR art. 28), one file each.

use std::collections::BTreeSet;

use zelo_model::Purpose;

use crate::{CategoryMask, Label};

mod contract;
mod load;

#[cfg(test)]
pub(crate) use load::File;
pub(crate) use load::processors;

/// A processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Processor {
    /// Its name in other policies, that of its file.
    pub key: String,
    /// Its name, as notices and the records of processing give it.
    pub name: String,
    /// What it does, in a line people read.
    pub what: Label,
    /// The controllers it works for.
    pub controllers: Vec<String>,
    /// What it may work for.
    pub purposes: Vec<Purpose>,
    /// What it gets: nothing that none of its purposes needs.
    pub categories: CategoryMask,
    /// Where it works, as ISO 3166-1 alpha-2.
    pub countries: BTreeSet<String>,
    /// Where requests of people and incidents are told to it.
    pub contact: String,
    /// What binds it (GDPR art. 28(3)).
    pub contract: ProcessorContract,
    /// Whom it engages itself (GDPR art. 28(2) and (4)).
    pub sub_processors: Vec<SubProcessor>,
}

/// The contract with a processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessorContract {
    /// Where it is kept.
    pub document: String,
    /// Since when, as a date.
    pub signed: String,
}

/// Whom a processor engages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubProcessor {
    /// Its name.
    pub name: String,
    /// What it does.
    pub what: Label,
    /// Where it works.
    pub countries: BTreeSet<String>,
}

impl Processor {
    /// Every country people's data goes to through it, its sub-processors' among them.
    pub fn destinations(&self) -> BTreeSet<&str> {
        let sub = self.sub_processors.iter().flat_map(|one| &one.countries);
        self.countries.iter().chain(sub).map(String::as_str).collect()
    }

    /// Whether it works for this controller.
    pub fn works_for(&self, controller: &str) -> bool {
        self.controllers.iter().any(|one| one == controller)
    }
}
