//! Quarantine: messages that could not be accepted as they are, sealed under a key of their own until they expire.

use zelo_model::{OwnerId, Timestamp};

use crate::bulk::{Bulk, MAYBE};
use crate::error::{Result, StoreError};
use crate::sql::{Reading, blob, get};
use crate::writer::Writing;

/// A message to hold.
#[derive(Debug)]
pub struct NewQuarantine {
    /// The item's surrogate.
    pub id: i64,
    /// The item's own owner id, under whose key it is sealed.
    pub id16: OwnerId,
    /// The source's surrogate.
    pub source: i64,
    /// Why, as a code.
    pub reason: &'static str,
    /// Which rule of the tracking plan it breaks, and where that stands.
    pub detail: Option<String>,
    /// The event's name, if that may stand in the clear.
    pub event: Option<String>,
    /// Keyed digest of source and message id, by which it is known when it is sent again; random without an id.
    pub mid16: [u8; 16],
    /// Since when.
    pub at: Timestamp,
    /// Until when.
    pub expires: Timestamp,
    /// The sealed bytes as received, and what came with them.
    pub body: Vec<u8>,
    /// Which writing of them.
    pub seal_version: u64,
    /// Surrogates of the identifiers found in it, so that erasing a person finds it.
    pub identifiers: Vec<i64>,
}

const ITEMS: Bulk = Bulk {
    table: "quarantine",
    columns: &[
        ("tenant", "bigint"),
        ("id", "bigint"),
        ("id16", "bytea"),
        ("source", "bigint"),
        ("reason", "text"),
        ("detail", MAYBE),
        ("event", MAYBE),
        ("mid16", "bytea"),
        ("seal_version", "bigint"),
        ("at", "bigint"),
        ("expires", "bigint"),
        ("body", "bytea"),
    ],
    conflict: "",
};

const LINKS: Bulk = Bulk {
    table: "quarantine_link",
    columns: &[("tenant", "bigint"), ("quarantine", "bigint"), ("identifier", "bigint")],
    conflict: "on conflict do nothing",
};

fn version(seal_version: u64) -> Result<i64> {
    i64::try_from(seal_version).map_err(|_| StoreError::Corrupt("quarantine"))
}

impl Writing<'_> {
    /// Holds messages; `Stale` when one of them is held already.
    pub async fn insert_quarantine(&self, tenant: i64, items: Vec<NewQuarantine>) -> Result<()> {
        let mut rows = Vec::with_capacity(items.len());
        let mut links = Vec::new();
        for item in items {
            links.extend(item.identifiers.iter().map(|id| vec![tenant.into(), item.id.into(), (*id).into()]));
            rows.push(vec![
                tenant.into(),
                item.id.into(),
                blob(item.id16.0),
                item.source.into(),
                item.reason.into(),
                item.detail.into(),
                item.event.into(),
                blob(item.mid16),
                version(item.seal_version)?.into(),
                item.at.micros().into(),
                item.expires.micros().into(),
                item.body.into(),
            ]);
        }
        ITEMS.insert(self, rows).await?;
        LINKS.insert(self, links).await?;
        Ok(())
    }

    /// Writes a held message anew, with the identifiers that are in it now beside those it came with: whoever it was about
    /// still takes it along when they are forgotten, whatever it says now. `Stale` when somebody else has, or it is gone.
    /// It is still known by the message id it came with: its sender may send it again.
    pub async fn replace_held(&self, tenant: i64, item: NewQuarantine) -> Result<()> {
        let sql = "update quarantine set reason = $3, detail = $4, event = $5, body = $6, seal_version = $7
                   where tenant = $1 and id = $2 and seal_version = $8 and expires > 0";
        let seal_version = version(item.seal_version)?;
        let values = vec![
            tenant.into(),
            item.id.into(),
            item.reason.into(),
            item.detail.into(),
            item.event.into(),
            item.body.into(),
            seal_version.into(),
            (seal_version - 1).into(),
        ];
        if self.execute(sql, values).await?.rows_affected() != 1 {
            return Err(StoreError::Stale);
        }
        let kept = item.identifiers.iter().map(|id| vec![tenant.into(), item.id.into(), (*id).into()]);
        LINKS.insert(self, kept.collect()).await?;
        Ok(())
    }

    /// Takes a held message out, because it is stored or refused; `Stale` when somebody else has, or has mended it.
    pub async fn take_held(&self, tenant: i64, id: i64, seal_version: u64) -> Result<()> {
        let lock = if self.is_postgres() { " for update" } else { "" };
        let sql = format!(
            "select 1 from quarantine where tenant = $1 and id = $2 and seal_version = $3 and expires > 0{lock}"
        );
        let values = vec![tenant.into(), id.into(), version(seal_version)?.into()];
        if self.all(sql, values).await?.is_empty() {
            return Err(StoreError::Stale);
        }
        self.delete_held(tenant, &[id]).await
    }

    /// Says anew why a message is held.
    pub async fn rejudge_held(
        &self,
        tenant: i64,
        (id, seal_version): (i64, u64),
        reason: &'static str,
        detail: Option<String>,
    ) -> Result<()> {
        let sql = "update quarantine set reason = $4, detail = $5
                   where tenant = $1 and id = $2 and seal_version = $3 and expires > 0";
        let values =
            vec![tenant.into(), id.into(), version(seal_version)?.into(), reason.into(), detail.into()];
        if self.execute(sql, values).await?.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }
}

impl Reading<'_> {
    /// How many messages are held, by reason, over all tenants.
    pub async fn quarantine_counts(&self) -> Result<Vec<(String, i64)>> {
        let sql = "select reason, count(*) from quarantine where expires > 0 group by reason";
        let rows = self.all(sql, Vec::new()).await?;
        rows.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect()
    }
}
