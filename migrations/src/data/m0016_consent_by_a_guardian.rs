//! A consent that a guardian gave for a minor says so, for it ends when the minor comes of age (LGPD art. 14 §1, GDPR art. 8).

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, &["alter table consent_event add column guardian smallint not null default 0"])
            .await
    }
}
