//! Whether data of one person may be processed for one purpose: basis by basis of every law that applies to them, what
//! they said to it, and how old they are. Nothing here knows an article; what a basis asks for stands in `jurisdictions/`.

use std::collections::BTreeMap;

use zelo_model::{ConsentState, Reason, Standing};

use crate::{
    Basis, Bundle, CategoryId, CategoryMask, DeclaredPurpose, Jurisdiction, Law, Opens, PurposePart,
};

/// What something rests on, by jurisdiction.
type Bases = BTreeMap<Jurisdiction, Basis>;

/// What of a purpose is closed for one person, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Closed {
    /// All of it; `None` when it is open.
    pub whole: Option<Reason>,
    /// Of what is open, data that is not.
    pub parts: Vec<(CategoryMask, Reason)>,
}

impl Closed {
    /// All of it is closed.
    pub const fn whole(why: Reason) -> Self {
        Self { whole: Some(why), parts: Vec::new() }
    }

    /// Why this kind of data is closed.
    pub fn withholds(&self, category: CategoryId) -> Option<Reason> {
        let part = || self.parts.iter().find(|(mask, _)| mask.allows(category));
        self.whole.or_else(|| part().map(|(_, why)| *why))
    }
}

impl DeclaredPurpose {
    /// Whether more than what they said may have to be known of a person: another law that applies to them may ask for
    /// another basis, and whoever is a minor may be left out, or need somebody to consent for them.
    pub fn may_ask_who(&self, home: Jurisdiction) -> bool {
        let may = |basis: &Bases, excludes_minors: bool| {
            let opens = basis.get(&home).map(|basis| basis.opens);
            excludes_minors
                || opens == Some(Opens::OnGrant)
                || basis.values().any(|basis| Some(basis.opens) != opens)
        };
        self.each().any(|(basis, excludes_minors)| may(basis, excludes_minors))
    }

    /// The same of somebody of whom it is known what they said; most have said nothing, and then every law agrees.
    pub fn asks_who(&self, home: Jurisdiction, state: &ConsentState) -> bool {
        let of = |basis: Option<&Basis>| self.closed_by(basis, state);
        let asks = |basis: &Bases, excludes_minors: bool| {
            let here = basis.get(&home);
            excludes_minors
                || here.is_some_and(Basis::is_consent)
                || basis.values().any(|basis| of(Some(basis)) != of(here))
        };
        self.each().any(|(basis, excludes_minors)| asks(basis, excludes_minors))
    }

    /// The purpose itself, and its parts.
    fn each(&self) -> impl Iterator<Item = (&Bases, bool)> {
        let parts = self.parts.iter().map(|part| (&part.basis, part.excludes_minors));
        std::iter::once((&self.basis, self.excludes_minors)).chain(parts)
    }

    /// What of the purpose is closed for this person. Every law that applies must agree (GDPR art. 6(1), LGPD art. 7).
    pub fn closed(&self, laws: &[&Law], state: &ConsentState, age: Option<u8>) -> Closed {
        if state.restricted.is_some() && !self.goes_on_restricted {
            return Closed::whole(Reason::Restricted);
        }
        let minor = laws.iter().any(|law| age.is_some_and(|age| age < law.ages.minor_below));
        if let Some(why) = self.closed_in(laws, (&self.basis, self.excludes_minors && minor), state) {
            return Closed::whole(why);
        }
        let closed = |part: &PurposePart| {
            let rests = (&part.basis, part.excludes_minors && minor);
            // A part without a basis of its own rests on the purpose's.
            let laws = if part.basis.is_empty() { &[] } else { laws };
            self.closed_in(laws, rests, state).map(|why| (part.categories, why))
        };
        Closed { whole: None, parts: self.parts.iter().filter_map(closed).collect() }
    }

    fn closed_in(
        &self,
        laws: &[&Law],
        (basis, is_minor): (&Bases, bool),
        state: &ConsentState,
    ) -> Option<Reason> {
        if is_minor {
            return Some(Reason::Minor);
        }
        laws.iter().find_map(|law| self.closed_by(basis.get(&law.key), state))
    }

    fn closed_by(&self, basis: Option<&Basis>, state: &ConsentState) -> Option<Reason> {
        let Some(basis) = basis else { return Some(Reason::Basis) };
        let standing = state.standing;
        // An objection to direct marketing needs no reason and leaves no choice (GDPR art. 21(3)).
        let objects = match basis.opens {
            Opens::UntilObjection | Opens::OnProof => standing.is_against(),
            Opens::Always | Opens::OnGrant => false,
        } || (self.is_marketing && standing == Standing::Objected);
        let may = match basis.opens {
            Opens::Always | Opens::UntilObjection => true,
            Opens::OnGrant => standing == Standing::Granted,
            Opens::OnProof => matches!(standing, Standing::Granted | Standing::SoftOptIn),
        };
        match (objects, may) {
            (true, _) => Some(Reason::Objection),
            (false, false) => Some(Reason::Consent),
            (false, true) => None,
        }
    }
}

impl Bundle {
    /// The laws behind these names; the first is the home's, and one nobody declared closes everything.
    pub fn laws_of(&self, keys: &[Jurisdiction]) -> Option<Vec<&Law>> {
        keys.iter().map(|key| self.law(*key)).collect()
    }
}
