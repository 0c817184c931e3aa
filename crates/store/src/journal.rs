//! The merge journal: what was merged, split, suggested, and what a steward said to it. It is only ever added to.

use sea_orm::{QueryResult, Value};
use zelo_model::{Handle, JournalId, ProfileId, Timestamp};

use crate::error::{Result, StoreError};
use crate::sql::{Reading, among, blob, get, get16};
use crate::writer::Writing;

/// A line to add; it names profiles, records and identifiers by surrogate only.
#[derive(Debug, Clone)]
pub struct JournalLine {
    /// Its id.
    pub id16: JournalId,
    /// When.
    pub at: Timestamp,
    /// `merge`, `suggest`, `unmerge`, `split`, `reject` or `lift`.
    pub kind: &'static str,
    /// By which rule; `steward` for a decision of people.
    pub cause: String,
    /// The profile that is kept.
    pub kept: i64,
    /// The others.
    pub others: Vec<i64>,
    /// Members before: (record, profile).
    pub members: Vec<(i64, i64)>,
    /// The identifiers that led here.
    pub evidence: Vec<i64>,
    /// Who decided, as the log names them; `None` for a rule.
    pub actor: Option<String>,
    /// The line it answers: a suggestion accepted or rejected, a merge undone.
    pub answers: Option<JournalId>,
}

/// A line as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// Its id.
    pub id16: JournalId,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub kind: String,
    /// By which rule.
    pub cause: String,
    /// The profile that was kept.
    pub kept: i64,
    /// The others.
    pub others: Vec<i64>,
    /// Members before: (record, profile).
    pub members: Vec<(i64, i64)>,
    /// Who decided.
    pub actor: Option<String>,
    /// The line it answers.
    pub answers: Option<JournalId>,
    /// The kind of the line that answers this one.
    pub answered: Option<String>,
}

/// Which lines: the newest `limit` before a place.
#[derive(Debug, Clone, Default)]
pub struct JournalPage {
    /// Only lines of this kind.
    pub kind: Option<&'static str>,
    /// Only lines that nobody has answered yet.
    pub open: bool,
    /// Only lines before this one.
    pub before: Option<JournalId>,
    /// How many at most.
    pub limit: i64,
}

const LINE: &str = "j.id16, j.at, j.kind, j.cause, j.kept, j.others, j.members, j.actor, j.answers, a.kind
    from merge_journal j left join merge_journal a on a.tenant = j.tenant and a.answers = j.id16";

impl Reading<'_> {
    /// The line with this id.
    pub async fn journal_line(&self, tenant: i64, id: JournalId) -> Result<Option<JournalRow>> {
        let sql = format!("select {LINE} where j.tenant = $1 and j.id16 = $2");
        self.one(sql, vec![tenant.into(), blob(id.0)]).await?.as_ref().map(line).transpose()
    }

    /// A page of the journal, newest first.
    pub async fn journal(&self, tenant: i64, page: &JournalPage) -> Result<Vec<JournalRow>> {
        let before = page.before.map_or([0xff; 16], |id| id.0);
        let mut values: Vec<Value> = vec![tenant.into(), blob(before), page.limit.into()];
        let mut also = String::new();
        if let Some(kind) = page.kind {
            values.push(kind.into());
            also.push_str(" and j.kind = $4");
        }
        if page.open {
            also.push_str(" and a.kind is null");
        }
        let sql = format!(
            "select {LINE} where j.tenant = $1 and j.id16 < $2{also} order by j.id16 desc limit cast($3 as bigint)"
        );
        self.all(sql, values).await?.iter().map(line).collect()
    }

    /// Names of profiles outside this database, and how the log names those that were not forgotten.
    pub async fn profile_names(
        &self,
        tenant: i64,
        profiles: &[i64],
    ) -> Result<Vec<(i64, ProfileId, Option<Handle>)>> {
        if profiles.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![tenant.into()];
        let list = profiles.iter().map(|profile| (*profile).into()).collect();
        let condition = among(self.is_postgres(), "id", list, &mut values);
        let sql =
            format!("select id, id16, handle from profile where tenant = $1 and {condition} order by id");
        let rows = self.all(sql, values).await?;
        rows.iter()
            .map(|row| {
                let handle = get::<Option<Vec<u8>>>(row, 2)?.and_then(|bytes| Handle::from_slice(&bytes));
                Ok((get(row, 0)?, ProfileId(get16(row, 1, "profile")?), handle))
            })
            .collect()
    }
}

fn line(row: &QueryResult) -> Result<JournalRow> {
    let json = |at: usize| -> Result<serde_json::Value> {
        serde_json::from_str(&get::<String>(row, at)?).map_err(|_| StoreError::Corrupt("merge_journal"))
    };
    let corrupt = |_| StoreError::Corrupt("merge_journal");
    let id = |bytes: Vec<u8>| JournalId::from_slice(&bytes).ok_or(StoreError::Corrupt("merge_journal"));
    Ok(JournalRow {
        id16: JournalId(get16(row, 0, "merge_journal")?),
        at: Timestamp::from_micros(get(row, 1)?),
        kind: get(row, 2)?,
        cause: get(row, 3)?,
        kept: get(row, 4)?,
        others: serde_json::from_value(json(5)?).map_err(corrupt)?,
        members: serde_json::from_value(json(6)?).map_err(corrupt)?,
        actor: get(row, 7)?,
        answers: get::<Option<Vec<u8>>>(row, 8)?.map(id).transpose()?,
        answered: get(row, 9)?,
    })
}

impl Writing<'_> {
    /// Adds lines to the merge journal; `Stale` when one answers what somebody else has answered.
    pub async fn insert_journal(&self, tenant: i64, lines: Vec<JournalLine>) -> Result<()> {
        for line in lines {
            let sql = "insert into merge_journal
                         (tenant, id16, at, kind, cause, kept, others, members, evidence, actor, answers)
                       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
            let json = |value: serde_json::Value| Value::from(value.to_string());
            let values = vec![
                tenant.into(),
                blob(line.id16.0),
                line.at.micros().into(),
                line.kind.into(),
                line.cause.into(),
                line.kept.into(),
                json(line.others.into()),
                json(serde_json::json!(line.members)),
                json(line.evidence.into()),
                line.actor.into(),
                Value::Bytes(line.answers.map(|id| id.0.to_vec())),
            ];
            self.execute(sql, values).await?;
        }
        Ok(())
    }
}
