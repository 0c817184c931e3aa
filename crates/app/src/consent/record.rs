//! Writing down what somebody says to a purpose.

use zelo_ledger::Class;
use zelo_model::{ConsentKind, EventId, IdentifierKind, Problem, ProfileId, Purpose, Timestamp};
use zelo_store::EVERY_PURPOSE;

use super::check::Check;
use super::plan::{Plan, apply};
use super::sale::sold_at;
use crate::blob::Evidence;
use crate::error::{Error, Result};
use crate::facts::{ConsentView, Fact, Key};
use crate::house::house;
use crate::operation::{Operation, Target};
use crate::people::person;
use crate::profile::{Lookup, told};
use crate::tx::{Mode, Read, Tx, Write};

/// Writes down a consent, a denial, an objection or a restriction; or that a text was seen. Nothing that was said before is
/// changed.
pub struct RecordConsent {
    /// Whose.
    pub profile: ProfileId,
    /// To which purpose; `None` is all of them at once, which can be objected to, restricted, and freed again. Who saw a text
    /// saw it for all its purposes: name none.
    pub purpose: Option<Purpose>,
    /// For which controller, when the data would go to another one (LGPD art. 7 §5); `None` is the tenant's own.
    pub recipient: Option<String>,
    /// What was said; a withdrawal is an operation of its own.
    pub kind: ConsentKind,
    /// How it was said.
    pub said: Said,
}

/// How something was said: what a controller must be able to prove (GDPR art. 7(1), LGPD art. 8 §2).
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Through which channel: `web`, `telephone`, `letter`, …
    pub channel: String,
    /// In which language the person was asked, as BCP 47: `pt-BR`. Needed for a consent.
    pub language: Option<String>,
    /// SHA-256 of the very text agreed to, in hexadecimal; a text of `policies/notices`. Needed for a consent.
    pub notice: Option<String>,
    /// When it was said, if it was written down on paper or at a till first; `None` is now.
    pub at: Option<Timestamp>,
    /// How a guardian, who says it for a minor, was verified: a way of `policies/minors.yaml` that is sufficient (LGPD art. 14
    /// §5, GDPR art. 8(2)); sealed. It ends when the minor comes of age.
    pub guardian: Option<String>,
    /// An identifier of the profile that was verified to be theirs: kind, id space, value.
    pub verified: Option<(IdentifierKind, Option<String>, String)>,
    /// The sale in which the address was given, an event of the profile; sealed. Needed for a soft opt-in, and for nothing else.
    pub sale: Option<EventId>,
    /// What staff want to keep as evidence; sealed.
    pub note: Option<String>,
}

impl Operation for RecordConsent {
    const NAME: &'static str = "consent.record";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = Plan;
    type Output = ConsentView;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<Plan> {
        let plan = self.plan(tx).await;
        plan.map_err(|error| told(tx, error))
    }

    async fn run(&self, plan: Plan, tx: &mut Tx<'_, Write>) -> Result<ConsentView> {
        apply(tx, plan).await
    }
}

impl RecordConsent {
    async fn plan(&self, tx: &mut Tx<'_, Read>) -> Result<Plan> {
        let key = key(tx, self.purpose.as_ref(), self.recipient.as_deref())?;
        let notice = Check::of(tx, self)?;
        let profile = person(tx, self.profile).await?;
        let mut plan = Plan::of(tx, &profile, key).await?;
        let at = match (&self.purpose, self.said.sale) {
            (Some(purpose), Some(sale)) => Some(sold_at(tx, &plan.records(), purpose, sale).await?),
            _ => self.said.at,
        };
        plan.said(at, self.said.guardian.is_some());
        let evidence = evidence(tx, &self.said);
        let vouching = vouching(tx, self.said.verified.as_ref(), &plan.records()).await?;
        if self.kind == ConsentKind::Informed {
            plan.seen(&purposes_of(tx, notice.as_deref()));
        }
        if let Some(facts) = self.answers(&plan, vouching)? {
            plan.answer(tx, &profile, facts, self.kind, &evidence).await?;
            return Ok(plan);
        }
        let anchor = vouching.and_then(|(_, record)| profile.members.iter().find(|one| one.record == record));
        if let (Some((identifier, record)), Some(member)) = (vouching, anchor) {
            let keys = tx.keys(&[member.id16]).await?;
            let fact = (self.kind, Some(identifier), notice);
            plan.add(tx, &keys, (Some(record), member.id16), fact, &evidence)?;
            plan.verified = Some((identifier, record));
        } else {
            let mut keys = tx.keys(&[]).await?;
            let house = house(tx, &mut keys, profile.id, &plan.records()).await?;
            plan.add(tx, &keys, (house.record, house.id16), (self.kind, None, notice), &evidence)?;
            plan.house = Some(house);
        }
        Ok(plan)
    }

