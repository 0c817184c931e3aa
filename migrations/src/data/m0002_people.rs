//! Records, profiles, who belongs to whom, and the identifiers that find them.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, &TABLES).await?;
        if portable::is_postgres(manager) {
            portable::run(manager, &["create sequence surrogate"]).await
        } else {
            portable::run(manager, &SURROGATE).await
        }
    }
}

const TABLES: [&str; 14] = [
    "create table record (
      tenant bigint not null,
      id bigint not null,
      id16 {blob} not null,
      source bigint not null,
      kind smallint not null,
      created bigint not null,
      last_seen bigint not null,
      seal_version bigint not null,
      body {blob} not null,
      primary key (tenant, id)
    )",
    "create unique index record_id16 on record (tenant, id16)",
    "create table profile (
      tenant bigint not null,
      id bigint not null,
      id16 {blob} not null,
      state smallint not null,
      merged_into bigint,
      created bigint not null,
      last_seen bigint not null,
      handle {blob},
      primary key (tenant, id)
    )",
    "create unique index profile_id16 on profile (tenant, id16)",
    "create table membership (
      tenant bigint not null,
      record bigint not null,
      since bigint not null,
      profile bigint not null,
      until bigint,
      cause text not null,
      primary key (tenant, record, since)
    ){clustered}",
    "create unique index membership_open on membership (tenant, record) where until is null",
    "create index membership_profile on membership (tenant, profile)",
    "create table identifier (
      tenant bigint not null,
      epoch integer not null,
      kind smallint not null,
      digest {blob} not null,
      id bigint not null,
      primary key (tenant, epoch, digest)
    ){clustered}",
    "create unique index identifier_id on identifier (tenant, id)",
    "create table identifier_link (
      tenant bigint not null,
      identifier bigint not null,
      record bigint not null,
      source bigint not null,
      kind smallint not null,
      is_local_key smallint not null,
      demoted smallint not null,
      first_seen bigint not null,
      last_seen bigint not null,
      verified_at bigint,
      primary key (tenant, identifier, record)
    ){clustered}",
    "create index identifier_link_record on identifier_link (tenant, record)",
    "create unique index identifier_link_local on identifier_link (tenant, source, identifier) where is_local_key = 1",
    "create table merge_journal (
      tenant bigint not null,
      id16 {blob} not null,
      at bigint not null,
      kind text not null,
      cause text not null,
      kept bigint not null,
      others text not null,
      members text not null,
      evidence text not null,
      primary key (tenant, id16)
    )",
    "create index merge_journal_kept on merge_journal (tenant, kept)",
];

/// Where SQLite counts its surrogates; PostgreSQL has a sequence for it.
const SURROGATE: [&str; 2] = [
    "create table surrogate (name text not null primary key, last bigint not null)",
    "insert into surrogate (name, last) values ('all', 0)",
];
