//! Whom a change of policies would reach, in numbers of every tenant: for how many people a purpose is open before and after,
//! and how much each schedule would take; only where it is another answer for five people or more. What stands in the clear
//! says it; nothing is opened, so that age and country, which stand under seal, are taken as unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use zelo_ledger::Class;
use zelo_model::{PolicyChangeId, Purpose};
use zelo_policy::{Bundle, Scheduled};
use zelo_store::{ConsentRow, EVERY_PURPOSE, Owners, TenantRow, TenantState};

use super::change::{base, changed, edits};
use crate::error::{Error, Result};
use crate::facts::{Lapses, Whoever, both, states_at};
use crate::operation::{Operation, Target};
use crate::retention::{Range, Tally, Terms, look, restricted_records};
use crate::tx::{Read, Tx};

/// People looked at at once.
const CHUNK: i64 = 200;

/// Counts whom a change reaches, or did: what the policies it begins from say beside what it makes of them, of everybody now.
pub struct ReachPolicies {
    /// Which change.
    pub id: PolicyChangeId,
}

/// What is different for people of one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The tenant, by name.
    pub tenant: String,
    /// What it is about.
    pub of: ReachOf,
    /// How many now: people a purpose is open for, or what a schedule would take.
    pub before: Tally,
    /// How many then.
    pub after: Tally,
}

/// What a number is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReachOf {
    /// People whom a purpose of this name is open for.
    Purpose(String),
    /// Events that a schedule of this name would take now.
    Events(String),
    /// People whom a schedule of this name would forget now, minors as if they were not.
    People(String),
}

/// Now and then, and for how many people the two are not the same.
#[derive(Default)]
struct Count {
    sides: [u64; 2],
    differs: u64,
}

type Counts = BTreeMap<ReachOf, Count>;

impl Operation for ReachPolicies {
    const NAME: &'static str = "policy.reach";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    const LONGEST: Duration = Duration::from_mins(2);
    const ALONE: bool = true;
    type Access = Read;
    type Ready = ();
    type Output = Vec<Reach>;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<()> {
        tx.in_installation()
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Vec<Reach>> {
        let change = tx.rows.policy_change(self.id).await?.ok_or(Error::NotFound)?;
        let now = base(tx, &change.base).await?;
        let (next, _) = changed(tx, &now, &edits(&change)?).await?;
        let mut reach = Vec::new();
        let tenants = tx.rows.tenants().await?;
        for tenant in tenants.iter().filter(|row| row.id != 0 && row.state == TenantState::Active) {
            let mut counts = Counts::new();
            purposes(tx, tenant, [&now, &next], &mut counts).await?;
            schedules(tx, tenant, [&now, &next], &mut counts).await?;
            // Two exact numbers one apart would tell of one person.
            let told = counts.into_iter().filter(|(of, count)| match of {
                ReachOf::Events(_) => count.differs > 0,
                ReachOf::Purpose(_) | ReachOf::People(_) => count.differs >= Tally::FEW,
            });
            reach.extend(told.map(|(of, Count { sides: [before, after], .. })| {
                let tally = |count| match of {
                    ReachOf::Events(_) => Tally::Exactly(count),
                    ReachOf::Purpose(_) | ReachOf::People(_) => Tally::of_people(count),
                };
                Reach { tenant: tenant.slug.clone(), before: tally(before), after: tally(after), of }
            }));
        }
        Ok(reach)
    }
}

/// For how many people each purpose is open.
async fn purposes(
    tx: &Tx<'_, Read>,
    tenant: &TenantRow,
    bundles: [&Bundle; 2],
    counts: &mut Counts,
) -> Result<()> {
    let keys: BTreeSet<&Purpose> =
        bundles.iter().flat_map(|bundle| bundle.purposes()).map(|one| &one.key).collect();
    let newest = tx.rows.newest_profile(tenant.id).await?;
    let mut after = 0;
    loop {
        let profiles = tx.rows.profiles_between(tenant.id, after, newest, CHUNK).await?;
        let Some(last) = profiles.last() else { return Ok(()) };
        after = *last;
        let members = tx.rows.members(tenant.id, &profiles).await?;
        let profile_of: BTreeMap<i64, i64> =
            members.into_iter().map(|(record, profile, _)| (record, profile)).collect();
        let records: Vec<i64> = profile_of.keys().copied().collect();
        let mut said: BTreeMap<i64, Vec<ConsentRow>> = BTreeMap::new();
        for row in tx.rows.consents(tenant.id, &records).await? {
            if let (Some(profile), true) = (profile_of.get(&row.owner), row.recipient == tenant.controller) {
                said.entry(*profile).or_default().push(row);
            }
        }
        for key in &keys {
            let count = counts.entry(ReachOf::Purpose(key.to_string())).or_default();
            for profile in &profiles {
                let [now, then] = bundles.map(|bundle| is_open(tx, tenant, bundle, key, said.get(profile)));
                count.sides[0] += u64::from(now);
                count.sides[1] += u64::from(then);
                count.differs += u64::from(now != then);
            }
        }
    }
}

/// Whether a purpose is open for somebody who said this.
fn is_open(
    tx: &Tx<'_, Read>,
    tenant: &TenantRow,
    bundle: &Bundle,
    key: &Purpose,
    said: Option<&Vec<ConsentRow>>,
) -> bool {
    let (Some(purpose), Some(controller)) = (bundle.purpose(key), bundle.controller(&tenant.controller))
    else {
        return false;
    };
    let about = |row: &&ConsentRow| row.purpose == key.as_str() || row.purpose == EVERY_PURPOSE;
    let lapses = Lapses { policy: bundle, home: controller.home, whoever: &Whoever::default() };
    let state = both(&states_at(said.into_iter().flatten().filter(about), tx.now, &lapses));
    let laws = bundle.laws_of(&[controller.home]);
    laws.is_some_and(|laws| purpose.closed(&laws, &state, None).whole.is_none())
}

/// How much each schedule would take.
async fn schedules(
    tx: &Tx<'_, Read>,
    tenant: &TenantRow,
    bundles: [&Bundle; 2],
    counts: &mut Counts,
) -> Result<()> {
    let [now, next] = bundles;
    // Looking through everybody for what cannot be different is left out.
    if now.schedules() == next.schedules()
        && now.retentions() == next.retentions()
        && now.controller(&tenant.controller) == next.controller(&tenant.controller)
    {
        return Ok(());
    }
    let alone = restricted_records(&tx.rows, tenant.id).await?;
    for (at, bundle) in bundles.into_iter().enumerate() {
        for terms in Terms::all(bundle, tenant, tx.now)? {
            let key = terms.schedule.key.clone();
            let (of, count) = match &terms.schedule.what {
                Scheduled::Events(which) => {
                    let mut count = 0;
                    for slice in terms.due(which) {
                        count += tx.rows.count_slice(tenant.id, &slice, Owners::AllBut(&alone)).await?.0;
                    }
                    (ReachOf::Events(key), count)
                }
                Scheduled::People(_) => {
                    let (mut count, mut after) = (0, Some(0));
                    while let Some(behind) = after {
                        let range = Range::Behind(behind, CHUNK);
                        let looked = look(&tx.rows, tenant.id, &terms, None, range).await?;
                        after = looked.next;
                        count += looked.people.iter().filter(|one| one.is_due).count() as u64;
                    }
                    (ReachOf::People(key), count)
                }
            };
            counts.entry(of).or_default().sides[at] += count;
        }
    }
    for count in counts.values_mut().filter(|count| count.differs == 0) {
        count.differs = count.sides[0].abs_diff(count.sides[1]);
    }
    Ok(())
}
