//! Confirming a yes by the link that was sent to its address: the person acts, in their own name and with nothing but that.

use zelo_ledger::Class;
use zelo_model::{Actor, ConsentKind, ProfileState, Role, Standing, Via};
use zelo_store::{Beside, ConsentRow, EVERY_PURPOSE, FoundProfile};
use zelo_vault::place::CONSENT_EVIDENCE;

use super::plan::{Plan, apply};
use super::token::{Claim, tenant_of};
use crate::app::App;
use crate::blob::Evidence;
use crate::error::{Error, Result};
use crate::facts::{Lapses, Whoever};
use crate::operation::{Operation, Target};
use crate::people::concerns;
use crate::profile::home;
use crate::tx::{Read, Sealed, Tx, Whose, Write};

/// Looks at what a link would confirm. Every link that confirms nothing is `NotFound`, whyever: it tells nobody whether
/// somebody is there.
pub struct ReadConfirmation {
    /// What stands in the link.
    pub token: String,
}

/// Confirms it: a yes that the address vouches for, to the text and in the language it was said to. Once it is, it is.
pub struct ConfirmConsent {
    /// What stands in the link.
    pub token: String,
}

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

impl App {
    /// Whoever holds a link: the person it was sent to, in the tenant that made it. `Unauthenticated` when nobody here did.
    pub async fn holder(&self, token: &str) -> Result<Actor> {
        let id = tenant_of(token).ok_or(Error::Unauthenticated)?;
        let tenant = self.tenant(id).await?;
        Claim::of(token, &tenant).ok_or(Error::Unauthenticated)?;
        let purpose = "data-subject-rights".parse().map_err(Error::internal)?;
        Ok(Actor { tenant: id, role: Role::Subject, purpose, credential: None, source: None, via: Via::Http })
    }
}

impl Operation for ReadConfirmation {
    const NAME: &'static str = "confirmation.read";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Person;
    type Access = Read;
    type Ready = ();
    type Output = Confirming;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<Confirming> {
        Ok(Waiting::of(tx, &self.token).await?.confirming)
    }
}

impl Operation for ConfirmConsent {
    const NAME: &'static str = "consent.confirm";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = (Option<Plan>, Confirming);
    type Output = Confirming;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<(Option<Plan>, Confirming)> {
        let waiting = Waiting::of(tx, &self.token).await?;
        let plan = if waiting.confirming.already {
            None
        } else {
            // Whose key is gone was forgotten meanwhile.
            let plan = waiting.plan(tx).await;
            Some(plan.map_err(|error| if matches!(error, Error::Erased) { Error::NotFound } else { error })?)
        };
        Ok((plan, waiting.confirming))
    }

    async fn run(
        &self,
        (plan, confirming): (Option<Plan>, Confirming),
        tx: &mut Tx<'_, Write>,
    ) -> Result<Confirming> {
        let Some(plan) = plan else { return Ok(confirming) };
        let standing = apply(tx, plan).await?.state.standing;
        Ok(Confirming { counts: standing == Standing::Granted, ..confirming })
    }
}

/// A yes that a link confirms, or has confirmed.
struct Waiting {
    profile: FoundProfile,
    row: ConsentRow,
    /// The identifier that vouches for it, and the record that leads to it.
    vouching: (i64, i64),
    confirming: Confirming,
}

impl Waiting {
    async fn of(tx: &mut Tx<'_, Read>, token: &str) -> Result<Self> {
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
        let identifier = tx.rows.identifiers(tenant, epoch, &[digest]).await?;
        let links = tx.rows.links_of(tenant, &records).await?;
        let leads = links.iter().filter(|link| !link.demoted);
        let mine = leads.filter(|link| identifier.iter().any(|(_, id)| *id == link.identifier));
        let best = mine.min_by_key(|link| (!link.is_local_key, link.first_seen, link.record));
        let vouching = best.map(|link| (link.identifier, link.record)).ok_or(Error::NotFound)?;

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
    async fn plan(&self, tx: &mut Tx<'_, Read>) -> Result<Plan> {
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
