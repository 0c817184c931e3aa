//! What is backed up together, and away from the rest.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A backup class: whoever has one of them alone reads nobody's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackupClass {
    /// The data database, with the log; on SQLite also the entries of reads that wait for it.
    Data,
    /// The key database: every key wrapped.
    Keys,
    /// The key that signs the log.
    Signing,
}

impl BackupClass {
    /// As people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Keys => "keys",
            Self::Signing => "signing",
        }
    }
}

/// The file of the class of the signing key.
pub(super) const SIGNING: &str = "audit.key";

/// A folder for each class that is wanted; they can be on different machines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Classes {
    /// Of the data.
    pub data: Option<PathBuf>,
    /// Of the keys.
    pub keys: Option<PathBuf>,
    /// Of the signing key.
    pub signing: Option<PathBuf>,
}

impl Classes {
    /// The wanted ones. The data come before the keys: a key is durable before anything sealed under it, so keys that
    /// are copied later lack none.
    pub(super) fn wanted(&self) -> Vec<(BackupClass, PathBuf)> {
        let all = [
            (BackupClass::Data, &self.data),
            (BackupClass::Keys, &self.keys),
            (BackupClass::Signing, &self.signing),
        ];
        all.into_iter().filter_map(|(class, folder)| Some((class, folder.clone()?))).collect()
    }
}
