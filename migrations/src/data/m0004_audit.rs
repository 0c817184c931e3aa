//! Entries that wait for the sequencer, and the policy bundles they cite.

use sea_orm_migration::prelude::*;

use crate::audit::READ;
use crate::portable;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, &TABLES).await?;
        if portable::is_postgres(manager) { portable::run(manager, &[READ]).await } else { Ok(()) }
    }
}

const TABLES: [&str; 2] = [
    "create table pending_write_leaf (
      id {serial},
      tenant bigint not null,
      entry {blob} not null,
      leaf text not null,
      handles {blob} not null{xid}
    )",
    "create table policy_bundle (
      digest text not null primary key,
      at bigint not null,
      files text not null
    )",
];
