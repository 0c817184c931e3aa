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

    /// Their age in full years; `None` for who is not born yet, or older than anybody.
    pub fn age(self, now: Timestamp) -> Option<u8> {
        let today = DateTime::<Utc>::from(now).date_naive();
        u8::try_from(today.years_since(self.0)?).ok()
    }

    /// When they are so many years old: the beginning of that day, by UTC.
    pub fn turns(self, years: u8) -> Option<Timestamp> {
        let birthday = self.0.checked_add_months(Months::new(12 * u32::from(years)))?;
        Some(birthday.and_time(NaiveTime::MIN).and_utc().into())
    }
}

impl FromStr for BirthDate {
    type Err = BirthDateError;

    /// From a date, or from a time that begins with one.
    fn from_str(text: &str) -> Result<Self, BirthDateError> {
        let date = text.trim().get(..10).and_then(|date| date.parse().ok());
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
        assert_eq!(beatriz.age(at("2026-02-28T23:59:59Z")), Some(17));
        assert_eq!(beatriz.age(at("2026-03-01T00:00:00Z")), Some(18));
        assert_eq!(beatriz.turns(18), Some(at("2026-03-01T00:00:00Z")));
        assert_eq!(beatriz.age(at("2000-01-01T00:00:00Z")), None, "she is not born yet");
    }

    #[test]
    fn who_was_born_on_a_leap_day_comes_of_age_at_the_end_of_february() {
        let rui: BirthDate = "2008-02-29T00:00:00Z".parse().unwrap();
        assert_eq!(rui.turns(18), Some(at("2026-02-28T00:00:00Z")));
        assert!("31/01/1990".parse::<BirthDate>().is_err() && "".parse::<BirthDate>().is_err());
    }
}
