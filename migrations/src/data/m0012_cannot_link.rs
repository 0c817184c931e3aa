//! Who is kept apart by a steward, and a journal that says who answered which of its lines.

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

const TABLES: [&str; 7] = [
    "create table cannot_link (
      tenant bigint not null,
      low bigint not null,
      high bigint not null,
      at bigint not null,
      line {blob} not null,
      primary key (tenant, low, high)
    ){clustered}",
    "create index cannot_link_high on cannot_link (tenant, high)",
    "alter table merge_journal add column actor text",
    "alter table merge_journal add column answers {blob}",
    // A line is answered once: of two stewards at once one is first.
    "create unique index merge_journal_answers on merge_journal (tenant, answers) where answers is not null",
    "create index merge_journal_kind on merge_journal (tenant, kind, id16)",
    "create index profile_merged_into on profile (tenant, merged_into) where merged_into is not null",
];

/// As in `m0006_statistics`: plans for many rows, not for the few of the first day.
const STATISTICS: [&str; 2] = [
    "insert into sqlite_stat1 (tbl, idx, stat) values
      ('cannot_link', 'cannot_link', '100000 100000 10 1'),
      ('cannot_link', 'cannot_link_high', '100000 100000 10'),
      ('merge_journal', 'sqlite_autoindex_merge_journal_1', '100000 100000 1'),
      ('merge_journal', 'merge_journal_kept', '100000 100000 2'),
      ('merge_journal', 'merge_journal_answers', '50000 50000 1'),
      ('merge_journal', 'merge_journal_kind', '100000 100000 20000 1'),
      ('profile', 'profile_merged_into', '100000 100000 2')",
    "analyze sqlite_schema",
];
