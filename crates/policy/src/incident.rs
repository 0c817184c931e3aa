//! `incident.yaml`: when data has come into wrong hands, who is told, and what is written down (LGPD art. 48, GDPR art.
//! 33–34). By when, the clocks of each jurisdiction say.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{CategoryMask, Jurisdiction, Label};

mod load;

#[cfg(test)]
pub(crate) use load::File;
pub(crate) use load::incident;

/// How incidents are weighed, told and kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentRules {
    /// What is asked about an incident, by name.
    pub questions: BTreeMap<String, IncidentQuestion>,
    /// How the answers weigh, by law.
    pub tests: BTreeMap<Jurisdiction, Vec<RiskTest>>,
    /// Who is told of what, by law.
    pub tell: BTreeMap<Jurisdiction, Vec<IncidentTell>>,
    /// How long an incident stays in the register, whether it was told or not.
    pub register: IncidentRegister,
}

/// A question about an incident; the answer is yes or no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentQuestion {
    /// What the officer reads.
    pub label: Label,
    /// Categories whose presence alone answers yes.
    pub yes_with: CategoryMask,
}

/// How much an incident weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// It is written down, and nobody outside is told.
    None,
    /// LGPD art. 48 "risco ou dano relevante"; GDPR art. 33(1) "a risk".
    Risk,
    /// GDPR art. 34(1) "a high risk".
    HighRisk,
}

/// Answers that make an incident weigh so much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskTest {
    /// What it then weighs.
    pub level: Risk,
    /// Questions that all must be answered yes.
    pub all_of: BTreeSet<String>,
    /// Questions of which one must be, if there are any.
    pub any_of: BTreeSet<String>,
    /// Questions of which none may be.
    pub unless: BTreeSet<String>,
    /// Where the law says so.
    pub reference: String,
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// The data protection authority.
    Authority,
    /// The people whose data it is.
    Subjects,
}

/// Somebody is told from some risk on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentTell {
    /// Who.
    pub whom: Whom,
    /// From which risk on.
    pub from: Risk,
    /// The clock, by its name in the jurisdiction; `None` is without undue delay.
    pub clock: Option<String>,
    /// The clock of what is told later, when not all is known at once.
    pub complement: Option<String>,
    /// What must be said.
    pub contents: Vec<Label>,
    /// Where the law says so.
    pub reference: String,
}

/// How long incidents stay in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentRegister {
    /// Years, counted from the entry.
    pub years: u16,
    /// Where the law says so.
    pub reference: String,
}

impl IncidentRules {
    /// What an incident weighs by one law: by the questions answered yes, and the categories of data it is about.
    pub fn risk(&self, law: Jurisdiction, yes: &BTreeSet<String>, data: CategoryMask) -> Risk {
        let known = self.questions.iter().filter(|(_, one)| !one.yes_with.intersection(data).is_empty());
        let yes: BTreeSet<&String> = yes.iter().chain(known.map(|(name, _)| name)).collect();
        let tests = self.tests.get(&law).into_iter().flatten();
        tests.filter(|test| test.holds(&yes)).map(|test| test.level).max().unwrap_or(Risk::None)
    }

    /// Who is told of an incident of this risk by one law.
    pub fn told(&self, law: Jurisdiction, risk: Risk) -> impl Iterator<Item = &IncidentTell> {
        self.tell.get(&law).into_iter().flatten().filter(move |tell| tell.from <= risk)
    }
}

impl RiskTest {
    fn holds(&self, yes: &BTreeSet<&String>) -> bool {
        let any = |names: &BTreeSet<String>| names.iter().any(|name| yes.contains(name));
        self.all_of.iter().all(|name| yes.contains(name))
            && (self.any_of.is_empty() || any(&self.any_of))
            && !any(&self.unless)
    }
}
