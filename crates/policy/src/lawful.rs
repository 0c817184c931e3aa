//! Whether data of one person may be processed for one purpose: basis by basis of every law that applies to them, what
//! they said to it, and how old they are. Nothing here knows an article; what a basis asks for stands in `jurisdictions/`.

use zelo_model::{ConsentState, Reason, Standing};

use crate::{Basis, Bundle, DeclaredPurpose, Jurisdiction, Law, Opens};

impl DeclaredPurpose {
    /// Whether more than what they said may have to be known of a person: another law that applies to them may ask for
    /// another basis, and whoever is a minor may be left out, or need somebody to consent for them.
    pub fn may_ask_who(&self, home: Jurisdiction) -> bool {
        let opens = self.basis.get(&home).map(|basis| basis.opens);
        self.excludes_minors
            || opens == Some(Opens::OnGrant)
            || self.basis.values().any(|basis| Some(basis.opens) != opens)
    }

    /// The same of somebody of whom it is known what they said; most have said nothing, and then every law agrees.
    pub fn asks_who(&self, home: Jurisdiction, state: &ConsentState) -> bool {
        let of = |basis: Option<&Basis>| self.closed_by(basis, state);
        let here = self.basis.get(&home);
        self.excludes_minors
            || here.is_some_and(Basis::is_consent)
            || self.basis.values().any(|basis| of(Some(basis)) != of(here))
    }

    /// Why the purpose is closed for this person; `None` when it is open. Every law that applies must agree
    /// (GDPR art. 6(1), LGPD art. 7).
    pub fn closed(&self, laws: &[&Law], state: &ConsentState, age: Option<u8>) -> Option<Reason> {
        if state.restricted.is_some() && !self.goes_on_restricted {
            return Some(Reason::Restricted);
        }
        let minor = |law: &Law| age.is_some_and(|age| age < law.ages.minor_below);
        if self.excludes_minors && laws.iter().any(|law| minor(law)) {
            return Some(Reason::Minor);
        }
        laws.iter().find_map(|law| self.closed_by(self.basis.get(&law.key), state))
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
