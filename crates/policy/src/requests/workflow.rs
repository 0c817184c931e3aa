//! `requests/workflow.yaml`: the life of a request, read strictly.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::lifecycle::{Entry, Lifecycle, lifecycle};
use crate::files::Files;
use crate::identity_proof::{Assurance, IdentityProof};
use crate::paths::WORKFLOW;
use crate::read::{Entries, Source};
use crate::{Label, PolicyError};

/// What must be so before a request comes into a state or ends in a way. The program knows how to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestNeed {
    /// It is known who asks, as surely as the right needs.
    Identity,
    /// The original deadline is not over (GDPR art. 12(3)).
    BeforeOriginalDue,
    /// The person was told, and it is proven.
    ToldAndProven,
    /// Every task is done, or has found nothing.
    EveryTaskDone,
    /// No task is open: each is done, has found nothing, keeps something on a ground, or cannot be done, with evidence.
    NoTaskOpen,
    /// There is a code of `requests/refusals.yaml`, with facts and evidence.
    RefusalCode,
    /// A named human has approved it.
    Approval,
    /// A second one has.
    SecondApproval,
}

/// How a request can end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its name.
    pub key: String,
    /// What people read.
    pub label: Label,
    /// The letter that tells it.
    pub letter: String,
    /// What must be so.
    pub needs: BTreeSet<RequestNeed>,
}

/// The file, as it is asked.
pub(super) struct Workflow {
    pub(super) request: Lifecycle,
    pub(super) task: Lifecycle,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) at_once: BTreeSet<String>,
    pub(super) approved_by_human: BTreeSet<String>,
    pub(super) warn_at_percent: Vec<u8>,
    /// What each letter must say, by its name.
    pub(super) letters: BTreeMap<String, BTreeSet<String>>,
}

/// Says how a request goes its way, from its receipt to its end.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    request: Entry,
    /// One for every system, plugin and recipient of a request.
    task: Entry,
    outcomes: Entries<OutcomeEntry>,
    /// Rights whose exercise acts in its own transaction, before any approval; no proof of identity stands before them.
    at_once: BTreeSet<String>,
    /// Rights a human approves the answer to.
    approved_by_human: BTreeSet<String>,
    /// Hundredths of the time a request has, ascending.
    warn_at_percent: Vec<u8>,
    /// By letter: the places its text must have, such as `receipt`.
    letters: Entries<BTreeSet<String>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OutcomeEntry {
    label: Label,
    letter: String,
    needs: BTreeSet<RequestNeed>,
}

pub(super) fn workflow(files: &Files, identity: &IdentityProof) -> Result<Workflow, PolicyError> {
    let source = Source::open(files, WORKFLOW)?;
    let file: File = source.parse()?;
    let mut letters = BTreeMap::new();
    for (id, places) in file.letters.0 {
        if letters.insert(id.clone(), places).is_some() {
            return Err(source.twice(&["letters:"], &format!("{id}:")));
        }
    }
    let request = lifecycle(&source, "request:", file.request)?;
    let task = lifecycle(&source, "task:", file.task)?;
    let outcomes = outcomes(&source, file.outcomes)?;
    let of_states = request.states.values().filter_map(|state| state.letter.as_ref());
    let mut named = of_states.chain(outcomes.iter().map(|one| &one.letter));
    if let Some(unknown) = named.find(|id| !letters.contains_key(*id)) {
        let remedy = "add it under letters:, with what it must say".to_owned();
        return Err(source.refuse(&[unknown], format!("unknown letter \"{unknown}\""), remedy));
    }
    if let Some(right) = file.at_once.iter().find(|right| identity.needed(right) > Assurance::None) {
        let problem = format!("{right} acts at once, and identity-proof.yaml asks who it is first");
        let remedy = "write none there: who only says no proves nothing".to_owned();
        return Err(source.refuse(&["at_once:", right], problem, remedy));
    }
    if let Some(right) = file.at_once.intersection(&file.approved_by_human).next() {
        let problem = format!("{right} acts at once and waits for an approval");
        return Err(source.refuse(
            &["at_once:", right],
            problem,
            "leave it out of one of the two".to_owned(),
        ));
    }
    let steps = &file.warn_at_percent;
    let rising = steps.windows(2).all(|two| two[0] < two[1]);
    if steps.is_empty() || !rising || steps.iter().any(|percent| *percent == 0 || *percent > 100) {
        let remedy = "write hundredths from 1 to 100, ascending".to_owned();
        return Err(source.refuse(&["warn_at_percent:"], "nobody is warned in time".to_owned(), remedy));
    }
    Ok(Workflow {
        request,
        task,
        outcomes,
        at_once: file.at_once,
        approved_by_human: file.approved_by_human,
        warn_at_percent: file.warn_at_percent,
        letters,
    })
}

/// The ways a request can end, the one with everything done among them.
fn outcomes(source: &Source<'_>, entries: Entries<OutcomeEntry>) -> Result<Vec<Outcome>, PolicyError> {
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(entries.0.len());
    for (key, OutcomeEntry { label, letter, needs }) in entries.0 {
        if outcomes.iter().any(|one| one.key == key) {
            return Err(source.twice(&["outcomes:"], &format!("{key}:")));
        }
        outcomes.push(Outcome { key, label, letter, needs });
    }
    let whole = outcomes.iter().find(|one| one.key == FULFILLED);
    if whole.is_none_or(|one| !one.needs.contains(&RequestNeed::EveryTaskDone)) {
        let problem = "a request would be fulfilled with a task that failed".to_owned();
        let remedy = format!("write {FULFILLED}: with needs: [every_task_done]");
        return Err(source.refuse(&["outcomes:", &format!("{FULFILLED}:")], problem, remedy));
    }
    Ok(outcomes)
}

const FULFILLED: &str = "fulfilled";
