//! Quiet: the hours of the week in which a reader wants to hear nothing, and the moments at which they begin and end.
//!
//! Plain arithmetic. Wall clocks are put forward and back, and people move; only the server has zone data, so it turns the
//! hours into moments, and the browser does no more than count how many of them have passed.

/// Milliseconds in a minute and a day.
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// How far ahead moments are told. After a week everything comes again.
pub const AHEAD_DAYS: i64 = 8;

/// Minutes of a day.
const MINUTES: u16 = 24 * 60;

/// Hours that begin on one day, in minutes since midnight. `to` at or before `from` is on the next day: 22:00 to 07:00 is nine
/// hours, and 00:00 to 00:00 the whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    from: u16,
    to: u16,
}

impl Hours {
    /// `None`: there is no such time of day.
    pub fn new(from: u16, to: u16) -> Option<Self> {
        (from < MINUTES && to < MINUTES).then_some(Self { from, to })
    }

    /// Reads two times of day as `<input type="time">` writes them.
    pub fn parse(from: &str, to: &str) -> Option<Self> {
        Self::new(minutes(from)?, minutes(to)?)
    }

    /// When they begin, in minutes since midnight.
    pub fn from(self) -> u16 {
        self.from
    }

    /// When they end, in minutes since midnight.
    pub fn to(self) -> u16 {
        self.to
    }

    /// Whether they end on the day after.
    pub fn wraps(self) -> bool {
        self.to <= self.from
    }
}

/// Reads `22:00` as minutes since midnight. Seconds, which some browsers add, do not count.
pub(super) fn minutes(text: &str) -> Option<u16> {
    let mut parts = text.split(':');
    let mut part = || parts.next().filter(|part| part.len() == 2)?.bytes().try_fold(0, digit);
    let (hour, minute) = (part()?, part()?);
    let seconds = text.len() == 5 || (text.len() == 8 && part().is_some_and(|second| second < 60));
    (hour < 24 && minute < 60 && seconds).then_some(hour * 60 + minute)
}

fn digit(number: u16, byte: u8) -> Option<u16> {
    byte.is_ascii_digit().then(|| number * 10 + u16::from(byte - b'0'))
}

