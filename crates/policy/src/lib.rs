//! Everything in policies/: who may, which purpose and basis, which clock, how long.
//!
//! A [`Bundle`] is loaded whole or not at all. Nothing outside this crate reads those files, and nothing in here
//! names a role, a limit or a deadline: they stand in the files.

mod access;
mod bundle;
mod controller;
mod data_map;
mod error;
mod expiry;
mod files;
mod law;
mod mask;
mod matching;
mod operation;
mod purpose;
mod read;
mod retention;
mod suppression;
mod taxonomy;

pub use access::{Flags, Question, Sight, Verdict};
pub use bundle::Bundle;
pub use controller::{Contact, Controller, Officer};
pub use data_map::{Column, DataMap, Database, Engine, Gaps, OnErasure, Origin, Protection, Table};
pub use error::PolicyError;
pub use expiry::Expiry;
pub use law::{Basis, Gdpr, Jurisdiction, Lgpd};
pub use mask::CategoryMask;
pub use operation::{Access, OperationInfo, Target};
pub use purpose::DeclaredPurpose;
pub use retention::{KeptBy, Proof, Retention, RetentionGround};
pub use suppression::Returning;
pub use taxonomy::{Category, CategoryId, Label, Sensitivity, Subject};
