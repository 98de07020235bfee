//! When: times in words. Pure, so that the server and the browser agree to the letter; [`super::clock`] knows which clock.
//!
//! Formatting is by hand: a date library would double the size of the page.

use crate::domain::day::civil;

/// Milliseconds in a day.
const DAY: i64 = 86_400_000;

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

/// From 1970-01-01 on, which was a Thursday.
const WEEKDAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

/// A moment on a wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wall {
    /// Days since 1970-01-01.
    pub day: i64,
    year: i64,
    month: usize,
    date: i64,
    minutes: i64,
}

impl Wall {
    /// `at` is in milliseconds since the Unix epoch; `west` is how many minutes the wall clock is behind UTC, as
    /// JavaScript's `getTimezoneOffset` says it.
    pub fn new(at: i64, west: i64) -> Self {
        let local = at - west * 60_000;
        let day = local.div_euclid(DAY);
        let (year, month, date) = civil(day);
        Self { day, year, month, date, minutes: local.rem_euclid(DAY) / 60_000 }
    }

    fn clock(self) -> String {
        format!("{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }

    fn month(self) -> &'static str {
        MONTHS[self.month - 1]
    }

    fn weekday(self) -> &'static str {
        WEEKDAYS[self.day.rem_euclid(7) as usize]
    }
}

/// «23 Nov, 00:45 UTC»: for a reader whose zone is not known.
pub fn utc(at: i64) -> String {
    let wall = Wall::new(at, 0);
    format!("{} {}, {} UTC", wall.date, &wall.month()[..3], wall.clock())
}

/// «2026-11-23T00:45:12Z», for the `datetime` attribute.
pub fn iso(at: i64) -> String {
    let wall = Wall::new(at, 0);
    let seconds = at.rem_euclid(60_000) / 1000;
    format!("{:04}-{:02}-{:02}T{}:{seconds:02}Z", wall.year, wall.month, wall.date, wall.clock())
}

/// «Monday, 23 November 2026, 00:45», for the tooltip.
pub fn full(at: i64, west: i64) -> String {
    let wall = Wall::new(at, west);
    format!("{}, {} {} {}, {}", wall.weekday(), wall.date, wall.month(), wall.year, wall.clock())
}

/// «00:45», on the reader's clock.
pub fn clock(at: i64, west: i64) -> String {
    Wall::new(at, west).clock()
}

/// As short as a row needs it: «now», «5 min», «09:02», «Sat», «3 Nov», «3 Nov 2025».
pub fn short(at: i64, now: i64, west: i64) -> String {
    let (then, today) = (Wall::new(at, west), Wall::new(now, west));
    let month = &then.month()[..3];
    match today.day - then.day {
        // A clock that runs behind the server's sees the future.
        _ if now - at < 60_000 => "now".into(),
        _ if now - at < 3_600_000 => format!("{} min", (now - at) / 60_000),
        ..=0 => then.clock(),
        1..=6 => then.weekday()[..3].to_owned(),
        _ if then.year == today.year => format!("{} {month}", then.date),
        _ => format!("{} {month} {}", then.date, then.year),
    }
}

/// A moment to come, on the reader's clock: «14:30», «tomorrow, 09:00», «Monday, 09:00», «3 December, 09:00».
pub fn coming(at: i64, now: i64, west: impl Fn(i64) -> i64) -> String {
    let (then, today) = (Wall::new(at, west(at)), Wall::new(now, west(now)));
    let day = match then.day - today.day {
        ..=0 => return then.clock(),
        1 => "tomorrow".to_owned(),
        2..=6 => then.weekday().to_owned(),
        _ if then.year == today.year => format!("{} {}", then.date, then.month()),
        _ => format!("{} {} {}", then.date, then.month(), then.year),
    };
    [&day, ", ", &then.clock()].concat()
}

