//! Why the application does not start.

use std::path::PathBuf;

use zelo_plan::PlanError;
use zelo_policy::PolicyError;
use zelo_store::StoreError;
use zelo_vault::{RootFileError, SelfTestFailed};

use crate::error::Error;
use crate::restore::Behind;
use crate::signing::LogError;

/// Why the application does not start; each is one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A cipher does not compute what it should.
    #[error("the cryptography self-test failed: {}", .0.0)]
    SelfTest(SelfTestFailed),
    /// The databases cannot be opened.
    #[error("the databases cannot be opened: {}", cause(.0))]
    Databases(#[source] StoreError),
    /// The root key cannot be used.
    #[error("{0}")]
    Root(#[source] RootFileError),
    /// There is data, but the key store beside it is empty.
    #[error(
        "there is data but no key store for it: restore the key database that belongs to it, or begin in an empty folder"
    )]
    KeysMissing,
    /// There are keys, but no data.
    #[error("there is a key store but no data for it: restore the data database, or move the key store away")]
    DataMissing,
    /// A tenant is at work whose keys are not there.
    #[error(
        "the key database holds no keys of the tenant {0}: it belongs to other data, or was copied before them; restore one that was copied with the data, or later"
    )]
    KeysOfOthers(String),
    /// The root key was made where it protects nothing.
    #[error(
        "the root key in {0} was made by the development profile, where it may have been copied with the data, and the production profile refuses it: begin in an empty place or, with `root.dir` outside the data, replace it by `zelo rotate root` under the development profile first"
    )]
    DevelopmentRoot(PathBuf),
    /// The root key on disk is not the one the key store was made with.
    #[error("the root key in {0} does not open this key store: restore the one that belongs to it")]
    OtherRoot(PathBuf),
    /// The key store is older than the last rotation of the root.
    #[error(
        "this key store was made under root epoch {epoch}, which has been destroyed (the root key here is of epoch {newest}): it is a backup from before a rotation of the root, and nobody can open it any more; restore a later one"
    )]
    RootDestroyed {
        /// The epoch it was made under.
        epoch: u32,
        /// The newest one here.
        newest: u32,
    },
    /// The log cannot be kept.
    #[error("{0}")]
    Log(#[source] LogError),
    /// The tracking plan and the policies do not fit.
    #[error("{0}")]
    Plan(#[source] PlanError),
    /// The policies cannot be used.
    #[error("{0}")]
    Policy(#[source] PolicyError),
    /// Policies that two people agreed on cannot be used by this program.
    #[error(
        "the policies that were approved last cannot be used by this program: {0}; name a folder of policies in `policy.folder` that says something else than it did when they were approved, and it is in force instead"
    )]
    Approved(#[source] Box<PolicyError>),
    /// A restore brought back what is older than the anchor.
    #[error("{}: {}", .0.code(), remedy(*.0))]
    Behind(Behind),
    /// Keys, data and anchor could not be compared.
    #[error("the databases could not be held against the anchor: {0}")]
    Compare(#[source] Error),
    /// What was done since the backup could not be done again.
    #[error("what was done since the backup could not be done again: {0}; run `zelo restore replay` again")]
    Replay(#[source] Error),
    /// What was written down of an erasure is not there, or is not what the anchor speaks of.
    #[error(
        "{} is missing, or is not the file the anchor speaks of; whom that erasure forgot stands nowhere else, so bring it back (it belongs beside the anchor) and run `zelo restore replay` again",
        .0.display()
    )]
    NotWritten(PathBuf),
    /// A half-finished act could not be finished.
    #[error("what was left half done could not be finished: {0}")]
    RollForward(#[source] Error),
}

fn remedy(behind: Behind) -> &'static str {
    match behind {
        Behind::Data => {
            "the data are older than what the anchor knows to have been done; after a restore run `zelo restore replay`, which does it again, and if nobody restored anything, `zelo audit verify` says what is missing"
        }
        Behind::Keys => {
            "the key database is older than what the anchor knows to have been forgotten, and holds keys that were destroyed; run `zelo restore replay`, which destroys them again"
        }
    }
}

/// The deepest cause, for the operator's one sentence; database errors name files and hosts, never rows.
fn cause(error: &StoreError) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
