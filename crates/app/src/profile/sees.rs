//! How far a passage sees into a profile. It follows from role and purpose, and from what of the purpose is closed for the
//! person, and is settled before any key is fetched, so what is withheld is never opened.

use zelo_model::{IdentifierKind, Reason};
use zelo_policy::{Category, CategoryId, CategoryMask, Closed};

use super::{Omission, Part, Wants};
use crate::error::{Error, Result};
use crate::tx::{Read, Tx};

/// What was asked for, and why parts of it are withheld; `None` is shown.
#[derive(Debug)]
pub(crate) struct Sees {
    pub(crate) wants: Wants,
    /// Every kind of identifier.
    pub(crate) identifiers: Option<Reason>,
    /// By kind.
    kinds: [Option<Reason>; IdentifierKind::ALL.len()],
    /// Every attribute there can be.
    pub(crate) attributes: Option<Reason>,
    /// Events: their names and times.
    pub(crate) events: Option<Reason>,
    /// What events say.
    bodies: Option<Reason>,
    /// What was said to purposes.
    pub(crate) consents: Option<Reason>,
    /// How it was said.
    pub(crate) evidence: Option<Reason>,
    /// What of the purpose is closed for this person.
    closed: Closed,
}

/// Where an event's name and body stand in the data map.
const EVENT: [&str; 2] = ["name", "body"];

/// Where what was said to a purpose stands in the data map, and how it was said.
pub(crate) const CONSENT: [&str; 2] = ["kind", "evidence"];

impl Sees {
    /// As far as role and purpose go, whoever it is.
    pub(crate) fn of(tx: &Tx<'_, Read>, wants: Wants) -> Result<Self> {
        Self::of_person(tx, wants, Closed::default())
    }

    /// The same of somebody for whom some of the purpose is closed: nothing of that, but what they said to purposes.
    pub(crate) fn of_person(tx: &Tx<'_, Read>, wants: Wants, closed: Closed) -> Result<Self> {
        let withholds = |category| tx.sight.withholds(category).or_else(|| closed.withholds(category));
        let all_of = |categories: CategoryMask| {
            let of = || tx.policy.categories().iter().filter(|one| categories.allows(one.id));
            let shut = || of().find_map(|one: &Category| closed.withholds(one.id));
            let any = || of().any(|one| withholds(one.id).is_none());
            tx.sight.withholds_all(categories).or_else(|| if any() { None } else { shut() })
        };
        let mut kinds = [None; IdentifierKind::ALL.len()];
        let mut all = CategoryMask::NONE;
        for (kind, withheld) in IdentifierKind::ALL.into_iter().zip(&mut kinds) {
            let key = category_of(kind);
            let category =
                tx.policy.category(key).ok_or_else(|| Error::internal("a kind has no category"))?;
            *withheld = withholds(category.id);
            all = all.with(category.id);
        }
        let [name, body] = EVENT.map(|column| tx.policy.data_map().column("event", column));
        let (Some(name), Some(body)) = (name, body) else {
            return Err(Error::internal("events have no category"));
        };
        let [kind, evidence] = CONSENT.map(|column| tx.policy.data_map().column("consent_event", column));
        let (Some(kind), Some(evidence)) = (kind, evidence) else {
            return Err(Error::internal("consents have no category"));
        };
        Ok(Self {
            wants,
            identifiers: all_of(all),
            kinds,
            attributes: all_of(tx.policy.data_map().categories_of_traits()),
            events: withholds(name.category),
            bodies: withholds(body.category),
            consents: tx.sight.withholds(kind.category),
            evidence: tx.sight.withholds(evidence.category),
            closed,
        })
    }

    /// Why this kind of data is withheld.
    pub(crate) fn withholds(&self, tx: &Tx<'_, Read>, category: CategoryId) -> Option<Reason> {
        tx.sight.withholds(category).or_else(|| self.closed.withholds(category))
    }

    /// Whether this kind of identifier is shown.
    pub(crate) fn shows(&self, kind: IdentifierKind) -> bool {
        IdentifierKind::ALL
            .into_iter()
            .zip(self.kinds)
            .any(|(one, withheld)| one == kind && withheld.is_none())
    }

    /// Whether a record can hold anything that is asked for and shown.
    pub(crate) const fn opens_records(&self) -> bool {
        (self.wants.identifiers && self.identifiers.is_none())
            || (self.wants.attributes && self.attributes.is_none())
    }

    /// Whether anything of a person is asked for and shown, but what they said to purposes.
    pub(crate) const fn shows_people(&self) -> bool {
        self.opens_records() || (self.wants.events.is_some() && self.events.is_none())
    }

    /// Whether events are opened, and not only named.
    pub(crate) fn opens_events(&self) -> bool {
        self.wants.events.is_some_and(|wanted| wanted.bodies)
            && self.events.is_none()
            && self.bodies.is_none()
    }

    /// The categories of an event that leave to the caller.
    pub(crate) fn of_events(&self, tx: &Tx<'_, Read>) -> Vec<CategoryId> {
        let shown = if self.opens_events() { &EVENT[..] } else { &EVENT[..1] };
        shown
            .iter()
            .filter_map(|column| Some(tx.policy.data_map().column("event", column)?.category))
            .collect()
    }

    /// What is left out without a place of its own.
    pub(crate) fn omissions(&self) -> Vec<Omission> {
        let mut omitted = Vec::new();
        let mut omit = |asked: bool, part: Part, reason: Option<Reason>| {
            if let Some(reason) = reason.filter(|_| asked) {
                omitted.push(Omission { part, reason });
            }
        };
        for (kind, reason) in IdentifierKind::ALL.into_iter().zip(self.kinds) {
            omit(self.wants.identifiers && self.identifiers.is_none(), Part::Identifiers(kind), reason);
        }
        omit(self.wants.attributes, Part::Attributes, self.attributes);
        let bodies = self.wants.events.is_some_and(|wanted| wanted.bodies) && self.events.is_none();
        omit(bodies, Part::EventBodies, self.bodies);
        let evidence =
            self.wants.consent_events.is_some_and(|wanted| wanted.evidence) && self.consents.is_none();
        omit(evidence, Part::ConsentEvidence, self.evidence);
        omitted
    }
}

/// A kind's category in the taxonomy.
pub(crate) const fn category_of(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::UserId => "user_id",
        IdentifierKind::AnonymousId => "device_id",
        IdentifierKind::Email => "email",
        IdentifierKind::Phone => "phone",
        IdentifierKind::Cpf | IdentifierKind::Cnpj | IdentifierKind::Nif => "national_id",
    }
}
