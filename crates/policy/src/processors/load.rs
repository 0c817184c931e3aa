//! `processors/*.yaml`, read strictly: a processor gets no more than its purposes need, under a contract that is whole.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::contract::{ContractEntry, contract};
use super::{Processor, SubProcessor};
use crate::ground::{Ground, country, is_key};
use crate::paths::PROCESSORS;
use crate::read::{Source, filled};
use crate::{CategoryMask, Label, PolicyError};

/// Says who works with people's data in a controller's name, for what, where and under which contract.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    #[serde(deserialize_with = "filled")]
    name: String,
    /// What it does, in a line.
    what: Label,
    /// Ids of `controller.yaml`.
    controllers: Vec<String>,
    /// Names of `purposes/`.
    purposes: Vec<String>,
    /// Keys of `taxonomy/categories.yaml`; each is one that a purpose here needs.
    categories: Vec<String>,
    /// Where it works: ISO 3166-1, two letters.
    countries: Vec<String>,
    /// An e-mail address for requests and incidents.
    contact: String,
    contract: ContractEntry,
    #[serde(default)]
    sub_processors: Vec<SubEntry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SubEntry {
    #[serde(deserialize_with = "filled")]
    name: String,
    what: Label,
    countries: Vec<String>,
}

/// Every processor, by name.
pub(crate) fn processors(ground: &Ground<'_>) -> Result<Vec<Processor>, PolicyError> {
    let of_folder = ground.files.keys().filter(|path| path.starts_with(PROCESSORS));
    of_folder.map(|path| processor(ground, path)).collect()
}

fn processor(ground: &Ground<'_>, path: &str) -> Result<Processor, PolicyError> {
    let key = path[PROCESSORS.len()..].trim_end_matches(".yaml");
    if !is_key(key) {
        let remedy = "name the file in lower-case words joined by -";
        return Err(PolicyError::of_file(path, format!("\"{key}\" cannot name a processor"), remedy));
    }
    let source = Source::open(ground.files, path)?;
    let file: File = source.parse()?;
    let refuse = |at: &[&str], problem: String, remedy: String| Err(source.refuse(at, problem, remedy));
    if file.controllers.is_empty() {
        let remedy = "name a controller, or remove the file".to_owned();
        return refuse(&["controllers:"], "it works for nobody".to_owned(), remedy);
    }
    for id in &file.controllers {
        ground.controller(&source, &["controllers:"], id)?;
    }
    let purposes = ground.purposes_of(&source, &["purposes:"], &file.purposes)?;
    let categories = ground.mask(&source, &["categories:"], &file.categories)?;
    let of_purposes = ground.purposes.iter().filter(|one| purposes.contains(&one.key));
    let needed = of_purposes.fold(CategoryMask::NONE, |mask, one| mask.union(one.categories));
    let extra = ground.categories.iter().find(|one| categories.allows(one.id) && !needed.allows(one.id));
    if let Some(extra) = extra {
        let problem = format!("it would get {}, which none of its purposes needs", extra.key);
        let remedy =
            "leave it out (LGPD art. 6 III, GDPR art. 5(1)(c)), or name the purpose it is for".to_owned();
        return refuse(&["categories:", &extra.key], problem, remedy);
    }
    if !file.contact.contains('@') {
        let remedy = "write an e-mail address".to_owned();
        return refuse(
            &["contact:"],
            "nobody there can be told of requests and incidents".to_owned(),
            remedy,
        );
    }
    let contract = contract(&source, file.contract)?;
    let sub = |one: SubEntry| {
        let line = format!("name: {}", one.name);
        let at = ["sub_processors:", line.as_str(), "countries:"];
        Ok(SubProcessor {
            countries: countries(&source, &at, one.countries)?,
            name: one.name,
            what: one.what,
        })
    };
    Ok(Processor {
        key: key.to_owned(),
        name: file.name,
        what: file.what,
        controllers: file.controllers,
        purposes,
        categories,
        countries: countries(&source, &["countries:"], file.countries)?,
        contact: file.contact,
        contract,
        sub_processors: file.sub_processors.into_iter().map(sub).collect::<Result<_, PolicyError>>()?,
    })
}

fn countries(source: &Source<'_>, at: &[&str], codes: Vec<String>) -> Result<BTreeSet<String>, PolicyError> {
    for code in &codes {
        country(source, at, code)?;
    }
    if codes.is_empty() {
        let remedy = "name every country data goes to".to_owned();
        return Err(source.refuse(at, "nobody says where".to_owned(), remedy));
    }
    Ok(codes.into_iter().collect())
}
