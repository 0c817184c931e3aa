//! Exports: what was asked for, how far each has come, and what was handed out.

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

/// `before_…` is where the last page began: it can be handed out again when its answer was lost.
const TABLES: [&str; 1] = ["create table export_job (
      tenant bigint not null,
      id16 {blob} not null,
      purpose text not null,
      policy text not null,
      actor text not null,
      events smallint not null,
      state smallint not null,
      begun bigint not null,
      moved bigint not null,
      ended bigint,
      until bigint not null,
      pages bigint not null,
      profile bigint not null,
      event {blob},
      profiles bigint not null,
      lines bigint not null,
      digest {blob} not null,
      before_profile bigint not null,
      before_event {blob},
      before_profiles bigint not null,
      before_lines bigint not null,
      before_digest {blob} not null,
      primary key (tenant, id16)
    )"];
