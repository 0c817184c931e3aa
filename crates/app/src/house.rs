//! The house record of a profile: what Zelo itself keeps of somebody, made when staff first write something.
//!
//! It is a record like any other, with a key of its own, from the source `zelo`. Its local key is the profile it was
//! born under, which its first membership says; that is where it returns when a merge is undone.

use zelo_model::{OwnerId, RecordBody, RecordKind, SourceId};
use zelo_store::{MembershipMove, RecordWrite, SourceRow};
use zelo_vault::place::RECORD_BODY;

use crate::blob::encode_record;
use crate::error::Result;
use crate::keyring::Keyring;
use crate::tx::{Read, Tx, Write};

/// What the house itself is called among a tenant's sources.
pub(crate) const SOURCE: &str = "zelo";

/// A house record, found or still to be written.
pub(crate) struct House {
    /// Its surrogate, once it has one.
    pub(crate) record: Option<i64>,
    pub(crate) id16: OwnerId,
    new: Option<Vec<u8>>,
    /// The profile it is born under.
    pub(crate) profile: i64,
}

/// The house record born under a profile, among the records that are or will be its members; else a new one, whose key
/// is durable when this returns.
pub(crate) async fn house(
    tx: &mut Tx<'_, Read>,
    keys: &mut Keyring,
    profile: i64,
    records: &[i64],
) -> Result<House> {
    let known = tx.rows.houses(tx.tenant.row.id, records).await?;
    if let Some((record, id16, _)) = known.into_iter().find(|(.., born)| *born == profile) {
        keys.add(tx.keys(&[id16]).await?);
        return Ok(House { record: Some(record), id16, new: None, profile });
    }
    let id16 = OwnerId(tx.ids.random());
    keys.create(tx.inner, tx.tenant, &[id16], tx.now).await?;
    let body = tx.seal(keys, id16, (RECORD_BODY, id16.0, 1), &encode_record(&RecordBody::default())?)?;
    Ok(House { record: None, id16, new: Some(body), profile })
}

impl House {
    /// Writes it if it is new, and answers its surrogate. Whoever calls this holds the profile's lock and has seen that
    /// its members are who they were.
    pub(crate) async fn place(self, tx: &mut Tx<'_, Write>) -> Result<i64> {
        let (Some(body), tenant) = (self.new, tx.tenant.row.id) else {
            return Ok(self.record.unwrap_or_default());
        };
        let source = source(tx).await?;
        let record = tx.surrogate().await?;
        let write = RecordWrite {
            id: record,
            id16: self.id16,
            source,
            kind: RecordKind::House,
            at: tx.now,
            seal_version: 1,
            body,
        };
        tx.rows.write_records(tenant, vec![write]).await?;
        let born = MembershipMove { record, from: None, to: self.profile, at: tx.now, cause: "born" };
        tx.rows.move_records(tenant, vec![born]).await?;
        Ok(record)
    }
}

/// The tenant's source for what the house itself keeps, made when it is first needed.
async fn source(tx: &mut Tx<'_, Write>) -> Result<i64> {
    let tenant = tx.tenant.row.id;
    if let Some(row) = tx.rows.sources(tenant).await?.into_iter().find(|row| row.kind == SOURCE) {
        return Ok(row.id);
    }
    let row = SourceRow {
        id: tx.surrogate().await?,
        id16: SourceId(tx.ids.sorted(tx.now)),
        slug: SOURCE.to_owned(),
        kind: SOURCE.to_owned(),
        space: SOURCE.to_owned(),
        // What people of the house write down is believed over any machine.
        priority: i32::MAX,
        jurisdiction: None,
        collects_for: Vec::new(),
        created: tx.now,
    };
    tx.rows.insert_source(tenant, &row).await?;
    tx.inner.tenants.forget(tx.tenant.row.id16);
    Ok(row.id)
}
