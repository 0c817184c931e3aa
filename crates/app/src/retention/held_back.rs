//! Who is left alone: whoever asked that their data only be kept (GDPR art. 18, LGPD art. 18 IV) may need them still.

use std::collections::{BTreeMap, BTreeSet};

use zelo_store::{ConsentRow, Reading};

use crate::error::Result;
use crate::facts::states;

/// Those of these profiles of which processing is restricted, for whatever purpose.
pub(super) async fn restricted(
    rows: &Reading<'_>,
    tenant: i64,
    members: &[(i64, i64)],
) -> Result<BTreeSet<i64>> {
    let profile_of: BTreeMap<i64, i64> = members.iter().copied().collect();
    let records: Vec<i64> = profile_of.keys().copied().collect();
    let once = rows.restricting(tenant, Some(&records)).await?;
    let once: BTreeSet<i64> = once.iter().filter_map(|record| profile_of.get(record)).copied().collect();
    standing(rows, tenant, members, &once).await
}

/// The records, in all of a tenant, of people of whom processing is restricted.
pub(crate) async fn restricted_records(rows: &Reading<'_>, tenant: i64) -> Result<Vec<i64>> {
    let once = rows.restricting(tenant, None).await?;
    let once: BTreeSet<i64> =
        rows.profiles_of(tenant, &once).await?.into_iter().map(|(_, profile)| profile).collect();
    if once.is_empty() {
        return Ok(Vec::new());
    }
    let people: Vec<i64> = once.iter().copied().collect();
    let members = rows.members(tenant, &people).await?;
    let members: Vec<(i64, i64)> =
        members.into_iter().map(|(record, profile, _)| (record, profile)).collect();
    let restricted = standing(rows, tenant, &members, &once).await?;
    let theirs = members.into_iter().filter(|(_, profile)| restricted.contains(profile));
    Ok(theirs.map(|(record, _)| record).collect())
}

/// Those of whom it still stands: what is lifted is restricted no more.
async fn standing(
    rows: &Reading<'_>,
    tenant: i64,
    members: &[(i64, i64)],
    once: &BTreeSet<i64>,
) -> Result<BTreeSet<i64>> {
    let members: BTreeMap<i64, i64> =
        members.iter().copied().filter(|(_, profile)| once.contains(profile)).collect();
    let records: Vec<i64> = members.keys().copied().collect();
    let mut said: BTreeMap<i64, Vec<ConsentRow>> = BTreeMap::new();
    for row in rows.consents(tenant, &records).await? {
        if let Some(profile) = members.get(&row.owner) {
            said.entry(*profile).or_default().push(row);
        }
    }
    let restricted = said.into_iter().filter(|(_, rows)| is_restricted(rows));
    Ok(restricted.map(|(profile, _)| profile).collect())
}

fn is_restricted(said: &[ConsentRow]) -> bool {
    states(said).iter().any(|view| view.state.restricted.is_some())
}
