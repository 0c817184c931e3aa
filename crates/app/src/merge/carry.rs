//! What was said to a purpose while two people were taken for one, and must be said again when they are two.
//!
//! A no: nobody knows which of them said it, so it holds for both (GDPR art. 21, 18; LGPD art. 8 §5). And a no of before
//! that was taken back by nobody who can be named: it may have been the other. A yes stays with its anchor.

use std::collections::{BTreeMap, BTreeSet};

use zelo_model::{ConsentId, Timestamp};
use zelo_store::{ConsentRow, NewConsent, Stay};
use zelo_vault::place::CONSENT_EVIDENCE;

use super::change::{Change, NEW};
use crate::blob::Evidence;
use crate::error::{Error, Result};
use crate::facts::{Fact, Key, histories, later};
use crate::house::{House, house};
use crate::tx::{Read, Tx, Write};

/// Facts to repeat at the house records of the halves, and what had been said when they were read.
pub(super) struct Carried {
    records: Vec<i64>,
    said: Vec<ConsentRow>,
    halves: Vec<(House, Vec<NewConsent>)>,
}

/// Reads what a change that takes people apart must repeat of what was written down `since`, and seals it.
pub(super) async fn carry(tx: &mut Tx<'_, Read>, change: &Change, since: Timestamp) -> Result<Carried> {
    let tenant = tx.tenant.row.id;
    let mut placed: BTreeMap<i64, i64> = change.ground.members.iter().copied().collect();
    placed.extend(change.moves.iter().map(|step| (step.record, step.to)));
    let records: Vec<i64> = placed.keys().copied().collect();
    let said = tx.rows.consents(tenant, &records).await?;
    let repeated = if said.is_empty() {
        BTreeMap::new()
    } else {
        let stays = tx.rows.stays(tenant, &records).await?;
        repeated(&Halves { placed: &placed, stays: &stays, said: &said }, since)
    };
    // It is each house record's latest word, whatever it said before.
    let at = later(tx.now, &said);
    let mut halves = Vec::new();
    for (half, facts) in repeated {
        let members: Vec<i64> =
            placed.iter().filter(|(_, at)| **at == half).map(|(record, _)| *record).collect();
        let mut keys = tx.keys(&[]).await?;
        let house = house(tx, &mut keys, half, &members).await?;
        let mut new = Vec::with_capacity(facts.len());
        for ((purpose, recipient), fact) in facts {
            let id = ConsentId(tx.ids.sorted(tx.now));
            let evidence = Evidence {
                channel: change.line.kind.to_owned(),
                actor: tx.actor.name(),
                repeats: Some(fact.id.to_string()),
                ..Evidence::default()
            };
            let evidence = tx.seal(&keys, house.id16, (CONSENT_EVIDENCE, id.0, 1), &evidence.encode()?)?;
            let row = ConsentRow {
                owner: house.record.unwrap_or_default(),
                id,
                purpose,
                recipient,
                kind: fact.kind,
                at,
                recorded: tx.now,
                verified: None,
                notice: None,
                guardian: false,
            };
            new.push(NewConsent { row, seal_version: 1, evidence });
        }
        halves.push((house, new));
    }
    Ok(Carried { records, said, halves })
}

/// Who goes where, was where, and said what.
struct Halves<'a> {
    placed: &'a BTreeMap<i64, i64>,
    stays: &'a [Stay],
    said: &'a [ConsentRow],
}

/// What each half must be told.
fn repeated(halves: &Halves<'_>, since: Timestamp) -> BTreeMap<i64, Vec<(Key, Fact)>> {
    let all: BTreeSet<i64> = halves.placed.values().copied().collect();
    let mut repeated: BTreeMap<i64, Vec<(Key, Fact)>> = BTreeMap::new();
    for (key, history) in histories(halves.said) {
        for fact in history.carried(since) {
            for half in all.iter().copied().filter(|half| halves.misses(*half, &key, &fact)) {
                repeated.entry(half).or_default().push((key.clone(), fact));
            }
        }
        for fact in history.restored(since) {
            if let Some(half) = halves.placed.get(&fact.anchor) {
                repeated.entry(*half).or_default().push((key.clone(), fact));
            }
        }
    }
    repeated
}

impl Halves<'_> {
    /// Whether a half was one person with whoever said this when they said it, and has not said it itself in the same
    /// breath, as a withdrawal does that answers the yes of both.
    fn misses(&self, half: i64, key: &Key, fact: &Fact) -> bool {
        let is_here = |record: &i64| self.placed.get(record) == Some(&half);
        if is_here(&fact.anchor) {
            return false;
        }
        let at =
            |stay: &&Stay| stay.since <= fact.recorded && stay.until.is_none_or(|end| fact.recorded < end);
        let mut with = self.stays.iter().filter(at).filter(|stay| stay.record == fact.anchor);
        let Some(profile) = with.next().map(|stay| stay.profile) else { return false };
        let together =
            self.stays.iter().filter(at).any(|stay| stay.profile == profile && is_here(&stay.record));
        let same = |row: &ConsentRow| {
            (&row.purpose, &row.recipient) == (&key.0, &key.1)
                && (row.kind, row.recorded) == (fact.kind, fact.recorded)
                && is_here(&row.owner)
        };
        together && !self.said.iter().any(same)
    }
}

impl Carried {
    /// The profile a split opens has a surrogate now.
    pub(super) fn opened(&mut self, profile: i64) {
        for (house, _) in self.halves.iter_mut().filter(|(house, _)| house.profile == NEW) {
            house.profile = profile;
        }
    }

    /// Writes it, unless something more has been said meanwhile.
    pub(super) async fn place(self, tx: &mut Tx<'_, Write>) -> Result<()> {
        let tenant = tx.tenant.row.id;
        if tx.rows.consents(tenant, &self.records).await? != self.said {
            return Err(Error::Stale);
        }
        if self.halves.is_empty() {
            return Ok(());
        }
        for (house, mut new) in self.halves {
            let record = house.place(tx).await?;
            for fact in &mut new {
                fact.row.owner = record;
            }
            tx.rows.insert_consents(tenant, new).await?;
        }
        tx.notes.made = Some(tx.rows.raise_made(tenant).await?);
        Ok(())
    }
}
