//! `transfers.yaml`: where people's data may go, and by which mechanism (LGPD art. 33–36, GDPR art. 44–49).

use std::collections::{BTreeMap, BTreeSet};

use crate::{Jurisdiction, Label};

mod load;
mod register;

#[cfg(test)]
pub(crate) use load::File;
pub(crate) use load::transfers;

/// The closed lists of each law, and the register of what really goes elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfers {
    /// By law.
    pub laws: BTreeMap<Jurisdiction, TransferLaw>,
    /// What goes elsewhere, one entry for each recipient, country and law.
    pub register: Vec<Transfer>,
}

/// What one law says about data going elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferLaw {
    /// Where it says so.
    pub reference: String,
    /// Countries inside, to which nothing is transferred.
    pub inside: BTreeSet<String>,
    /// Countries whose law is found adequate, with the decision.
    pub adequate: BTreeMap<String, String>,
    /// The closed list of mechanisms, by name.
    pub mechanisms: BTreeMap<String, Mechanism>,
}

/// What makes a transfer lawful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mechanism {
    /// What people read.
    pub label: Label,
    /// What must stand behind it.
    pub needs: MechanismNeeds,
    /// Where the law says so.
    pub reference: String,
}

/// What must stand behind a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MechanismNeeds {
    /// A decision that the country is adequate.
    Decision,
    /// A document: clauses, binding rules, a certificate, an authorisation.
    Document,
    /// The reason why this case is an exception.
    Reason,
}

/// A transfer that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// To whom: the key of a processor.
    pub recipient: String,
    /// Where it goes, as ISO 3166-1 alpha-2.
    pub country: String,
    /// By the law of which home.
    pub law: Jurisdiction,
    /// By which mechanism of that law.
    pub mechanism: String,
    /// Where the document is kept, for mechanisms that need one.
    pub document: Option<String>,
    /// Why, for mechanisms that are exceptions.
    pub why: Option<String>,
}

/// Why something may go to a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing<'t> {
    /// It stays inside.
    Inside,
    /// By a mechanism, whose transfer stands in the register.
    By(&'t Transfer, &'t Mechanism),
}

impl Transfers {
    /// Whether the law of this home lets data go to a recipient in a country, and why; `None` is no.
    pub fn crossing(&self, home: Jurisdiction, recipient: &str, country: &str) -> Option<Crossing<'_>> {
        let law = self.laws.get(&home)?;
        if law.inside.contains(country) {
            return Some(Crossing::Inside);
        }
        let of = |one: &&Transfer| one.law == home && one.recipient == recipient && one.country == country;
        let transfer = self.register.iter().find(of)?;
        Some(Crossing::By(transfer, law.mechanisms.get(&transfer.mechanism)?))
    }
}
