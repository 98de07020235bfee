//! Day: a date of the calendar, as people write it. Which moments it has depends on whose clock it is.

use std::fmt;

/// A date from 1970 to 9999, in the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: u16,
    month: u8,
    date: u8,
}

impl Day {
    /// Reads `2026-11-23`. A date that does not exist is none.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |at: usize| at == 4 || at == 7 || text.as_bytes()[at].is_ascii_digit();
        let form = text.len() == 10 && (0..10).all(digits) && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
        let part = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
        let (year, month, date) = form.then(|| Some((part(0, 4)?, part(5, 7)?, part(8, 10)?)))??;
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 => 28 + u16::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        let exists = year >= 1970 && (1..=last).contains(&date);
        exists.then_some(Self { year, month: month as u8, date: date as u8 })
    }

    /// Days since 1970-01-01, by Howard Hinnant's `days_from_civil`.
    pub fn since_epoch(self) -> i64 {
        // Years begin in March, so that the leap day is the last one.
        let (month, date) = (i64::from(self.month), i64::from(self.date));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let (era, of_era) = (year / 400, year % 400);
        let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + date - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }
}

/// Days since 1970-01-01 as year, month and day (Howard Hinnant, «chrono-Compatible Low-Level Date Algorithms»).
pub fn civil(days: i64) -> (i64, usize, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    (year, month as usize, doy - (153 * mp + 2) / 5 + 1)
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted() {
        let cases = [
            ("1970-01-01", 0),
            ("1970-03-01", 59),
            ("2000-02-29", 11_016),
            ("2026-11-23", 20_780),
            ("9999-12-31", 2_932_896),
        ];
        for (day, days) in cases {
            assert_eq!(Day::parse(day).map(Day::since_epoch), Some(days), "{day}");
            let (year, month, date) = civil(days);
            assert_eq!(format!("{year:04}-{month:02}-{date:02}"), day);
        }
    }

    #[test]
    fn only_days_of_the_calendar_are_days() {
        for day in ["1970-01-01", "2024-02-29", "2000-02-29", "2026-12-31", "9999-11-30"] {
            assert_eq!(Day::parse(day).expect(day).to_string(), day);
        }
        let bad = [
            "",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "2026-04-31",
            "2026-1-1",
            "1969-12-31",
        ];
        for day in bad.into_iter().chain(["+026-01-01", "2026-01-1ü", "2026/01/01", "20260-1-01", "2026-01-01 "]) {
            assert_eq!(Day::parse(day), None, "{day}");
        }
    }
}
