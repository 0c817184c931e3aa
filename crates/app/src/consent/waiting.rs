//! A yes that waits for its link, as every look at it reckons it anew: found by what the link carries, held against all that was
//! said since and against the policies in force.

use zelo_model::{ConsentKind, ProfileState};
use zelo_store::{Beside, ConsentRow, EVERY_PURPOSE, FoundProfile};
use zelo_vault::place::CONSENT_EVIDENCE;

use super::plan::Plan;
use super::record::leading;
use super::token::Claim;
use crate::blob::Evidence;
use crate::error::{Error, Result};
use crate::facts::{Lapses, Whoever};
use crate::people::concerns;
use crate::profile::home;
use crate::tx::{Read, Sealed, Tx, Whose};

/// What a link is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirming {
    /// SHA-256 of the text that was said yes to.
    pub notice: Vec<u8>,
    /// The purpose it was said to.
    pub purpose: String,
    /// Whether it was confirmed before.
    pub already: bool,
    /// Whether it counts now. Not before it is confirmed; and not while somebody else's no, or one that nobody vouches for,
    /// stands against it.
    pub counts: bool,
}

/// A yes that a link confirms, or has confirmed.
pub(super) struct Waiting {
    profile: FoundProfile,
    row: ConsentRow,
    /// The identifier that vouches for it, and the record that leads to it.
    vouching: (i64, i64),
    pub(super) confirming: Confirming,
}

impl Waiting {
    /// What this link stands for, as long as it confirms; `NotFound` for any other, whyever.
    pub(super) async fn of(tx: &mut Tx<'_, Read>, token: &str) -> Result<Self> {
        let tenant = tx.tenant.row.id;
        let claim = Claim::of(token, tx.tenant).filter(|claim| claim.until > tx.now);
        let claim = claim.ok_or(Error::NotFound)?;
        let found = tx.rows.profile_by_record(tenant, claim.record, &Beside::default()).await?;
        let profile = found.filter(|profile| profile.state == ProfileState::Active).ok_or(Error::NotFound)?;
        concerns(tx, &profile);
        let records: Vec<i64> = profile.members.iter().map(|member| member.record).collect();
        let said = tx.rows.consents(tenant, &records).await?;
        let row = said.iter().find(|row| row.id == claim.consent && row.kind == ConsentKind::Pending);
        let row = row.filter(|row| is_still_asked(tx, row)).ok_or(Error::NotFound)?.clone();
        let (epoch, digest) = claim.identifier;
        let found = tx.rows.identifiers(tenant, epoch, &[digest]).await?;
        let found: Vec<i64> = found.into_iter().map(|(_, id)| id).collect();
        let vouching = leading(tx, &found, &records).await?.ok_or(Error::NotFound)?;

        let lapses = Lapses { policy: tx.policy, home: home(tx)?, whoever: &Whoever::default() };
        let late = lapses.of(&row).is_none_or(|lapse| lapse.at <= tx.now);
        if late || is_taken_back(&said, &row) {
            return Err(Error::NotFound);
        }
        let already = is_granted(&said, &row, vouching.0);
        let confirming = Confirming {
            notice: row.notice.clone().unwrap_or_default(),
            purpose: row.purpose.clone(),
            already,
            counts: already,
        };
        Ok(Self { profile, row, vouching, confirming })
    }

    /// The yes that answers it.
    pub(super) async fn plan(&self, tx: &mut Tx<'_, Read>) -> Result<Plan> {
        let Self { profile, row, vouching, .. } = self;
        let owner = |record: i64| {
            let member = profile.members.iter().find(|member| member.record == record);
            member.map(|member| member.id16).ok_or(Error::Stale)
        };
        let (said_at, anchor) = (owner(row.owner)?, owner(vouching.1)?);
        let keys = tx.keys(&[said_at, anchor]).await?;
        let proof = tx.rows.consent_proof(tx.tenant.row.id, row.owner, row.id).await?.ok_or(Error::Stale)?;
        let sealed = Sealed {
            owner: said_at,
            place: CONSENT_EVIDENCE,
            row: row.id.0,
            version: proof.seal_version,
            bytes: &proof.evidence,
        };
        let pending = Evidence::decode(&tx.open(&keys, &sealed, Whose::Processed)?)?;
        let evidence = Evidence {
            channel: pending.channel,
            language: pending.language,
            guardian: pending.guardian,
            actor: tx.actor.name(),
            confirms: Some(row.id.to_string()),
            ..Evidence::default()
        };
        let mut plan = Plan::of(tx, profile, (row.purpose.clone(), row.recipient.clone())).await?;
        plan.said(None, row.guardian);
        let fact = (ConsentKind::Grant, Some(vouching.0), row.notice.clone());
        plan.add(tx, &keys, (Some(vouching.1), anchor), fact, &evidence)?;
        plan.verified = Some(*vouching);
        Ok(plan)
    }
}

/// Whether its purpose, controller and text are still known.
fn is_still_asked(tx: &Tx<'_, Read>, row: &ConsentRow) -> bool {
    let purpose = row.purpose.parse().ok().and_then(|key| tx.policy.purpose(&key));
    let text = row.notice.as_deref().and_then(|hash| tx.policy.notice_of_hash(hash));
    purpose.is_some() && text.is_some() && tx.policy.controller(&row.recipient).is_some()
}

/// Whether anything was said against it since, to its purpose or to all, in whatever voice and whether or not it still stands:
/// who said no is asked again before a yes of theirs counts.
pub(super) fn is_taken_back(said: &[ConsentRow], row: &ConsentRow) -> bool {
    let against = [ConsentKind::Deny, ConsentKind::Withdraw, ConsentKind::Object];
    since(said, row).any(|other| {
        (other.purpose == row.purpose || other.purpose == EVERY_PURPOSE) && against.contains(&other.kind)
    })
}

/// Whether this identifier has said yes to the same since.
pub(super) fn is_granted(said: &[ConsentRow], row: &ConsentRow, identifier: i64) -> bool {
    since(said, row).any(|other| {
        other.purpose == row.purpose && other.kind == ConsentKind::Grant && other.verified == Some(identifier)
    })
}

fn since<'r>(said: &'r [ConsentRow], row: &'r ConsentRow) -> impl Iterator<Item = &'r ConsentRow> {
    let later = |other: &&ConsentRow| (other.at, other.id) > (row.at, row.id);
    said.iter().filter(move |other| later(other) && other.recipient == row.recipient)
}
