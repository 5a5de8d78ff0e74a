//! Opening hours as a table of moments: over midnight, over holidays, over changes of the clock.

use chrono::TimeZone;

use super::*;

fn calendar(yaml: &str) -> Calendar {
    let tree = crate::tree::Tree::read(yaml).unwrap();
    Calendar::read(&serde_json::from_value(tree.to_json()).unwrap()).unwrap()
}

fn wrong(yaml: &str) -> Vec<String> {
    let tree = crate::tree::Tree::read(yaml).unwrap();
    let read = Calendar::read(&serde_json::from_value(tree.to_json()).unwrap());
    read.unwrap_err().into_iter().map(|(path, _)| path.join("/")).collect()
}

/// `local` in `zone`; of two such moments the first.
fn at(zone: Tz, local: &str) -> EpochMs {
    let local = NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").unwrap();
    zone.from_local_datetime(&local).earliest().unwrap().timestamp_millis()
}

#[track_caller]
fn check(calendar: &Calendar, zone: Tz, moments: &[(&str, bool)]) {
    for (local, open) in moments {
        assert_eq!(calendar.is_open(at(zone, local), zone), *open, "{local}");
    }
}

const SHANGHAI: Tz = chrono_tz::Asia::Shanghai;
const BERLIN: Tz = chrono_tz::Europe::Berlin;

#[test]
fn a_week_is_open_when_it_says_so_to_the_minute() {
    let office = calendar("weekly: { mon-fri: ['09:00-12:00', '13:00-18:00'], sat: ['10:00-16:00'] }");
    check(&office, SHANGHAI, &[
        ("2026-11-23 08:59", false), ("2026-11-23 09:00", true), ("2026-11-23 11:59", true), ("2026-11-23 12:00", false),
        ("2026-11-23 17:59", true), ("2026-11-23 18:00", false), ("2026-11-28 10:00", true), ("2026-11-29 10:00", false),
    ]);
    // The same instant is another hour elsewhere: hours are the company's.
    let instant = at(SHANGHAI, "2026-11-23 09:00");
    assert!(!office.is_open(instant, chrono_tz::America::New_York));
}

#[test]
fn a_night_shift_belongs_to_the_evening_it_began_on() {
    let night = calendar("
weekly: { 'fri,sat': ['22:00-02:00'] }
days: [{ date: 2026-11-28 }]");
    check(&night, SHANGHAI, &[
        ("2026-11-27 21:59", false), ("2026-11-27 23:59", true), ("2026-11-28 00:00", true), ("2026-11-28 01:59", true),
        ("2026-11-28 02:00", false), ("2026-11-28 22:30", false), ("2026-11-29 01:00", false), ("2026-12-06 01:59", true),
    ]);
    let always = calendar("weekly: { mon-sun: ['00:00-24:00'] }");
    check(&always, SHANGHAI, &[("2026-11-27 23:59", true), ("2026-11-28 00:00", true)]);
}

#[test]
fn holidays_and_working_weekends_differ_from_the_week_and_the_last_rule_wins() {
    let china = calendar("
weekly: { mon-fri: ['09:00-18:00'] }
days:
  - { date: '10-01', until: '10-07', name: 国庆节 }
  - { date: '12-30', until: '01-02' }
  - { date: 2026-10-10, hours: ['09:00-18:00'], name: 调休 }
  - { date: 2026-10-05, hours: ['10:00-12:00'] }
  - { date: '02-29' }");
    check(&china, SHANGHAI, &[
        ("2026-09-30 10:00", true), ("2026-10-01 10:00", false), ("2026-10-07 10:00", false), ("2026-10-08 10:00", true),
        ("2026-10-05 11:00", true), ("2027-10-05 11:00", false), ("2026-10-10 10:00", true), ("2026-10-11 10:00", false),
        ("2026-12-29 10:00", true), ("2026-12-31 10:00", false), ("2027-01-01 10:00", false), ("2027-01-04 10:00", true),
        ("2028-02-29 10:00", false), ("2028-02-28 10:00", true),
    ]);
}

#[test]
fn when_clocks_change_the_wall_clock_counts() {
    let night = calendar("weekly: { sun: ['01:00-04:00'] }");
    // Forward on 2026-03-29 at 02:00: 01:59 is followed by 03:00, and the shift is two hours long.
    let before = at(BERLIN, "2026-03-29 01:59");
    for (minutes, open) in [(0, true), (1, true), (60, true), (61, false)] {
        assert_eq!(night.is_open(before + minutes * 60_000, BERLIN), open, "{minutes} min after 01:59");
    }
    // Back on 2026-10-25 at 03:00: 02:00 to 03:00 comes twice, and the shift is four hours long.
    let first = at(BERLIN, "2026-10-25 01:00");
    for (minutes, open) in [(-1, false), (0, true), (90, true), (150, true), (239, true), (240, false)] {
        assert_eq!(night.is_open(first + minutes * 60_000, BERLIN), open, "{minutes} min after 01:00");
    }
}

#[test]
fn what_is_no_day_and_no_hour_is_refused_at_its_place() {
    let faults = wrong("
weekly: { mon-fri: ['9-18', '09:00-18:00', '09:60-10:00', '24:00-25:00', '09:00-09:00'], moon: ['09:00-18:00'] }
days:
  - { date: 2026-02-30 }
  - { date: 2026-10-07, until: 2026-10-01 }
  - { date: 2026-10-07, until: '10-09' }
  - { date: 1-1, hours: ['now'] }");
    let expected = [
        "weekly/mon-fri/0", "weekly/mon-fri/2", "weekly/mon-fri/3", "weekly/mon-fri/4", "weekly/moon", "days/0/date",
        "days/1/until", "days/2/until", "days/3/hours/0", "days/3/date",
    ];
    assert_eq!(faults, expected);
}

#[test]
fn moments_no_calendar_knows_do_no_harm() {
    let always = calendar("weekly: { mon-sun: ['00:00-24:00'] }");
    for now in [EpochMs::MIN, 0, EpochMs::MAX] {
        assert!(always.is_open(now, SHANGHAI));
    }
}
