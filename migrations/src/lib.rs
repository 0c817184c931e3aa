//! Every change of the databases, one file a change; expand, move, contract, never backwards.
//!
//! Three databases, because they are three backup classes: the data, the keys, and (on SQLite) the entries of
//! reads, which have a file of their own so that their commits cost readers nothing. On PostgreSQL the last is a
//! table of the data database.

mod audit;
mod data;
mod keys;
mod portable;

pub use audit::AuditMigrator;
pub use data::DataMigrator;
pub use keys::KeyMigrator;
pub use sea_orm_migration::MigratorTrait;
