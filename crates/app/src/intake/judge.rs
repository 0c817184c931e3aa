//! Holding an event to the tracking plan: by the version in force when it was received.

use serde_json::Value;
use zelo_model::Timestamp;
use zelo_plan::Unplanned;
use zelo_resolve::Region;

use super::apart::{Apart, Parts, cut, properties};
use super::message::Kind;
use crate::tx::{Read, Tx};

/// How a message fits.
#[derive(Default)]
pub(crate) struct Fit {
    /// The version of the plan it was judged by.
    pub(crate) version: Option<u32>,
    /// The message without what is held of it, and that.
    pub(crate) apart: Option<Apart>,
}

impl Fit {
    /// What is held of it.
    pub(crate) fn parts(&self) -> Option<&Parts> {
        self.apart.as_ref().map(|apart| &apart.parts)
    }
}

/// Judges a message received at `at`; what is wrong with it, in words of the plan.
pub(crate) fn judge(
    tx: &Tx<'_, Read>,
    kind: &Kind,
    raw: &str,
    at: Timestamp,
    region: Option<Region>,
) -> Result<Fit, String> {
    if kind.event().is_none() {
        return Ok(Fit::default());
    }
    let said = properties(raw);
    let take = |declared| said.and_then(|said| cut(raw, said, declared, region));
    let Kind::Track(name) = kind else {
        return Ok(Fit { version: None, apart: take(None) });
    };
    let plan = &tx.inner.plan;
    let Some(version) = plan.in_force(name, at) else {
        return match plan.unplanned() {
            Unplanned::Accept => Ok(Fit { version: None, apart: take(None) }),
            Unplanned::Hold => {
                Err("the tracking plan has no schema of this event that was in force".to_owned())
            }
        };
    };
    // What is held of it may be what the schema forbids: the rest is what must fit.
    let apart = take(Some(version.declared()));
    let left = apart.as_ref().map_or(said, |apart| properties(&apart.left));
    match version.check(&value(left)) {
        Ok(()) => Ok(Fit { version: Some(version.number()), apart }),
        Err(breach) => Err(format!("{breach} (version {})", version.number())),
    }
}

/// An event that says nothing has no properties.
fn value(properties: Option<&str>) -> Value {
    let read = properties.filter(|text| *text != "null").and_then(|text| serde_json::from_str(text).ok());
    read.unwrap_or_else(|| Value::Object(serde_json::Map::new()))
}
