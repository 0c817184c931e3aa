//! How many people saw a text, and what they said to it: counted by its hash, with nothing opened.

use zelo_model::ConsentKind;

use crate::error::Result;
use crate::sql::{Reading, among, blob, get};

/// How many people each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoticeCounts {
    /// Saw it, whatever they said.
    pub saw: i64,
    /// Said yes to it once, confirmed or still to be.
    pub yes: i64,
    /// Said no to it once.
    pub no: i64,
    /// Saw it and said nothing.
    pub only_saw: i64,
}

impl Reading<'_> {
    /// The texts that something names which anybody said, by hash: one index search each.
    pub async fn texts_named(&self, tenant: i64) -> Result<Vec<Vec<u8>>> {
        let sql =
            "select notice from consent_event where tenant = $1 and notice > $2 order by notice limit 1";
        let mut named: Vec<Vec<u8>> = Vec::new();
        loop {
            let last = named.last().cloned().unwrap_or_default();
            let next = self.one(sql, vec![tenant.into(), blob(last)]).await?;
            let Some(row) = next else { return Ok(named) };
            named.push(get(&row, 0)?);
        }
    }

    /// The people who live and of whom something names one of these texts.
    pub async fn notice_counts(&self, tenant: i64, texts: &[[u8; 32]]) -> Result<NoticeCounts> {
        if texts.is_empty() {
            return Ok(NoticeCounts::default());
        }
        let mut values = vec![tenant.into()];
        let list = texts.iter().map(|hash| blob(*hash)).collect();
        let condition = among(self.is_postgres(), "c.notice", list, &mut values);
        let [yes, waits, no, object] =
            [ConsentKind::Grant, ConsentKind::Pending, ConsentKind::Deny, ConsentKind::Object]
                .map(ConsentKind::number);
        let sql = format!(
            "select count(*), coalesce(sum(q.said_yes), 0), coalesce(sum(q.said_no), 0),
               coalesce(sum(case when q.said_yes = 0 and q.said_no = 0 then 1 else 0 end), 0)
             from (select m.profile, max(case when c.kind in ({yes}, {waits}) then 1 else 0 end) as said_yes,
                     max(case when c.kind in ({no}, {object}) then 1 else 0 end) as said_no
                   from consent_event c
                   join membership m on m.tenant = c.tenant and m.record = c.owner and m.until is null
                   join profile p on p.tenant = m.tenant and p.id = m.profile and p.state = 0
                   where c.tenant = $1 and {condition} group by m.profile) q"
        );
        let Some(row) = self.one(sql, values).await? else { return Ok(NoticeCounts::default()) };
        Ok(NoticeCounts {
            saw: get(&row, 0)?,
            yes: get(&row, 1)?,
            no: get(&row, 2)?,
            only_saw: get(&row, 3)?,
        })
    }
}
