//! Held messages as people work on them: why in words, under which name, mended how often, and each of them once.

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

const TABLES: [&str; 6] = [
    "alter table quarantine add column event text",
    "alter table quarantine add column detail text",
    "alter table quarantine add column seal_version bigint not null default 1",
    "alter table quarantine add column mid16 {blob}",
    // A message that is sent again is held once.
    "create unique index quarantine_mid16 on quarantine (tenant, mid16) where mid16 is not null",
    "create index quarantine_at on quarantine (tenant, at, id16)",
];

/// As in `m0006_statistics`: plans for many rows, not for the few of the first day.
const STATISTICS: [&str; 2] = [
    "insert into sqlite_stat1 (tbl, idx, stat) values
      ('quarantine', 'quarantine_mid16', '100000 100000 1'),
      ('quarantine', 'quarantine_at', '100000 100000 100 1')",
    "analyze sqlite_schema",
];
