//! Time: microseconds since 1970 in UTC inside, RFC 3339 with `Z` outside.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Months, NaiveDate, SecondsFormat, Utc};

/// A point in time, in whole microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// A text that is not an RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a time is written as RFC 3339, for example 2026-01-31T12:00:00Z")]
pub struct TimeError;

impl Timestamp {
    /// One second.
    pub const SECOND: i64 = 1_000_000;
    /// One day of 86,400 seconds.
    pub const DAY: i64 = 86_400 * Self::SECOND;

    /// Later than anything happens.
    pub const MAX: Self = Self(i64::MAX);

    /// From microseconds since 1970.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since 1970, rounded down.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Whole days since 1970, UTC.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(Self::DAY)
    }

    /// This time moved by `micros` (either way), held inside what an `i64` can say.
    #[must_use]
    pub const fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// The end, by UTC, of the calendar year that lies `years` behind the one of this time: what the law counts in full
    /// years, it counts from the year's end (for example Código Tributário Nacional art. 173 I).
    #[must_use]
    pub fn end_of_year(self, years: u16) -> Self {
        let year = DateTime::<Utc>::from(self).year() + i32::from(years) + 1;
        let next = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MAX);
        next.and_time(chrono::NaiveTime::MIN).and_utc().into()
    }

    /// The same time of day so many calendar months later by UTC, the month's last day where it has no such day.
    #[must_use]
    pub fn months_later(self, months: u16) -> Self {
        let then = DateTime::<Utc>::from(self).checked_add_months(Months::new(u32::from(months)));
        then.map_or(Self::MAX, Into::into)
    }

    /// The beginning, by UTC, of the calendar year that lies `years` before the one of this time: what happened before it
    /// is further back than [`Timestamp::end_of_year`] of as many years reaches.
    #[must_use]
    pub fn start_of_year(self, years: u16) -> Self {
        let year = DateTime::<Utc>::from(self).year() - i32::from(years);
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MIN);
        first.and_time(chrono::NaiveTime::MIN).and_utc().into()
    }

    /// The same time of day so many calendar months before by UTC, the month's last day where it has no such day.
    #[must_use]
    pub fn months_earlier(self, months: u16) -> Self {
        let then = DateTime::<Utc>::from(self).checked_sub_months(Months::new(u32::from(months)));
        then.map_or(Self::from_micros(i64::MIN), Into::into)
    }

    /// Microseconds from `earlier` to this.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_micros())
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(time: Timestamp) -> Self {
        DateTime::from_timestamp_micros(time.0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&DateTime::<Utc>::from(*self).to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let time = DateTime::parse_from_rfc3339(text).map_err(|_| TimeError)?;
        Ok(time.with_timezone(&Utc).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_full_years_of_an_invoice_end_with_the_fifth_year() {
        let bought: Timestamp = "2026-02-14T10:00:00Z".parse().unwrap();
        assert_eq!(bought.end_of_year(5).to_string(), "2032-01-01T00:00:00.000000Z");
        assert_eq!(bought.end_of_year(0).to_string(), "2027-01-01T00:00:00.000000Z");
    }

    #[test]
    fn a_month_before_the_last_of_march_is_the_last_of_february() {
        let bought: Timestamp = "2026-03-31T10:00:00Z".parse().unwrap();
        assert_eq!(bought.months_earlier(1).to_string(), "2026-02-28T10:00:00.000000Z");
        assert_eq!(bought.months_earlier(24).to_string(), "2024-03-31T10:00:00.000000Z");
    }

    #[test]
    fn what_five_full_years_keep_began_with_the_fifth_year_before_this_one() {
        let now: Timestamp = "2032-06-01T00:00:00Z".parse().unwrap();
        let since = now.start_of_year(5);
        assert_eq!(since.to_string(), "2027-01-01T00:00:00.000000Z");
        assert!(since.end_of_year(5) > now && since.plus(-1).end_of_year(5) <= now);
    }

    #[test]
    fn a_time_with_an_offset_is_the_same_instant_in_utc() {
        let lisbon: Timestamp = "2026-07-01T10:00:00.123456+01:00".parse().unwrap();
        assert_eq!(lisbon.to_string(), "2026-07-01T09:00:00.123456Z");
        assert_eq!("yesterday".parse::<Timestamp>(), Err(TimeError));
    }
}