/// How long ago, in whole words: «just now», «5 minutes ago», «3 hours ago», «12 days ago».
pub fn ago(at: i64, now: i64) -> String {
    let minutes = (now - at) / 60_000;
    let (n, unit) = match minutes {
        ..=0 => return "just now".into(),
        1..60 => (minutes, "minute"),
        60..1440 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("{n} {unit}{} ago", if n == 1 { "" } else { "s" })
}

/// Whether a row begins a day: the one above it, if any, is of another. `west`: of a moment, as for [`Wall::new`].
pub fn begins_day(at: i64, above: Option<i64>, west: impl Fn(i64) -> i64) -> bool {
    let day = |at| Wall::new(at, west(at)).day;
    above.is_none_or(|above| day(above) != day(at))
}

/// The heading over the rows of a day: «Today», «Yesterday», «Saturday», «3 November», «3 November 2025».
pub fn day(at: i64, now: Option<i64>, west: i64) -> String {
    let then = Wall::new(at, west);
    let date = || format!("{} {}", then.date, then.month());
    let Some(today) = now.map(|now| Wall::new(now, west)) else { return format!("{} {}", date(), then.year) };
    match today.day - then.day {
        ..=0 => "Today".into(),
        1 => "Yesterday".into(),
        2..=6 => then.weekday().to_owned(),
        _ if then.year == today.year => date(),
        _ => format!("{} {}", date(), then.year),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 23 November 2026, 00:45:12 UTC.
    const NOW: i64 = 1_795_394_712_000;
    const MINUTE: i64 = 60_000;

    #[test]
    fn a_day_begins_where_the_row_above_is_of_another_on_the_readers_clock() {
        let utc = |_| 0;
        assert!(begins_day(NOW, None, utc));
        assert!(!begins_day(NOW, Some(NOW + 5 * MINUTE), utc));
        assert!(begins_day(NOW - 60 * MINUTE, Some(NOW), utc), "midnight is between them");
        assert!(!begins_day(NOW - 60 * MINUTE, Some(NOW), |_| 300), "not in New York");
        // The clocks go back between them: each is on its own.
        assert!(begins_day(NOW, Some(NOW + MINUTE), |at| if at == NOW { 60 } else { 0 }));
    }

    #[test]
    fn times_are_written_for_people_and_for_machines() {
        assert_eq!(utc(NOW), "23 Nov, 00:45 UTC");
        assert_eq!(iso(NOW), "2026-11-23T00:45:12Z");
        assert_eq!(full(NOW, 0), "Monday, 23 November 2026, 00:45");
        assert_eq!(full(NOW, 300), "Sunday, 22 November 2026, 19:45");
    }

    #[test]
    fn leap_days_and_times_before_the_epoch_are_right() {
        assert_eq!(iso(1_709_164_800_000), "2024-02-29T00:00:00Z");
        assert_eq!(iso(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(iso(-1_000), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn rows_say_it_as_short_as_can_be() {
        let ago = |ms| short(NOW - ms, NOW, 0);
        assert_eq!(ago(5_000), "now");
        assert_eq!(ago(-5_000), "now", "a clock that runs ahead");
        assert_eq!(ago(5 * MINUTE), "5 min");
        assert_eq!(ago(50 * MINUTE), "50 min", "past midnight");
        assert_eq!(ago(90 * MINUTE), "Sun");
        assert_eq!(short(NOW - 90 * MINUTE, NOW, -120), "01:15", "the same day further east");
        assert_eq!(ago(2 * DAY), "Sat");
        assert_eq!(ago(20 * DAY), "3 Nov");
        assert_eq!(ago(400 * DAY), "19 Oct 2025");
    }

    #[test]
    fn how_long_ago_is_told_in_whole_words() {
        let told = |ms| ago(NOW - ms, NOW);
        assert_eq!([told(-9), told(59_999)], ["just now"; 2]);
        assert_eq!([told(MINUTE), told(59 * MINUTE)], ["1 minute ago", "59 minutes ago"]);
        assert_eq!([told(60 * MINUTE), told(DAY - 1)], ["1 hour ago", "23 hours ago"]);
        assert_eq!([told(DAY), told(13 * DAY)], ["1 day ago", "13 days ago"]);
    }

    #[test]
    fn moments_to_come_are_told_as_shortly() {
        let told = |ms| coming(NOW + ms, NOW, |_| 0);
        assert_eq!(told(3_600_000), "01:45");
        assert_eq!(told(DAY), "tomorrow, 00:45");
        assert_eq!(told(2 * DAY), "Wednesday, 00:45");
        assert_eq!(told(10 * DAY), "3 December, 00:45");
        assert_eq!(told(40 * DAY), "2 January 2027, 00:45");
        assert_eq!(coming(NOW, NOW, |_| 60), "23:45", "the reader's clock");
    }

    #[test]
    fn days_have_names() {
        let ago = |ms| day(NOW - ms, Some(NOW), 0);
        assert_eq!([ago(0), ago(DAY), ago(2 * DAY)], ["Today", "Yesterday", "Saturday"]);
        assert_eq!([ago(20 * DAY), ago(400 * DAY)], ["3 November", "19 October 2025"]);
        assert_eq!(day(NOW, None, 0), "23 November 2026");
    }
}
