//! Everything that is sealed under owners' keys, found by the key it names and written anew under another.

use std::collections::BTreeSet;

use sea_orm::Value;
use zelo_model::{OwnerId, ProfileState};
use zelo_vault::Place;
use zelo_vault::place::{CONSENT_EVIDENCE, EVENT_BODY, QUARANTINE_BODY, RECORD_BODY, RETAINED_FIELDS};

use crate::error::{Result, StoreError};
use crate::sql::{Reading, among, blob, get, get16};
use crate::writer::Writing;

/// A column sealed under owners' keys.
#[derive(Debug)]
pub struct SealedColumn {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// How seals call it.
    pub place: Place,
    /// Which rows are an owner's, whose id is `$2`.
    owned: &'static str,
    /// The column of the row's own 16-byte id.
    row: &'static str,
    /// The column that counts its writings; without one the value is written once.
    version: Option<&'static str>,
}

/// All there are. One that is missing here would be lost when its owner's older key goes; a test holds this list to the
/// data map.
pub const SEALED: &[SealedColumn] = &[
    SealedColumn {
        table: "record",
        column: "body",
        place: RECORD_BODY,
        owned: "id16 = $2",
        row: "id16",
        version: Some("seal_version"),
    },
    SealedColumn {
        table: "event",
        column: "body",
        place: EVENT_BODY,
        owned: "owner = (select id from record where tenant = $1 and id16 = $2)",
        row: "id",
        version: None,
    },
    SealedColumn {
        table: "consent_event",
        column: "evidence",
        place: CONSENT_EVIDENCE,
        owned: "owner = (select id from record where tenant = $1 and id16 = $2)",
        row: "id",
        version: Some("seal_version"),
    },
    SealedColumn {
        table: "quarantine",
        column: "body",
        place: QUARANTINE_BODY,
        owned: "id16 = $2",
        row: "id16",
        version: Some("seal_version"),
    },
    SealedColumn {
        table: "retained_row",
        column: "body",
        place: RETAINED_FIELDS,
        owned: "owner = (select id from retained_set where tenant = $1 and id16 = $2)",
        row: "id16",
        version: None,
    },
];

/// A value sealed under an older key.
#[derive(Debug)]
pub struct OldSeal {
    /// Where it stands: an index into [`SEALED`].
    pub column: usize,
    /// Whose.
    pub owner: OwnerId,
    /// The row's own id.
    pub row: [u8; 16],
    /// Which writing of it.
    pub version: u64,
    /// As it is.
    pub bytes: Vec<u8>,
}

/// How an envelope names its key: behind the format and the suite, 16 bytes.
fn kid(column: &str) -> String {
    format!("substr({column}, 5, 16)")
}

impl Reading<'_> {
    /// Which of these owners are somebody who is being forgotten: their keys are touched no more.
    pub async fn being_forgotten(&self, tenant: i64, owners: &[OwnerId]) -> Result<BTreeSet<OwnerId>> {
        if owners.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut values = vec![tenant.into(), ProfileState::Erasing.number().into()];
        let list = owners.iter().map(|owner| blob(owner.0)).collect();
        let condition = among(self.is_postgres(), "r.id16", list, &mut values);
        let sql = format!(
            "select r.id16 from record r
             join membership m on m.tenant = r.tenant and m.record = r.id and m.until is null
             join profile p on p.tenant = m.tenant and p.id = m.profile
             where r.tenant = $1 and p.state >= $2 and {condition}"
        );
        self.all(sql, values).await?.iter().map(|row| Ok(OwnerId(get16(row, 0, "record")?))).collect()
    }

    /// What of an owner's is not sealed under the key of this name, the first `limit` values.
    pub async fn old_seals(
        &self,
        tenant: i64,
        owner: OwnerId,
        newest: &[u8; 16],
        limit: usize,
    ) -> Result<Vec<OldSeal>> {
        let mut found = Vec::new();
        for (at, SealedColumn { table, column, owned, row, version, .. }) in SEALED.iter().enumerate() {
            let left = i64::try_from(limit.saturating_sub(found.len())).unwrap_or(i64::MAX);
            if left == 0 {
                break;
            }
            let (kid, version) = (kid(column), version.unwrap_or("cast(1 as bigint)"));
            let sql = format!(
                "select {row}, {version}, {column} from {table}
                 where tenant = $1 and {owned} and {kid} <> $3 order by {row} limit cast($4 as bigint)"
            );
            let values = vec![tenant.into(), blob(owner.0), blob(*newest), left.into()];
            for row in self.all(sql, values).await? {
                let version = u64::try_from(get::<i64>(&row, 1)?).map_err(|_| StoreError::Corrupt(table))?;
                let id = get16(&row, 0, table)?;
                found.push(OldSeal { column: at, owner, row: id, version, bytes: get(&row, 2)? });
            }
        }
        Ok(found)
    }
}

impl OldSeal {
    /// The version of the writing that takes its place.
    pub fn next_version(&self) -> u64 {
        if SEALED[self.column].version.is_some() { self.version + 1 } else { self.version }
    }
}

impl Writing<'_> {
    /// Writes a value anew; `Stale` when it is not what was read any more.
    pub async fn reseal(&self, tenant: i64, old: &OldSeal, bytes: Vec<u8>) -> Result<()> {
        let SealedColumn { table, column, owned, row, version, .. } = &SEALED[old.column];
        let (set, same) = match version {
            Some(version) => (format!(", {version} = {version} + 1"), format!(" and {version} = $6")),
            None => (String::new(), String::new()),
        };
        let sql = format!(
            "update {table} set {column} = $4{set}
             where tenant = $1 and {owned} and {row} = $3 and {kid} = $5{same}",
            kid = kid(column)
        );
        let named = old.bytes.get(4..20).ok_or(StoreError::Sealed)?;
        let mut values: Vec<Value> =
            vec![tenant.into(), blob(old.owner.0), blob(old.row), bytes.into(), blob(named)];
        if version.is_some() {
            values.push(i64::try_from(old.version).map_err(|_| StoreError::Corrupt(table))?.into());
        }
        if self.execute(sql, values).await?.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }
}
