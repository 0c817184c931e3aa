//! `automated-decisions.yaml`: what is decided about people by the machine alone (LGPD art. 20, GDPR art. 22).

use schemars::JsonSchema;
use serde::Deserialize;
use zelo_model::Purpose;

use crate::ground::{Ground, is_key};
use crate::paths::DECISIONS;
use crate::read::{Source, filled};
use crate::{CategoryMask, Label, PolicyError, Sensitivity};

/// A decision the machine makes about people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutomatedDecision {
    /// What decision records call it.
    pub key: String,
    /// What people read.
    pub label: Label,
    /// What it is made for.
    pub purposes: Vec<Purpose>,
    /// What it means for the person.
    pub effect: DecisionEffect,
    /// Which data it rests on.
    pub inputs: CategoryMask,
    /// How it decides, in words people understand (LGPD art. 20 §1, GDPR art. 13(2)(f) and 15(1)(h)).
    pub logic: Label,
    /// What makes it lawful where it weighs something; `None` where it does not.
    pub ground: Option<DecisionGround>,
    /// Who looks at it again when the person asks, in words people read.
    pub review: Label,
    /// Where the law says so.
    pub reference: String,
}

/// What a decision means for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionEffect {
    /// It has legal effects (GDPR art. 22(1)).
    Legal,
    /// It affects them as much (GDPR art. 22(1)), or their interests, as a profile does (LGPD art. 20).
    Significant,
    /// Neither.
    None,
}

/// What makes a decision by the machine alone lawful (GDPR art. 22(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionGround {
    /// (a) A contract with the person needs it.
    Contract,
    /// (b) A law allows it.
    Law,
    /// (c) The person said yes to it, expressly.
    ExplicitConsent,
}

/// Says what is decided about people by the machine alone.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// Whether that somebody asked about themselves may weigh in a decision. Always false (LGPD art. 21).
    requests_are_inputs: bool,
    decisions: Vec<Entry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Entry {
    key: String,
    label: Label,
    /// Names of `purposes/`.
    purposes: Vec<String>,
    effect: DecisionEffect,
    /// Keys of `taxonomy/categories.yaml`.
    inputs: Vec<String>,
    /// How it decides, in words people understand.
    logic: Label,
    /// Needed wherever the effect is legal or significant.
    ground: Option<DecisionGround>,
    /// Who looks at it again when somebody asks.
    review: Label,
    #[serde(rename = "ref", deserialize_with = "filled")]
    reference: String,
}

pub(crate) fn decisions(ground: &Ground<'_>) -> Result<Vec<AutomatedDecision>, PolicyError> {
    let source = Source::open(ground.files, DECISIONS)?;
    let File { requests_are_inputs, decisions } = source.parse()?;
    if requests_are_inputs {
        let remedy = "write false: exercising a right never counts against anybody (LGPD art. 21)".to_owned();
        let problem = "that somebody asked about themselves would weigh in decisions".to_owned();
        return Err(source.refuse(&["requests_are_inputs:"], problem, remedy));
    }
    let mut known: Vec<AutomatedDecision> = Vec::with_capacity(decisions.len());
    for entry in decisions {
        let decision = decision(ground, &source, entry)?;
        if known.iter().any(|one| one.key == decision.key) {
            return Err(source.twice(&[], &format!("key: {}", decision.key)));
        }
        known.push(decision);
    }
    Ok(known)
}

fn decision(
    ground: &Ground<'_>,
    source: &Source<'_>,
    entry: Entry,
) -> Result<AutomatedDecision, PolicyError> {
    let line = format!("key: {}", entry.key);
    let refuse = |field: &str, problem: String, remedy: &str| {
        Err(source.refuse(&[&line, field], problem, remedy.to_owned()))
    };
    if !is_key(&entry.key) {
        let problem = format!("\"{}\" cannot name a decision", entry.key);
        return refuse("key:", problem, "write lower-case letters, digits, - and _");
    }
    let purposes = ground.purposes_of(source, &[&line, "purposes:"], &entry.purposes)?;
    let inputs = ground.mask(source, &[&line, "inputs:"], &entry.inputs)?;
    let weighs = entry.effect != DecisionEffect::None;
    if weighs && entry.ground.is_none() {
        let problem = "nothing makes this decision lawful".to_owned();
        return refuse("effect:", problem, "add ground: contract, law or explicit_consent (GDPR art. 22(2))");
    }
    let sensitive =
        |one: &&crate::Category| one.sensitivity == Sensitivity::Sensitive && inputs.allows(one.id);
    let sensitive = ground.categories.iter().find(sensitive);
    if let Some(one) = sensitive.filter(|_| weighs && entry.ground != Some(DecisionGround::ExplicitConsent)) {
        let problem = format!("it would weigh sensitive data ({}) without an express yes", one.key);
        return refuse(
            "inputs:",
            problem,
            "leave it out, or write ground: explicit_consent (GDPR art. 22(4))",
        );
    }
    // GDPR recital 71: no such decision concerns a child.
    let open = ground.purposes.iter().find(|one| purposes.contains(&one.key) && !one.excludes_minors);
    if let Some(open) = open.filter(|_| weighs) {
        let problem = format!("it would decide about minors, whom {} includes", open.key);
        return refuse("purposes:", problem, "make it for purposes that keep minors out (GDPR recital 71)");
    }
    let Entry { key, label, effect, logic, ground, review, reference, .. } = entry;
    Ok(AutomatedDecision { key, label, purposes, effect, inputs, logic, ground, review, reference })
}
