//! Writing a plan: what it was made on is checked first, then everything goes in, in a handful of statements.

use zelo_store::Touch;

use super::Receipt;
use super::graph::TEMPORARY;
use super::seal::{Plan, witness};
use crate::arrivals::Outcome;
use crate::error::{Error, Result};
use crate::ground::survey;
use crate::tx::{Tx, Write};

/// Writes a plan in the writer's transaction; `Stale` when somebody it rests on has moved.
pub(crate) async fn apply(tx: &mut Tx<'_, Write>, mut plan: Plan) -> Result<Receipt> {
    let tenant = tx.tenant.row.id;
    check(tx, tenant, &plan).await?;
    let surrogates = tx.rows.surrogates(plan.made).await?;
    number(&mut plan, &surrogates);
    let rows = tx.rows;
    rows.insert_identifiers(tenant, plan.identifiers).await?;
    rows.write_beside(tenant, plan.beside).await?;
    rows.insert_profiles(tenant, plan.profiles).await?;
    rows.write_records(tenant, plan.records).await?;
    rows.move_records(tenant, plan.moves).await?;
    for (profile, into) in plan.aliases {
        rows.alias_profile(tenant, profile, into).await?;
    }
    rows.write_links(tenant, plan.links).await?;
    rows.insert_journal(tenant, plan.journal).await?;
    if rows.insert_seen(tenant, &plan.seen, tx.now.day()).await? != plan.seen.len() as u64 {
        return Err(Error::Stale);
    }
    let new_events = rows.insert_events(tenant, plan.events).await?;
    rows.write_groups(tenant, plan.groups).await?;
    if !plan.said.is_empty() {
        rows.insert_consents(tenant, plan.said).await?;
        tx.notes.made = Some(rows.raise_made(tenant).await?);
    }
    rows.insert_quarantine(tenant, plan.held).await?;
    if let Some(mended) = plan.mended {
        rows.replace_held(tenant, mended).await?;
    }
    rows.touch(tenant, Touch::Records, &plan.stale_records, tx.now).await?;
    rows.touch(tenant, Touch::Profiles, &plan.stale_profiles, tx.now).await?;
    tx.notes.arrived = plan.arrived;
    for n in plan.lifted {
        if rows.lift_suppression(tenant, n).await? == 0 {
            return Err(Error::Stale);
        }
        tx.notes.made = Some(rows.raise_made(tenant).await?);
    }
    Ok(Receipt { new_events, ..plan.receipt })
}

async fn check(tx: &Tx<'_, Write>, tenant: i64, plan: &Plan) -> Result<()> {
    let standing: Vec<[u8; 16]> = plan.standing.iter().map(|(digest, _)| *digest).collect();
    let mut rested_on = [plan.witnessed.as_slice(), &standing].concat();
    rested_on.sort_unstable();
    rested_on.dedup();
    tx.rows.lock_identifiers(tenant, plan.epoch, &rested_on).await?;
    let mut found = tx.rows.identifiers(tenant, plan.epoch, &standing).await?;
    found.sort_unstable();
    if found != plan.standing {
        return Err(Error::Stale);
    }
    let links = tx.rows.links(tenant, plan.epoch, &plan.witnessed).await?;
    let same_links = links.iter().map(witness).eq(plan.witness.iter().copied());
    // Who a profile was decided as much as who led to it: two messages that both pass a limit must not both count.
    tx.rows.lock_profiles(tenant, &plan.ground.profiles).await?;
    let same_people = survey(tx.rows, tenant, &plan.ground.profiles).await?.ground == plan.ground;
    if !same_links || !same_people || tx.rows.living(tenant, &plan.living).await? != plan.living.len() {
        return Err(Error::Stale);
    }
    Ok(())
}

/// Puts the real surrogates where temporary ones stand.
fn number(plan: &mut Plan, surrogates: &[i64]) {
    let real = |id: &mut i64| {
        if let Ok(n) = usize::try_from(*id - TEMPORARY - 1)
            && let Some(surrogate) = surrogates.get(n)
        {
            *id = *surrogate;
        }
    };
    plan.identifiers.iter_mut().chain(&mut plan.beside).for_each(|row| real(&mut row.id));
    plan.profiles.iter_mut().for_each(|row| real(&mut row.id));
    plan.records.iter_mut().for_each(|row| real(&mut row.id));
    for row in &mut plan.arrived {
        if let Outcome::Taken { profile, .. } = &mut row.fate {
            real(profile);
        }
    }
    plan.events.iter_mut().for_each(|row| real(&mut row.owner));
    for new in &mut plan.said {
        real(&mut new.row.owner);
        new.row.verified.iter_mut().for_each(real);
    }
    for row in &mut plan.links {
        real(&mut row.identifier);
        real(&mut row.record);
    }
    for row in &mut plan.moves {
        real(&mut row.record);
        real(&mut row.to);
    }
    for (profile, into) in &mut plan.aliases {
        real(profile);
        real(into);
    }
    for line in &mut plan.journal {
        real(&mut line.kept);
        line.others.iter_mut().chain(&mut line.evidence).for_each(real);
        for (record, profile) in &mut line.members {
            real(record);
            real(profile);
        }
    }
    for item in plan.held.iter_mut().chain(&mut plan.mended) {
        real(&mut item.id);
        item.identifiers.iter_mut().for_each(real);
    }
}
