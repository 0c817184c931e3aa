//! Rotations of keys: how far each has come.

use sea_orm::QueryResult;
use zelo_model::{KeyClass, Rotation, RotationId, Timestamp};

use crate::error::{Result, StoreError};
use crate::keys::{unsigned, version};
use crate::sql::{Reading, blob, get, get16};
use crate::writer::Writing;

const COLUMNS: &str = "id16, what, version, phase, position, done, total, steps, begun, moved, ended, tenant";

impl Reading<'_> {
    /// The rotations of a tenant, the newest first.
    pub async fn rotations(&self, tenant: i64) -> Result<Vec<Rotation>> {
        let sql = format!(
            "select {COLUMNS} from rotation where tenant = $1 order by begun desc, id16 desc limit 100"
        );
        self.all(sql, vec![tenant.into()]).await?.iter().map(rotation).collect()
    }

    /// Those of all tenants that have not ended, each with its tenant.
    pub async fn open_rotations(&self) -> Result<Vec<(i64, Rotation)>> {
        let sql = format!("select {COLUMNS} from rotation where ended is null order by tenant");
        let rows = self.all(sql, Vec::new()).await?;
        rows.iter().map(|row| Ok((get(row, 11)?, rotation(row)?))).collect()
    }
}

impl Writing<'_> {
    /// Begins a rotation; `Stale` when the tenant has one already that has not ended.
    pub async fn begin_rotation(&self, tenant: i64, new: &Rotation) -> Result<()> {
        let sql = "insert into rotation
                     (tenant, id16, what, version, phase, position, done, total, steps, begun, moved)
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let values = vec![
            tenant.into(),
            blob(new.id.0),
            new.what.number().into(),
            version(new.version),
            new.phase.into(),
            blob(new.position.as_slice()),
            new.done.into(),
            new.total.into(),
            new.steps.into(),
            new.begun.micros().into(),
            new.moved.micros().into(),
        ];
        self.execute(sql, values).await?;
        Ok(())
    }

    /// Notes how far a rotation has come: one step further than it was; `Stale` when it is not there any more.
    pub async fn move_rotation(&self, tenant: i64, to: &Rotation) -> Result<()> {
        let sql =
            "update rotation set phase = $1, position = $2, done = $3, total = $4, steps = $5, moved = $6,
                     ended = $7
                   where tenant = $8 and id16 = $9 and ended is null and steps = $5 - 1";
        let values = vec![
            to.phase.into(),
            blob(to.position.as_slice()),
            to.done.into(),
            to.total.into(),
            to.steps.into(),
            to.moved.micros().into(),
            to.ended.map(Timestamp::micros).into(),
            tenant.into(),
            blob(to.id.0),
        ];
        let moved = self.execute(sql, values).await?;
        if moved.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }
}

fn rotation(row: &QueryResult) -> Result<Rotation> {
    Ok(Rotation {
        id: RotationId(get16(row, 0, "rotation")?),
        what: KeyClass::from_number(get(row, 1)?).ok_or(StoreError::Corrupt("rotation"))?,
        version: unsigned(get(row, 2)?)?,
        phase: get(row, 3)?,
        position: get(row, 4)?,
        done: get(row, 5)?,
        total: get(row, 6)?,
        steps: get(row, 7)?,
        begun: Timestamp::from_micros(get(row, 8)?),
        moved: Timestamp::from_micros(get(row, 9)?),
        ended: get::<Option<i64>>(row, 10)?.map(Timestamp::from_micros),
    })
}
