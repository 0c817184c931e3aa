//! SQLite plans by statistics. Without any it takes "all rows of the tenant" for a good start; with those of a small
//! table it would do so again. These say what is true of a large one, so that every statement is planned for it.
//!
//! A stat is: rows in the index, then rows that share the first column, the first two, … (sqlite.org/fileformat2,
//! "The `sqlite_stat1` table"). Nothing may run `analyze` over them afterwards.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if portable::is_postgres(manager) { Ok(()) } else { portable::run(manager, &STATISTICS).await }
    }
}

const STATISTICS: [&str; 4] = [
    // Creates the table.
    "analyze",
    "delete from sqlite_stat1",
    "insert into sqlite_stat1 (tbl, idx, stat) values
      ('record', 'sqlite_autoindex_record_1', '1000000 1000000 1'),
      ('record', 'record_id16', '1000000 1000000 1'),
      ('profile', 'sqlite_autoindex_profile_1', '1000000 1000000 1'),
      ('profile', 'profile_id16', '1000000 1000000 1'),
      ('membership', 'membership', '1000000 1000000 1 1'),
      ('membership', 'membership_open', '1000000 1000000 1'),
      ('membership', 'membership_profile', '1000000 1000000 2'),
      ('identifier', 'identifier', '1000000 1000000 1000000 1'),
      ('identifier', 'identifier_id', '1000000 1000000 1'),
      ('identifier_link', 'identifier_link', '1000000 1000000 2 1'),
      ('identifier_link', 'identifier_link_record', '1000000 1000000 2'),
      ('identifier_link', 'identifier_link_local', '1000000 1000000 500000 1'),
      ('event', 'sqlite_autoindex_event_1', '10000000 10000000 20 1'),
      ('message_seen', 'message_seen', '1000000 1000000 1'),
      ('source', 'sqlite_autoindex_source_1', '100 20 1'),
      ('source', 'sqlite_autoindex_source_2', '100 20 1'),
      ('tenant', 'sqlite_autoindex_tenant_1', '10 1'),
      ('audit_leaf', 'sqlite_autoindex_audit_leaf_1', '10000000 1000000 1000000 1'),
      ('audit_leaf', 'sqlite_autoindex_audit_leaf_2', '10000000 1'),
      ('handle_index', 'handle_index', '10000000 1000000 20 20 1'),
      ('audit_tile', 'sqlite_autoindex_audit_tile_1', '100000 10000 10000 5000 1'),
      ('audit_head', 'sqlite_autoindex_audit_head_1', '100 1 1')",
    // This connection reads them anew; the others do when they open.
    "analyze sqlite_schema",
];
