//! Clocks: until when something is due, reckoned from the laws in `policies/jurisdictions`. Pure: what time it is, is an
//! argument; how long something may take, stands in the file.
//!
//! Where a law can be read in two ways, we work to the earlier day (see [`crate::Calendar::optional`]).

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Date, Jurisdiction};

mod due;
mod explain;
mod load;
mod pause;
mod reckon;

pub use due::{Due, Extended, Off, Step};
pub(crate) use load::ClockEntry;
pub use pause::Pause;
pub use reckon::Received;
pub(crate) use reckon::earliest;

/// How long something may take, and how that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// What rights and requests call it.
    pub key: String,
    /// What starts it.
    pub starts: Starts,
    /// How long.
    pub period: Period,
    /// Whether the day it starts on is left out of the count (Regulation 1182/71 art. 3(1), Código Civil art. 132).
    pub excludes_start_day: bool,
    /// Where a month ends that has no day of that number.
    pub month_end: MonthEnd,
    /// What becomes of an end on a day on which nobody works.
    pub roll: Roll,
    /// Whether it stands still while the person's identity is checked.
    pub identity_check: Option<IdentityCheck>,
    /// How far it can be extended.
    pub extension: Option<Extension>,
    /// What small agents have instead (Res. CD/ANPD 2/2022).
    pub small_agent: Option<SmallAgent>,
    /// What sort of rule it is.
    pub source: ClockSource,
    /// Where it is written.
    pub reference: String,
    /// Where it is written how the time is counted.
    pub counted_by: Option<String>,
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// How many; 0 hours is at once.
    pub amount: u16,
    /// Of what.
    pub unit: Unit,
}

/// What time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// From minute to minute, day and night.
    Hour,
    /// Days of the calendar.
    Day,
    /// Days on which people work.
    WorkingDay,
    /// From a day to the one of the same number.
    Month,
}

/// What starts a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Starts {
    /// Somebody's request.
    Receipt,
    /// Knowing of an incident.
    Awareness,
    /// Having got the data, or told somebody of it.
    Event,
}

/// Where a month ends that has no day of that number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MonthEnd {
    /// On its last day (Regulation 1182/71 art. 3(2)(c)).
    LastDay,
    /// On the first of the next (Código Civil art. 132 § 3).
    FirstOfNext,
}

/// What becomes of an end on a day on which nobody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Roll {
    /// It moves to the next working day (Regulation 1182/71 art. 3(4)).
    NextWorkingDay,
    /// It is doubtful whether it moves, so the work is done on the working day before.
    EarliestLawful,
    /// It stays.
    None,
}

/// A clock and the check of who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityCheck {
    /// Whether it stands still until the answer.
    pub suspends: bool,
    /// Only when the person was asked within this many days: whoever asks late loses the time.
    pub if_asked_within_days: u16,
}

/// How far a clock can be extended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// How much longer, all in all.
    pub by: Period,
    /// Until when the person must have been told.
    pub notify_before: NotifyBefore,
    /// The grounds for it, as words of [`Extended::reasons`].
    pub reasons: Vec<String>,
}

/// Until when a person must have been told that it takes longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotifyBefore {
    /// Until it would have been due.
    OriginalDue,
}

/// What small agents have instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmallAgent {
    /// How long.
    pub period: Period,
    /// Where it is written.
    pub reference: String,
}

/// What sort of rule a clock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockSource {
    /// A law, or a regulation under one.
    Statute,
    /// Ours, where the law names no time.
    HousePolicy,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// Nobody has written down the holidays of that day's year.
    #[error(
        "{date} lies outside {from} to {until}, which is all that policies/calendars/{calendar}.yaml covers"
    )]
    Uncovered {
        /// Which calendar.
        calendar: String,
        /// Its first day.
        from: Date,
        /// Its last day.
        until: Date,
        /// The day that was asked for.
        date: Date,
    },
    /// The law has no clock of this name.
    #[error("policies/jurisdictions/{law}.yaml has no clock \"{clock}\"")]
    NoClock {
        /// Which law.
        law: Jurisdiction,
        /// The name.
        clock: String,
    },
    /// There is no such law.
    #[error("there is no policies/jurisdictions/{0}.yaml")]
    NoLaw(Jurisdiction),
    /// A time that no calendar reaches.
    #[error("a time that no calendar reaches")]
    OutOfTime,
}
