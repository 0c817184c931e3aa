//! `minors.yaml`, read strictly, and held to what the data map and the purposes say.

use schemars::JsonSchema;
use serde::Deserialize;
use zelo_model::Purpose;

use super::{ClosedToMinors, GuardianProof, Minors};
use crate::ground::Ground;
use crate::paths::MINORS;
use crate::read::{Source, filled};
use crate::{Label, PolicyError};

/// Says how minors are known, who consents for them, and what is closed to them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// Attributes that say when somebody was born; the data map calls each of them `birth_date`.
    birth_date: Vec<String>,
    /// Attributes that say in which country somebody lives; the data map calls each of them `address`.
    country: Vec<String>,
    /// What somebody is taken for whose age nobody knows.
    unknown_age: UnknownAge,
    guardian: Guardian,
    closed: Vec<ClosedEntry>,
}

#[derive(Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
enum UnknownAge {
    Adult,
    Minor,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Guardian {
    verified_by: Vec<GuardianProof>,
    lapses: Lapses,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Lapses {
    /// Always true: nobody's yes for somebody else outlives that somebody's majority.
    at_majority: bool,
    #[serde(rename = "ref", deserialize_with = "filled")]
    reference: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ClosedEntry {
    label: Label,
    purposes: Vec<String>,
    #[serde(rename = "ref", deserialize_with = "filled")]
    reference: String,
}

pub(crate) fn minors(ground: &Ground<'_>) -> Result<Minors, PolicyError> {
    let source = Source::open(ground.files, MINORS)?;
    let File { birth_date, country, unknown_age, guardian, closed } = source.parse()?;
    classified(ground, &source, ("birth_date:", "birth_date"), &birth_date)?;
    classified(ground, &source, ("country:", "address"), &country)?;
    if !guardian.lapses.at_majority {
        let remedy = "write true: from then on the person speaks for themselves and is asked".to_owned();
        let problem = "a guardian's consent would outlive the child's majority".to_owned();
        return Err(source.refuse(&["lapses:", "at_majority:"], problem, remedy));
    }
    if !guardian.verified_by.iter().any(|one| one.sufficient) {
        let remedy = "mark one of them sufficient: true".to_owned();
        let problem = "no way to verify a guardian is enough".to_owned();
        return Err(source.refuse(&["guardian:", "verified_by:"], problem, remedy));
    }
    let closed = self::closed(ground, &source, closed)?;
    Ok(Minors {
        birth_date,
        country,
        unknown_is_minor: unknown_age == UnknownAge::Minor,
        guardian_verified_by: guardian.verified_by,
        closed,
        lapse_reference: guardian.lapses.reference,
    })
}

/// Attributes are there, and the data map says the same of them.
fn classified(
    ground: &Ground<'_>,
    source: &Source<'_>,
    (line, wanted): (&str, &str),
    names: &[String],
) -> Result<(), PolicyError> {
    if names.is_empty() {
        let remedy = "name the attributes that say it, as sources send them".to_owned();
        return Err(source.refuse(&[line], "no attribute says it".to_owned(), remedy));
    }
    for name in names {
        let id = ground.data_map.category_of_trait(name);
        let found =
            ground.categories.iter().find(|one| one.id == id).map_or("nothing", |one| one.key.as_str());
        if found != wanted {
            let problem = format!("the data map says that \"{name}\" is {found}, not {wanted}");
            let remedy = "classify it in data-map.yaml, or name another attribute".to_owned();
            return Err(source.refuse(&[line, name], problem, remedy));
        }
    }
    Ok(())
}

/// What is closed to minors, held to what the purposes say.
fn closed(
    ground: &Ground<'_>,
    source: &Source<'_>,
    entries: Vec<ClosedEntry>,
) -> Result<Vec<ClosedToMinors>, PolicyError> {
    let mut closed = Vec::with_capacity(entries.len());
    for ClosedEntry { label, purposes, reference } in entries {
        let keys = ground.purposes_of(source, &["closed:"], &purposes)?;
        for name in &purposes {
            if !ground.purpose(source, &["closed:"], name)?.excludes_minors {
                let remedy = format!("write minors: excluded in purposes/{name}.yaml, or open it here");
                let problem = format!("{name} is closed to minors here and open in its own file");
                return Err(source.refuse(&["closed:", name], problem, remedy));
            }
        }
        closed.push(ClosedToMinors { label, purposes: keys, reference });
    }
    let listed = |key: &Purpose| closed.iter().any(|one| one.purposes.contains(key));
    match ground.purposes.iter().find(|one| one.excludes_minors && !listed(&one.key)) {
        Some(purpose) => {
            let problem = format!("{} keeps minors out and nobody says by which law", purpose.key);
            Err(source.refuse(&["closed:"], problem, "add it here with its ground".to_owned()))
        }
        None => Ok(closed),
    }
}
