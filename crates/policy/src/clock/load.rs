//! A clock as it is written, and the mistakes that refuse it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Clock, ClockSource, Extension, IdentityCheck, MonthEnd, NotifyBefore, Period, Roll, SmallAgent, Starts,
    Unit,
};
use crate::PolicyError;
use crate::read::Source;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockEntry {
    starts: Starts,
    amount: u16,
    unit: Unit,
    exclude_start_day: Option<bool>,
    month_end: Option<MonthEnd>,
    roll: Option<Roll>,
    identity_check: Option<IdentityCheck>,
    extension: Option<ExtensionEntry>,
    small_agent: Option<SmallAgentEntry>,
    source: ClockSource,
    #[serde(rename = "ref")]
    reference: String,
    counted_by: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ExtensionEntry {
    amount: u16,
    unit: Unit,
    notify_before: NotifyBefore,
    reasons: Vec<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SmallAgentEntry {
    amount: u16,
    unit: Unit,
    #[serde(rename = "ref")]
    reference: String,
}

impl Clock {
    pub(crate) fn read(source: &Source<'_>, key: String, entry: ClockEntry) -> Result<Self, PolicyError> {
        let line = format!("{key}:");
        let wrong = |problem: &str, remedy: &str| {
            source.refuse(&["clocks:", &line], problem.to_owned(), remedy.to_owned())
        };
        let ClockEntry { amount, unit, exclude_start_day, month_end, roll, .. } = entry;
        if entry.reference.trim().is_empty() {
            return Err(wrong(
                "nobody says where it is written",
                "write ref: and the law, or what it leaves open",
            ));
        }
        if amount == 0 && unit != Unit::Hour {
            return Err(wrong("it ends before it starts", "write an amount; at once is 0 hours"));
        }
        if unit == Unit::Hour && entry.identity_check.is_some() {
            return Err(wrong("hours do not stand still", "leave identity_check out, or count in days"));
        }
        let small = entry.small_agent.map(|small| {
            let SmallAgentEntry { amount, unit, reference } = small;
            SmallAgent { period: Period { amount, unit }, reference }
        });
        let by = entry.extension.as_ref().map(|extension| (extension.amount, extension.unit));
        if by.is_some_and(|(amount, other)| amount == 0 || other != unit) {
            return Err(wrong("its extension cannot be added to it", "write at least 1 of its own unit"));
        }
        let units = [Some(unit), small.as_ref().map(|small| small.period.unit)];
        let months = units.contains(&Some(Unit::Month));
        if months != month_end.is_some() {
            let remedy = "write month_end where months are counted, and only there";
            return Err(wrong("it is not said, or needlessly, where a month ends", remedy));
        }
        let days = units.iter().flatten().any(|unit| *unit != Unit::Hour);
        if days != exclude_start_day.is_some() || days != roll.is_some() {
            let remedy = "write exclude_start_day and roll where days or months are counted, and only there";
            return Err(wrong("it is not said, or needlessly, how its days are counted", remedy));
        }
        Ok(Self {
            key,
            starts: entry.starts,
            period: Period { amount, unit },
            excludes_start_day: exclude_start_day.unwrap_or(true),
            month_end: month_end.unwrap_or(MonthEnd::LastDay),
            roll: roll.unwrap_or(Roll::None),
            identity_check: entry.identity_check,
            extension: entry.extension.map(|extension| Extension {
                by: Period { amount: extension.amount, unit: extension.unit },
                notify_before: extension.notify_before,
                reasons: extension.reasons,
            }),
            small_agent: small,
            source: entry.source,
            reference: entry.reference,
            counted_by: entry.counted_by,
        })
    }
}
