//! Writing an erasure down beside the anchor, and writing it down anew when keys or kept rows have changed.

use std::collections::BTreeMap;

use zelo_ledger::{AnchoredErasure, keep_erasure};
use zelo_model::OwnerId;
use zelo_store::ErasureRow;

use super::file::{ErasureFile, KeyLine, RetainedLine, SuppressedLine};
use crate::error::{Error, Result};
use crate::inner::Inner;
use crate::keyring::{Fetching, Keyring};
use crate::tenant::Tenant;

impl Inner {
    /// Writes an erasure down outside both backups and anchors it; durable when this returns. Doing it again says the
    /// same once more.
    pub(crate) async fn write_down(&self, tenant: &Tenant, erasure: &ErasureRow) -> Result<()> {
        loop {
            let root = self.newest_root().await?;
            self.keep(tenant, &self.file_of(tenant, erasure, root).await?, erasure).await?;
            // A rotation of the root that began meanwhile may have passed this file by.
            if self.newest_root().await? == root {
                return Ok(());
            }
        }
    }

    /// Writes those of a tenant's erasures down anew, from behind number `after` on, whose keys or kept rows have
    /// changed since. Looks at so many at most; answers the last it looked at, or none when there are no more.
    pub(crate) async fn write_down_anew(
        &self,
        tenant: &Tenant,
        after: i64,
        most: i64,
    ) -> Result<Option<i64>> {
        let root = self.newest_root().await?;
        let mut last = None;
        for erasure in self.store.reading().erasures_keeping(tenant.row.id, after, most).await? {
            let file = self.file_of(tenant, &erasure, root).await?;
            let anchor = self.log.anchor.lock().await.path().to_owned();
            let old = ErasureFile::read(&anchor, tenant.row.id16, erasure.n, None);
            if old.map(ErasureFile::unwrapped) != Some(file.clone().unwrapped()) {
                self.keep(tenant, &file, &erasure).await?;
            }
            last = Some(erasure.n);
        }
        Ok(last)
    }

    async fn newest_root(&self) -> Result<u32> {
        let roots = self.store.roots().await?;
        roots.last().map(|(epoch, _)| *epoch).ok_or_else(|| Error::internal("there is no root"))
    }

    async fn keep(&self, tenant: &Tenant, file: &ErasureFile, erasure: &ErasureRow) -> Result<()> {
        let bytes = serde_json::to_vec(file).map_err(Error::internal)?;
        let mut anchor = self.log.anchor.lock().await;
        let (id, n) = (tenant.row.id16, erasure.n);
        let sha256 = keep_erasure(anchor.path(), id, n, &bytes).map_err(Error::unavailable)?;
        let line = AnchoredErasure { tenant: id, n, at: erasure.begun_at, sha256 };
        anchor.append_erasure(&line).map_err(Error::unavailable)
    }

    async fn file_of(&self, tenant: &Tenant, erasure: &ErasureRow, root: u32) -> Result<ErasureFile> {
        let (id, n, rows) = (tenant.row.id, erasure.n, self.store.reading());
        let people = rows.aliases(id, erasure.profile).await?;
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
            retained: self.retained(tenant, n, root).await?,
        })
    }

    async fn retained(&self, tenant: &Tenant, n: i64, root: u32) -> Result<Vec<RetainedLine>> {
        let (rows, now) = (self.store.reading(), self.clock.now());
        let sets = rows.retained_sets(tenant.row.id, n).await?;
        let owners: Vec<OwnerId> =
            sets.iter().filter(|set| set.rows > 0 && set.until > now).map(|set| set.id16).collect();
        let held = Keyring::fetch(Fetching { inner: self, tenant, now, seals: false }, &owners).await?;
        // What is sealed anew meanwhile is written down anew when its rotation is through.
        let mut sealed: BTreeMap<OwnerId, BTreeMap<String, String>> = BTreeMap::new();
        for (set, row, body) in rows.retained_rows(tenant.row.id, n).await? {
            sealed.entry(set).or_default().insert(hex(&row), hex(&body));
        }
        let mut lines = Vec::with_capacity(sets.len());
        for set in sets {
            let mut keys = Vec::new();
            let rows = sealed.remove(&set.id16).filter(|_| owners.contains(&set.id16)).unwrap_or_default();
            if !rows.is_empty() {
                let held = held.of(set.id16)?;
                for key in held.each() {
                    let wrapped = key.wrap_by_root(self.kms(), root, tenant.row.id16, set.id16).await?;
                    keys.push(KeyLine {
                        root,
                        generation: held.generation(),
                        wrapped: hex(&wrapped.bytes),
                        commitment: hex(&wrapped.commitment),
                    });
                }
            }
            lines.push(RetainedLine {
                rows,
                keys,
                set: set.id16.to_string(),
                policy: set.policy,
                ground: set.ground,
                law: set.law,
                until: set.until.to_string(),
            });
        }
        Ok(lines)
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
