//! Tenants, the sources they collect from, and the credentials that speak for them.

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

const TABLES: [&str; 3] = [
    "create table tenant (
      id bigint not null primary key,
      id16 {blob} not null unique,
      slug text not null unique,
      controller text not null,
      sample smallint not null,
      state smallint not null,
      made bigint not null,
      created bigint not null
    )",
    "create table source (
      tenant bigint not null,
      id bigint not null,
      id16 {blob} not null,
      slug text not null,
      kind text not null,
      space text not null,
      priority integer not null,
      jurisdiction text,
      collects_for text not null,
      created bigint not null,
      primary key (tenant, id),
      unique (tenant, slug)
    )",
    "create table credential (
      tenant bigint not null,
      id16 {blob} not null,
      name text not null,
      role text not null,
      purposes text not null,
      source bigint,
      secret_hash {blob} not null unique,
      created bigint not null,
      revoked bigint,
      primary key (tenant, id16)
    )",
];
