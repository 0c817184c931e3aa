//! Times as people write them, and the one instant each means.

use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Reads times; one that says no zone of its own is in this one.
#[derive(Clone)]
pub(super) struct Clock(Option<TimeZone>);

impl Clock {
    /// A zone by its name in the IANA database or its offset; `None` when there is no such zone.
    pub(super) fn of(zone: Option<&str>) -> Option<Self> {
        let Some(name) = zone else { return Some(Self(None)) };
        if let Ok(zone) = TimeZone::get(name) {
            return Some(Self(Some(zone)));
        }
        let parsed = BrokenDownTime::parse("%:z", name).ok()?;
        Some(Self(Some(parsed.offset()?.to_time_zone())))
    }

    /// An instant as RFC 3339 in UTC.
    pub(super) fn instant(&self, text: &str, format: Option<&str>) -> Result<String, String> {
        let instant = match format {
            None => self.usual(text)?,
            Some("unix") => unix(text, 1_000)?,
            Some("unix_ms") => unix(text, 1)?,
            Some(format) => self.written(text, format)?,
        };
        Ok(instant.to_string())
    }

    fn usual(&self, text: &str) -> Result<Timestamp, String> {
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Ok(instant);
        }
        let local = text.parse::<DateTime>();
        self.zoned(local.map_err(|_| "is not a time such as 2026-01-31T12:00:00Z; say its `format:`")?)
    }

    fn written(&self, text: &str, format: &str) -> Result<Timestamp, String> {
        let parsed = BrokenDownTime::parse(format, text);
        let parsed = parsed.map_err(|_| format!("is not a time written as `{format}`"))?;
        if let Ok(instant) = parsed.to_timestamp() {
            return Ok(instant);
        }
        let local = parsed.to_datetime().or_else(|_| parsed.to_date().map(DateTime::from));
        self.zoned(local.map_err(|_| format!("is not a time written as `{format}`"))?)
    }

    fn zoned(&self, local: DateTime) -> Result<Timestamp, String> {
        let zone = self.0.as_ref().ok_or("says no zone; say one in the map: `zone: America/Sao_Paulo`")?;
        let zoned = local.to_zoned(zone.clone()).map_err(|_| "is a time that never was")?;
        Ok(zoned.timestamp())
    }
}

/// A day as ISO 8601 writes it.
pub(super) fn date(text: &str, format: Option<&str>) -> Result<String, String> {
    let date = match format {
        None => text.parse::<Date>().map_err(|_| "is not a date such as 2026-01-31; say its `format:`")?,
        Some(format) => {
            let parsed = BrokenDownTime::parse(format, text).and_then(|parsed| parsed.to_date());
            parsed.map_err(|_| format!("is not a date written as `{format}`"))?
        }
    };
    Ok(date.to_string())
}

/// Whether a format says enough to tell a day: what it writes of one is read as that day again.
pub(super) fn tells_a_day(format: &str) -> bool {
    let day = DateTime::constant(2026, 1, 31, 9, 30, 0, 0).to_zoned(TimeZone::UTC);
    let written = day.and_then(|day| jiff::fmt::strtime::format(format, &day));
    let read = written.and_then(|text| BrokenDownTime::parse(format, text)).and_then(|parsed| {
        parsed.to_date().or_else(|_| Ok(parsed.to_timestamp()?.to_zoned(TimeZone::UTC).date()))
    });
    matches!(format, "unix" | "unix_ms") || read.is_ok_and(|date| date == Date::constant(2026, 1, 31))
}

fn unix(text: &str, millis: i64) -> Result<Timestamp, String> {
    let count: i64 = text.parse().map_err(|_| "is not a whole number since 1970")?;
    let since = count.checked_mul(millis).map(SignedDuration::from_millis);
    let instant = since.and_then(|since| Timestamp::from_duration(since).ok());
    instant.ok_or_else(|| "lies beyond all time".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_zone_is_in_that_of_the_map() {
        let recife = Clock::of(Some("America/Recife")).unwrap();
        let cases = [
            ("2026-01-31T12:00:00Z", None, "2026-01-31T12:00:00Z"),
            ("2026-01-31 09:00:00", None, "2026-01-31T12:00:00Z"),
            ("31/01/2026 09:00", Some("%d/%m/%Y %H:%M"), "2026-01-31T12:00:00Z"),
            ("31/01/2026", Some("%d/%m/%Y"), "2026-01-31T03:00:00Z"),
            ("1769860800", Some("unix"), "2026-01-31T12:00:00Z"),
            ("1769860800123", Some("unix_ms"), "2026-01-31T12:00:00.123Z"),
        ];
        for (text, format, expected) in cases {
            assert_eq!(recife.instant(text, format).as_deref(), Ok(expected), "{text}");
        }
        let nowhere = Clock::of(None).unwrap();
        assert!(nowhere.instant("2026-01-31 09:00:00", None).unwrap_err().contains("zone"));
        assert!(Clock::of(Some("America/Recifo")).is_none());
        let offset = Clock::of(Some("-03:00")).unwrap();
        assert_eq!(offset.instant("2026-01-31 09:00:00", None).as_deref(), Ok("2026-01-31T12:00:00Z"));
        assert_eq!(date("31/01/1990", Some("%d/%m/%Y")).as_deref(), Ok("1990-01-31"));
        assert!(date("31/02/1990", Some("%d/%m/%Y")).is_err());
    }

    #[test]
    fn a_format_that_tells_no_day_is_none() {
        for format in ["%d/%m/%Y", "%Y-%m-%d %H:%M:%S", "%s", "%m/%d/%y", "%j of %Y", "unix", "unix_ms"] {
            assert!(tells_a_day(format), "{format}");
        }
        for format in ["%Q", "%H:%M", "%d/%m", "day", "", "%", "%@"] {
            assert!(!tells_a_day(format), "{format}");
        }
    }
}
