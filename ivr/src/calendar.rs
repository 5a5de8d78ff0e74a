//! Opening hours: a usual week and days that differ, read on the wall clock of the company's zone. Pure: `now` and the
//! zone come in. When clocks go forward a skipped hour is never open; when they go back the repeated hour counts twice,
//! as it does for the people in the office. A span over midnight belongs to the day it began on.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, Timelike};
use chrono_tz::Tz;
use contract::EpochMs;

use crate::problem::Fault;
use crate::spec::{CalendarSpec, DaySpec};

/// A moment on the wall clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock(NaiveDateTime);

impl Clock {
    pub(crate) fn at(now: EpochMs, zone: Tz) -> Self {
        // Outside of what a calendar can hold there are no opening hours either; the epoch stands in.
        let utc = DateTime::from_timestamp_millis(now).unwrap_or_default();
        Self(utc.with_timezone(&zone).naive_local())
    }

    pub(crate) fn time(self) -> String {
        self.0.format("%H:%M").to_string()
    }

    pub(crate) fn date(self) -> String {
        self.0.format("%Y-%m-%d").to_string()
    }

    pub(crate) fn hour(self) -> i64 {
        i64::from(self.0.hour())
    }

    /// 1 is Monday, 7 Sunday (ISO 8601).
    pub(crate) fn weekday(self) -> i64 {
        i64::from(self.0.weekday().number_from_monday())
    }
}

/// Minutes of a day: from, until. `until` past 1440 reaches into the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    from: u32,
    until: u32,
}

const DAY: u32 = 24 * 60;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    Once(NaiveDate),
    /// Month and day.
    Yearly(u32, u32),
}

#[derive(Debug, Clone)]
struct DayRule {
    from: Day,
    until: Day,
    hours: Vec<Span>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Calendar {
    week: [Vec<Span>; 7],
    days: Vec<DayRule>,
}

/// What is wrong with a calendar, and under which keys.
pub(crate) type Wrong = (Vec<String>, Fault);

impl Calendar {
    pub(crate) fn read(spec: &CalendarSpec) -> Result<Self, Vec<Wrong>> {
        let (mut made, mut wrong) = (Self::default(), Vec::new());
        for (days, hours) in &spec.weekly {
            let path = vec!["weekly".to_owned(), days.clone()];
            let spans = spans(hours, &path, &mut wrong);
            match weekdays(days) {
                Some(days) => days.into_iter().for_each(|day| made.week[day].extend(spans.iter().copied())),
                None => wrong.push((path, bad("days are written `mon`, `mon-fri` or `sat,sun`", "星期写作 mon、mon-fri 或 sat,sun"))),
            }
        }
        for (at, rule) in spec.days.iter().enumerate() {
            let path = vec!["days".to_owned(), at.to_string()];
            let hours = spans(&rule.hours, &[path.clone(), vec!["hours".into()]].concat(), &mut wrong);
            match day_rule(rule) {
                Ok((from, until)) => made.days.push(DayRule { from, until, hours }),
                Err((key, fault)) => wrong.push(([path, vec![key.to_owned()]].concat(), fault)),
            }
        }
        if wrong.is_empty() { Ok(made) } else { Err(wrong) }
    }

    pub(crate) fn is_open(&self, now: EpochMs, zone: Tz) -> bool {
        let Clock(local) = Clock::at(now, zone);
        let minute = local.hour() * 60 + local.minute();
        let today = self.hours(local.date()).iter().any(|span| (span.from..span.until).contains(&minute));
        let yesterday = local.date().checked_sub_days(Days::new(1));
        today
            || yesterday.is_some_and(|day| {
                self.hours(day).iter().any(|span| (span.from..span.until).contains(&(minute + DAY)))
            })
    }

    fn hours(&self, date: NaiveDate) -> &[Span] {
        let rule = self.days.iter().rev().find(|rule| rule.names(date));
        rule.map_or(&self.week[date.weekday().num_days_from_monday() as usize], |rule| &rule.hours)
    }
}

impl DayRule {
    fn names(&self, date: NaiveDate) -> bool {
        match (self.from, self.until) {
            (Day::Once(from), Day::Once(until)) => (from..=until).contains(&date),
            (Day::Yearly(m1, d1), Day::Yearly(m2, d2)) => {
                let (from, until, day) = ((m1, d1), (m2, d2), (date.month(), date.day()));
                // A row of days may go over New Year.
                if from <= until { (from..=until).contains(&day) } else { day >= from || day <= until }
            }
            (Day::Once(_), Day::Yearly(..)) | (Day::Yearly(..), Day::Once(_)) => false,
        }
    }
}

fn bad(en: &str, zh: &str) -> Fault {
    Fault::BadValue { en: en.to_owned(), zh: zh.to_owned() }
}

fn spans(hours: &[String], path: &[String], wrong: &mut Vec<Wrong>) -> Vec<Span> {
    let mut found = Vec::new();
    for (at, text) in hours.iter().enumerate() {
        match span(text) {
            Some(span) => found.push(span),
            None => wrong.push((
                [path.to_vec(), vec![at.to_string()]].concat(),
                bad("hours are written `09:00-18:00`, from 00:00 to 24:00", "时间段写作 09:00-18:00，从 00:00 到 24:00"),
            )),
        }
    }
    found
}

fn span(text: &str) -> Option<Span> {
    let (from, until) = text.split_once('-')?;
    let (from, until) = (minute(from.trim())?, minute(until.trim())?);
    if from == until || from >= DAY {
        return None;
    }
    Some(Span { from, until: if until > from { until } else { until + DAY } })
}

fn minute(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| {
        let good = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| good)
    };
    let (hour, minute) = (two(hour)?, two(minute)?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= DAY).then_some(total)
}

fn weekdays(text: &str) -> Option<Vec<usize>> {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let day = |name: &str| NAMES.iter().position(|known| *known == name.trim());
    let mut found = Vec::new();
    for part in text.split(',') {
        match part.split_once('-') {
            None => found.push(day(part)?),
            Some((from, until)) => {
                let (from, until) = (day(from)?, day(until)?);
                let last = if until >= from { until } else { until + 7 };
                found.extend((from..=last).map(|day| day % 7));
            }
        }
    }
    Some(found)
}

fn day_rule(rule: &DaySpec) -> Result<(Day, Day), (&'static str, Fault)> {
    let form = || bad("a day is written `2026-10-01`, or `10-01` for every year", "日期写作 2026-10-01，或每年的 10-01");
    let from = day(&rule.date).ok_or_else(|| ("date", form()))?;
    let Some(until) = &rule.until else { return Ok((from, from)) };
    let until = day(until).ok_or_else(|| ("until", form()))?;
    match (from, until) {
        (Day::Once(a), Day::Once(b)) if b < a => Err(("until", bad("the last day is before the first", "结束日期早于开始日期"))),
        (Day::Once(_), Day::Yearly(..)) | (Day::Yearly(..), Day::Once(_)) => {
            Err(("until", bad("`date` and `until` must both name a year or both leave it out", "date 与 until 须同时带年份或同时不带")))
        }
        (Day::Once(_), Day::Once(_)) | (Day::Yearly(..), Day::Yearly(..)) => Ok((from, until)),
    }
}

fn day(text: &str) -> Option<Day> {
    if text.len() == 10 {
        return NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Day::Once);
    }
    // A leap year, so that 29 February can be named.
    let date = NaiveDate::parse_from_str(&format!("2024-{text}"), "%Y-%m-%d").ok()?;
    (text.len() == 5).then(|| Day::Yearly(date.month(), date.day()))
}

#[cfg(test)]
mod tests;
