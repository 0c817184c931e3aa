//! What people said to purposes. Rows are added and never changed; what they amount to is folded where they are read.

use sea_orm::{QueryResult, Value};
use zelo_model::{ConsentId, ConsentKind, OwnerId, Timestamp};

use crate::error::{Result, StoreError};
use crate::sql::{Reading, among, blob, get, get16};
use crate::writer::Writing;

/// A fact as stored, without its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRow {
    /// The record it is anchored to.
    pub owner: i64,
    /// Its id.
    pub id: ConsentId,
    /// To which purpose it was said.
    pub purpose: String,
    /// For which controller: the tenant's own, or one the data would go to.
    pub recipient: String,
    /// What was said.
    pub kind: ConsentKind,
    /// When it was said.
    pub at: Timestamp,
    /// When it was written down.
    pub recorded: Timestamp,
    /// The identifier that vouches for who said it, by surrogate.
    pub verified: Option<i64>,
    /// SHA-256 of the very text that was agreed to.
    pub notice: Option<Vec<u8>>,
    /// Whether a guardian said it for a minor.
    pub guardian: bool,
}

/// The name that stands for every purpose at once: what is restricted, or objected to, in all.
pub const EVERY_PURPOSE: &str = "*";

/// A fact to add.
#[derive(Debug)]
pub struct NewConsent {
    /// The fact.
    pub row: ConsentRow,
    /// How often its evidence was sealed: 1.
    pub seal_version: u64,
    /// The sealed evidence.
    pub evidence: Vec<u8>,
}

/// A fact with its sealed evidence.
#[derive(Debug)]
pub struct ConsentProof {
    /// The fact.
    pub row: ConsentRow,
    /// Which writing of its evidence.
    pub seal_version: u64,
    /// The sealed evidence.
    pub evidence: Vec<u8>,
}

