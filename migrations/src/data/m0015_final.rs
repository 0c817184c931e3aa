//! When an erasure became final is read off the roots' own dates, so that no copy of it can be wrong.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, &["alter table erasure drop column final_at"]).await
    }
}
