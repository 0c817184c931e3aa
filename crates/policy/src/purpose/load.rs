//! `purposes/*.yaml`, read strictly: a purpose that cannot be lawful refuses the bundle.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::DeclaredPurpose;
use crate::files::{Files, PURPOSES};
use crate::law::known;
use crate::read::{Entries, Source};
use crate::taxonomy::lookup;
use crate::{Basis, Category, Jurisdiction, Label, Law, PolicyError, Sensitivity};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    label: Label,
    basis: Entries<String>,
    categories: Data,
    recipients: Vec<String>,
    retention: String,
    minors: Minors,
    gpc: Gpc,
    marketing: bool,
    restricted: Restricted,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged, expecting = "categories are `all`, `none` or a list of keys")]
enum Data {
    Word(Word),
    Keys(Vec<String>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Word {
    All,
    None,
}

#[derive(Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Minors {
    Included,
    Excluded,
}

#[derive(Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Gpc {
    OptsOut,
    Unaffected,
}

#[derive(Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Restricted {
    Stops,
    GoesOn,
}

/// Every purpose, by name.
pub(crate) fn purposes(
    files: &Files,
    categories: &[Category],
    laws: &[Law],
    active: &[Jurisdiction],
) -> Result<Vec<DeclaredPurpose>, PolicyError> {
    let of_folder = files.keys().filter(|path| path.starts_with(PURPOSES));
    let mut purposes: Vec<DeclaredPurpose> =
        of_folder.map(|path| purpose(files, path, categories, laws, active)).collect::<Result<_, _>>()?;
    purposes.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    Ok(purposes)
}

fn purpose(
    files: &Files,
    path: &str,
    categories: &[Category],
    laws: &[Law],
    active: &[Jurisdiction],
) -> Result<DeclaredPurpose, PolicyError> {
    let name = path[PURPOSES.len()..].trim_end_matches(".yaml");
    let key = name.parse().map_err(|_| {
        let problem = format!("\"{name}\" cannot name a purpose");
        PolicyError::of_file(path, problem, "name the file in lower-case words joined by -")
    })?;
    let source = Source::open(files, path)?;
    let file: File = source.parse()?;
    let written = bases(&source, laws, file.basis)?;
    let basis = inherited(laws, &written);
    let missing = laws.iter().find(|law| active.contains(&law.key) && !basis.contains_key(&law.key));
    if let Some(law) = missing {
        let problem = format!("there is no basis in {}, where a controller is at home", law.key);
        let remedy = format!("write {}: and one of {}", law.key, slugs(law));
        return Err(source.refuse(&["basis:"], problem, remedy));
    }
    let wanted = wanted(&source, categories, &file.categories)?;
    let sensitive = wanted.iter().find(|one| one.sensitivity == Sensitivity::Sensitive);
    // What is written comes first: it has a line to point at.
    let weak = written.iter().chain(&basis).find(|(_, basis)| !basis.sensitive);
    if let (Some(sensitive), Some((home, weak))) = (sensitive, weak) {
        let (key, Basis { slug, reference, sensitive_reference, .. }) = (&sensitive.key, weak);
        let problem = format!("sensitive data ({key}) cannot rest on {slug} ({reference})");
        let remedy = format!("leave the category out, or find a basis of {sensitive_reference}");
        return Err(source.refuse(&["basis:", &format!("{home}:")], problem, remedy));
    }
    if file.retention.trim().is_empty() {
        let remedy = "write how long the data is kept, and why".to_owned();
        return Err(source.refuse(&["retention:"], "nobody says how long it is kept".to_owned(), remedy));
    }
    Ok(DeclaredPurpose {
        key,
        label: file.label,
        basis,
        categories: wanted.iter().map(|one| one.id).collect(),
        recipients: file.recipients,
        retention: file.retention,
        excludes_minors: file.minors == Minors::Excluded,
        opts_out_on_gpc: file.gpc == Gpc::OptsOut,
        is_marketing: file.marketing,
        goes_on_restricted: file.restricted == Restricted::GoesOn,
    })
}

fn slugs(law: &Law) -> String {
    law.bases.iter().map(|basis| basis.slug.as_str()).collect::<Vec<_>>().join(", ")
}

fn bases(
    source: &Source<'_>,
    laws: &[Law],
    entries: Entries<String>,
) -> Result<BTreeMap<Jurisdiction, Basis>, PolicyError> {
    let mut by_law = BTreeMap::new();
    for (place, slug) in entries.0 {
        let line = format!("{place}:");
        let at = ["basis:", line.as_str()];
        let law = known(laws, source, &at, &place)?;
        let Some(basis) = law.basis(&slug) else {
            let remedy = format!("the bases of {} are {}", law.key, slugs(law));
            return Err(source.refuse(&at, format!("unknown basis \"{slug}\""), remedy));
        };
        if by_law.insert(law.key, basis.clone()).is_some() {
            return Err(source.twice(&["basis:"], &line));
        }
    }
    Ok(by_law)
}

/// With what a member state has from the law it is part of, in its own words.
fn inherited(laws: &[Law], written: &BTreeMap<Jurisdiction, Basis>) -> BTreeMap<Jurisdiction, Basis> {
    let own = |law: &Law| law.basis(&written.get(&law.parent?)?.slug).cloned();
    let all = laws.iter().filter_map(|law| {
        let basis = written.get(&law.key).cloned().or_else(|| own(law))?;
        Some((law.key, basis))
    });
    all.collect()
}

fn wanted<'c>(
    source: &Source<'_>,
    categories: &'c [Category],
    data: &Data,
) -> Result<Vec<&'c Category>, PolicyError> {
    match data {
        Data::Word(Word::All) => Ok(categories.iter().collect()),
        Data::Word(Word::None) => Ok(Vec::new()),
        Data::Keys(keys) => {
            keys.iter().map(|key| lookup(categories, source, &["categories:", key], key)).collect()
        }
    }
}