/// Since when, and until when, a record was in a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// The record.
    pub record: i64,
    /// The profile.
    pub profile: i64,
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None` while it is there.
    pub until: Option<Timestamp>,
}

const COLUMNS: &str = "owner, id, purpose, recipient, kind, at, recorded, verified, notice, guardian";

/// What a record has said to the purpose in the parameter of this number, or to all of them, for the recipient in the
/// next: one text, so that it can stand in a row of the record and be of its instant.
pub(crate) fn said_by(record: &str, purpose: usize, postgres: bool) -> String {
    let (hex, all) = if postgres {
        (("encode(", ", 'hex')"), ("string_agg(", ", ';')"))
    } else {
        (("hex(", ")"), ("group_concat(", ", ';')"))
    };
    let fact = format!(
        "c.purpose || ' ' || {0}c.id{1} || ' ' || c.kind || ' ' || c.at || ' ' || c.recorded || ' ' || c.guardian
         || ' ' || coalesce(c.verified, -1) || ' ' || coalesce({0}c.notice{1}, '')",
        hex.0, hex.1
    );
    let recipient = purpose + 1;
    format!(
        "(select {}{fact}{} from consent_event c
          where c.tenant = {record}.tenant and c.owner = {record}.id
            and c.purpose in (${purpose}, '{EVERY_PURPOSE}') and c.recipient = ${recipient})",
        all.0, all.1
    )
}

/// Reads that text again.
pub(crate) fn said(owner: i64, recipient: &str, text: &str) -> Result<Vec<ConsentRow>> {
    let corrupt = || StoreError::Corrupt("consent_event");
    let fact = |text: &str| {
        let mut words = text.splitn(8, ' ');
        let mut next = || words.next().ok_or_else(corrupt);
        let bytes = |text: &str| hex::decode(text).map_err(|_| corrupt());
        let number = |text: &str| text.parse::<i64>().map_err(|_| corrupt());
        let purpose = next()?.to_owned();
        let id = bytes(next()?)?.try_into().map_err(|_| corrupt())?;
        let kind = next()?.parse().ok().and_then(ConsentKind::from_number).ok_or_else(corrupt)?;
        let (at, recorded) = (number(next()?)?, number(next()?)?);
        let guardian = number(next()?)? != 0;
        let verified = Some(number(next()?)?).filter(|verified| *verified >= 0);
        let notice = Some(bytes(next()?)?).filter(|notice| !notice.is_empty());
        Ok(ConsentRow {
            owner,
            id: ConsentId(id),
            purpose,
            recipient: recipient.to_owned(),
            kind,
            at: Timestamp::from_micros(at),
            recorded: Timestamp::from_micros(recorded),
            verified,
            notice,
            guardian,
        })
    };
    text.split(';').map(fact).collect()
}

impl Reading<'_> {
    /// Everything said by these records, in the order of their ids.
    pub async fn consents(&self, tenant: i64, records: &[i64]) -> Result<Vec<ConsentRow>> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = records.iter().map(|record| (*record).into()).collect();
        let condition = among(self.is_postgres(), "owner", list, &mut values);
        let sql = format!(
            "select {COLUMNS} from consent_event where tenant = $1 and {condition} order by owner, id"
        );
        self.all(sql, values).await?.iter().map(consent).collect()
    }

    /// What these records said, newest first, with its evidence: at most so many, and only before this one.
    pub async fn consent_proofs(
        &self,
        tenant: i64,
        records: &[i64],
        before: Option<ConsentId>,
        limit: i64,
    ) -> Result<Vec<ConsentProof>> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into(), limit.into()];
        let list = records.iter().map(|record| (*record).into()).collect();
        let condition = among(self.is_postgres(), "owner", list, &mut values);
        let before = before.map_or(String::new(), |id| {
            values.push(blob(id.0));
            format!(" and id < ${}", values.len())
        });
        let sql = format!(
            "select {COLUMNS}, seal_version, evidence from consent_event
             where tenant = $1 and {condition}{before} order by id desc limit cast($2 as bigint)"
        );
        self.all(sql, values).await?.iter().map(proof).collect()
    }

    /// One fact of a record, with its evidence.
    pub async fn consent_proof(
        &self,
        tenant: i64,
        record: i64,
        id: ConsentId,
    ) -> Result<Option<ConsentProof>> {
        let sql = format!(
            "select {COLUMNS}, seal_version, evidence from consent_event
             where tenant = $1 and owner = $2 and id = $3"
        );
        let row = self.one(sql, vec![tenant.into(), record.into(), blob(id.0)]).await?;
        row.as_ref().map(proof).transpose()
    }

    /// In which profiles these records have been, and when.
    pub async fn stays(&self, tenant: i64, records: &[i64]) -> Result<Vec<Stay>> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = records.iter().map(|record| (*record).into()).collect();
        let condition = among(self.is_postgres(), "record", list, &mut values);
        let sql = format!(
            "select record, profile, since, until from membership
             where tenant = $1 and {condition} order by record, since"
        );
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(Stay {
                    record: get(row, 0)?,
                    profile: get(row, 1)?,
                    since: Timestamp::from_micros(get(row, 2)?),
                    until: get::<Option<i64>>(row, 3)?.map(Timestamp::from_micros),
                })
            })
            .collect()
    }

    /// The records among these that Zelo itself keeps, and the profile each was born under: (record, owner, profile).
    pub async fn houses(&self, tenant: i64, records: &[i64]) -> Result<Vec<(i64, OwnerId, i64)>> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = records.iter().map(|record| (*record).into()).collect();
        let condition = among(self.is_postgres(), "r.id", list, &mut values);
        let sql = format!(
            "select r.id, r.id16, b.profile from record r
             join membership b on b.tenant = r.tenant and b.record = r.id
             where r.tenant = $1 and r.kind = 2 and {condition}
               and not exists (select 1 from membership e
                 where e.tenant = b.tenant and e.record = b.record and e.since < b.since)
             order by r.id"
        );
        let rows = self.all(sql, values).await?;
        rows.iter().map(|row| Ok((get(row, 0)?, OwnerId(get16(row, 1, "record")?), get(row, 2)?))).collect()
    }
}

fn proof(row: &QueryResult) -> Result<ConsentProof> {
    let version = u64::try_from(get::<i64>(row, 10)?).map_err(|_| StoreError::Corrupt("consent_event"))?;
    Ok(ConsentProof { row: consent(row)?, seal_version: version, evidence: get(row, 11)? })
}

fn consent(row: &QueryResult) -> Result<ConsentRow> {
    Ok(ConsentRow {
        owner: get(row, 0)?,
        id: ConsentId(get16(row, 1, "consent_event")?),
        purpose: get(row, 2)?,
        recipient: get(row, 3)?,
        kind: ConsentKind::from_number(get(row, 4)?).ok_or(StoreError::Corrupt("consent_event"))?,
        at: Timestamp::from_micros(get(row, 5)?),
        recorded: Timestamp::from_micros(get(row, 6)?),
        verified: get(row, 7)?,
        notice: get(row, 8)?,
        guardian: get::<i16>(row, 9)? != 0,
    })
}

impl Writing<'_> {
    /// Adds facts.
    pub async fn insert_consents(&self, tenant: i64, consents: Vec<NewConsent>) -> Result<()> {
        // One by one: they are few, and a null has no place in an array of values.
        let sql =
            "insert into consent_event (tenant, owner, id, purpose, recipient, kind, at, recorded, verified,
                     notice, guardian, seal_version, evidence)
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        for NewConsent { row, seal_version, evidence } in consents {
            let values = vec![
                tenant.into(),
                row.owner.into(),
                blob(row.id.0),
                row.purpose.into(),
                row.recipient.into(),
                row.kind.number().into(),
                row.at.micros().into(),
                row.recorded.micros().into(),
                row.verified.into(),
                Value::Bytes(row.notice),
                i16::from(row.guardian).into(),
                i64::try_from(seal_version).unwrap_or(i64::MAX).into(),
                evidence.into(),
            ];
            self.execute(sql, values).await?;
        }
        Ok(())
    }

    /// Notes that an identifier was shown to be its record's person's own.
    pub async fn verify_link(
        &self,
        tenant: i64,
        (identifier, record): (i64, i64),
        at: Timestamp,
    ) -> Result<()> {
        let sql = "update identifier_link set verified_at = $1
                   where tenant = $2 and identifier = $3 and record = $4";
        let values = vec![at.micros().into(), tenant.into(), identifier.into(), record.into()];
        self.execute(sql, values).await?;
        Ok(())
    }
}
