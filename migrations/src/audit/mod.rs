//! The file of read entries beside a SQLite data database.

use sea_orm_migration::prelude::*;

mod a0001_read_entries;

/// The file of read entries beside a SQLite data database.
#[derive(Debug)]
pub struct AuditMigrator;

#[async_trait::async_trait]
impl MigratorTrait for AuditMigrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(a0001_read_entries::Migration)]
    }
}

/// Entries of reads that wait for the sequencer; the same table on both databases.
pub(crate) const READ: &str = "create table pending_read_leaf (
  id {serial},
  tenant bigint not null,
  entry {blob} not null,
  leaf text not null,
  handles {blob} not null{xid}
)";
