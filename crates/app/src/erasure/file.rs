//! What is written beside the anchor before any key goes: all that makes a restored backup forget again. Nothing in it
//! tells who it was: random numbers, keyed digests, ciphertext.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zelo_ledger::{AnchoredErasure, keep_erasure};
use zelo_model::OwnerId;
use zelo_store::ErasureRow;

use crate::error::{Error, Result};
use crate::inner::Inner;
use crate::tenant::Tenant;

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
    /// Row id and ciphertext, both in hexadecimal.
    pub(crate) rows: BTreeMap<String, String>,
}

impl Inner {
    /// Writes an erasure down outside both backups and anchors it; durable when this returns. Doing it again says the
    /// same once more.
    pub(super) async fn write_down(&self, tenant: &Tenant, erasure: &ErasureRow) -> Result<()> {
        let bytes = serde_json::to_vec(&self.file_of(tenant, erasure).await?).map_err(Error::internal)?;
        let mut anchor = self.log.anchor.lock().await;
        let (id, n) = (tenant.row.id16, erasure.n);
        let sha256 = keep_erasure(anchor.path(), id, n, &bytes).map_err(Error::unavailable)?;
        let line = AnchoredErasure { tenant: id, n, at: erasure.begun_at, sha256 };
        anchor.append_erasure(&line).map_err(Error::unavailable)
    }

    async fn file_of(&self, tenant: &Tenant, erasure: &ErasureRow) -> Result<ErasureFile> {
        let (id, n, rows) = (tenant.row.id, erasure.n, self.store.reading());
        let people = rows.aliases(id, erasure.profile).await?;
        let mut sealed: BTreeMap<OwnerId, BTreeMap<String, String>> = BTreeMap::new();
        for (set, row, body) in rows.retained_rows(id, n).await? {
            sealed.entry(set).or_default().insert(hex(&row), hex(&body));
        }
        let retained = rows.retained_sets(id, n).await?.into_iter().map(|set| RetainedLine {
            rows: sealed.remove(&set.id16).unwrap_or_default(),
            set: set.id16.to_string(),
            policy: set.policy,
            ground: set.ground,
            law: set.law,
            until: set.until.to_string(),
        });
        let suppressed = rows.suppressed_by(id, n).await?.into_iter().map(|row| SuppressedLine {
            kind: row.kind.slug().to_owned(),
            digest: hex(&row.digest),
            day: row.day,
            reason: row.reason,
        });
        Ok(ErasureFile {
            v: 1,
            tenant: tenant.row.id16.to_string(),
            n,
            at: erasure.begun_at.to_string(),
            ground: erasure.ground.clone(),
            profiles: rows.profile_ids(id, &people).await?.iter().map(ToString::to_string).collect(),
            owners: rows.erased_owners(id, n).await?.iter().map(|owner| owner.id16.to_string()).collect(),
            suppressed: suppressed.collect(),
            retained: retained.collect(),
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
