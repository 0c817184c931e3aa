//! Erasures and what they leave: their numbers and owners, what is suppressed, what a law keeps; and, on PostgreSQL, the
//! processes that must have let go of a key before it counts as gone.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, &TABLES).await?;
        if portable::is_postgres(manager) { portable::run(manager, &PROCESSES).await } else { Ok(()) }
    }
}

const TABLES: [&str; 11] = [
    "create table erasure (
      tenant bigint not null,
      n bigint not null,
      profile bigint not null,
      state smallint not null,
      ground text not null,
      begun_at bigint not null,
      effective_at bigint,
      done_at bigint,
      final_at bigint,
      begin_entry {blob} not null,
      done_entry {blob},
      primary key (tenant, n)
    )",
    "create unique index erasure_profile on erasure (tenant, profile)",
    "create index erasure_open on erasure (tenant, n) where state < 3",
    "create table erasure_owner (
      tenant bigint not null,
      n bigint not null,
      id bigint not null,
      id16 {blob} not null,
      kind smallint not null,
      primary key (tenant, n, id)
    ){clustered}",
    "create table suppression (
      tenant bigint not null,
      digest {blob} not null,
      kind smallint not null,
      n bigint not null,
      day bigint not null,
      reason text not null,
      primary key (tenant, digest)
    ){clustered}",
    "create index suppression_erasure on suppression (tenant, n)",
    "create table retained_set (
      tenant bigint not null,
      id bigint not null,
      id16 {blob} not null,
      n bigint not null,
      policy text not null,
      ground text not null,
      law text not null,
      until bigint not null,
      primary key (tenant, id)
    )",
    "create index retained_set_erasure on retained_set (tenant, n)",
    "create table retained_row (
      tenant bigint not null,
      owner bigint not null,
      id16 {blob} not null,
      body {blob} not null,
      primary key (tenant, owner, id16)
    )",
    // Whoever is forgotten is looked for in what was merged into them, and in what is held of them.
    "create index profile_alias on profile (tenant, merged_into) where merged_into is not null",
    "create index quarantine_link_identifier on quarantine_link (tenant, identifier)",
];

const PROCESSES: [&str; 2] = [
    "create table node (
      id16 {blob} not null primary key,
      lease bigint not null
    )",
    "create table erasure_ack (
      tenant bigint not null,
      n bigint not null,
      node {blob} not null,
      primary key (tenant, n, node)
    )",
];
