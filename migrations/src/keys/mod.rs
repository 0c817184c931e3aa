//! The key database: every key wrapped, nothing else; a backup class of its own.

use sea_orm_migration::prelude::*;

mod k0001_keys;
mod k0002_erasure;
mod k0003_rotation;
mod k0009_restore;

/// The key database: every key wrapped, nothing else; a backup class of its own.
#[derive(Debug)]
pub struct KeyMigrator;

#[async_trait::async_trait]
impl MigratorTrait for KeyMigrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(k0001_keys::Migration),
            Box::new(k0002_erasure::Migration),
            Box::new(k0003_rotation::Migration),
            Box::new(k0009_restore::Migration),
        ]
    }
}
