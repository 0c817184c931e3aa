//! What must be seen to though it refuses no bundle, on a given day.

use jiff::Span;
use zelo_model::Timestamp;

use crate::files::{CALENDARS, Files, JURISDICTIONS, YAML};
use crate::read::Source;
use crate::{Bundle, Date, PolicyError};

pub(crate) fn lint(bundle: &Bundle, files: &Files, today: Timestamp) -> Vec<PolicyError> {
    let Ok(now) = jiff::Timestamp::from_microsecond(today.micros()) else { return Vec::new() };
    let today = jiff::tz::Offset::UTC.to_datetime(now).date();
    let mut found = Vec::new();
    let mut complain = |path: String, at: &str, problem: String, remedy: String| {
        if let Ok(source) = Source::open(files, &path) {
            found.push(source.refuse(&[at], problem, remedy));
        }
    };
    for calendar in bundle.calendars() {
        let months = calendar.months_ahead;
        if !reaches(today, months, calendar.until) {
            let problem = format!("it ends within {months} months, on {}", calendar.until);
            let remedy = "add the holidays of the next years, and move `until`";
            complain(format!("{CALENDARS}{}{YAML}", calendar.key), "until:", problem, remedy.to_owned());
        }
    }
    for law in bundle.laws().iter().filter(|law| law.valid_from > today) {
        let problem = format!("it is in force before it holds, which is on {}", law.valid_from);
        let remedy = "put it in force on that day, or write the day from which it holds";
        complain(format!("{JURISDICTIONS}{}{YAML}", law.key), "valid_from:", problem, remedy.to_owned());
    }
    found
}

fn reaches(today: Date, months: u8, until: Date) -> bool {
    today.checked_add(Span::new().months(i64::from(months))).is_ok_and(|needed| needed <= until)
}
