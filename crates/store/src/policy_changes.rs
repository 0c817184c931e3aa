//! Changes of policies: proposed, decided on, and the newest that was approved.

use sea_orm::QueryResult;
use zelo_model::{ApprovedPolicies, ChangeState, PolicyChange, PolicyChangeId, Timestamp};

use crate::error::{Result, StoreError};
use crate::sql::{Reading, blob, get, get16};
use crate::writer::Writing;

const COLUMNS: &str = "id16, base, digest, edits, why, state, proposed, proposed_by, decided, decided_by";

impl Reading<'_> {
    /// The change with this id.
    pub async fn policy_change(&self, id: PolicyChangeId) -> Result<Option<PolicyChange>> {
        let sql = format!("select {COLUMNS} from policy_change where id16 = $1");
        self.one(sql, vec![blob(id.0)]).await?.as_ref().map(change).transpose()
    }

    /// Changes, the newest first: at most so many, and only those before this one.
    pub async fn policy_changes(
        &self,
        before: Option<PolicyChangeId>,
        most: i64,
    ) -> Result<Vec<PolicyChange>> {
        let last = before.map_or([0xff; 16], |id| id.0);
        let sql = format!(
            "select {COLUMNS} from policy_change where id16 < $1 order by id16 desc limit cast($2 as bigint)"
        );
        self.all(sql, vec![blob(last), most.into()]).await?.iter().map(change).collect()
    }

    /// What was approved last.
    pub async fn approved_policies(&self) -> Result<Option<ApprovedPolicies>> {
        let sql = "select n, digest, origin, superseded from policy_change
                   where n is not null order by n desc limit 1";
        let row = self.one(sql, vec![]).await?;
        let approved = |row: &QueryResult| {
            let superseded = get::<Option<i64>>(row, 3)?.is_some();
            Ok(ApprovedPolicies { n: get(row, 0)?, digest: get(row, 1)?, origin: get(row, 2)?, superseded })
        };
        row.as_ref().map(approved).transpose()
    }
}

impl Writing<'_> {
    /// Writes down a change that is proposed.
    pub async fn propose_change(&self, new: &PolicyChange) -> Result<()> {
        let sql = "insert into policy_change (id16, base, digest, edits, why, state, proposed, proposed_by)
                   values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let (at, by) = &new.proposed;
        let values = vec![
            blob(new.id.0),
            new.base.clone().into(),
            new.digest.clone().into(),
            new.edits.clone().into(),
            new.why.clone().into(),
            new.state.number().into(),
            at.micros().into(),
            by.clone().into(),
        ];
        self.execute(sql, values).await.map(drop)
    }

    /// Holds off other approvals until this transaction ends, and says how many there were.
    pub async fn lock_approvals(&self) -> Result<i64> {
        if self.is_postgres() {
            self.all("select 1 from tenant where id = 0 for no key update", vec![]).await?;
        }
        Ok(self.approved_policies().await?.map_or(0, |approved| approved.n))
    }

    /// Files say something else than they did at this approval, so it counts no more; nor does it when they say that again.
    pub async fn supersede_approval(&self, n: i64, at: Timestamp) -> Result<()> {
        let sql = "update policy_change set superseded = $1 where n = $2 and superseded is null";
        self.execute(sql, vec![at.micros().into(), n.into()]).await.map(drop)
    }

    /// Decides on a change that waits; `Stale` when it waits no more.
    pub async fn decide_change(
        &self,
        id: PolicyChangeId,
        (at, by): (Timestamp, &str),
        approved: Option<&ApprovedPolicies>,
    ) -> Result<()> {
        let state = if approved.is_some() { ChangeState::Approved } else { ChangeState::Rejected };
        let sql = "update policy_change set state = $1, decided = $2, decided_by = $3, n = $4, origin = $5
                   where id16 = $6 and state = 0";
        let values = vec![
            state.number().into(),
            at.micros().into(),
            by.into(),
            approved.map(|one| one.n).into(),
            approved.map(|one| one.origin.clone()).into(),
            blob(id.0),
        ];
        let done = self.execute(sql, values).await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }
}

fn change(row: &QueryResult) -> Result<PolicyChange> {
    let decided: Option<i64> = get(row, 8)?;
    let decided_by: Option<String> = get(row, 9)?;
    Ok(PolicyChange {
        id: PolicyChangeId(get16(row, 0, "policy_change")?),
        base: get(row, 1)?,
        digest: get(row, 2)?,
        edits: get(row, 3)?,
        why: get(row, 4)?,
        state: ChangeState::from_number(get(row, 5)?).ok_or(StoreError::Corrupt("policy_change"))?,
        proposed: (Timestamp::from_micros(get(row, 6)?), get(row, 7)?),
        decided: decided.map(Timestamp::from_micros).zip(decided_by),
    })
}