    /// What is answered by it, where nobody is named: every yes that no longer counts, and every no that nobody vouches
    /// for. `None` for what is a word of its own.
    fn answers(&self, plan: &Plan, vouching: Option<(i64, i64)>) -> Result<Option<Vec<Fact>>> {
        let history = plan.history();
        match (self.kind, vouching) {
            (ConsentKind::Invalidate, None) => match history.given() {
                none if none.is_empty() => Err(Error::Conflict("there is no consent that could be invalid")),
                given => Ok(Some(given)),
            },
            (ConsentKind::Lift, None) => match history.unvouched() {
                none if none.is_empty() => Err(Error::Conflict(
                    "there is nothing to lift that nobody vouches for; name the identifier whose word is lifted",
                )),
                against => Ok(Some(against)),
            },
            (ConsentKind::Lift, Some((identifier, _))) if !history.is_against(identifier) => {
                Err(Error::Conflict("there is nothing to lift that this identifier vouches for"))
            }
            _ => Ok(None),
        }
    }
}

/// The identifier that vouches for who says it, and the record it is anchored to: the one whose own key it is, else the
/// longest known.
pub(super) async fn vouching(
    tx: &Tx<'_, Read>,
    verified: Option<&(IdentifierKind, Option<String>, String)>,
    records: &[i64],
) -> Result<Option<(i64, i64)>> {
    let Some((kind, space, value)) = verified else { return Ok(None) };
    tx.inner.lookups.count(tx.actor)?;
    let lookup = Lookup::Identifier { kind: *kind, space: space.clone(), value: value.clone() };
    let identifier = lookup.identifier(tx).map_err(at_identifier)?.ok_or(Error::NotFound)?;
    let (tenant, index) = (tx.tenant.row.id, tx.tenant.keys.index());
    let found = tx.rows.identifiers(tenant, index.epoch(), &[index.digest(&identifier)]).await?;
    if found.is_empty() && tx.rows.keys_in_force(tenant).await?.index != index.epoch() {
        // Nobody is nobody only while the epoch that was asked of is the one matched on.
        tx.inner.tenants.outdate(tx.tenant);
        return Err(Error::Stale);
    }
    let found: Vec<i64> = found.into_iter().map(|(_, id)| id).collect();
    let best = leading(tx, &found, records).await?;
    best.map(Some).ok_or_else(|| Error::invalid("identifier", "this is no identifier of this profile"))
}

/// The first of these identifiers that leads to one of these records, and which: the one whose own key it is, else the longest
/// known.
pub(super) async fn leading(
    tx: &Tx<'_, Read>,
    identifiers: &[i64],
    records: &[i64],
) -> Result<Option<(i64, i64)>> {
    let links = tx.rows.links_of(tx.tenant.row.id, records).await?;
    // One that is only kept leads to somebody else, and does not vouch for this person.
    let leads = links.iter().filter(|link| !link.demoted);
    let mine = leads.filter(|link| identifiers.contains(&link.identifier));
    let best = mine.min_by_key(|link| (!link.is_local_key, link.first_seen, link.record));
    Ok(best.map(|link| (link.identifier, link.record)))
}

/// What the version of this text asks consent to.
fn purposes_of(tx: &Tx<'_, Read>, notice: Option<&[u8]>) -> Vec<String> {
    let text = notice.and_then(|hash| tx.policy.notice_of_hash(hash));
    text.map_or_else(Vec::new, |(_, version, _)| version.purposes.iter().map(ToString::to_string).collect())
}

/// What is wrong with a value is said of the field it came in.
fn at_identifier(error: Error) -> Error {
    match error {
        Error::Invalid(problems) => {
            let of = |problem: Problem| Problem::new(format!("identifier.{}", problem.at), problem.message);
            Error::Invalid(problems.into_iter().map(of).collect())
        }
        other => other,
    }
}

/// What a channel is.
pub(super) const CHANNEL: &str =
    "say how it was said, in lower-case letters, digits and `-`: web, telephone, letter";

/// Purpose and recipient, both declared.
pub(super) fn key(tx: &Tx<'_, Read>, purpose: Option<&Purpose>, recipient: Option<&str>) -> Result<Key> {
    let mut problems = Vec::new();
    if purpose.is_some_and(|purpose| tx.policy.purpose(purpose).is_none()) {
        problems.push(Problem::new("purpose", "no such purpose is declared in policies/purposes"));
    }
    let recipient = recipient.unwrap_or(&tx.tenant.row.controller);
    if tx.policy.controller(recipient).is_none() {
        problems
            .push(Problem::new("recipient", "no such controller is declared in policies/controller.yaml"));
    }
    if problems.is_empty() {
        let purpose = purpose.map_or(EVERY_PURPOSE, Purpose::as_str);
        Ok((purpose.to_owned(), recipient.to_owned()))
    } else {
        Err(Error::Invalid(problems))
    }
}

/// What is kept under seal of how it was said.
pub(super) fn evidence<A: Mode>(tx: &Tx<'_, A>, said: &Said) -> Evidence {
    Evidence {
        channel: said.channel.clone(),
        language: said.language.clone(),
        note: said.note.clone(),
        guardian: said.guardian.clone(),
        sale: said.sale.map(|sale| sale.to_string()),
        actor: tx.actor.name(),
        ..Evidence::default()
    }
}

/// Whether this can name a channel.
pub(super) fn is_word(text: &str) -> bool {
    let letter = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    (1..=32).contains(&text.len()) && text.bytes().all(letter)
}
