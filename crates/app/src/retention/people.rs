//! Whom a schedule is about. What stands in the clear says nearly all of it; a birth date is opened, counted and shown to
//! nobody, and only of those who would be due if they are minors.

use std::collections::{BTreeMap, BTreeSet};

use zelo_model::{OwnerId, ProfileId, RecordBody, Timestamp};
use zelo_policy::Scheduled;
use zelo_resolve::Member;
use zelo_store::{IdlePerson, Reading};
use zelo_vault::place::RECORD_BODY;

use super::held_back::restricted;
use super::terms::Terms;
use crate::blob::decode_record;
use crate::error::{Error, Result};
use crate::keyring::Keyring;
use crate::profile::whoever;
use crate::tx::{Read, Sealed, Tx, Whose};

/// Somebody who was not heard of for long.
pub(crate) struct Candidate {
    pub(crate) id16: ProfileId,
    pub(crate) records: Vec<i64>,
    /// Whether their time is over whoever they are; else only if they are a minor.
    pub(crate) is_due: bool,
}

/// Where to look.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Range {
    /// At so many, behind this one.
    Behind(i64, i64),
    /// At this one.
    One(i64),
}

/// What was found there.
pub(crate) struct Looked {
    pub(crate) people: Vec<Candidate>,
    /// How many were passed over because processing of them is restricted.
    pub(crate) held_back: u64,
    /// Where to go on.
    pub(crate) next: Option<i64>,
}

/// Looks for people whose time is, or may be, over, without opening anything. Those who may be minors and were last heard
/// of before `known` were looked at already.
pub(crate) async fn look(
    rows: &Reading<'_>,
    tenant: i64,
    terms: &Terms<'_>,
    known: Option<Timestamp>,
    range: Range,
) -> Result<Looked> {
    let nobody = Looked { people: Vec::new(), held_back: 0, next: None };
    let (Some(idle), Scheduled::People(which)) = (terms.idle(known), &terms.schedule.what) else {
        return Ok(nobody);
    };
    let (found, next) = match range {
        Range::One(profile) => (rows.idle_person(tenant, idle, profile).await?.into_iter().collect(), None),
        Range::Behind(after, most) => {
            let found = rows.idle_people(tenant, idle, after, most).await?;
            let full = i64::try_from(found.len()).is_ok_and(|len| len == most);
            let next = found.last().filter(|_| full).map(|last| last.profile);
            (found, next)
        }
    };
    let profiles: Vec<i64> = found.iter().map(|one: &IdlePerson| one.profile).collect();
    let members = rows.members(tenant, &profiles).await?;
    let members: Vec<(i64, i64)> =
        members.into_iter().map(|(record, profile, _)| (record, profile)).collect();
    let restricted = restricted(rows, tenant, &members).await?;
    let mut records: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (record, profile) in &members {
        records.entry(*profile).or_default().push(*record);
    }
    let all: Vec<i64> = members.iter().map(|(record, _)| *record).collect();
    let names: Vec<&str> = which.unless.iter().map(String::as_str).collect();
    let contracts = rows.newest_named(tenant, &all, &names).await?;
    let bound: BTreeSet<i64> = contracts.into_iter().map(|(record, ..)| record).collect();
    let mut looked = Looked { next, ..nobody };
    for one in found {
        let records = records.remove(&one.profile).unwrap_or_default();
        if records.iter().any(|record| bound.contains(record)) {
            continue;
        }
        if restricted.contains(&one.profile) {
            looked.held_back += 1;
            continue;
        }
        let is_due = one.last_seen < terms.before;
        looked.people.push(Candidate { id16: one.id16, records, is_due });
    }
    Ok(looked)
}

/// Those whose time is over: of whom that is known, and minors among the others.
pub(crate) async fn due(
    tx: &mut Tx<'_, Read>,
    terms: &Terms<'_>,
    people: Vec<Candidate>,
) -> Result<Vec<Candidate>> {
    let asked: Vec<i64> =
        people.iter().filter(|one| !one.is_due).flat_map(|one| one.records.iter().copied()).collect();
    if asked.is_empty() {
        return Ok(people);
    }
    let tenant = tx.tenant.row.id;
    let names = tx.rows.record_names(tenant, &asked).await?;
    let mut bodies: BTreeMap<i64, (u64, Vec<u8>)> = BTreeMap::new();
    for (record, version, body) in tx.rows.bodies(tenant, &asked).await? {
        bodies.insert(record, (version, body));
    }
    let keys = tx.keys(&names.iter().map(|name| name.id16).collect::<Vec<OwnerId>>()).await?;
    let mut due = Vec::with_capacity(people.len());
    for one in people {
        let mut opened = Vec::new();
        let theirs = names.iter().filter(|name| !one.is_due && one.records.contains(&name.record));
        for name in theirs {
            let Some((version, bytes)) = bodies.get(&name.record) else { continue };
            match open(tx, &keys, name.id16, (*version, bytes)) {
                Ok(body) => opened.push((name.id16, name.source, body)),
                // Somebody forgot them since the snapshot.
                Err(Error::Erased) => {}
                Err(error) => return Err(error),
            }
        }
        if one.is_due || is_minor(tx, terms, &opened) {
            due.push(one);
        }
    }
    Ok(due)
}

fn open(
    tx: &mut Tx<'_, Read>,
    keys: &Keyring,
    owner: OwnerId,
    (version, bytes): (u64, &[u8]),
) -> Result<RecordBody> {
    let sealed = Sealed { owner, place: RECORD_BODY, row: owner.0, version, bytes };
    decode_record(&tx.open(keys, &sealed, Whose::Processed)?)
}

/// Whether a law that applies to somebody says that they are a minor.
fn is_minor(tx: &Tx<'_, Read>, terms: &Terms<'_>, opened: &[(OwnerId, i64, RecordBody)]) -> bool {
    let members = opened.iter().map(|(record, source, body)| Member {
        record: *record,
        source: *source,
        priority: tx.tenant.sources.get(source).map_or(0, |source| source.priority),
        body,
    });
    let whoever = whoever(tx, members);
    let Some(age) = whoever.age(tx.now) else { return false };
    let laws = std::iter::once(terms.home).chain(whoever.law).filter_map(|law| tx.policy.law(law));
    laws.into_iter().any(|law| age < law.ages.minor_below)
}
