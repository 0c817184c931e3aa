//! What makes a consent count: how long, confirmed how, and what counts without one (LGPD art. 8, GDPR art. 4(11) and 7).

use std::collections::{BTreeMap, BTreeSet};

use zelo_model::{IdentifierKind, Purpose};

use crate::Jurisdiction;

mod load;

#[cfg(test)]
pub(crate) use load::File;
pub(crate) use load::consent;

/// What a consent to one purpose asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRules {
    /// Calendar months after which a yes counts no longer and the person is asked again; `None`: it does not expire.
    pub expires_after_months: Option<u16>,
    /// Whether a yes counts only once it is confirmed through the address it is about.
    pub double_opt_in: bool,
    /// Days within which a yes that waits is confirmed, or is none: every yes where `double_opt_in` is, and one typed into a
    /// form anywhere.
    pub confirm_within_days: u16,
    /// Kinds of identifiers that a link which confirms may be sent to.
    pub confirm_by: BTreeSet<IdentifierKind>,
    /// Whether a guardian says yes for anybody under the age of majority. Under the age from which the law lets a person
    /// consent, a guardian always does, whatever stands here (LGPD art. 14 §1, GDPR art. 8(1)).
    pub guardian_below_minor: bool,
    /// Why so: article, guideline, or that it is a choice of the house.
    pub reference: String,
}

/// Soft opt-in: advertising one's own similar goods to a customer without a consent (Directive 2002/58/EC art. 13(2)).
/// It opens nothing by itself: the purpose's basis there must be the one that is opened by proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoftOptIn {
    /// For which purpose.
    pub purpose: Purpose,
    /// Where the law knows it.
    pub laws: BTreeMap<Jurisdiction, SoftOptInLaw>,
    /// Events by which somebody became a customer, named as sources send them: one of them is the proof.
    pub events: BTreeSet<String>,
}

/// What the law of one jurisdiction asks of a soft opt-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoftOptInLaw {
    /// Calendar months after such an event within which it holds; `None`: the law names none.
    pub within_months: Option<u16>,
    /// Where it says so.
    pub reference: String,
}

/// `consent.yaml`, as it is asked.
#[derive(Debug)]
pub(crate) struct Consents {
    default: ConsentRules,
    purposes: BTreeMap<Purpose, ConsentRules>,
    pub(crate) soft: Vec<SoftOptIn>,
}

impl Consents {
    /// The rules of a purpose: its own, else those of every purpose.
    pub(crate) fn of(&self, purpose: &Purpose) -> &ConsentRules {
        self.purposes.get(purpose).unwrap_or(&self.default)
    }
}
