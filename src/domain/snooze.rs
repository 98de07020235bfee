//! Snooze: the clock of «later». A choice and the reader's wall clock make the moment at which an item comes back.
//!
//! Plain arithmetic, so that the browser shows the moment that the server would take. What it needs to know of the reader's zone
//! is how many minutes its wall clock is behind UTC at a moment: the browser asks JavaScript, the server its zone data.

use super::day::Day;
use super::quiet::minutes;

/// Milliseconds in a minute, an hour and a day.
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// «Tomorrow» and «next week» come at nine.
const MORNING: i64 = 9 * HOUR;

/// Nobody snoozes for longer; ten years and some days. Also keeps numbers from running over.
pub const LONGEST: i64 = 3_660 * DAY;

/// When an item should come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// In an hour.
    Hour,
    /// Tomorrow at nine.
    Tomorrow,
    /// On the Monday that comes, at nine.
    Week,
    /// At this time of the reader's wall clock, in milliseconds since 1970-01-01T00:00 there.
    Wall(i64),
}

impl When {
    /// What can be chosen without choosing a time.
    pub const CHOICES: [Self; 3] = [Self::Hour, Self::Tomorrow, Self::Week];

    /// Reads `1h`, `tomorrow`, `week`, or a time as `<input type="datetime-local">` writes it.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "1h" => Self::Hour,
            "tomorrow" => Self::Tomorrow,
            "week" => Self::Week,
            time => Self::Wall(wall(time)?),
        })
    }

    /// The word in forms; of a time there is none.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Hour => Some("1h"),
            Self::Tomorrow => Some("tomorrow"),
            Self::Week => Some("week"),
            Self::Wall(_) => None,
        }
    }

    /// The moment, in milliseconds since the Unix epoch. `west` says how many minutes the reader's wall clock is behind UTC at
    /// a moment.
    pub fn until(self, now: i64, west: impl Fn(i64) -> i64) -> i64 {
        let today = (now - west(now) * MINUTE).div_euclid(DAY);
        match self {
            Self::Hour => now + HOUR,
            Self::Tomorrow => moment((today + 1) * DAY + MORNING, west),
            Self::Week => moment(monday_after(today) * DAY + MORNING, west),
            Self::Wall(wall) => moment(wall, west),
        }
    }
}

/// The Monday after a day; of a Monday, the next one. 1970-01-01 was a Thursday.
fn monday_after(day: i64) -> i64 {
    day + 7 - (day + 3).rem_euclid(7)
}

/// The moment at which a wall clock shows this. When it is shown twice, the first; when the clock is put forward over it, as long
/// after the change as it is after the gap's begin.
fn moment(wall: i64, west: impl Fn(i64) -> i64) -> i64 {
    // The zone before and after any change that is near: changes are months apart.
    let [before, after] = [wall - DAY, wall + DAY].map(|near| wall + west(near) * MINUTE);
    let shows = |at: i64| at - west(at) * MINUTE == wall;
    match (shows(before), shows(after)) {
        (false, true) => after,
        // The clock shows it both ways, or never; before the change it is earlier, and over a gap it is later.
        _ => before,
    }
}

/// Reads `2026-11-24T09:00` as milliseconds since 1970-01-01T00:00 on that clock. Seconds, which some browsers add, do not count.
fn wall(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    Some(Day::parse(date)?.since_epoch() * DAY + i64::from(minutes(time)?) * MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 23 November 2026, 00:45 UTC.
    const NOW: i64 = 1_795_394_700_000;

    fn at(text: &str) -> i64 {
        wall(text).expect("a time")
    }

    fn utc(_: i64) -> i64 {
        0
    }

    /// Berlin in 2026 and 2027: an hour ahead, two between the last Sundays of March and October.
    fn berlin(moment: i64) -> i64 {
        let summer = |from: &str, to: &str| (at(from)..at(to)).contains(&moment);
        let summers = [("2026-03-29T01:00", "2026-10-25T01:00"), ("2027-03-28T01:00", "2027-10-31T01:00")];
        if summers.into_iter().any(|(from, to)| summer(from, to)) { -120 } else { -60 }
    }

    #[test]
    fn times_of_a_form_are_read_and_nonsense_is_not() {
        assert_eq!(at("2026-11-23T00:45"), NOW);
        assert_eq!(at("2026-11-23T00:45:12"), NOW);
        assert_eq!(at("2024-02-29T00:00"), 1_709_164_800_000);
        for bad in [
            "",
            "T",
            "2026-11-23",
            "2026-11-23 00:45",
            "2026-13-01T00:00",
            "2026-02-29T00:00",
            "2026-11-31T00:00",
            "2026-11-23T24:00",
            "2026-11-23T00:60",
            "2026-11-23T00:45:60",
            "26-11-23T00:45",
            "2026-11-23T0:45",
            "2026-11-23T00:45:00:00",
            "+026-11-23T00:45",
            "2026-11-23-01T00:45",
            "2026-11-00T00:45",
            "99999-01-01T00:00",
            "٢٠٢٦-11-23T00:45",
        ] {
            assert_eq!(wall(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn choices_are_of_the_readers_wall_clock() {
        assert_eq!(When::Hour.until(NOW, utc), NOW + HOUR);
        assert_eq!(When::Tomorrow.until(NOW, utc), at("2026-11-24T09:00"));
        assert_eq!(When::Week.until(NOW, utc), at("2026-11-30T09:00"), "on a Monday, the next");
        // In New York it is still Sunday evening.
        let new_york = |_| 300;
        assert_eq!(When::Tomorrow.until(NOW, new_york), at("2026-11-23T14:00"));
        assert_eq!(When::Week.until(NOW, new_york), at("2026-11-23T14:00"));
        // In Auckland it is Monday afternoon.
        assert_eq!(When::Tomorrow.until(NOW, |_| -780), at("2026-11-23T20:00"));
    }

    #[test]
    fn nine_is_nine_also_when_the_clock_changes_in_the_night() {
        let spring = at("2026-03-28T20:00");
        assert_eq!(When::Tomorrow.until(spring, berlin), at("2026-03-29T07:00"));
        let autumn = at("2026-10-24T20:00");
        assert_eq!(When::Tomorrow.until(autumn, berlin), at("2026-10-25T08:00"));
        assert_eq!(When::Hour.until(at("2026-10-25T00:30"), berlin), at("2026-10-25T01:30"), "an hour is an hour");
    }

    #[test]
    fn a_time_that_is_shown_twice_is_the_first_and_one_that_is_left_out_is_later() {
        let until = |text| When::Wall(at(text)).until(NOW, berlin);
        assert_eq!(until("2026-10-25T02:30"), at("2026-10-25T00:30"));
        assert_eq!(until("2026-03-29T02:30"), at("2026-03-29T01:30"), "the clock shows 03:30 then");
        assert_eq!(until("2026-07-01T12:00"), at("2026-07-01T10:00"));
    }

    #[test]
    fn words_read_back() {
        for choice in When::CHOICES {
            assert_eq!(choice.word().and_then(When::parse), Some(choice));
        }
        assert_eq!(When::parse("2026-11-23T00:45"), Some(When::Wall(NOW)));
        assert_eq!(When::parse("soon"), None);
    }
}
