//! The data database: who, where, what; personal columns sealed.

use sea_orm_migration::prelude::*;

mod m0001_tenancy;
mod m0002_people;
mod m0003_events;
mod m0004_audit;
mod m0005_log;
mod m0006_statistics;
mod m0007_erasure;
mod m0008_rotation;
mod m0010_intake;
mod m0011_consent;
mod m0012_cannot_link;
mod m0013_quarantine;
mod m0014_export;
mod m0015_final;
mod m0016_consent_by_a_guardian;
mod m0017_schedules;
mod m0018_policy_change;
mod m0019_notices;

/// The data database: who, where, what; personal columns sealed.
#[derive(Debug)]
pub struct DataMigrator;

#[async_trait::async_trait]
impl MigratorTrait for DataMigrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_tenancy::Migration),
            Box::new(m0002_people::Migration),
            Box::new(m0003_events::Migration),
            Box::new(m0004_audit::Migration),
            Box::new(m0005_log::Migration),
            Box::new(m0006_statistics::Migration),
            Box::new(m0007_erasure::Migration),
            Box::new(m0008_rotation::Migration),
            Box::new(m0010_intake::Migration),
            Box::new(m0011_consent::Migration),
            Box::new(m0012_cannot_link::Migration),
            Box::new(m0013_quarantine::Migration),
            Box::new(m0014_export::Migration),
            Box::new(m0015_final::Migration),
            Box::new(m0016_consent_by_a_guardian::Migration),
            Box::new(m0017_schedules::Migration),
            Box::new(m0018_policy_change::Migration),
            Box::new(m0019_notices::Migration),
        ]
    }
}
