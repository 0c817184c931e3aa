//! In English.

use std::fmt::Write as _;

use jiff::civil::{Date, DateTime, Weekday};

use super::{Draft, listed};
use crate::clock::{ClockSource, Off, Period, Starts, Step, Unit};

pub(super) fn say(step: &Step, draft: &mut Draft) {
    match step {
        Step::Began { starts, at, place } => {
            let began = match starts {
                Starts::Receipt => "Received",
                Starts::Awareness => "Known",
                Starts::Event => "Begun",
            };
            draft.opening =
                format!("{began} on {}{} {}", long(at.date()), time(*at, draft.minutes), place.en);
        }
        Step::Lasts { period, source, reference, small_agent, start_day_counts } => {
            let by = match source {
                ClockSource::Statute => format!("by {reference}"),
                ClockSource::HousePolicy => format!("by house policy ({reference} gives no time)"),
            };
            draft.at_once = period.amount == 0;
            if draft.at_once {
                draft.period = format!("due at once {by}");
                return;
            }
            let whose = if *small_agent { " for a small agent" } else { "" };
            draft.period = format!("{}{whose} {by}", length(*period));
            draft.plural = period.amount != 1;
            if *start_day_counts {
                draft.clauses.push("the first day counted".to_owned());
            }
        }
        Step::Extended { by } => draft.clauses.push(format!("extended by {}", length(*by))),
        Step::Suspended { amount, unit } => {
            let stood = count(*amount, *unit);
            draft.clauses.push(format!("suspended for {stood} while it was asked who the person is"));
        }
        Step::Counted { days } => {
            let named = days.iter().map(|(date, name)| format!("{} ({name})", short(*date)));
            let days = listed(named.collect(), "and");
            draft.clauses.push(format!("{days} counted as working, to be safe"));
        }
        Step::Ends { .. } if draft.at_once => {}
        Step::Ends { at, .. } => {
            let (verb, time) = (verb(draft), time(*at, draft.minutes));
            draft.ending = format!(" {verb} on {}{time}, when it is due", long(at.date()));
        }
        Step::Rolled { from, because, to } => {
            let (verb, day) = (verb(draft), weekday(from.weekday()));
            let because = match because {
                Off::Weekend => format!("a {day}"),
                Off::Holiday(name) => format!("a {day} and a holiday ({name})"),
                Off::Optional(name) => format!("a {day} on which not everybody works ({name})"),
            };
            draft.ending = format!(" {verb} on {}, {because}, so it is due on {}", short(*from), long(*to));
        }
        Step::Earlier { law, date } => {
            let lead = if draft.tail.is_empty() { "; by other laws it would be later" } else { "" };
            let _ = write!(draft.tail, "{lead}, {} ({})", short(*date), law.en);
        }
    }
}

fn verb(draft: &Draft) -> &'static str {
    if draft.plural { "end" } else { "ends" }
}

fn time(at: DateTime, minutes: bool) -> String {
    if minutes { format!(" at {:02}:{:02}", at.hour(), at.minute()) } else { String::new() }
}

fn length(period: Period) -> String {
    count(i64::from(period.amount), period.unit)
}

fn count(amount: i64, unit: Unit) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    let word = usize::try_from(amount).ok().and_then(|amount| WORDS.get(amount));
    let number = word.map_or_else(|| amount.to_string(), |word| (*word).to_owned());
    let unit = match unit {
        Unit::Hour => "hour",
        Unit::Day => "day",
        Unit::WorkingDay => "working day",
        Unit::Month => "month",
    };
    format!("{number} {unit}{}", if amount == 1 { "" } else { "s" })
}

fn long(date: Date) -> String {
    format!("{} {}", weekday(date.weekday()), short(date))
}

fn short(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = usize::try_from(date.month() - 1).ok().and_then(|month| MONTHS.get(month));
    format!("{} {} {}", date.day(), month.unwrap_or(&""), date.year())
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}
