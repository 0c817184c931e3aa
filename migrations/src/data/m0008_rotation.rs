//! Rotations under way and done, and which keys a tenant's rows are written under.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, &TABLES).await?;
        if portable::is_postgres(manager) { Ok(()) } else { portable::run(manager, &STATISTICS).await }
    }
}

/// The index epoch that is matched on, the one that is written beside it, and the generation owners' keys must be of
/// stand in the tenant's own line: every write reads it, and locks it, anyway.
const TABLES: [&str; 8] = [
    "alter table tenant add column index_epoch integer not null default 1",
    "alter table tenant add column index_next integer",
    "alter table tenant add column generation integer not null default 1",
    "create table rotation (
      tenant bigint not null,
      id16 {blob} not null,
      what smallint not null,
      version integer not null,
      phase smallint not null,
      position {blob} not null,
      done bigint not null,
      total bigint not null,
      steps bigint not null,
      begun bigint not null,
      moved bigint not null,
      ended bigint,
      primary key (tenant, id16)
    )",
    "create unique index rotation_open on rotation (tenant) where ended is null",
    // An identifier keeps its surrogate from one epoch of the index to the next: links lead to it in both.
    "drop index identifier_id",
    "create unique index identifier_id on identifier (tenant, id, epoch)",
    "create unique index quarantine_id16 on quarantine (tenant, id16)",
];

/// As in the sixth migration; the index's old line went with it.
const STATISTICS: [&str; 2] = [
    "insert into sqlite_stat1 (tbl, idx, stat) values
      ('identifier', 'identifier_id', '1000000 1000000 1 1'),
      ('quarantine', 'quarantine_id16', '100000 100000 1')",
    "analyze sqlite_schema",
];
