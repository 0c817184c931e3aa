//! `calendars/*.yaml`: on which days people work (Lei 662/1949, Regulation 1182/71 art. 2).

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::PolicyError;
use crate::clock::ClockError;
use crate::files::{CALENDARS, Files, YAML};
use crate::read::{Entries, Source};

/// The days of some years in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// What laws call it.
    pub key: String,
    /// The first day it knows of.
    pub from: Date,
    /// The last day it knows of; what ends behind it has no answer.
    pub until: Date,
    /// How many months it should know of in advance; the linter complains when it does not.
    pub months_ahead: u8,
    /// Where the days come from.
    pub source: String,
    /// Days on which nobody works, in every week.
    pub weekend: Vec<Weekday>,
    /// Days on which the law lets nobody work, and their names.
    pub holidays: BTreeMap<Date, String>,
    /// Days on which some work and others do not, and their names. Whoever counts in doubt does so to the earlier day.
    pub optional: BTreeMap<Date, String>,
    /// Days that another list of holidays sees otherwise, and why we do not follow it.
    pub deviations: BTreeMap<Date, String>,
}

/// What sort of day it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayKind {
    /// Everybody works.
    Working,
    /// A Saturday, a Sunday.
    Weekend,
    /// Nobody works, for this reason.
    Holiday(String),
    /// Not everybody works, for this reason.
    Optional(String),
}

impl Calendar {
    /// What sort of day this is; an error outside the years it covers.
    pub fn day(&self, date: Date) -> Result<DayKind, ClockError> {
        if date < self.from || date > self.until {
            let (calendar, from, until) = (self.key.clone(), self.from, self.until);
            return Err(ClockError::Uncovered { calendar, from, until, date });
        }
        if self.weekend.contains(&date.weekday()) {
            return Ok(DayKind::Weekend);
        }
        let named = |days: &BTreeMap<Date, String>| days.get(&date).cloned();
        let off = named(&self.holidays).map(DayKind::Holiday);
        Ok(off.or_else(|| named(&self.optional).map(DayKind::Optional)).unwrap_or(DayKind::Working))
    }
}

/// A date, as `2026-02-28`.
pub(crate) struct Day(pub(crate) Date);

impl JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map(Self)
            .map_err(|_| D::Error::custom(format!("\"{text}\" is no date such as 2026-02-28")))
    }
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum WeekdayName {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    from: Day,
    until: Day,
    months_ahead: u8,
    source: String,
    weekend: Vec<WeekdayName>,
    holidays: Entries<String>,
    #[serde(default)]
    optional: Entries<String>,
    #[serde(default)]
    deviations: Entries<String>,
}

/// Every calendar, by name.
pub(crate) fn calendars(files: &Files) -> Result<Vec<Calendar>, PolicyError> {
    files.keys().filter(|path| path.starts_with(CALENDARS)).map(|path| calendar(files, path)).collect()
}

fn calendar(files: &Files, path: &str) -> Result<Calendar, PolicyError> {
    let source = Source::open(files, path)?;
    let file: File = source.parse()?;
    let (from, until) = (file.from.0, file.until.0);
    if until <= from {
        let remedy = "write the last day it knows of, behind `from`".to_owned();
        return Err(source.refuse(&["until:"], "it ends before it begins".to_owned(), remedy));
    }
    let days = |section: &str, entries: Entries<String>| {
        let mut days = BTreeMap::new();
        for (written, name) in entries.0 {
            let line = format!("{written}:");
            let at = [section, line.as_str()];
            let date = written.parse::<Date>().ok().filter(|date| (from..=until).contains(date));
            let Some(date) = date else {
                let problem = format!("\"{written}\" is no day of this calendar");
                return Err(source.refuse(&at, problem, format!("write a date from {from} to {until}")));
            };
            if days.insert(date, name).is_some() {
                return Err(source.twice(&[section], &line));
            }
        }
        Ok(days)
    };
    let calendar = Calendar {
        key: path[CALENDARS.len()..].trim_end_matches(YAML).to_owned(),
        from,
        until,
        months_ahead: file.months_ahead,
        weekend: file.weekend.into_iter().map(weekday).collect(),
        holidays: days("holidays:", file.holidays)?,
        optional: days("optional:", file.optional)?,
        deviations: days("deviations:", file.deviations)?,
        source: file.source,
    };
    if let Some(both) = calendar.optional.keys().find(|date| calendar.holidays.contains_key(date)) {
        let remedy = "leave it where it belongs".to_owned();
        let problem = format!("{both} is a holiday, too");
        return Err(source.refuse(&["optional:", &format!("{both}:")], problem, remedy));
    }
    Ok(calendar)
}

fn weekday(name: WeekdayName) -> Weekday {
    match name {
        WeekdayName::Monday => Weekday::Monday,
        WeekdayName::Tuesday => Weekday::Tuesday,
        WeekdayName::Wednesday => Weekday::Wednesday,
        WeekdayName::Thursday => Weekday::Thursday,
        WeekdayName::Friday => Weekday::Friday,
        WeekdayName::Saturday => Weekday::Saturday,
        WeekdayName::Sunday => Weekday::Sunday,
    }
}
