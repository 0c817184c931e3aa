//! Groups people belong to, and what is on its way out because nobody ever said who it is about.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, &TABLES).await?;
        // What m0006 says of the other indexes.
        if portable::is_postgres(manager) { Ok(()) } else { portable::run(manager, &STATISTICS).await }
    }
}

const TABLES: [&str; 4] = [
    "create table customer_group (
      tenant bigint not null,
      id16 {blob} not null,
      source bigint not null,
      created bigint not null,
      seal_version bigint not null,
      body {blob} not null,
      primary key (tenant, id16)
    )",
    // Beside the tenant and the owner, all that is left to know once the keys are gone.
    "create table expiring (
      tenant bigint not null,
      record bigint not null,
      owner16 {blob} not null,
      profile bigint not null,
      since bigint not null,
      primary key (tenant, record)
    ){clustered}",
    "create index record_anonymous_seen on record (tenant, last_seen) where kind = 1",
    "create index message_seen_day on message_seen (tenant, day)",
];

const STATISTICS: [&str; 2] = [
    "insert into sqlite_stat1 (tbl, idx, stat) values
      ('record', 'record_anonymous_seen', '1000000 1000000 5'),
      ('message_seen', 'message_seen_day', '1000000 1000000 10000'),
      ('customer_group', 'sqlite_autoindex_customer_group_1', '100000 100000 1')",
    "analyze sqlite_schema",
];
