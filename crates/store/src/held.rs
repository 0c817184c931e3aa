//! Held messages as people look at them: a page of what is clear, one with its sealed bytes, and whom it is about.

use std::fmt::Write as _;

use sea_orm::{QueryResult, Value};
use zelo_model::{Handle, OwnerId, QuarantineId, Timestamp};

use crate::error::{Result, StoreError};
use crate::sql::{Reading, among, blob, get, get16};

/// A held message without what is sealed of it.
#[derive(Debug, Clone)]
pub struct HeldRow {
    /// Its surrogate.
    pub id: i64,
    /// Its own owner id.
    pub id16: OwnerId,
    /// The source's surrogate.
    pub source: i64,
    /// Why, as a code.
    pub reason: String,
    /// Which rule of the tracking plan it breaks, and where that stands.
    pub detail: Option<String>,
    /// The event's name, if that may stand in the clear.
    pub event: Option<String>,
    /// Since when: when it was received.
    pub at: Timestamp,
    /// Until when.
    pub expires: Timestamp,
    /// Which writing of the sealed bytes.
    pub seal_version: u64,
}

/// Which held messages: the newest `limit` before a place.
#[derive(Debug, Clone, Default)]
pub struct HeldPage {
    /// Only those of this source.
    pub source: Option<i64>,
    /// Only those held for this reason.
    pub reason: Option<String>,
    /// Only those before this place: time and id.
    pub before: Option<(Timestamp, QuarantineId)>,
    /// How many at most.
    pub limit: i64,
}

const HELD: &str = "q.id, q.id16, q.source, q.reason, q.detail, q.event, q.at, q.expires, q.seal_version";

impl Reading<'_> {
    /// A page of what is held and has not lapsed, newest first.
    pub async fn held(&self, tenant: i64, now: Timestamp, page: &HeldPage) -> Result<Vec<HeldRow>> {
        let (at, id) = page.before.map_or((i64::MAX, [0; 16]), |(at, id)| (at.micros(), id.0));
        let mut values: Vec<Value> =
            vec![tenant.into(), at.into(), blob(id), now.micros().into(), page.limit.into()];
        let mut also = String::new();
        if let Some(source) = page.source {
            values.push(source.into());
            let _ = write!(also, " and q.source = ${}", values.len());
        }
        if let Some(reason) = &page.reason {
            values.push(reason.as_str().into());
            let _ = write!(also, " and q.reason = ${}", values.len());
        }
        let sql = format!(
            "select {HELD} from quarantine q
             where q.tenant = $1 and (q.at < $2 or (q.at = $2 and q.id16 < $3)) and q.expires > $4{also}
             order by q.at desc, q.id16 desc limit cast($5 as bigint)"
        );
        self.all(sql, values).await?.iter().map(held_row).collect()
    }

    /// One held message that has not lapsed, with its sealed bytes.
    pub async fn held_one(
        &self,
        tenant: i64,
        now: Timestamp,
        id: QuarantineId,
    ) -> Result<Option<(HeldRow, Vec<u8>)>> {
        let sql = format!(
            "select {HELD}, q.body from quarantine q where q.tenant = $1 and q.id16 = $2 and q.expires > $3"
        );
        let row = self.one(sql, vec![tenant.into(), blob(id.0), now.micros().into()]).await?;
        row.map(|row| Ok((held_row(&row)?, get(&row, 9)?))).transpose()
    }

    /// The living people a held message is about, as far as its identifiers say: their surrogates, and how the log names them.
    pub async fn people_in_held(&self, tenant: i64, id: i64) -> Result<Vec<(i64, Handle)>> {
        let sql = "select distinct p.id, p.handle from quarantine_link q
                   join identifier_link l on l.tenant = q.tenant and l.identifier = q.identifier
                   join membership m on m.tenant = l.tenant and m.record = l.record and m.until is null
                   join profile p on p.tenant = m.tenant and p.id = m.profile and p.state = 0
                   where q.tenant = $1 and q.quarantine = $2 and p.handle is not null";
        let rows = self.all(sql, vec![tenant.into(), id.into()]).await?;
        let person = |row| {
            let handle =
                Handle::from_slice(&get::<Vec<u8>>(row, 1)?).ok_or(StoreError::Corrupt("profile"))?;
            Ok((get(row, 0)?, handle))
        };
        rows.iter().map(person).collect()
    }

    /// Which of these messages are held already, by their keyed digests.
    pub async fn held_already(&self, tenant: i64, mids: &[[u8; 16]]) -> Result<Vec<[u8; 16]>> {
        if mids.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = mids.iter().map(|mid| blob(*mid)).collect();
        let condition = among(self.is_postgres(), "mid16", list, &mut values);
        let sql = format!("select mid16 from quarantine where tenant = $1 and {condition}");
        self.all(sql, values).await?.iter().map(|row| get16(row, 0, "quarantine")).collect()
    }
}

fn held_row(row: &QueryResult) -> Result<HeldRow> {
    Ok(HeldRow {
        id: get(row, 0)?,
        id16: OwnerId(get16(row, 1, "quarantine")?),
        source: get(row, 2)?,
        reason: get(row, 3)?,
        detail: get(row, 4)?,
        event: get(row, 5)?,
        at: Timestamp::from_micros(get(row, 6)?),
        expires: Timestamp::from_micros(get(row, 7)?),
        seal_version: u64::try_from(get::<i64>(row, 8)?).map_err(|_| StoreError::Corrupt("quarantine"))?,
    })
}
