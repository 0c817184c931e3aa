//! The times in which a clock stands still.

use jiff::civil::Date;
use zelo_model::Timestamp;

use super::reckon::{Reckoning, moved};
use super::{ClockError, Unit};
use crate::calendar::DayKind;

/// From the question who somebody is to their answer; while there is none, to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// When they were asked.
    pub from: Timestamp,
    /// When they answered.
    pub until: Timestamp,
}

impl Reckoning<'_> {
    /// The pauses that count, in order and without overlap.
    pub(super) fn pauses(&self, began: Date) -> Result<Vec<Pause>, ClockError> {
        let Some(check) = self.clock.identity_check.filter(|check| check.suspends) else {
            return Ok(Vec::new());
        };
        let in_time = moved(began, i64::from(check.if_asked_within_days))?;
        let mut all = self.received.pauses.to_vec();
        all.sort_unstable_by_key(|pause| (pause.from, pause.until));
        let mut counted: Vec<Pause> = Vec::new();
        for pause in all {
            let asked = self.law.zone.civil(pause.from)?.date();
            match counted.last_mut() {
                Some(open) if pause.from <= open.until => open.until = open.until.max(pause.until),
                _ if asked <= in_time && pause.from < pause.until => counted.push(pause),
                _ => {}
            }
        }
        Ok(counted)
    }

    /// How many days a pause costs: those begun behind the question, the day of the answer with them.
    pub(super) fn lost(&self, unit: Unit, pause: Pause) -> Result<i64, ClockError> {
        let [asked, answered] = [pause.from, pause.until].map(|at| self.law.zone.civil(at));
        let (asked, answered) = (asked?.date(), answered?.date());
        if unit != Unit::WorkingDay {
            return Ok(asked.duration_until(answered).as_hours() / 24);
        }
        let (mut day, mut lost) = (asked, 0);
        while day < answered {
            day = moved(day, 1)?;
            // In doubt nothing was lost, which makes it earlier.
            lost += i64::from(self.law.calendar.day(day)? == DayKind::Working);
        }
        Ok(lost)
    }
}
