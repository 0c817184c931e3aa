//! `purposes/*.yaml`, read strictly: a purpose that cannot be lawful refuses the bundle.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{DeclaredPurpose, PurposePart};
use crate::files::{Files, PURPOSES};
use crate::law::known;
use crate::read::{Entries, Source};
use crate::taxonomy::lookup;
use crate::{Basis, Category, CategoryMask, Jurisdiction, Label, Law, PolicyError, Sensitivity};

type Bases = BTreeMap<Jurisdiction, Basis>;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    label: Label,
    basis: Entries<String>,
    categories: Data,
    /// Data among it that needs more than the purpose rests on.
    #[serde(default)]
    parts: Vec<Part>,
    recipients: Vec<String>,
    retention: String,
    minors: Minors,
    gpc: Gpc,
    marketing: bool,
    restricted: Restricted,
}

/// Data that has a basis of its own, or is closed to minors.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Part {
    categories: Vec<String>,
    /// None when the purpose's own is enough.
    basis: Option<Entries<String>>,
    #[serde(default)]
    minors: Option<Minors>,
    /// Why it needs more, and where the law says so.
    why: String,
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
    let written = bases(&source, laws, file.basis, "basis:")?;
    let basis = inherited(laws, &written);
    let missing = laws.iter().find(|law| active.contains(&law.key) && !basis.contains_key(&law.key));
    if let Some(law) = missing {
        let problem = format!("there is no basis in {}, where a controller is at home", law.key);
        let remedy = format!("write {}: and one of {}", law.key, slugs(law));
        return Err(source.refuse(&["basis:"], problem, remedy));
    }
    let wanted = wanted(&source, categories, &file.categories)?;
    let parts = parts(&source, categories, laws, file.parts)?;
    for part in &parts {
        let silent = |law: &&Law| active.contains(&law.key) && !part.basis.contains_key(&law.key);
        if let Some(law) = laws.iter().find(silent).filter(|_| !part.basis.is_empty()) {
            let problem = format!("a part has no basis in {}, where a controller is at home", law.key);
            let remedy = format!("write {}: and one of {}", law.key, slugs(law));
            return Err(source.refuse(&["parts:"], problem, remedy));
        }
        let stranger = categories.iter().find(|one| part.categories.allows(one.id) && !wanted.contains(one));
        if let Some(one) = stranger {
            let problem = format!("the purpose does not need {}, so no part of it is about that", one.key);
            return Err(source.refuse(&["parts:", &one.key], problem, "add it to `categories`".to_owned()));
        }
    }
    for one in wanted.iter().filter(|one| one.sensitivity == Sensitivity::Sensitive) {
        let own = parts.iter().find(|part| part.categories.allows(one.id) && !part.basis.is_empty());
        sensitive(&source, one, (&written, &basis), own.map(|part| &part.basis))?;
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
        parts,
        recipients: file.recipients,
        retention: file.retention,
        excludes_minors: file.minors == Minors::Excluded,
        opts_out_on_gpc: file.gpc == Gpc::OptsOut,
        is_marketing: file.marketing,
        goes_on_restricted: file.restricted == Restricted::GoesOn,
    })
}

/// What is written comes first: it has a line to point at. Data with a basis of its own rests on that one.
fn sensitive(
    source: &Source<'_>,
    category: &Category,
    (written, basis): (&Bases, &Bases),
    own: Option<&Bases>,
) -> Result<(), PolicyError> {
    let (heading, weak) = match own {
        Some(own) => ("parts:", own.iter().find(|(_, basis)| !basis.sensitive)),
        None => ("basis:", written.iter().chain(basis).find(|(_, basis)| !basis.sensitive)),
    };
    let Some((home, Basis { slug, reference, sensitive_reference, .. })) = weak else { return Ok(()) };
    let problem = format!("sensitive data ({}) cannot rest on {slug} ({reference})", category.key);
    let remedy = format!("leave the category out, or find a basis of {sensitive_reference}");
    Err(source.refuse(&[heading, &format!("{home}:")], problem, remedy))
}

fn parts(
    source: &Source<'_>,
    categories: &[Category],
    laws: &[Law],
    parts: Vec<Part>,
) -> Result<Vec<PurposePart>, PolicyError> {
    let (mut read, mut seen) = (Vec::with_capacity(parts.len()), Vec::<String>::new());
    for Part { categories: keys, basis, minors, why } in parts {
        let complain = |problem: &str, remedy: &str| {
            Err(source.refuse(&["parts:"], problem.to_owned(), remedy.to_owned()))
        };
        if why.trim().is_empty() {
            return complain("a part does not say why it needs more", "write `why`, with the article");
        }
        if keys.is_empty() {
            return complain("a part is about no data", "name its categories");
        }
        let excludes_minors = minors == Some(Minors::Excluded);
        if basis.is_none() && !excludes_minors {
            return complain("a part asks for nothing more", "write its `basis`, or `minors: excluded`");
        }
        if let Some(twice) = keys.iter().find(|key| seen.contains(key)) {
            return Err(source.twice(&["parts:"], twice));
        }
        let mask = keys.iter().map(|key| Ok(lookup(categories, source, &["parts:", key], key)?.id));
        let mask = mask.collect::<Result<CategoryMask, PolicyError>>()?;
        let written = basis.map(|basis| bases(source, laws, basis, "parts:")).transpose()?;
        let basis = written.map(|written| inherited(laws, &written)).unwrap_or_default();
        seen.extend(keys);
        read.push(PurposePart { categories: mask, basis, excludes_minors });
    }
    Ok(read)
}

fn slugs(law: &Law) -> String {
    law.bases.iter().map(|basis| basis.slug.as_str()).collect::<Vec<_>>().join(", ")
}

fn bases(
    source: &Source<'_>,
    laws: &[Law],
    entries: Entries<String>,
    heading: &str,
) -> Result<Bases, PolicyError> {
    let mut by_law = BTreeMap::new();
    for (place, slug) in entries.0 {
        let line = format!("{place}:");
        let at = [heading, line.as_str()];
        let law = known(laws, source, &at, &place)?;
        let Some(basis) = law.basis(&slug) else {
            let remedy = format!("the bases of {} are {}", law.key, slugs(law));
            return Err(source.refuse(&at, format!("unknown basis \"{slug}\""), remedy));
        };
        if by_law.insert(law.key, basis.clone()).is_some() {
            return Err(source.twice(&[heading], &line));
        }
    }
    Ok(by_law)
}

/// With what a member state has from the law it is part of, in its own words.
fn inherited(laws: &[Law], written: &Bases) -> Bases {
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
