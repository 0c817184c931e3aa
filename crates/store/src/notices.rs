//! How many people saw a text, and what they said to it: counted by its hash, with nothing opened.

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
    /// The people who live and of whom something names one of these texts.
    pub async fn notice_counts(&self, tenant: i64, texts: &[[u8; 32]]) -> Result<NoticeCounts> {
        if texts.is_empty() {
            return Ok(NoticeCounts::default());
        }
        let mut values = vec![tenant.into()];
        let list = texts.iter().map(|hash| blob(*hash)).collect();
        let condition = among(self.is_postgres(), "c.notice", list, &mut values);
        // By the numbers of `ConsentKind`: 0 grant, 8 pending; 1 deny, 4 object.
        let sql = format!(
            "select count(*), coalesce(sum(q.said_yes), 0), coalesce(sum(q.said_no), 0),
               coalesce(sum(case when q.said_yes = 0 and q.said_no = 0 then 1 else 0 end), 0)
             from (select m.profile, max(case when c.kind in (0, 8) then 1 else 0 end) as said_yes,
                     max(case when c.kind in (1, 4) then 1 else 0 end) as said_no
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
