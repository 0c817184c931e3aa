//! What is written beside the anchor before any key goes: all that makes a restored backup forget again. Nothing in it
//! tells who it was: random numbers, keyed digests, ciphertext.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use zelo_ledger::erasure_file;
use zelo_model::{OwnerId, TenantId};
use zelo_store::{NewRetainedSet, SuppressedRow};
use zelo_vault::{RootWrapped, sha256};

use crate::error::{Error, Result};

/// The file `erasures/<tenant>/<n>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErasureFile {
    /// The version of this form.
    pub(crate) v: u32,
    pub(crate) tenant: String,
    pub(crate) n: i64,
    pub(crate) at: String,
    pub(crate) ground: String,
    /// The profile, and those that had been merged into it.
    pub(crate) profiles: Vec<String>,
    /// Whose keys go.
    pub(crate) owners: Vec<String>,
    pub(crate) suppressed: Vec<SuppressedLine>,
    pub(crate) retained: Vec<RetainedLine>,
}

/// An identifier that must not come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuppressedLine {
    pub(crate) kind: String,
    /// Its digest under the suppression key, in hexadecimal.
    pub(crate) digest: String,
    /// Since when, in days since 1970.
    pub(crate) day: i64,
    pub(crate) reason: String,
}

/// What one law keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetainedLine {
    pub(crate) set: String,
    pub(crate) policy: String,
    pub(crate) ground: String,
    pub(crate) law: String,
    pub(crate) until: String,
    /// Row id and ciphertext, both in hexadecimal; gone when its day has come.
    pub(crate) rows: BTreeMap<String, String>,
    /// What they are sealed under, the key that seals first: a set is younger than any backup of the keys that the
    /// erasure is younger than.
    #[serde(default)]
    pub(crate) keys: Vec<KeyLine>,
}

/// A key, wrapped by the root, which no restore takes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyLine {
    /// The root's epoch.
    pub(crate) root: u32,
    /// The newest generation of the set's keys.
    pub(crate) generation: u32,
    pub(crate) wrapped: String,
    pub(crate) commitment: String,
}

impl ErasureFile {
    /// What stands beside the anchor, unless it is another form or not what `digest` says.
    pub(crate) fn read(anchor: &Path, tenant: TenantId, n: i64, digest: Option<&[u8; 32]>) -> Option<Self> {
        let bytes = fs::read(erasure_file(anchor, tenant, n)).ok()?;
        if digest.is_some_and(|digest| sha256(&bytes) != *digest) {
            return None;
        }
        let file: Self = serde_json::from_slice(&bytes).ok()?;
        (file.v == 1 && file.n == n && file.tenant == tenant.to_string()).then_some(file)
    }

    /// The same without what is different at each wrapping of the same key.
    pub(super) fn unwrapped(mut self) -> Self {
        self.retained.iter_mut().flat_map(|line| &mut line.keys).for_each(|key| key.wrapped.clear());
        self
    }

    /// Whose keys go.
    pub(crate) fn owners(&self) -> Result<Vec<OwnerId>> {
        self.owners.iter().map(|id| said(id)).collect()
    }
}

impl SuppressedLine {
    pub(super) fn row(&self) -> Result<SuppressedRow> {
        Ok(SuppressedRow {
            kind: said(&self.kind)?,
            digest: bytes(&self.digest)?.try_into().map_err(|_| unread())?,
            day: self.day,
            reason: self.reason.clone(),
        })
    }
}

impl RetainedLine {
    /// The set, with no surrogate yet.
    pub(super) fn set(&self) -> Result<NewRetainedSet> {
        let row =
            |(id, body): (&String, &String)| Ok((bytes(id)?.try_into().map_err(|_| unread())?, bytes(body)?));
        Ok(NewRetainedSet {
            id: 0,
            id16: said(&self.set)?,
            policy: self.policy.clone(),
            ground: self.ground.clone(),
            law: self.law.clone(),
            until: said(&self.until)?,
            rows: self.rows.iter().map(row).collect::<Result<_>>()?,
        })
    }
}

impl KeyLine {
    pub(super) fn wrapped(&self) -> Result<RootWrapped> {
        Ok(RootWrapped {
            root_epoch: self.root,
            bytes: bytes(&self.wrapped)?,
            commitment: bytes(&self.commitment)?.try_into().map_err(|_| unread())?,
        })
    }
}

pub(super) fn said<T: FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| unread())
}

fn bytes(text: &str) -> Result<Vec<u8>> {
    HEXLOWER.decode(text.as_bytes()).map_err(|_| unread())
}

fn unread() -> Error {
    Error::internal("an erasure that was written down cannot be read")
}