/// «22:00».
pub fn time(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The quiet hours of a week, by the day on which they begin, Monday first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Week(pub [Option<Hours>; 7]);

/// The days of [`Week`].
pub const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Week {
    /// The moments at which it becomes quiet and loud again, in turn, beginning with quiet; in milliseconds since the Unix
    /// epoch. The first is past when it is quiet now; they reach [`AHEAD_DAYS`] ahead. Hours that touch or overlap are one.
    ///
    /// `wall` is what the reader's wall clock shows now, in milliseconds since 1970-01-01T00:00 on it, and `moment` gives the
    /// moment at which it shows another time.
    pub fn moments(&self, now: i64, wall: i64, moment: impl Fn(i64) -> i64) -> Vec<i64> {
        let today = wall.div_euclid(DAY);
        let mut moments: Vec<i64> = Vec::new();
        // Hours of yesterday can reach into today.
        for day in today - 1..today + AHEAD_DAYS {
            // 1970-01-01 was a Thursday.
            let Some(hours) = self.0[(day + 3).rem_euclid(7) as usize] else { continue };
            let at = |day, minutes| moment(day * DAY + i64::from(minutes) * MINUTE);
            let (from, to) = (at(day, hours.from), at(day + i64::from(hours.wraps()), hours.to));
            match moments.last_mut() {
                Some(last) if from <= *last => *last = to.max(*last),
                // Where the clock is put forward over all of them, nothing is left.
                _ if from < to => moments.extend([from, to]),
                _ => {}
            }
        }
        let over = moments.partition_point(|at| *at <= now) / 2 * 2;
        moments.split_off(over)
    }
}

/// Whether it is quiet at a moment, by the moments that [`Week::moments`] gave.
pub fn is_quiet(moments: &[i64], at: i64) -> bool {
    moments.iter().take_while(|moment| **moment <= at).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 23 November 2026, 00:00 UTC.
    const MONDAY: i64 = 1_795_392_000_000;
    const HOUR: i64 = 60 * MINUTE;

    fn night() -> Hours {
        Hours::parse("22:00", "07:00").expect("hours")
    }

    fn on(days: &[usize], hours: Hours) -> Week {
        let mut week = Week::default();
        days.iter().for_each(|day| week.0[*day] = Some(hours));
        week
    }

    /// In hours since Monday, for a clock that shows UTC.
    fn in_utc(week: Week, now: i64) -> Vec<i64> {
        let moments = week.moments(MONDAY + now * HOUR, MONDAY + now * HOUR, |wall| wall);
        moments.into_iter().map(|at| (at - MONDAY) / HOUR).collect()
    }

    #[test]
    fn times_of_a_form_are_read_and_nonsense_is_not() {
        assert_eq!(Hours::parse("22:00", "07:30:00"), Hours::new(1320, 450));
        assert_eq!(time(450), "07:30");
        for bad in ["", ":", "7:30", "24:00", "12:60", "12:00:60", "12:00:", "12:000", "+1:00", "١٢:00", "12:00:00:00"]
        {
            assert_eq!(Hours::parse(bad, "07:00"), None, "{bad:?}");
        }
        assert_eq!(Hours::new(1440, 0), None);
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_begins() {
        // Friday's ends on Saturday, and Saturday has none of its own.
        assert_eq!(in_utc(on(&[4], night()), 0), [4 * 24 + 22, 5 * 24 + 7]);
        // Sunday's ends on Monday, also at the beginning of the week.
        assert_eq!(in_utc(on(&[6], night()), 3), [-2, 7, 6 * 24 + 22, 7 * 24 + 7]);
        assert_eq!(in_utc(on(&[6], night()), 7), [6 * 24 + 22, 7 * 24 + 7], "at seven it is over");
    }

    #[test]
    fn hours_that_touch_are_one() {
        let day = Hours::parse("00:00", "00:00").expect("hours");
        assert_eq!(in_utc(on(&[5, 6], day), 0), [5 * 24, 7 * 24], "a weekend is one");
        let mut week = on(&[5, 6], day);
        week.0[4] = Some(night());
        assert_eq!(in_utc(week, 0), [4 * 24 + 22, 7 * 24], "also with the evening before");
        assert_eq!(in_utc(on(&[0, 1, 2, 3, 4, 5, 6], day), 0), [-24, 8 * 24], "always quiet");
        assert!(in_utc(Week::default(), 0).is_empty());
    }

    #[test]
    fn quiet_is_what_lies_between_the_moments() {
        let moments = [10, 20, 30, 40];
        let quiet = [9, 10, 19, 20, 29, 35, 40, 99].map(|at| is_quiet(&moments, at));
        assert_eq!(quiet, [false, true, true, false, false, true, false, false]);
        assert!(!is_quiet(&[], 0));
    }

    /// Berlin in 2027: the clock is put forward on 28 March at 01:00 UTC.
    fn berlin(wall: i64) -> i64 {
        const FORWARD: i64 = 1_806_195_600_000;
        let winter = wall - HOUR;
        if winter < FORWARD { winter } else { (wall - 2 * HOUR).max(FORWARD) }
    }

    #[test]
    fn a_night_in_which_the_clock_is_put_forward_is_an_hour_shorter() {
        let saturday = 1_806_148_800_000 - 6 * HOUR;
        let week = on(&[5], night());
        let moments = week.moments(saturday, saturday + HOUR, berlin);
        assert_eq!(moments[1] - moments[0], 8 * HOUR);
        assert_eq!((moments[1] - 1_806_192_000_000) / HOUR, 5, "seven in Berlin");
    }

    #[test]
    fn hours_that_the_clock_leaves_out_are_none() {
        let left_out = Hours::parse("02:15", "02:45").expect("hours");
        let sunday = 1_806_192_000_000;
        let moments = on(&[6], left_out).moments(sunday - HOUR, sunday, berlin);
        assert_eq!(moments.len(), 2, "the next Sunday's: {moments:?}");
    }

    #[test]
    fn who_moves_takes_the_hours_along() {
        let week = on(&[0, 1, 2, 3, 4, 5, 6], night());
        let at = |west: i64| {
            let moments = week.moments(MONDAY, MONDAY - west * HOUR, |wall| wall + west * HOUR);
            (moments[0] - MONDAY) / HOUR
        };
        assert_eq!([at(0), at(8), at(-9)], [-2, 6, 13], "London, California, Tokyo");
    }
}
