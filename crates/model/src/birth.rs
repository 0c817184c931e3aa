//! The day somebody was born, as far as laws ask for it: how old they are, and when they come of age.

use std::str::FromStr;

use chrono::{DateTime, Months, NaiveDate, NaiveTime, Utc};

use crate::Timestamp;

/// The day somebody was born.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BirthDate(NaiveDate);

/// A text that does not begin with a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a day of birth is written as ISO 8601, for example 1990-01-31")]
pub struct BirthDateError;

impl BirthDate {
    /// Somebody born on the day of this instant, by UTC.
    pub fn on(at: Timestamp) -> Self {
        Self(DateTime::<Utc>::from(at).date_naive())
    }

    /// Their age in full years; 0 for who is not born yet.
    pub fn age(self, now: Timestamp) -> u8 {
        let today = DateTime::<Utc>::from(now).date_naive();
        today.years_since(self.0).map_or(0, |years| u8::try_from(years).unwrap_or(u8::MAX))
    }

    /// When they are so many years old: the beginning of that day, by UTC.
    pub fn turns(self, years: u8) -> Option<Timestamp> {
        let birthday = self.0.checked_add_months(Months::new(12 * u32::from(years)))?;
        Some(birthday.and_time(NaiveTime::MIN).and_utc().into())
    }
}

impl FromStr for BirthDate {
    type Err = BirthDateError;

    /// From a date, or from a time that begins with one; also as forms in Brazil and Portugal write it, day first.
    fn from_str(text: &str) -> Result<Self, BirthDateError> {
        let text = text.trim();
        let head = text.get(..10).unwrap_or(text);
        let ways = [(head, "%Y-%m-%d"), (text, "%Y-%m-%d"), (text, "%d/%m/%Y"), (text, "%Y%m%d")];
        let date = ways.into_iter().find_map(|(text, way)| NaiveDate::parse_from_str(text, way).ok());
        date.map(Self).ok_or(BirthDateError)
    }
}

/// It is personal.
impl std::fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BirthDate(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn beatriz_is_seventeen_until_her_birthday_and_eighteen_on_it() {
        let beatriz: BirthDate = "2008-03-01".parse().unwrap();
        assert_eq!(beatriz.age(at("2026-02-28T23:59:59Z")), 17);
        assert_eq!(beatriz.age(at("2026-03-01T00:00:00Z")), 18);
        assert_eq!(beatriz.turns(18), Some(at("2026-03-01T00:00:00Z")));
        assert_eq!(beatriz.age(at("2000-01-01T00:00:00Z")), 0, "she is not born yet");
    }

    #[test]
    fn who_was_born_on_a_leap_day_comes_of_age_at_the_end_of_february() {
        let rui: BirthDate = "2008-02-29T00:00:00Z".parse().unwrap();
        assert_eq!(rui.turns(18), Some(at("2026-02-28T00:00:00Z")));
        for text in ["29/02/2008", "2008-2-29", "20080229"] {
            assert_eq!(text.parse(), Ok(rui), "{text}");
        }
        assert!("in 1990".parse::<BirthDate>().is_err() && "".parse::<BirthDate>().is_err());
    }
}
