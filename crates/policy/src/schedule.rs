//! `schedules/*.yaml`: how long what living people did, and they themselves, are kept (storage limitation: LGPD art. 15, 16
//! and 6 III, GDPR art. 5(1)(e)).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use zelo_model::Timestamp;

use crate::{Jurisdiction, Label};

mod load;

#[cfg(test)]
pub(crate) use load::File;
pub(crate) use load::schedules;

/// When something is kept no longer, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// What previews and commands call it.
    pub key: String,
    /// What people read.
    pub label: Label,
    /// What it is about.
    pub what: Scheduled,
    /// After how many calendar months.
    pub months: u16,
    /// Where each law says so; the schedule holds in no other.
    pub laws: BTreeMap<Jurisdiction, String>,
}

/// What a schedule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scheduled {
    /// What people did; who did it stays.
    Events(ScheduledEvents),
    /// People, with everything of theirs.
    People(ScheduledPeople),
}

/// Events that a schedule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledEvents {
    /// Those of these names.
    pub names: Vec<String>,
    /// Whether page and screen views, which have no name in the clear, are among them.
    pub pages: bool,
    /// From when on the months count.
    pub trigger: Trigger,
    /// What becomes of them.
    pub then: Then,
}

/// People that a schedule is about; their months count from when they were last heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledPeople {
    /// Events by which somebody is more than a transient contact: whoever has one is left alone. Empty for everybody.
    pub unless: Vec<String>,
    /// The shorter time of those who are known to be minors, in months (LGPD art. 14, GDPR recital 38).
    pub minors: Option<u16>,
}

/// From when on a schedule's months count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// When it happened.
    Occurred,
    /// When the person was last heard of.
    LastSeen,
}

/// What becomes of what is kept no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It goes.
    Erase,
    /// It goes, and that there was one such event on that day is counted, of nobody (LGPD art. 12, GDPR recital 26).
    Anonymise,
}

impl Then {
    /// Its name in policies and previews.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Erase => "erase",
            Self::Anonymise => "anonymise",
        }
    }
}

impl Schedule {
    /// Where one of these laws, the nearest first, says so; `None` where none does and the schedule does not hold.
    pub fn citation(&self, laws: &[Jurisdiction]) -> Option<&str> {
        laws.iter().find_map(|law| self.laws.get(law)).map(String::as_str)
    }

    /// What happened, or was last heard of, before this is kept no longer.
    pub fn before(&self, now: Timestamp) -> Timestamp {
        now.months_earlier(self.months)
    }
}
