//! How many people saw a notice, and what they said to it, in numbers (GDPR art. 5(2), LGPD art. 6 X).

use zelo_ledger::Class;

use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::retention::Tally;
use crate::tx::{Read, Tx};

/// Counts who saw each version of a notice. Nothing is opened, and a number that might tell who is not told.
pub struct CountNotice {
    /// The notice, by its name in `policies/notices`.
    pub notice: String,
}

/// How many people each, of those who are there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeNumbers {
    /// The version.
    pub version: u32,
    /// Saw it, whatever they said.
    pub saw: Tally,
    /// Said yes to it once, confirmed or still to be.
    pub said_yes: Tally,
    /// Said no to it once.
    pub said_no: Tally,
    /// Saw it and said nothing.
    pub only_saw: Tally,
}

impl Operation for CountNotice {
    const NAME: &'static str = "notice.count";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Tenant;
    type Access = Read;
    type Ready = ();
    type Output = Vec<NoticeNumbers>;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Vec<NoticeNumbers>> {
        let (policy, tenant) = (tx.policy, tx.tenant);
        let notice = policy.notices().iter().find(|one| one.id == self.notice).ok_or(Error::NotFound)?;
        let mut numbers = Vec::with_capacity(notice.versions.len());
        for version in notice.versions.iter().filter(|one| one.is_of(&tenant.row.controller)) {
            let texts: Vec<[u8; 32]> = version.texts.values().map(|text| text.sha256).collect();
            let counts = tx.rows.notice_counts(tenant.row.id, &texts).await?;
            let people = |count: i64| Tally::of_people(u64::try_from(count).unwrap_or(0));
            numbers.push(NoticeNumbers {
                version: version.number,
                saw: people(counts.saw),
                said_yes: people(counts.yes),
                said_no: people(counts.no),
                only_saw: people(counts.only_saw),
            });
        }
        Ok(numbers)
    }
}
