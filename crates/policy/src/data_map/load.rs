//! `data-map.yaml`, read strictly: what a map promises must be possible.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Column, DataMap, Database, Engine, OnErasure, Origin, Protection, Table, plain};
use crate::files::{DATA_MAP, Files};
use crate::read::{Entries, Source};
use crate::taxonomy::lookup;
use crate::{Category, PolicyError};

/// Says of every column and attribute what it is, how it is kept and what an erasure does.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    attributes: Attributes,
    tables: Entries<TableEntry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Attributes {
    default: String,
    traits: Entries<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TableEntry {
    what: String,
    database: Database,
    owner: String,
    only: Option<Engine>,
    why: Option<String>,
    columns: Entries<ColumnEntry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ColumnEntry {
    category: String,
    protection: Protection,
    on_erasure: OnErasure,
    origin: Option<Origin>,
    why: Option<String>,
    only: Option<Engine>,
}

pub(crate) fn load(files: &Files, categories: &[Category]) -> Result<DataMap, PolicyError> {
    let source = Source::open(files, DATA_MAP)?;
    let File { attributes, tables } = source.parse()?;

    let default = lookup(categories, &source, &["attributes:", "default:"], &attributes.default)?.id;
    let mut traits = BTreeMap::new();
    for (name, key) in attributes.traits.0 {
        let line = format!("{name}:");
        let category = lookup(categories, &source, &["traits:", &line], &key)?.id;
        if traits.insert(plain(&name), category).is_some() {
            let problem = format!("attribute \"{name}\" is there twice, perhaps in another spelling");
            return Err(source.refuse(&["traits:", &line], problem, "keep one of them".to_owned()));
        }
    }

    let mut known = BTreeMap::new();
    for (name, entry) in tables.0 {
        let table = table(&source, categories, &name, entry)?;
        if known.insert(name.clone(), table).is_some() {
            return Err(source.twice(&["tables:"], &format!("{name}:")));
        }
    }
    check_owners(&source, &known)?;
    Ok(DataMap { tables: known, traits, default })
}

fn table(
    source: &Source<'_>,
    categories: &[Category],
    name: &str,
    entry: TableEntry,
) -> Result<Table, PolicyError> {
    let TableEntry { what, database, owner, only, why, columns } = entry;
    let head = format!("{name}:");
    let mut known = BTreeMap::new();
    for (name, entry) in columns.0 {
        let line = format!("{name}:");
        let at = ["tables:", &head, "columns:", &line];
        let category = lookup(categories, source, &at, &entry.category)?.id;
        let column = Column {
            category,
            protection: entry.protection,
            on_erasure: entry.on_erasure,
            origin: entry.origin,
            why: entry.why.or_else(|| why.clone().filter(|_| entry.on_erasure == OnErasure::Keep)),
            only: entry.only.or(only),
        };
        if let Some((problem, remedy)) = impossible(&column, owner == NOBODY) {
            let problem = format!("column \"{name}\" {problem}");
            return Err(source.refuse(&at, problem, remedy.to_owned()));
        }
        if known.insert(name, column).is_some() {
            return Err(source.twice(&at[..3], &line));
        }
    }
    let owner = (owner != NOBODY).then_some(owner);
    Ok(Table { what, database, owner, columns: known })
}

const NOBODY: &str = "nobody";

/// A promise that cannot be kept, and what to write instead.
fn impossible(column: &Column, of_nobody: bool) -> Option<(&'static str, &'static str)> {
    let sealed = column.protection == Protection::Sealed;
    let kept = column.on_erasure == OnErasure::Keep;
    if column.on_erasure == OnErasure::Shred && !sealed {
        return Some(("cannot be shredded, for it is not sealed", "seal it, or write on_erasure: delete"));
    }
    if sealed && column.on_erasure == OnErasure::Delete {
        return Some(("is sealed and only deleted", "write on_erasure: shred, which does both"));
    }
    if kept && column.why.as_ref().is_none_or(|why| why.trim().is_empty()) {
        return Some(("is kept and nobody says why", "write why, with the ground that allows it"));
    }
    if of_nobody && !kept {
        return Some((
            "of a table without owner has no erasure to meet",
            "name the owner, or write on_erasure: keep",
        ));
    }
    None
}

/// Owner paths lead to columns that are in the map.
fn check_owners(source: &Source<'_>, tables: &BTreeMap<String, Table>) -> Result<(), PolicyError> {
    for (name, table) in tables {
        let Some(owner) = &table.owner else { continue };
        let (other, column) = owner.split_once('.').unwrap_or((name, owner));
        if !tables.get(other).is_some_and(|other| other.columns.contains_key(column)) {
            let at = ["tables:", &format!("{name}:"), "owner:"];
            let remedy = format!("write a column of {name}, table.column of another table, or {NOBODY}");
            return Err(source.refuse(&at, format!("owner \"{owner}\" is no column of the map"), remedy));
        }
    }
    Ok(())
}
