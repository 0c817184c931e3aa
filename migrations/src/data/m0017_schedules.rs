//! What schedules take from the living: found by name and time, and counted, of nobody, where the policy says so.

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

const TABLES: [&str; 3] = [
    "create table event_count (
      tenant bigint not null,
      day bigint not null,
      name text not null,
      n bigint not null,
      primary key (tenant, day, name)
    ){clustered}",
    "create index event_due on event (tenant, name, occurred)",
    // Those who restrict processing are few among all who say something, and are left alone.
    "create index consent_event_restrict on consent_event (tenant, owner) where kind = 5",
];

/// As in `m0006_statistics`: plans for many rows, not for the few of the first day.
const STATISTICS: [&str; 2] = [
    "insert into sqlite_stat1 (tbl, idx, stat) values
      ('event_count', 'event_count', '100000 100000 50 1'),
      ('event', 'event_due', '10000000 10000000 500000 2'),
      ('consent_event', 'consent_event_restrict', '1000 1000 1')",
    "analyze sqlite_schema",
];
