//! Quarantine: messages that could not be accepted as they are, sealed under a key of their own until they expire.

use zelo_model::{OwnerId, Timestamp};

use crate::bulk::Bulk;
use crate::error::Result;
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
    /// Since when.
    pub at: Timestamp,
    /// Until when.
    pub expires: Timestamp,
    /// The sealed bytes as received.
    pub body: Vec<u8>,
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

impl Writing<'_> {
    /// Holds messages.
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
                item.at.micros().into(),
                item.expires.micros().into(),
                item.body.into(),
            ]);
        }
        ITEMS.insert(self, rows).await?;
        LINKS.insert(self, links).await?;
        Ok(())
    }
}

impl Reading<'_> {
    /// How many messages are held, by reason, over all tenants.
    pub async fn quarantine_counts(&self) -> Result<Vec<(String, i64)>> {
        let rows = self.all("select reason, count(*) from quarantine group by reason", Vec::new()).await?;
        rows.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect()
    }
}
