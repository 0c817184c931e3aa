//! `purposes/*.yaml`, read strictly: a purpose that cannot be lawful refuses the bundle.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::DeclaredPurpose;
use crate::files::{Files, PURPOSES};
use crate::read::{Entries, Source};
use crate::taxonomy::lookup;
use crate::{Basis, Category, Jurisdiction, Label, PolicyError, Sensitivity};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    label: Label,
    basis: Entries<String>,
    categories: Data,
    recipients: Vec<String>,
    retention: String,
    minors: Minors,
    gpc: Gpc,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "categories are `all`, `none` or a list of keys")]
enum Data {
    Word(Word),
    Keys(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    All,
    None,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Minors {
    Included,
    Excluded,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Gpc {
    OptsOut,
    Unaffected,
}

/// Every purpose, by name.
pub(crate) fn purposes(
    files: &Files,
    categories: &[Category],
    active: &[Jurisdiction],
) -> Result<Vec<DeclaredPurpose>, PolicyError> {
    let of_folder = files.keys().filter(|path| path.starts_with(PURPOSES));
    let mut purposes: Vec<DeclaredPurpose> =
        of_folder.map(|path| purpose(files, path, categories, active)).collect::<Result<_, _>>()?;
    purposes.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    Ok(purposes)
}

fn purpose(
    files: &Files,
    path: &str,
    categories: &[Category],
    active: &[Jurisdiction],
) -> Result<DeclaredPurpose, PolicyError> {
    let name = path[PURPOSES.len()..].trim_end_matches(".yaml");
    let key = name.parse().map_err(|_| {
        let problem = format!("\"{name}\" cannot name a purpose");
        PolicyError::of_file(path, problem, "name the file in lower-case words joined by -")
    })?;
    let source = Source::open(files, path)?;
    let file: File = source.parse()?;
    let basis = bases(&source, file.basis)?;
    if let Some(missing) = active.iter().find(|one| !basis.contains_key(one)) {
        let problem = format!("there is no basis in {missing}, where a controller is at home");
        let slugs: Vec<_> = missing.bases().into_iter().map(Basis::slug).collect();
        return Err(source.refuse(
            &["basis:"],
            problem,
            format!("write {missing}: and one of {}", slugs.join(", ")),
        ));
    }
    let wanted = wanted(&source, categories, &file.categories)?;
    let sensitive = wanted.iter().find(|one| one.sensitivity == Sensitivity::Sensitive);
    let weak = basis.iter().find(|(_, basis)| !basis.carries_sensitive());
    if let (Some(sensitive), Some((home, weak))) = (sensitive, weak) {
        let problem =
            format!("sensitive data ({}) cannot rest on {} ({})", sensitive.key, weak.slug(), weak.article());
        let remedy = "leave the category out, or find a basis of LGPD art. 11".to_owned();
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
    })
}

fn bases(
    source: &Source<'_>,
    entries: Entries<String>,
) -> Result<BTreeMap<Jurisdiction, Basis>, PolicyError> {
    let mut by_law = BTreeMap::new();
    for (place, slug) in entries.0 {
        let line = format!("{place}:");
        let at = ["basis:", line.as_str()];
        let Some(home) = Jurisdiction::from_slug(&place) else {
            let remedy =
                format!("the jurisdictions are {}", Jurisdiction::ALL.map(Jurisdiction::slug).join(", "));
            return Err(source.refuse(&at, format!("unknown jurisdiction \"{place}\""), remedy));
        };
        let Some(basis) = home.basis(&slug) else {
            let known: Vec<_> = home.bases().into_iter().map(Basis::slug).collect();
            let remedy = format!("the bases of {home} are {}", known.join(", "));
            return Err(source.refuse(&at, format!("unknown basis \"{slug}\""), remedy));
        };
        if by_law.insert(home, basis).is_some() {
            return Err(source.twice(&["basis:"], &line));
        }
    }
    Ok(by_law)
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
