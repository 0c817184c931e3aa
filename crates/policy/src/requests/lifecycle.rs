//! States and the ways between them, checked: nothing is lost on the way, and everything comes to an end.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::RequestNeed;
use crate::read::{Entries, Source};
use crate::{Label, PolicyError};

/// States and the ways between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifecycle {
    /// Where everything begins.
    pub first: String,
    /// By name.
    pub states: BTreeMap<String, LifecycleState>,
}

/// A state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifecycleState {
    /// What people read.
    pub label: Label,
    /// The states that can follow.
    pub to: BTreeSet<String>,
    /// Whether nothing more needs to happen here.
    pub ends: bool,
    /// The letter that is sent on coming here.
    pub letter: Option<String>,
    /// What must be so before anything comes here.
    pub needs: BTreeSet<RequestNeed>,
}

impl Lifecycle {
    /// The state of this name.
    pub fn state(&self, name: &str) -> Option<&LifecycleState> {
        self.states.get(name)
    }

    /// Whether one state can follow another.
    pub fn may(&self, from: &str, to: &str) -> bool {
        self.states.get(from).is_some_and(|state| state.to.contains(to))
    }

    /// Every state that can be reached from one, itself left out unless there is a way round.
    fn beyond<'m>(&'m self, from: &'m str) -> BTreeSet<&'m str> {
        let mut reached = BTreeSet::new();
        let mut next = vec![from];
        while let Some(state) = next.pop().and_then(|name| self.states.get(name)) {
            next.extend(state.to.iter().map(String::as_str).filter(|to| reached.insert(*to)));
        }
        reached
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// Where everything begins.
    first: String,
    /// By name.
    states: Entries<StateEntry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StateEntry {
    label: Label,
    /// The states that can follow.
    #[serde(default)]
    to: BTreeSet<String>,
    /// Whether nothing more needs to happen here.
    #[serde(default)]
    ends: bool,
    /// The letter that is sent on coming here.
    letter: Option<String>,
    /// What must be so before anything comes here.
    #[serde(default)]
    needs: BTreeSet<RequestNeed>,
}

/// The states under `line`.
pub(super) fn lifecycle(source: &Source<'_>, line: &str, entry: Entry) -> Result<Lifecycle, PolicyError> {
    let refuse = |name: &str, problem: String, remedy: &str| {
        Err(source.refuse(&[line, "states:", &format!("{name}:")], problem, remedy.to_owned()))
    };
    let mut states = BTreeMap::new();
    for (name, StateEntry { label, to, ends, letter, needs }) in entry.states.0 {
        let state = LifecycleState { label, to, ends, letter, needs };
        if states.insert(name.clone(), state).is_some() {
            return Err(source.twice(&[line, "states:"], &format!("{name}:")));
        }
    }
    let lifecycle = Lifecycle { first: entry.first, states };
    if !lifecycle.states.contains_key(&lifecycle.first) {
        let problem = format!("unknown state \"{}\"", lifecycle.first);
        return Err(source.refuse(&[line, "first:"], problem, "name one of states:".to_owned()));
    }
    let known = |to: &String| lifecycle.states.contains_key(to);
    let unknown = |(name, state): (&'_ String, &'_ LifecycleState)| {
        state.to.iter().find(|to| !known(to)).map(|to| (name.clone(), to.clone()))
    };
    if let Some((name, to)) = lifecycle.states.iter().find_map(unknown) {
        return refuse(&name, format!("unknown state \"{to}\""), "name one of states:");
    }
    for (name, state) in &lifecycle.states {
        if *name != lifecycle.first && !lifecycle.beyond(&lifecycle.first).contains(name.as_str()) {
            return refuse(
                name,
                format!("nothing ever comes to \"{name}\""),
                "add it to the to: of a state before it",
            );
        }
        let ends = |name: &str| lifecycle.states.get(name).is_some_and(|state| state.ends);
        if !state.ends && !lifecycle.beyond(name).into_iter().any(ends) {
            let problem = format!("what is \"{name}\" never comes to an end");
            return refuse(name, problem, "add a way to a state that ends");
        }
    }
    Ok(lifecycle)
}
