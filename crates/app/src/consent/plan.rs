//! Facts sealed and ready to be added, and what must still be true when they are.

use zelo_model::{ConsentHistory, ConsentId, ConsentKind, ConsentState, OwnerId, ProfileState, Timestamp};
use zelo_store::{ConsentRow, FoundProfile, NewConsent};
use zelo_vault::place::CONSENT_EVIDENCE;

use crate::blob::Evidence;
use crate::error::{Error, Result};
use crate::facts::{ConsentView, Fact, Key, Lapses, Whoever, fact, later, states_at};
use crate::ground::{Ground, Survey, survey};
use crate::house::House;
use crate::keyring::Keyring;
use crate::profile::home;
use crate::tx::{Read, Tx, Write};

/// What to add.
pub struct Plan {
    profile: i64,
    /// Who the profile was.
    ground: Ground,
    /// What its records had said to this purpose.
    before: Vec<ConsentRow>,
    key: Key,
    /// The purposes to write it down for, where they are others than the key's.
    purposes: Vec<String>,
    /// When it is said: behind all that was.
    at: Timestamp,
    /// When it is written down: while the records are one person.
    recorded: Timestamp,
    pub(super) house: Option<House>,
    pub(super) new: Vec<NewConsent>,
    /// Whether a guardian says it.
    guardian: bool,
    /// The identifier and record that vouch for who says it.
    pub(super) verified: Option<(i64, i64)>,
}

impl Plan {
    /// Nothing yet, but all that was said so far.
    pub(super) async fn of(tx: &Tx<'_, Read>, profile: &FoundProfile, key: Key) -> Result<Self> {
        let tenant = tx.tenant.row.id;
        let Survey { ground, members, .. } = survey(&tx.rows, tenant, &[profile.id]).await?;
        let before = said(&tx.rows, tenant, &ground, &key).await?;
        Ok(Self {
            profile: profile.id,
            at: later(tx.now, &before),
            recorded: members.iter().map(|(.., since)| *since).fold(tx.now, Timestamp::max),
            ground,
            before,
            key,
            purposes: Vec::new(),
            house: None,
            new: Vec::new(),
            guardian: false,
            verified: None,
        })
    }

    /// It was said on paper before it was written down, or by a guardian. What was said since then still counts more.
    pub(super) fn said(&mut self, at: Option<Timestamp>, guardian: bool) {
        self.at = at.unwrap_or(self.at);
        self.guardian = guardian;
    }

    /// A text was seen: that is written down for each of its purposes.
    pub(super) fn seen(&mut self, purposes: &[String]) {
        self.purposes = purposes.to_vec();
    }

    /// What was said so far.
    pub(super) fn history(&self) -> ConsentHistory<i64, i64> {
        ConsentHistory::of(self.before.iter().map(fact))
    }

    /// The records of the profile.
    pub(super) fn records(&self) -> Vec<i64> {
        self.ground.members.iter().map(|(record, _)| *record).collect()
    }

    /// Adds a fact anchored to a record, its evidence sealed under that record's key. The anchor is the house record
    /// when `record` is none.
    pub(super) fn add(
        &mut self,
        tx: &mut Tx<'_, Read>,
        keys: &Keyring,
        (record, owner): (Option<i64>, OwnerId),
        (kind, verified, notice): (ConsentKind, Option<i64>, Option<Vec<u8>>),
        evidence: &Evidence,
    ) -> Result<()> {
        let purposes =
            if self.purposes.is_empty() { vec![self.key.0.clone()] } else { self.purposes.clone() };
        for purpose in purposes {
            let id = ConsentId(tx.ids.sorted(tx.now));
            let evidence = tx.seal(keys, owner, (CONSENT_EVIDENCE, id.0, 1), &evidence.encode()?)?;
            let row = ConsentRow {
                owner: record.unwrap_or(HOUSE),
                id,
                purpose,
                recipient: self.key.1.clone(),
                kind,
                at: self.at,
                recorded: self.recorded,
                verified,
                notice: notice.clone(),
                guardian: self.guardian,
            };
            self.new.push(NewConsent { row, seal_version: 1, evidence });
        }
        Ok(())
    }

    /// Answers facts, each in its own voice and at its own anchor.
    pub(super) async fn answer(
        &mut self,
        tx: &mut Tx<'_, Read>,
        profile: &FoundProfile,
        facts: Vec<Fact>,
        kind: ConsentKind,
        evidence: &Evidence,
    ) -> Result<()> {
        for said in facts {
            let member = profile.members.iter().find(|member| member.record == said.anchor);
            let member = member.ok_or(Error::Stale)?;
            let keys = tx.keys(&[member.id16]).await?;
            self.add(tx, &keys, (Some(said.anchor), member.id16), (kind, said.verified, None), evidence)?;
        }
        Ok(())
    }
}

/// Stands for the house record until it has a surrogate.
const HOUSE: i64 = -1;

/// Adds what was planned, or says `Stale` when the person or what they had said has moved.
pub(super) async fn apply(tx: &mut Tx<'_, Write>, mut plan: Plan) -> Result<ConsentView> {
    let (tenant, rows) = (tx.tenant.row.id, tx.rows);
    rows.lock_profiles(tenant, &[plan.profile]).await?;
    let same = survey(rows, tenant, &plan.ground.profiles).await?.ground == plan.ground
        && rows.states(tenant, &[plan.profile]).await? == [(plan.profile, ProfileState::Active, None)]
        && said(rows, tenant, &plan.ground, &plan.key).await? == plan.before;
    if !same {
        return Err(Error::Stale);
    }
    if let Some(house) = plan.house.take() {
        let record = house.place(tx).await?;
        plan.new.iter_mut().filter(|new| new.row.owner == HOUSE).for_each(|new| new.row.owner = record);
    }
    let lapses = Lapses { policy: tx.policy, home: home(tx)?, whoever: &Whoever::default() };
    let said = plan.before.iter().chain(plan.new.iter().map(|new| &new.row));
    let after = states_at(said, tx.now, &lapses);
    rows.insert_consents(tenant, plan.new).await?;
    if let Some(link) = plan.verified {
        rows.verify_link(tenant, link, tx.now).await?;
    }
    tx.notes.made = Some(rows.raise_made(tenant).await?);
    let (purpose, recipient) = plan.key;
    let nothing = ConsentView { purpose, recipient, state: ConsentState::default() };
    Ok(after.into_iter().next().unwrap_or(nothing))
}

async fn said(
    rows: &zelo_store::Reading<'_>,
    tenant: i64,
    ground: &Ground,
    key: &Key,
) -> Result<Vec<ConsentRow>> {
    let records: Vec<i64> = ground.members.iter().map(|(record, _)| *record).collect();
    let mut said = rows.consents(tenant, &records).await?;
    said.retain(|row| (&row.purpose, &row.recipient) == (&key.0, &key.1));
    Ok(said)
}
