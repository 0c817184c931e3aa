//! SQL that reads the same for both databases, with the few words they spell differently.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// Runs statements written with four placeholders: `{serial}` an integer key the database hands out, `{blob}`
/// bytes, `{clustered}` behind a table whose rows live in its primary key, `{xid}` the column that tells which
/// transaction wrote a row (PostgreSQL only: ids there commit out of order).
pub(crate) async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let postgres = manager.get_database_backend() == DbBackend::Postgres;
    let (serial, blob, clustered, xid) = if postgres {
        (
            "bigint generated always as identity primary key",
            "bytea",
            "",
            ",\n  xid xid8 not null default pg_current_xact_id()",
        )
    } else {
        ("integer primary key autoincrement", "blob", " without rowid", "")
    };
    for statement in statements {
        let sql = statement
            .replace("{serial}", serial)
            .replace("{blob}", blob)
            .replace("{clustered}", clustered)
            .replace("{xid}", xid);
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Whether the database is PostgreSQL.
pub(crate) fn is_postgres(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == DbBackend::Postgres
}
