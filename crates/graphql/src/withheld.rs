//! What an answer leaves out, and why: noted where the null is made, told beside the data.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{SimpleObject, Value, value};
use zelo_model::Reason;

/// Something this answer leaves out, and why. It is never an error: the field is null and the rest of the answer
/// stands.
#[derive(SimpleObject)]
pub(crate) struct Withheld {
    /// Which field of the profile, for example `["attributes", "email"]`.
    pub(crate) path: Vec<String>,
    /// Why: `ROLE`, `PURPOSE`, `CONSENT`, `OBJECTION`, `BASIS`, `RESTRICTED` or `MINOR`.
    pub(crate) code: &'static str,
    /// What can be done about it.
    pub(crate) hint: &'static str,
}

impl Withheld {
    /// A field of a profile.
    pub(crate) fn new(path: &[&str], reason: Reason) -> Self {
        Self {
            path: path.iter().map(|&part| part.to_owned()).collect(),
            code: reason.code(),
            hint: reason.hint(),
        }
    }
}

/// The notes of one request; the HTTP layer moves them to `extensions.withheld`.
#[derive(Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<Vec<(Value, Reason)>>>);

impl Notes {
    /// Notes that the field at this path of the response is null, or a list without some of its members, and why.
    pub(crate) fn add(&self, path: Value, reason: Reason) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !notes.iter().any(|(noted, why)| *noted == path && *why == reason) {
            notes.push((path, reason));
        }
    }

    /// Forgets what was noted, before the next answer of a stream.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// `[{path, code, hint}]`, or nothing if nothing was withheld.
    pub(crate) fn told(&self) -> Option<Value> {
        let notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let list = notes.iter().map(
            |(path, reason)| value!({ "path": path.clone(), "code": reason.code(), "hint": reason.hint() }),
        );
        (!notes.is_empty()).then(|| Value::List(list.collect()))
    }
}
