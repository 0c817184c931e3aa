//! Every column and attribute: what it is, how it is kept, what an erasure does to it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{CategoryId, CategoryMask};

mod load;

#[cfg(test)]
pub(crate) use load::File;
pub(crate) use load::load;

/// Which database a table is in; each is a backup class of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Database {
    /// The data database.
    Data,
    /// The key database.
    Keys,
    /// The file of read entries; on PostgreSQL a part of the data database.
    Audit,
}

/// Which database program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// How a column is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Encrypted under its owner's key.
    Sealed,
    /// A keyed digest that finds.
    Indexed,
    /// A digest that only compares.
    Hashed,
    /// A key, encrypted under another.
    Wrapped,
    /// Readable.
    Clear,
}

/// What an erasure does to a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnErasure {
    /// Its key is destroyed, then its row is deleted.
    Shred,
    /// It is deleted.
    Delete,
    /// It stays, and the map says why.
    Keep,
}

/// How we came by personal data (GDPR art. 20 covers only what was provided).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The person or the source gave it.
    Provided,
    /// Seen in what the person did.
    Observed,
    /// Concluded from the rest.
    Inferred,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What kind of data it holds.
    pub category: CategoryId,
    /// How it is kept.
    pub protection: Protection,
    /// What an erasure does to it.
    pub on_erasure: OnErasure,
    /// How we came by it; `None` when Zelo made it.
    pub origin: Option<Origin>,
    /// Why, where that is not plain; always there for what is kept.
    pub why: Option<String>,
    /// The only engine that has it, if not both do.
    pub only: Option<Engine>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it holds, in a line.
    pub what: String,
    /// Where it is.
    pub database: Database,
    /// The column that leads to the owner of the data key, `table.column` when it is in another table; `None` when
    /// the table is about no person.
    pub owner: Option<String>,
    /// Its columns.
    pub columns: BTreeMap<String, Column>,
}

/// The data map.
#[derive(Debug)]
pub struct DataMap {
    tables: BTreeMap<String, Table>,
    traits: BTreeMap<String, CategoryId>,
    default: CategoryId,
}

/// What the map and a real database do not agree on; empty is right.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gaps {
    /// Columns that exist and are not classified.
    pub unclassified: Vec<(String, String)>,
    /// Columns that are classified and do not exist.
    pub vanished: Vec<(String, String)>,
}

impl DataMap {
    /// Every table by name.
    pub fn tables(&self) -> &BTreeMap<String, Table> {
        &self.tables
    }

    /// One column.
    pub fn column(&self, table: &str, column: &str) -> Option<&Column> {
        self.tables.get(table)?.columns.get(column)
    }

    /// Compares with the real (table, column) pairs of all databases together, as this engine has them.
    pub fn gaps(&self, engine: Engine, real: &BTreeSet<(String, String)>) -> Gaps {
        let here = |column: &Column| column.only.is_none_or(|only| only == engine);
        let of_table = |(name, table): (&String, &Table)| {
            let columns = table.columns.iter().filter(|(_, column)| here(column));
            columns.map(|(column, _)| (name.clone(), column.clone())).collect::<Vec<_>>()
        };
        let mapped: BTreeSet<_> = self.tables.iter().flat_map(of_table).collect();
        Gaps {
            unclassified: real.difference(&mapped).cloned().collect(),
            vanished: mapped.difference(real).cloned().collect(),
        }
    }

    /// Every category an attribute can have, the one for attributes nobody has classified among them.
    pub fn categories_of_traits(&self) -> CategoryMask {
        self.traits.values().copied().chain([self.default]).collect()
    }

    /// The category of a trait, by its own name or that of what it is part of (`address.city` is an `address`);
    /// `first_name` and `First Name` are `firstName`.
    pub(crate) fn category_of_trait(&self, path: &str) -> CategoryId {
        let mut rest = Some(path);
        while let Some(name) = rest {
            if let Some(category) = self.traits.get(&plain(name)) {
                return *category;
            }
            rest = name.rsplit_once('.').map(|(front, _)| front);
        }
        self.default
    }
}

/// A trait's name as it is compared: without case, spaces and joining signs.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}
