//! Forgetting somebody because a schedule says so, and only as long as it does: whoever is heard of again while the decision is
//! made stays.

use zelo_store::{FoundProfile, Reading};

use super::gather::Gathered;
use crate::error::{Error, Result};
use crate::facts::states;
use crate::retention::{Range, Terms, due, look};
use crate::tx::{Mode, Read, Tx, Write};

/// Refuses unless the schedule's time of this person is over; a birth date is opened where that depends on it.
pub(super) async fn is_due(tx: &mut Tx<'_, Read>, schedule: &str, profile: &FoundProfile) -> Result<()> {
    let terms = terms(tx, schedule)?;
    let looked = look(&tx.rows, tx.tenant.row.id, &terms, None, Range::One(profile.id)).await?;
    if due(tx, &terms, looked.people).await?.is_empty() { Err(STAYS) } else { Ok(()) }
}

/// The same once more in the transaction that decides it, which holds the profile. Who was a minor still is.
pub(super) async fn is_still_due(tx: &Tx<'_, Write>, schedule: &str, profile: i64) -> Result<()> {
    let terms = terms(tx, schedule)?;
    let looked = look(tx.rows, tx.tenant.row.id, &terms, None, Range::One(profile)).await?;
    if looked.people.is_empty() { Err(STAYS) } else { Ok(()) }
}

/// Nobody asked that this person never be collected again, so they are free to come back. Unless they had said no to
/// something: that outlives what it was about.
pub(super) async fn suppress_no_more_than_noes(
    rows: &Reading<'_>,
    tenant: i64,
    gathered: &mut Gathered,
) -> Result<()> {
    let records: Vec<i64> = gathered.records.iter().map(|record| record.id).collect();
    let said = rows.consents(tenant, &records).await?;
    if !states(&said).iter().any(|view| view.state.standing.is_against()) {
        gathered.suppressed.clear();
    }
    // What is said until it is decided is heard.
    gathered.consents = Some(said.len());
    Ok(())
}

const STAYS: Error = Error::Conflict("this person is not due by the schedule, or not any more");

fn terms<'t, A: Mode>(tx: &Tx<'t, A>, schedule: &str) -> Result<Terms<'t>> {
    Terms::of(tx.policy, &tx.tenant.row, tx.now, schedule)
}
