//! Days as the company counts them: in its zone, with clock changes. A day has 23, 24 or 25 hours.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use contract::EpochMs;

/// The company's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Tz);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time zone: expected an IANA name such as Asia/Shanghai")]
pub struct BadZone(pub String);

impl std::str::FromStr for Zone {
    type Err = BadZone;
    fn from_str(name: &str) -> Result<Self, BadZone> {
        name.parse().map(Self).map_err(|_| BadZone(name.chars().take(60).collect()))
    }
}

impl Zone {
    #[must_use]
    pub fn utc() -> Self {
        Self(Tz::UTC)
    }

    /// The IANA name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The day a moment is in: its first moment and the first of the next.
    #[must_use]
    pub fn day_of(self, at: EpochMs) -> (EpochMs, EpochMs) {
        self.day(self.date_of(at))
    }

    #[must_use]
    pub fn date_of(self, at: EpochMs) -> NaiveDate {
        let utc = DateTime::from_timestamp_millis(at).unwrap_or_default();
        utc.with_timezone(&self.0).date_naive()
    }

    /// A date's first moment and the first of the next.
    #[must_use]
    pub fn day(self, date: NaiveDate) -> (EpochMs, EpochMs) {
        let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
        (self.midnight(date), self.midnight(next))
    }

    /// Where clocks are put forward at midnight, the day begins at the first moment that exists.
    fn midnight(self, date: NaiveDate) -> EpochMs {
        let begin = date.and_time(NaiveTime::MIN);
        let moment = (0..=8).find_map(|quarters| self.0.from_local_datetime(&(begin + TimeDelta::minutes(15 * quarters))).earliest());
        moment.map_or_else(|| begin.and_utc().timestamp_millis(), |m| m.timestamp_millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(zone: &str, at: &str, from: &str, hours: i64) {
        let ms = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
        let (begin, end) = zone.parse::<Zone>().unwrap().day_of(ms(at));
        assert_eq!((begin, (end - begin) / 3_600_000), (ms(from), hours));
    }

    #[test]
    fn a_day_begins_at_the_companys_midnight_and_has_its_own_length() {
        check("Asia/Shanghai", "2026-11-23T15:59:59Z", "2026-11-22T16:00:00Z", 24);
        check("Asia/Shanghai", "2026-11-23T16:00:00Z", "2026-11-23T16:00:00Z", 24);
        check("Europe/Berlin", "2026-03-29T10:00:00Z", "2026-03-28T23:00:00Z", 23);
        check("Europe/Berlin", "2026-10-25T10:00:00Z", "2026-10-24T22:00:00Z", 25);
        // Clocks go forward at midnight there.
        check("America/Santiago", "2026-09-06T12:00:00Z", "2026-09-06T04:00:00Z", 23);
        assert!("Mars/Base".parse::<Zone>().unwrap_err().to_string().contains("Asia/Shanghai"));
    }
}
