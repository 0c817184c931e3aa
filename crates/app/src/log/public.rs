//! The public part of a log: hashes and signatures that everybody may hold us to.

use std::path::PathBuf;

use zelo_model::TenantId;
use zelo_store::{LogHead, TenantRow};

use crate::app::App;
use crate::error::{Error, Result};

/// What of a log is public: it says nothing of anybody, and everybody may hold us to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicPart {
    /// The newest signed checkpoint.
    Checkpoint,
    /// The key that signs it.
    VerifyKey,
    /// A tile of hashes, by its path `tile/<L>/<N>[.p/<W>]`.
    Tile(String),
}

impl App {
    /// Where the anchor is.
    pub async fn anchor(&self) -> PathBuf {
        self.inner.log.anchor.lock().await.path().to_owned()
    }

    /// A public part of a tenant's log (C2SP tlog-tiles) in one epoch, or else the newest; `None` when there is no such
    /// thing. Hashes and signatures are nobody's data: this is not a passage and leaves no entry.
    pub async fn public_log(
        &self,
        tenant: TenantId,
        epoch: Option<u64>,
        part: PublicPart,
    ) -> Result<Option<Vec<u8>>> {
        let tenants = self.inner.store.reading().tenants().await?;
        let Some(row) = tenants.into_iter().find(|row| row.id16 == tenant) else { return Ok(None) };
        let Ok(epoch) = epoch.map(i64::try_from).transpose() else { return Ok(None) };
        let reading = self.inner.store.reading();
        let Some(head) = reading.log_head_of(row.id, epoch).await? else { return Ok(None) };
        match part {
            PublicPart::Checkpoint => Ok(Some(head.note.into_bytes())),
            PublicPart::VerifyKey => {
                let key = self.inner.log.verify_key(tenant, head.epoch)?;
                Ok(Some(format!("{key}\n").into_bytes()))
            }
            PublicPart::Tile(path) => self.tile(&row, &head, &path).await,
        }
    }

    async fn tile(&self, tenant: &TenantRow, head: &LogHead, path: &str) -> Result<Option<Vec<u8>>> {
        let size = u64::try_from(head.size).map_err(Error::internal)?;
        let Some(tile) = zelo_ledger::TileId::parse(path).filter(|tile| tile.is_within(size)) else {
            return Ok(None);
        };
        let reading = self.inner.store.reading();
        let found = reading.log_tiles(tenant.id, head.epoch, &[(tile.level, tile.index)]).await?;
        Ok(found.into_iter().next().and_then(|(_, _, hashes)| Some(hashes.get(..tile.bytes())?.to_vec())))
    }
}
