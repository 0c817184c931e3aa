//! Finding profiles and what belongs to them.

use sea_orm::Value;
use zelo_model::{Handle, OwnerId, ProfileId, ProfileState, RecordKind, Timestamp};

use super::{Beside, FoundProfile, Member, Standing};
use crate::consents::{said, said_by};
use crate::error::{Result, StoreError};
use crate::events::EventRow;
use crate::sql::{Reading, among, blob, get, get16};

const FOUND: &str = "p.id, p.id16, p.state, p.merged_into, p.created, p.last_seen, p.handle, t.made,
    r.id, r.id16, r.source, r.kind, r.seal_version";

const MEMBERS: &str = "join tenant t on t.id = p.tenant
    left join membership m on m.tenant = p.tenant and m.profile = p.id and m.until is null
    left join record r on r.tenant = m.tenant and r.id = m.record";

impl Reading<'_> {
    /// The profile with this id and its members, and a page of their events; an alias comes with no members and the
    /// profile it leads to.
    pub async fn profile_by_id(
        &self,
        tenant: i64,
        id: ProfileId,
        beside: &Beside,
    ) -> Result<Option<FoundProfile>> {
        let from = format!("profile p {MEMBERS} where p.tenant = $1 and p.id16 = $2");
        self.found(&from, vec![tenant.into(), blob(id.0)], beside).await
    }

    /// The same by surrogate.
    pub async fn profile_by_surrogate(
        &self,
        tenant: i64,
        id: i64,
        beside: &Beside,
    ) -> Result<Option<FoundProfile>> {
        let from = format!("profile p {MEMBERS} where p.tenant = $1 and p.id = $2");
        self.found(&from, vec![tenant.into(), id.into()], beside).await
    }

    /// The profile this record is a member of.
    pub async fn profile_by_record(
        &self,
        tenant: i64,
        record: OwnerId,
        beside: &Beside,
    ) -> Result<Option<FoundProfile>> {
        let from = format!(
            "record o join membership f on f.tenant = o.tenant and f.record = o.id and f.until is null
             join profile p on p.tenant = f.tenant and p.id = f.profile {MEMBERS}
             where o.tenant = $1 and o.id16 = $2"
        );
        self.found(&from, vec![tenant.into(), blob(record.0)], beside).await
    }

    /// The profile an identifier leads to: a record's own key first, then the longest-known link.
    pub async fn profile_by_digest(
        &self,
        tenant: i64,
        epoch: u32,
        digest: [u8; 16],
        beside: &Beside,
    ) -> Result<Option<FoundProfile>> {
        let from = format!(
            "(select f.profile from identifier i
               join identifier_link l on l.tenant = i.tenant and l.identifier = i.id and l.demoted = 0
               join membership f on f.tenant = l.tenant and f.record = l.record and f.until is null
               where i.tenant = $1 and i.epoch = $2 and i.digest = $3
               order by l.is_local_key desc, l.first_seen, l.record limit 1) q
             join profile p on p.tenant = $1 and p.id = q.profile {MEMBERS}"
        );
        self.found(&from, vec![tenant.into(), i64::from(epoch).into(), blob(digest)], beside).await
    }

    /// One statement, and so of one instant, whatever is asked for.
    async fn found(
        &self,
        from: &str,
        mut values: Vec<Value>,
        Beside { bodies, events, said: about }: &Beside,
    ) -> Result<Option<FoundProfile>> {
        let body = if *bodies { "r.body" } else { "null" };
        let said_to = about.as_ref().map_or("null".to_owned(), |(purpose, recipient)| {
            values.push(purpose.as_str().into());
            values.push(recipient.as_str().into());
            said_by("r", values.len() - 1, self.is_postgres())
        });
        let people = format!("select {FOUND}, {body}, {said_to} from {from}");
        let sql = match events {
            None => people,
            Some(page) => page.beside(self.is_postgres(), &people, &mut values),
        };
        let rows = self.all(sql, values).await?;
        let (mut people, mut told) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in &rows {
            match events {
                Some(_) if EventRow::stands_in(row)? => told.push(EventRow::read(row)?),
                _ => people.push(row),
            }
        }
        told.sort_unstable_by_key(|event| std::cmp::Reverse(event.id));
        let Some(first) = people.first() else { return Ok(None) };
        let handle: Option<Vec<u8>> = get(first, 6)?;
        let mut profile = FoundProfile {
            id: get(first, 0)?,
            id16: ProfileId(get16(first, 1, "profile")?),
            state: ProfileState::from_number(get(first, 2)?).ok_or(StoreError::Corrupt("profile"))?,
            merged_into: get(first, 3)?,
            created: Timestamp::from_micros(get(first, 4)?),
            last_seen: Timestamp::from_micros(get(first, 5)?),
            handle: handle.and_then(|bytes| Handle::from_slice(&bytes)),
            seen: get(first, 7)?,
            members: Vec::with_capacity(people.len()),
            events: told,
            said: Vec::new(),
        };
        for row in people {
            let Some(record) = get::<Option<i64>>(row, 8)? else { continue };
            profile.members.push(Member {
                record,
                id16: OwnerId(get16(row, 9, "record")?),
                source: get(row, 10)?,
                kind: RecordKind::from_number(get(row, 11)?).ok_or(StoreError::Corrupt("record"))?,
                seal_version: u64::try_from(get::<i64>(row, 12)?)
                    .map_err(|_| StoreError::Corrupt("record"))?,
                body: get(row, 13)?,
            });
            if let (Some((_, recipient)), Some(text)) = (about, get::<Option<String>>(row, 14)?) {
                profile.said.extend(said(record, recipient, &text)?);
            }
        }
        profile.members.sort_unstable_by_key(|member| member.record);
        Ok(Some(profile))
    }

    /// Who these profiles are.
    pub async fn standing(&self, tenant: i64, profiles: &[i64]) -> Result<Vec<Standing>> {
        if profiles.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = profiles.iter().map(|profile| (*profile).into()).collect();
        let condition = among(self.is_postgres(), "id", list, &mut values);
        let sql = format!(
            "select id, id16, state, merged_into, handle from profile where tenant = $1 and {condition}"
        );
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                let handle: Option<Vec<u8>> = get(row, 4)?;
                Ok(Standing {
                    id: get(row, 0)?,
                    id16: ProfileId(get16(row, 1, "profile")?),
                    state: ProfileState::from_number(get(row, 2)?).ok_or(StoreError::Corrupt("profile"))?,
                    merged_into: get(row, 3)?,
                    handle: handle.and_then(|bytes| Handle::from_slice(&bytes)),
                })
            })
            .collect()
    }

    /// Sealed bodies of records: (record, seal version, body).
    pub async fn bodies(&self, tenant: i64, records: &[i64]) -> Result<Vec<(i64, u64, Vec<u8>)>> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = records.iter().map(|record| (*record).into()).collect();
        let condition = among(self.is_postgres(), "id", list, &mut values);
        let sql = format!("select id, seal_version, body from record where tenant = $1 and {condition}");
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                let version =
                    u64::try_from(get::<i64>(row, 1)?).map_err(|_| StoreError::Corrupt("record"))?;
                Ok((get(row, 0)?, version, get(row, 2)?))
            })
            .collect()
    }

    /// The records that belong to these profiles now: (record, profile, since).
    pub async fn members(&self, tenant: i64, profiles: &[i64]) -> Result<Vec<(i64, i64, Timestamp)>> {
        if profiles.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = profiles.iter().map(|profile| (*profile).into()).collect();
        let condition = among(self.is_postgres(), "profile", list, &mut values);
        let sql = format!(
            "select record, profile, since from membership
             where tenant = $1 and until is null and {condition} order by record"
        );
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| Ok((get(row, 0)?, get(row, 1)?, Timestamp::from_micros(get(row, 2)?))))
            .collect()
    }

    /// Records by surrogate, as they are called outside; without their bodies.
    pub async fn record_names(&self, tenant: i64, records: &[i64]) -> Result<Vec<Member>> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = records.iter().map(|record| (*record).into()).collect();
        let condition = among(self.is_postgres(), "id", list, &mut values);
        let sql = format!(
            "select id, id16, source, kind, seal_version from record where tenant = $1 and {condition} order by id"
        );
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(Member {
                    record: get(row, 0)?,
                    id16: OwnerId(get16(row, 1, "record")?),
                    source: get(row, 2)?,
                    kind: RecordKind::from_number(get(row, 3)?).ok_or(StoreError::Corrupt("record"))?,
                    seal_version: u64::try_from(get::<i64>(row, 4)?)
                        .map_err(|_| StoreError::Corrupt("record"))?,
                    body: None,
                })
            })
            .collect()
    }
}
