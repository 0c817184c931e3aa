//! What rotating keys needs: when a root was destroyed, and room for the key that is to replace an owner's.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, &COLUMNS).await
    }
}

/// Both keys of an owner stand in one row, so that forgetting the owner cannot forget one of them.
const COLUMNS: [&str; 6] = [
    "alter table root_epoch add column destroyed bigint",
    "alter table owner_key add column generation integer not null default 1",
    "alter table owner_key add column next_generation integer",
    "alter table owner_key add column next_kek_version integer",
    "alter table owner_key add column next_wrapped {blob}",
    "alter table owner_key add column next_commitment {blob}",
];
