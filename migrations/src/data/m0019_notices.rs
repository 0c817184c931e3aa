//! Who saw which text is found by the text, so that it can be counted without a walk over everybody.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, &[INDEX]).await?;
        if portable::is_postgres(manager) { Ok(()) } else { portable::run(manager, &STATISTICS).await }
    }
}

const INDEX: &str = "create index consent_event_notice on consent_event (tenant, notice, owner, kind)";

/// As in `m0006_statistics`: plans for many rows, not for the few of the first day.
const STATISTICS: [&str; 2] = [
    "insert into sqlite_stat1 (tbl, idx, stat) values
      ('consent_event', 'consent_event_notice', '1000000 1000000 50000 2 1')",
    "analyze sqlite_schema",
];
