//! What time takes: records nobody was ever linked to, messages held too long, notes of messages long gone.

use sea_orm::Value;
use zelo_model::{OwnerId, Timestamp};

use crate::error::Result;
use crate::sql::{Reading, among, blob, get, get16};
use crate::writer::Writing;

/// A record on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiring {
    /// Its surrogate.
    pub record: i64,
    /// Its owner id.
    pub owner: OwnerId,
    /// The profile it alone was.
    pub profile: i64,
}

/// A message whose time in quarantine is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expired {
    /// Its surrogate.
    pub id: i64,
    /// Its owner id.
    pub owner: OwnerId,
}

/// From when on things have lapsed.
#[derive(Debug, Clone, Copy)]
pub struct Lapsed {
    /// Anonymous records last seen before this.
    pub unlinked: Timestamp,
    /// Messages and what laws kept that were held until this or earlier.
    pub now: Timestamp,
    /// Messages seen before this day.
    pub seen: i64,
}

/// An anonymous record that is all of its profile, was never in another, and has one identifier: nobody signed in on
/// that browser. Nor has it said anything to a purpose: a no must not be lost with it. To have seen a text (kind 10) says
/// nothing.
const UNLINKED: &str = "select r.id, r.id16, m.profile from record r
    join membership m on m.tenant = r.tenant and m.record = r.id and m.until is null
    join profile p on p.tenant = m.tenant and p.id = m.profile and p.state = 0
    where r.tenant = $1 and r.kind = 1 and r.last_seen < $2
      and not exists (select 1 from membership o
        where o.tenant = r.tenant and o.profile = m.profile and o.record <> r.id)
      and not exists (select 1 from membership e
        where e.tenant = r.tenant and e.record = r.id and e.until is not null)
      and not exists (select 1 from consent_event c where c.tenant = r.tenant and c.owner = r.id and c.kind <> 10)
      and (select count(*) from identifier_link l where l.tenant = r.tenant and l.record = r.id) = 1";

/// One like it that has said something to a purpose, itself or through the house record beside it, and of which there
/// are events: what it said stays, what it did goes.
const SPOKEN: &str = "select r.id, r.id16, m.profile from record r
    join membership m on m.tenant = r.tenant and m.record = r.id and m.until is null
    join profile p on p.tenant = m.tenant and p.id = m.profile and p.state = 0
    where r.tenant = $1 and r.kind = 1 and r.last_seen < $2
      and not exists (select 1 from membership o
        join record h on h.tenant = o.tenant and h.id = o.record
        where o.tenant = r.tenant and o.profile = m.profile and o.record <> r.id and h.kind <> 2)
      and not exists (select 1 from membership e
        where e.tenant = r.tenant and e.record = r.id and e.until is not null)
      and (select count(*) from identifier_link l where l.tenant = r.tenant and l.record = r.id) = 1
      and exists (select 1 from membership s
        join consent_event c on c.tenant = s.tenant and c.owner = s.record
        where s.tenant = r.tenant and s.profile = m.profile and s.until is null
          and (c.kind <> 10 or c.owner <> r.id))
      and exists (select 1 from event v where v.tenant = r.tenant and v.owner = r.id)";

