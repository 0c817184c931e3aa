//! The reckoning itself.

use jiff::Span;
use jiff::civil::{Date, DateTime};
use zelo_model::Timestamp;

use super::{Clock, ClockError, Due, Extended, MonthEnd, NotifyBefore, Off, Pause, Period, Roll, Step, Unit};
use crate::Law;
use crate::calendar::DayKind;

/// What a clock is started with.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// When it came, or was known.
    pub at: Timestamp,
    /// Whether the controller is a small agent (Res. CD/ANPD 2/2022), with what proves it on file.
    pub small_agent: bool,
    /// The times in which the person's identity was asked for and not yet shown.
    pub pauses: &'a [Pause],
}

impl Received<'_> {
    /// Received at this moment, by nobody special, without a pause.
    pub const fn at(at: Timestamp) -> Self {
        Self { at, small_agent: false, pauses: &[] }
    }
}

impl Clock {
    /// When what was received is due.
    pub(crate) fn due(&self, law: &Law, received: &Received<'_>) -> Result<Due, ClockError> {
        let mut due = Reckoning { clock: self, law, received, longer: None }.due()?;
        if let Some(extension) = &self.extension {
            let longer = Reckoning { clock: self, law, received, longer: Some(extension.by) }.due()?;
            let tell_before = match extension.notify_before {
                NotifyBefore::OriginalDue => due.at,
            };
            let reasons = extension.reasons.clone();
            due.extended = Some(Extended { due: Box::new(longer), tell_before, reasons });
        }
        Ok(due)
    }

    fn period(&self, small_agent: bool) -> (Period, &str, bool) {
        match &self.small_agent {
            Some(small) if small_agent => (small.period, &small.reference, true),
            _ => (self.period, &self.reference, false),
        }
    }
}

/// The earliest of what several laws say; `None` when none of them says anything.
pub(crate) fn earliest<'a>(
    laws: impl Iterator<Item = (&'a Law, &'a Clock)>,
    received: &Received<'_>,
) -> Result<Option<Due>, ClockError> {
    let dues = laws.map(|(law, clock)| Ok((law, clock.due(law, received)?)));
    let mut dues: Vec<(&Law, Due)> = dues.collect::<Result<_, _>>()?;
    // Stable: of two that are due at the same moment, the one named first counts.
    dues.sort_by_key(|(_, due)| due.at);
    let mut dues = dues.into_iter();
    let Some((_, mut first)) = dues.next() else { return Ok(None) };
    let later = dues.filter(|(_, due)| due.date > first.date);
    let later: Vec<Step> =
        later.map(|(law, due)| Step::Earlier { law: law.label.clone(), date: due.date }).collect();
    first.steps.extend(later);
    Ok(Some(first))
}

pub(super) struct Reckoning<'a> {
    pub(super) clock: &'a Clock,
    pub(super) law: &'a Law,
    pub(super) received: &'a Received<'a>,
    longer: Option<Period>,
}

