//! Changes of policies, each proposed by one person and decided on by another.

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

/// `n` counts approvals; `origin` is what the files said when one was given, and `superseded` when they said something else.
const TABLES: [&str; 2] = [
    "create table policy_change (
      id16 {blob} not null primary key,
      base text not null,
      digest text not null,
      edits text not null,
      why text not null,
      state smallint not null,
      proposed bigint not null,
      proposed_by text not null,
      decided bigint,
      decided_by text,
      n bigint,
      origin text,
      superseded bigint
    )",
    "create unique index policy_change_n on policy_change (n)",
];
