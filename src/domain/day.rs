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

    /// Year, month from 1, and day of the month from 1.
    pub fn parts(self) -> (i16, i8, i8) {
        (self.year as i16, self.month as i8, self.date as i8)
    }
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
