//! What binds a processor: a contract that leaves out one of the eight points of GDPR art. 28(3) is none.

use schemars::JsonSchema;
use serde::Deserialize;

use super::ProcessorContract;
use crate::PolicyError;
use crate::read::{Source, filled};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ContractEntry {
    /// Where it is kept.
    #[serde(deserialize_with = "filled")]
    document: String,
    /// The day it was signed, as 2026-01-31.
    signed: String,
    /// What it says of GDPR art. 28(3)(a) to (h); a contract without one of them is none.
    terms: Vec<Term>,
}

/// What a contract with a processor must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Term {
    /// (a)
    DocumentedInstructions,
    /// (b)
    Confidentiality,
    /// (c)
    Security,
    /// (d)
    SubProcessors,
    /// (e)
    HelpWithRights,
    /// (f)
    HelpWithDuties,
    /// (g)
    DeletesOrReturns,
    /// (h)
    Audits,
}

/// Each with its point of GDPR art. 28(3) and its word.
const TERMS: [(Term, char, &str); 8] = [
    (Term::DocumentedInstructions, 'a', "documented_instructions"),
    (Term::Confidentiality, 'b', "confidentiality"),
    (Term::Security, 'c', "security"),
    (Term::SubProcessors, 'd', "sub_processors"),
    (Term::HelpWithRights, 'e', "help_with_rights"),
    (Term::HelpWithDuties, 'f', "help_with_duties"),
    (Term::DeletesOrReturns, 'g', "deletes_or_returns"),
    (Term::Audits, 'h', "audits"),
];

/// A contract, if it is one.
pub(super) fn contract(source: &Source<'_>, entry: ContractEntry) -> Result<ProcessorContract, PolicyError> {
    let ContractEntry { document, signed, terms } = entry;
    if let Some((_, point, word)) = TERMS.iter().find(|(term, ..)| !terms.contains(term)) {
        let problem = format!("the contract does not say what GDPR art. 28(3)({point}) asks for");
        return Err(source.refuse(&["contract:", "terms:"], problem, format!("agree on it and add {word}")));
    }
    if signed.parse::<jiff::civil::Date>().is_err() {
        let problem = format!("\"{signed}\" is no day");
        return Err(source.refuse(&["contract:", "signed:"], problem, "write it as 2026-01-31".to_owned()));
    }
    Ok(ProcessorContract { document, signed })
}
