//! When something is due, and the steps that lead there.

use jiff::civil::{Date, DateTime};
use zelo_model::Timestamp;

use super::{ClockSource, Period, Starts, Unit};
use crate::{Jurisdiction, Label};

/// When something is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The first moment that is too late.
    pub at: Timestamp,
    /// The last day on which it can be done, where the law holds.
    pub date: Date,
    /// What an extension makes of it; none where the law knows none.
    pub extended: Option<Extended>,
    /// How it was reckoned, in order.
    pub steps: Vec<Step>,
    /// By which law.
    pub law: Jurisdiction,
    /// By which of its clocks.
    pub clock: String,
}

/// What an extension makes of it, if the person is told in time and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extended {
    /// When it is due then.
    pub due: Box<Due>,
    /// Until when the person must have been told: the first moment that is too late.
    pub tell_before: Timestamp,
    /// The grounds the law accepts.
    pub reasons: Vec<String>,
}

/// A step of the reckoning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It began.
    Began {
        /// By what.
        starts: Starts,
        /// The date and time, where the law holds.
        at: DateTime,
        /// What people call the place, with its preposition.
        place: Label,
    },
    /// It may take this long.
    Lasts {
        /// How long.
        period: Period,
        /// What sort of rule says so.
        source: ClockSource,
        /// Which one.
        reference: String,
        /// Whether that is what small agents have.
        small_agent: bool,
        /// Whether the day it began on counts.
        start_day_counts: bool,
    },
    /// It was made longer.
    Extended {
        /// By how much.
        by: Period,
    },
    /// It stood still.
    Suspended {
        /// For how many.
        amount: i64,
        /// Of what.
        unit: Unit,
    },
    /// Days on which not everybody works were counted as working days.
    Counted {
        /// Which, and what they are called.
        days: Vec<(Date, String)>,
    },
    /// The count ends here.
    Ends {
        /// The date, and the time where hours are counted.
        at: DateTime,
        /// Whether hours are counted.
        to_the_minute: bool,
    },
    /// On this day nobody works, so it moves.
    Rolled {
        /// From the day the count ends on.
        from: Date,
        /// Why that day will not do.
        because: Off,
        /// To this day.
        to: Date,
    },
    /// By another law that holds there would be longer.
    Earlier {
        /// What that law is called.
        law: Label,
        /// The last day by it.
        date: Date,
    },
}

/// Why a day will not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Off {
    /// It is a Saturday or a Sunday.
    Weekend,
    /// It is a holiday of this name.
    Holiday(String),
    /// Not everybody works on it.
    Optional(String),
}
