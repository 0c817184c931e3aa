//! Roots, tenants' keys, owners' keys and the tombstones of those destroyed.

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
    "create table root_epoch (
      epoch integer not null primary key,
      created bigint not null,
      canary {blob} not null
    )",
    "create table kek (
      tenant {blob} not null,
      version integer not null,
      root_epoch integer not null,
      wrapped {blob} not null,
      commitment {blob} not null,
      primary key (tenant, version)
    )",
    "create table tenant_key (
      tenant {blob} not null,
      purpose smallint not null,
      epoch integer not null,
      kek_version integer not null,
      wrapped {blob} not null,
      commitment {blob} not null,
      primary key (tenant, purpose, epoch)
    )",
    "create table owner_key (
      tenant {blob} not null,
      owner {blob} not null,
      kek_version integer not null,
      wrapped {blob} not null,
      commitment {blob} not null,
      primary key (tenant, owner)
    ){clustered}",
    "create table tombstone (
      tenant {blob} not null,
      owner {blob} not null,
      n bigint not null,
      primary key (tenant, owner)
    ){clustered}",
];