impl Reading<'_> {
    /// Whether anything of a tenant has lapsed or is on its way out.
    pub async fn anything_lapsed(&self, tenant: i64, lapsed: Lapsed) -> Result<bool> {
        let id = || Value::from(tenant);
        let questions = [
            ("select 1 from expiring where tenant = $1 limit 1".to_owned(), vec![id()]),
            (format!("{UNLINKED} limit 1"), vec![id(), lapsed.unlinked.micros().into()]),
            (format!("{SPOKEN} limit 1"), vec![id(), lapsed.unlinked.micros().into()]),
            (
                "select 1 from quarantine where tenant = $1 and expires <= $2 limit 1".to_owned(),
                vec![id(), lapsed.now.micros().into()],
            ),
            (
                "select 1 from message_seen where tenant = $1 and day < $2 limit 1".to_owned(),
                vec![id(), lapsed.seen.into()],
            ),
            (
                "select 1 from retained_set s where s.tenant = $1 and s.until <= $2
                   and exists (select 1 from retained_row r where r.tenant = s.tenant and r.owner = s.id) limit 1"
                    .to_owned(),
                vec![id(), lapsed.now.micros().into()],
            ),
        ];
        for (sql, values) in questions {
            if !self.all(sql, values).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Anonymous records last seen before this that nobody was ever linked to; of these profiles only, if named.
    pub async fn unlinked(
        &self,
        tenant: i64,
        before: Timestamp,
        profiles: Option<&[i64]>,
        most: i64,
    ) -> Result<Vec<Expiring>> {
        self.lapsed(UNLINKED, (tenant, before), profiles, most).await
    }

    /// The same that have said something to a purpose and of which there are still events.
    pub async fn spoken(
        &self,
        tenant: i64,
        before: Timestamp,
        profiles: Option<&[i64]>,
        most: i64,
    ) -> Result<Vec<Expiring>> {
        self.lapsed(SPOKEN, (tenant, before), profiles, most).await
    }

    async fn lapsed(
        &self,
        which: &str,
        (tenant, before): (i64, Timestamp),
        profiles: Option<&[i64]>,
        most: i64,
    ) -> Result<Vec<Expiring>> {
        let mut values = vec![tenant.into(), before.micros().into()];
        let condition = match profiles {
            None => String::new(),
            Some(list) => {
                let list = list.iter().map(|profile| (*profile).into()).collect();
                format!(" and {}", among(self.is_postgres(), "m.profile", list, &mut values))
            }
        };
        values.push(most.into());
        let sql =
            format!("{which}{condition} order by r.last_seen, r.id limit cast(${} as bigint)", values.len());
        self.expiring_rows(sql, values).await
    }

    /// Records marked as on their way out.
    pub async fn expiring(&self, tenant: i64, most: i64) -> Result<Vec<Expiring>> {
        let sql = "select record, owner16, profile from expiring where tenant = $1 order by record limit cast($2 as bigint)";
        self.expiring_rows(sql.to_owned(), vec![tenant.into(), most.into()]).await
    }

    async fn expiring_rows(&self, sql: String, values: Vec<Value>) -> Result<Vec<Expiring>> {
        let rows = self.all(sql, values).await?;
        let read = |row| {
            let owner = OwnerId(get16(row, 1, "record")?);
            Ok(Expiring { record: get(row, 0)?, owner, profile: get(row, 2)? })
        };
        rows.iter().map(read).collect()
    }

    /// Messages whose time in quarantine is over.
    pub async fn expired(&self, tenant: i64, now: Timestamp, most: i64) -> Result<Vec<Expired>> {
        let sql = "select id, id16 from quarantine where tenant = $1 and expires <= $2 order by id limit cast($3 as bigint)";
        let rows = self.all(sql, vec![tenant.into(), now.micros().into(), most.into()]).await?;
        let read = |row| Ok(Expired { id: get(row, 0)?, owner: OwnerId(get16(row, 1, "quarantine")?) });
        rows.iter().map(read).collect()
    }
}

impl Writing<'_> {
    /// Marks records as on their way out: their profiles are refused everywhere from here on.
    pub async fn mark_expiring(&self, tenant: i64, records: &[Expiring], at: Timestamp) -> Result<()> {
        for one in records {
            let sql = "insert into expiring (tenant, record, owner16, profile, since)
                       values ($1, $2, $3, $4, $5)";
            let values = vec![
                tenant.into(),
                one.record.into(),
                blob(one.owner.0),
                one.profile.into(),
                at.micros().into(),
            ];
            self.execute(sql, values).await?;
        }
        let profiles: Vec<i64> = records.iter().map(|one| one.profile).collect();
        self.of("update profile set state = 2 where state = 0", "id", tenant, &profiles).await.map(drop)
    }

    /// Deletes at most so many events of these records; says how many.
    pub async fn delete_events(&self, tenant: i64, records: &[i64], most: i64) -> Result<u64> {
        if records.is_empty() {
            return Ok(0);
        }
        let mut values = vec![tenant.into()];
        let list = records.iter().map(|record| (*record).into()).collect();
        let condition = among(self.is_postgres(), "owner", list, &mut values);
        values.push(most.into());
        let row = if self.is_postgres() { "ctid" } else { "rowid" };
        let sql = format!(
            "delete from event where {row} in (
               select {row} from event where tenant = $1 and {condition} limit cast(${} as bigint))",
            values.len()
        );
        Ok(self.execute(sql, values).await?.rows_affected())
    }

    /// Deletes all that is left of records whose keys and events are gone, with the profiles they were.
    pub async fn delete_expiring(&self, tenant: i64, records: &[Expiring]) -> Result<()> {
        let ids: Vec<i64> = records.iter().map(|one| one.record).collect();
        let profiles: Vec<i64> = records.iter().map(|one| one.profile).collect();
        self.unlink(tenant, &ids, &[]).await?;
        self.of("delete from membership where true", "record", tenant, &ids).await?;
        self.delete_records(tenant, &ids).await?;
        self.of("delete from profile where state = 2", "id", tenant, &profiles).await?;
        self.of("delete from expiring where true", "record", tenant, &ids).await.map(drop)
    }

    /// Deletes messages from quarantine.
    pub async fn delete_held(&self, tenant: i64, items: &[i64]) -> Result<()> {
        self.unlink(tenant, &[], items).await?;
        self.of("delete from quarantine where true", "id", tenant, items).await.map(drop)
    }

    /// Forgets at most so many messages seen before this day; says how many.
    pub async fn forget_seen(&self, tenant: i64, before: i64, most: i64) -> Result<u64> {
        let sql = "delete from message_seen where tenant = $1 and mid16 in (
                     select mid16 from message_seen where tenant = $1 and day < $2 limit cast($3 as bigint))";
        let values = vec![tenant.into(), before.into(), most.into()];
        Ok(self.execute(sql, values).await?.rows_affected())
    }
}
