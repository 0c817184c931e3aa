//! Events, the messages seen without a time of their own, and what is held in quarantine.

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

const TABLES: [&str; 5] = [
    "create table event (
      tenant bigint not null,
      owner bigint not null,
      id {blob} not null,
      source bigint not null,
      kind smallint not null,
      name text,
      occurred bigint not null,
      received bigint not null,
      body {blob} not null,
      primary key (tenant, owner, id)
    )",
    "create table message_seen (
      tenant bigint not null,
      mid16 {blob} not null,
      day bigint not null,
      primary key (tenant, mid16)
    ){clustered}",
    "create table quarantine (
      tenant bigint not null,
      id bigint not null,
      id16 {blob} not null,
      source bigint not null,
      reason text not null,
      at bigint not null,
      expires bigint not null,
      body {blob} not null,
      primary key (tenant, id)
    )",
    "create index quarantine_expires on quarantine (expires)",
    "create table quarantine_link (
      tenant bigint not null,
      quarantine bigint not null,
      identifier bigint not null,
      primary key (tenant, quarantine, identifier)
    ){clustered}",
];
