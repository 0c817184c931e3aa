//! Exports, and whom they hand out next.

use sea_orm::{QueryResult, Value};
use zelo_model::{EventId, Export, ExportId, ExportMark, ExportState, Timestamp};

use crate::error::{Result, StoreError};
use crate::sql::{Reading, blob, get, get16};
use crate::writer::Writing;

const COLUMNS: &str = "id16, purpose, policy, actor, events, state, begun, moved, ended, until, pages,
    profile, event, profiles, lines, digest,
    before_profile, before_event, before_profiles, before_lines, before_digest";

impl Reading<'_> {
    /// The export with this id.
    pub async fn export(&self, tenant: i64, id: ExportId) -> Result<Option<Export>> {
        let sql = format!("select {COLUMNS} from export_job where tenant = $1 and id16 = $2");
        self.one(sql, vec![tenant.into(), blob(id.0)]).await?.as_ref().map(export).transpose()
    }

    /// The newest hundred exports of a tenant, the newest first.
    pub async fn exports(&self, tenant: i64) -> Result<Vec<Export>> {
        let sql = format!(
            "select {COLUMNS} from export_job where tenant = $1 order by begun desc, id16 desc limit 100"
        );
        self.all(sql, vec![tenant.into()]).await?.iter().map(export).collect()
    }

    /// The newest profile there is, by surrogate; zero when there is none.
    pub async fn newest_profile(&self, tenant: i64) -> Result<i64> {
        let sql = "select id from profile where tenant = $1 and id > 0 order by id desc limit 1";
        let row = self.one(sql, vec![tenant.into()]).await?;
        row.as_ref().map_or(Ok(0), |row| get(row, 0))
    }

    /// Active profiles behind one and up to another, by surrogate and in its order.
    pub async fn profiles_between(
        &self,
        tenant: i64,
        after: i64,
        until: i64,
        limit: i64,
    ) -> Result<Vec<i64>> {
        let sql = "select id from profile where tenant = $1 and id > $2 and id <= $3 and state = 0
                   order by id limit cast($4 as bigint)";
        let rows = self.all(sql, vec![tenant.into(), after.into(), until.into(), limit.into()]).await?;
        rows.iter().map(|row| get(row, 0)).collect()
    }
}

impl Writing<'_> {
    /// Begins an export.
    pub async fn begin_export(&self, tenant: i64, new: &Export) -> Result<()> {
        let sql = "insert into export_job
                     (tenant, id16, purpose, policy, actor, events, state, begun, moved, until, pages,
                      profile, profiles, lines, digest, before_profile, before_profiles, before_lines, before_digest)
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, 0, 0, 0, 0, $10, 0, 0, 0, $10)";
        let values = vec![
            tenant.into(),
            blob(new.id.0),
            new.purpose.clone().into(),
            new.policy.clone().into(),
            new.actor.clone().into(),
            i16::from(new.events).into(),
            new.state.number().into(),
            new.begun.micros().into(),
            new.until.into(),
            blob(new.now.digest),
        ];
        self.execute(sql, values).await?;
        Ok(())
    }

    /// Notes how far an export has come, if it still is where it was when `was` was read; `Stale` otherwise.
    pub async fn move_export(&self, tenant: i64, was: &Export, to: &Export) -> Result<()> {
        let sql = "update export_job set state = $1, moved = $2, ended = $3, pages = $4,
                     profile = $5, event = $6, profiles = $7, lines = $8, digest = $9,
                     before_profile = $10, before_event = $11, before_profiles = $12, before_lines = $13,
                     before_digest = $14
                   where tenant = $15 and id16 = $16 and pages = $17 and state = $18 and digest = $19";
        let event = |mark: &ExportMark| Value::Bytes(mark.event.map(|event| event.0.to_vec()));
        let values = vec![
            to.state.number().into(),
            to.moved.micros().into(),
            to.ended.map(Timestamp::micros).into(),
            to.pages.into(),
            to.now.profile.into(),
            event(&to.now),
            to.now.profiles.into(),
            to.now.lines.into(),
            blob(to.now.digest),
            to.before.profile.into(),
            event(&to.before),
            to.before.profiles.into(),
            to.before.lines.into(),
            blob(to.before.digest),
            tenant.into(),
            blob(to.id.0),
            was.pages.into(),
            was.state.number().into(),
            blob(was.now.digest),
        ];
        let moved = self.execute(sql, values).await?;
        if moved.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }
}

fn export(row: &QueryResult) -> Result<Export> {
    Ok(Export {
        id: ExportId(get16(row, 0, "export_job")?),
        purpose: get(row, 1)?,
        policy: get(row, 2)?,
        actor: get(row, 3)?,
        events: get::<i16>(row, 4)? != 0,
        state: ExportState::from_number(get(row, 5)?).ok_or(StoreError::Corrupt("export_job"))?,
        begun: Timestamp::from_micros(get(row, 6)?),
        moved: Timestamp::from_micros(get(row, 7)?),
        ended: get::<Option<i64>>(row, 8)?.map(Timestamp::from_micros),
        until: get(row, 9)?,
        pages: get(row, 10)?,
        now: mark(row, 11)?,
        before: mark(row, 16)?,
    })
}

fn mark(row: &QueryResult, at: usize) -> Result<ExportMark> {
    let event: Option<Vec<u8>> = get(row, at + 1)?;
    let digest: Vec<u8> = get(row, at + 4)?;
    Ok(ExportMark {
        profile: get(row, at)?,
        event: event.and_then(|bytes| EventId::from_slice(&bytes)),
        profiles: get(row, at + 2)?,
        lines: get(row, at + 3)?,
        digest: digest.try_into().map_err(|_| StoreError::Corrupt("export_job"))?,
    })
}
