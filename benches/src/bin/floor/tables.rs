//! The tables an intake writes to, as the migrations make them.

use crate::bulk::Table;

/// What one transaction writes, and what the key database is given before it.
pub(crate) struct Group {
    pub(crate) keys: Table,
    pub(crate) people: Vec<Table>,
    pub(crate) events: Table,
}

type Columns = &'static [(&'static str, &'static str)];

const EVENT: Columns = &[
    ("tenant", "bigint"),
    ("owner", "bigint"),
    ("id", "bytea"),
    ("source", "bigint"),
    ("kind", "smallint"),
    ("name", "text"),
    ("occurred", "bigint"),
    ("received", "bigint"),
    ("body", "bytea"),
];
const KEY: Columns = &[
    ("tenant", "bytea"),
    ("owner", "bytea"),
    ("kek_version", "integer"),
    ("wrapped", "bytea"),
    ("commitment", "bytea"),
];
const IDENTIFIER: Columns = &[
    ("tenant", "bigint"),
    ("epoch", "integer"),
    ("kind", "smallint"),
    ("digest", "bytea"),
    ("id", "bigint"),
];
const PROFILE: Columns = &[
    ("tenant", "bigint"),
    ("id", "bigint"),
    ("id16", "bytea"),
    ("state", "smallint"),
    ("created", "bigint"),
    ("last_seen", "bigint"),
    ("handle", "bytea"),
];
const RECORD: Columns = &[
    ("tenant", "bigint"),
    ("id", "bigint"),
    ("id16", "bytea"),
    ("source", "bigint"),
    ("kind", "smallint"),
    ("created", "bigint"),
    ("last_seen", "bigint"),
    ("seal_version", "bigint"),
    ("body", "bytea"),
];
const MEMBERSHIP: Columns = &[
    ("tenant", "bigint"),
    ("record", "bigint"),
    ("since", "bigint"),
    ("profile", "bigint"),
    ("cause", "text"),
];
const LINK: Columns = &[
    ("tenant", "bigint"),
    ("identifier", "bigint"),
    ("record", "bigint"),
    ("source", "bigint"),
    ("kind", "smallint"),
    ("is_local_key", "smallint"),
    ("demoted", "smallint"),
    ("first_seen", "bigint"),
    ("last_seen", "bigint"),
];

impl Group {
    /// No rows yet.
    pub(crate) fn empty() -> Self {
        Self {
            keys: Table::new("owner_key", KEY),
            people: vec![
                Table::new("identifier", IDENTIFIER),
                Table::new("profile", PROFILE),
                Table::new("record", RECORD),
                Table::new("membership", MEMBERSHIP),
                Table::new("identifier_link", LINK),
            ],
            events: Table::new("event", EVENT),
        }
    }
}
