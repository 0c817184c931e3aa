//! The log itself: sequenced entries, the index from handle to entry, tiles, and the head of each epoch.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, &TABLES).await?;
        let guards: &[&str] = if portable::is_postgres(manager) { &POSTGRES_GUARDS } else { &SQLITE_GUARDS };
        portable::run(manager, guards).await
    }
}

const TABLES: [&str; 5] = [
    "create table audit_leaf (
      tenant bigint not null,
      epoch bigint not null,
      seq bigint not null,
      entry {blob} not null,
      at bigint not null,
      leaf text not null,
      handles {blob} not null,
      primary key (tenant, epoch, seq),
      unique (entry)
    )",
    "create table handle_index (
      tenant bigint not null,
      handle {blob} not null,
      epoch bigint not null,
      seq bigint not null,
      primary key (tenant, handle, epoch, seq)
    ){clustered}",
    "create table audit_tile (
      tenant bigint not null,
      epoch bigint not null,
      level smallint not null,
      tile bigint not null,
      hashes {blob} not null,
      primary key (tenant, epoch, level, tile)
    )",
    "create table audit_head (
      tenant bigint not null,
      epoch bigint not null,
      size bigint not null,
      note text not null,
      at bigint not null,
      primary key (tenant, epoch)
    )",
    "create table sequencer (stream text not null primary key, position bigint not null)",
];

/// They stop mistakes, not the owner of the file: that is what the anchor is for.
const SQLITE_GUARDS: [&str; 2] = [
    "create trigger audit_leaf_update before update on audit_leaf
     begin select raise(abort, 'entries of the log are never changed'); end",
    "create trigger audit_leaf_delete before delete on audit_leaf
     begin select raise(abort, 'entries of the log are never deleted'); end",
];

const POSTGRES_GUARDS: [&str; 2] = [
    "create function audit_leaf_stays() returns trigger language plpgsql as
     $$ begin raise exception 'entries of the log are never changed or deleted'; end $$",
    "create trigger audit_leaf_stays before update or delete on audit_leaf
     for each statement execute function audit_leaf_stays()",
];
