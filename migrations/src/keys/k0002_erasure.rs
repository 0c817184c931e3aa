//! How far each tenant's erasures have come: the keys of no later one are gone.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, &TABLES).await
    }
}

const TABLES: [&str; 1] = ["create table last_erasure (
      tenant {blob} not null primary key,
      n bigint not null
    )"];
