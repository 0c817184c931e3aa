//! What people said to purposes: consents, denials, objections, restrictions. Rows are only ever added.

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

const TABLES: [&str; 1] = ["create table consent_event (
      tenant bigint not null,
      owner bigint not null,
      id {blob} not null,
      purpose text not null,
      recipient text not null,
      kind smallint not null,
      at bigint not null,
      recorded bigint not null,
      verified bigint,
      notice {blob},
      seal_version bigint not null,
      evidence {blob} not null,
      primary key (tenant, owner, id)
    )"];

/// As in `m0006_statistics`: plans for many rows, not for the few of the first day.
const STATISTICS: [&str; 2] = [
    "insert into sqlite_stat1 (tbl, idx, stat) values
      ('consent_event', 'sqlite_autoindex_consent_event_1', '1000000 1000000 4 1')",
    "analyze sqlite_schema",
];