impl Reckoning<'_> {
    fn due(&self) -> Result<Due, ClockError> {
        let Self { clock, law, received, longer } = self;
        let began = law.zone.civil(received.at)?;
        let (mut period, reference, small_agent) = clock.period(received.small_agent);
        let start_day_counts = period.unit != Unit::Hour && !clock.excludes_start_day;
        let mut steps = vec![
            Step::Began { starts: clock.starts, at: began, place: law.zone.place().clone() },
            Step::Lasts {
                period,
                source: clock.source,
                reference: reference.to_owned(),
                small_agent,
                start_day_counts,
            },
        ];
        if let Some(by) = *longer {
            // Counted from the start, not from where it would have ended: what was rolled is not rolled twice.
            period.amount = period.amount.saturating_add(by.amount);
            steps.push(Step::Extended { by });
        }
        let (at, date) = match period.unit {
            Unit::Hour => self.hours(period.amount, &mut steps)?,
            _ => self.days(period, began.date(), &mut steps)?,
        };
        Ok(Due { at, date, extended: None, steps, law: law.key, clock: clock.key.clone() })
    }

    fn hours(&self, amount: u16, steps: &mut Vec<Step>) -> Result<(Timestamp, Date), ClockError> {
        const HOUR: i64 = 3_600 * Timestamp::SECOND;
        let at = self.received.at.plus(i64::from(amount) * HOUR);
        let ends = self.law.zone.civil(at)?;
        steps.push(Step::Ends { at: ends, to_the_minute: true });
        Ok((at, ends.date()))
    }

    fn days(
        &self,
        period: Period,
        began: Date,
        steps: &mut Vec<Step>,
    ) -> Result<(Timestamp, Date), ClockError> {
        let mut doubtful = Vec::new();
        let mut last = self.last(period, began, &mut doubtful)?;
        let mut stood = 0;
        for pause in self.pauses(began)? {
            let (due, _) = self.rolled(last, began)?;
            if pause.from >= self.law.zone.end_of(due)? {
                break;
            }
            let days = self.lost(period.unit, pause)?;
            last = self.later(period.unit, last, days, &mut doubtful)?;
            stood += days;
        }
        if stood > 0 {
            let unit = if period.unit == Unit::WorkingDay { Unit::WorkingDay } else { Unit::Day };
            steps.push(Step::Suspended { amount: stood, unit });
        }
        if !doubtful.is_empty() {
            steps.push(Step::Counted { days: doubtful });
        }
        steps.push(Step::Ends { at: DateTime::from(last), to_the_minute: false });
        let (date, because) = self.rolled(last, began)?;
        if let Some(because) = because {
            steps.push(Step::Rolled { from: last, because, to: date });
        }
        Ok((self.law.zone.end_of(date)?, date))
    }

    /// The last day of a period, as the count has it.
    fn last(
        &self,
        Period { amount, unit }: Period,
        began: Date,
        doubtful: &mut Vec<(Date, String)>,
    ) -> Result<Date, ClockError> {
        let amount = i64::from(amount);
        // A start day that counts is the first of the days, and the same as beginning on the day before.
        let from = if self.clock.excludes_start_day { began } else { moved(began, -1)? };
        match unit {
            Unit::Hour | Unit::Day => moved(from, amount),
            Unit::WorkingDay => self.later(unit, from, amount, doubtful),
            Unit::Month => {
                let first = began.first_of_month();
                let month =
                    first.checked_add(Span::new().months(amount)).map_err(|_| ClockError::OutOfTime)?;
                let same_day = if began.day() <= month.days_in_month() {
                    moved(month, i64::from(began.day()) - 1)?
                } else if self.clock.month_end == MonthEnd::LastDay {
                    month.last_of_month()
                } else {
                    moved(month.last_of_month(), 1)?
                };
                if self.clock.excludes_start_day { Ok(same_day) } else { moved(same_day, -1) }
            }
        }
    }

    /// So many days behind `last`. A working day in doubt is counted as one, which makes it earlier.
    fn later(
        &self,
        unit: Unit,
        last: Date,
        amount: i64,
        doubtful: &mut Vec<(Date, String)>,
    ) -> Result<Date, ClockError> {
        if unit != Unit::WorkingDay {
            return moved(last, amount);
        }
        let (mut day, mut left) = (last, amount);
        while left > 0 {
            day = moved(day, 1)?;
            match self.law.calendar.day(day)? {
                DayKind::Weekend | DayKind::Holiday(_) => {}
                DayKind::Working => left -= 1,
                DayKind::Optional(name) => {
                    doubtful.push((day, name));
                    left -= 1;
                }
            }
        }
        Ok(day)
    }

    /// The day it is due, and why it is not the one the count ends on.
    fn rolled(&self, last: Date, began: Date) -> Result<(Date, Option<Off>), ClockError> {
        let (step, works_in_doubt) = match self.clock.roll {
            Roll::None => return Ok((last, None)),
            Roll::NextWorkingDay => (1, true),
            Roll::EarliestLawful => (-1, false),
        };
        let (mut day, mut because) = (last, None);
        // Nothing is due before it came.
        while step > 0 || day > began {
            let off = match self.law.calendar.day(day)? {
                DayKind::Working => break,
                DayKind::Optional(_) if works_in_doubt => break,
                DayKind::Weekend => Off::Weekend,
                DayKind::Holiday(name) => Off::Holiday(name),
                DayKind::Optional(name) => Off::Optional(name),
            };
            because.get_or_insert(off);
            day = moved(day, step)?;
        }
        Ok((day, because))
    }
}

pub(super) fn moved(date: Date, days: i64) -> Result<Date, ClockError> {
    let span = Span::new().try_days(days).map_err(|_| ClockError::OutOfTime)?;
    date.checked_add(span).map_err(|_| ClockError::OutOfTime)
}
