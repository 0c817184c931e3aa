//! The laws in `policies/jurisdictions`: what each allows, gives people and asks for in time.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Calendar, Clock, ClockError, Date, Due, Label, Received, Zone};

mod jurisdiction;
mod load;
mod parts;

pub use jurisdiction::{Jurisdiction, JurisdictionError};
#[cfg(test)]
pub(crate) use load::File;
pub(crate) use load::{known, laws};

/// A law, as the bundle has it. What a member state does not say itself is its parent's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Law {
    /// What other policies call it.
    pub key: Jurisdiction,
    /// The law it is part of, such as the Union's for a member state.
    pub parent: Option<Jurisdiction>,
    /// What people read.
    pub label: Label,
    /// Which reading of it this is.
    pub version: String,
    /// The first day on which this reading holds.
    pub valid_from: Date,
    /// Whose people it protects: countries by ISO 3166-1 alpha-2, parts of one by ISO 3166-2.
    pub countries: Vec<String>,
    /// Where its days begin and end.
    pub zone: Zone,
    /// On which days it works.
    pub calendar: Calendar,
    /// Who watches over it.
    pub authority: Authority,
    /// What people can do who are not content with an answer.
    pub remedies: Remedies,
    /// From when on people decide for themselves.
    pub ages: Ages,
    /// What can make processing lawful, in the order of the law.
    pub bases: Vec<Basis>,
    /// What people can ask for.
    pub rights: Vec<Right>,
    /// How long answers may take, and what else has a deadline.
    pub clocks: Vec<Clock>,
}

impl Law {
    /// The basis of this name.
    pub fn basis(&self, slug: &str) -> Option<&Basis> {
        self.bases.iter().find(|basis| basis.slug == slug)
    }

    /// The right of this name.
    pub fn right(&self, slug: &str) -> Option<&Right> {
        self.rights.iter().find(|right| right.slug == slug)
    }

    /// The clock of this name.
    pub fn clock(&self, key: &str) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.key == key)
    }

    /// When what was received is due by this clock.
    pub fn due(&self, clock: &str, received: &Received<'_>) -> Result<Due, ClockError> {
        let missing = || ClockError::NoClock { law: self.key, clock: clock.to_owned() };
        self.clock(clock).ok_or_else(missing)?.due(self, received)
    }
}

/// When processing that rests on a basis may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Opens {
    /// Whether or not the person wants it.
    Always,
    /// When the person has said yes (LGPD art. 8, GDPR art. 7).
    OnGrant,
    /// Until the person says no (GDPR art. 21).
    UntilObjection,
    /// When it is proven what the law asks for, such as the purchase behind a soft opt-in (Directive 2002/58/EC art. 13(2)).
    OnProof,
}

/// What makes processing lawful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// Its name in policies.
    pub slug: String,
    /// Where the law says so.
    pub reference: String,
    /// When it opens a purpose.
    pub opens: Opens,
    /// Whether sensitive data can rest on it at all.
    pub sensitive: bool,
    /// Where the law says what sensitive data can rest on.
    pub sensitive_reference: String,
    /// Its W3C DPV concept, where there is one.
    pub dpv: Option<String>,
}

impl Basis {
    /// Whether it is the person's consent, which must be there before anything is collected (LGPD art. 8, GDPR art. 7).
    pub fn is_consent(&self) -> bool {
        self.opens == Opens::OnGrant
    }
}

/// What people can ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// Its name in policies; the same thing has the same name in every law.
    pub slug: String,
    /// Where the law gives it.
    pub reference: String,
    /// The slugs of the bases on which it exists.
    pub bases: Vec<String>,
    /// The clock of its answer; none where nothing is answered, such as a complaint to the authority.
    pub clock: Option<String>,
    /// Its W3C DPV concept, where there is one.
    pub dpv: Option<String>,
}

/// From when on people decide for themselves, in full years.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ages {
    /// Younger is a child.
    pub child_below: u8,
    /// Younger is a minor.
    pub minor_below: u8,
    /// From this age on, people consent themselves; before it, somebody who answers for them does.
    pub consent_from: u8,
    /// Where the law says so.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// Who watches over a law, and takes complaints.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Its name.
    pub name: String,
    /// Where it is in the web.
    pub url: String,
    /// Where it can be written to.
    pub address: String,
}

/// What people can do who are not content with an answer (GDPR art. 12(4), LGPD art. 18 § 1 and 22).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remedies {
    /// The complaint to the authority, as refusals tell it.
    pub complaint: Label,
    /// The way to a court, as refusals tell it.
    pub court: Label,
    /// Where the law says so.
    #[serde(rename = "ref")]
    pub reference: String,
}
