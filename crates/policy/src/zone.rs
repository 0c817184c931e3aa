//! Where days begin and end: a time zone, and what people call the place.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;
use zelo_model::Timestamp;

use crate::clock::ClockError;
use crate::read::Source;
use crate::{Label, PolicyError};

/// A time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    place: Label,
    rules: TimeZone,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ZoneEntry {
    name: String,
    place: Label,
}

impl ZoneEntry {
    pub(crate) fn read(self, source: &Source<'_>) -> Result<Zone, PolicyError> {
        let rules = TimeZone::get(&self.name).map_err(|_| {
            let problem = format!("unknown time zone \"{}\"", self.name);
            source.refuse(&["zone:"], problem, "write an IANA name such as Europe/Lisbon".to_owned())
        })?;
        Ok(Zone { name: self.name, place: self.place, rules })
    }
}

impl Zone {
    /// Its IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What people read behind a date, with its preposition: "in Lisbon".
    pub fn place(&self) -> &Label {
        &self.place
    }

    /// What calendars and clocks on the wall there say at this moment.
    pub fn civil(&self, at: Timestamp) -> Result<DateTime, ClockError> {
        let at = jiff::Timestamp::from_microsecond(at.micros()).map_err(|_| ClockError::OutOfTime)?;
        Ok(self.rules.to_datetime(at))
    }

    /// The first moment there that is no longer this day.
    pub fn end_of(&self, date: Date) -> Result<Timestamp, ClockError> {
        let next = date.tomorrow().map_err(|_| ClockError::OutOfTime)?;
        // Where a clock is put forward at midnight, the day begins with the first time there is.
        let begins = next.to_zoned(self.rules.clone()).map_err(|_| ClockError::OutOfTime)?;
        Ok(Timestamp::from_micros(begins.timestamp().as_microsecond()))
    }
}
