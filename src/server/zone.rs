//! Zone: what a wall clock shows where somebody lives. Zone data is the system's where it has some, because it is kept up to
//! date there, and else what is in the binary.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{self, TimeZone};

use super::now_ms;
use crate::app::clock::Clock;

/// A time zone.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of that IANA name, such as `Europe/Berlin`, in any case.
    pub fn find(name: &str) -> Option<Self> {
        tz::db().get(name).ok().map(Self)
    }

    /// The zone of that name; without one, or with one that is no longer known, UTC.
    pub fn of(name: Option<&str>) -> Self {
        name.and_then(Self::find).unwrap_or(Self(TimeZone::UTC))
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What its clock shows at a moment: milliseconds since 1970-01-01T00:00 on it.
    pub fn wall(&self, at: i64) -> i64 {
        at + i64::from(self.0.to_offset(timestamp(at)).seconds()) * 1000
    }

    /// Minutes that its clock is behind UTC at a moment, as JavaScript's `getTimezoneOffset` says it.
    pub fn west(&self, at: i64) -> i64 {
        (at - self.wall(at)) / 60_000
    }

    /// When its clock shows this. Shown twice: the first time; left out: as long after the change as after the gap's begin.
    pub fn moment(&self, wall: i64) -> i64 {
        let shown: DateTime = TimeZone::UTC.to_datetime(timestamp(wall));
        let at = self.0.to_ambiguous_timestamp(shown).compatible();
        at.map_or(wall, Timestamp::as_millisecond)
    }
}

/// The names of all zones, by the alphabet.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = tz::db().available().map(|name| name.to_string()).collect();
    names.retain(|name| name.contains('/') && !name.starts_with("Etc/"));
    names.push("UTC".into());
    names
}

/// The clock of somebody who keeps the zone of that name. Of who keeps none it is not known what theirs shows.
pub fn clock(name: Option<&str>) -> Clock {
    match name.and_then(Zone::find) {
        Some(zone) => Clock::new(move |at| zone.west(at)).at(now_ms()),
        None => Clock::new(|_| 0),
    }
}

/// Out of the range of years that have four digits, its end.
fn timestamp(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    /// 28 March 2027, 01:00 UTC, when clocks in Berlin go from 02:00 to 03:00.
    const FORWARD: i64 = 1_806_195_600_000;

    /// 31 October 2027, 01:00 UTC, when they go from 03:00 back to 02:00.
    const BACK: i64 = 1_824_944_400_000;

    fn berlin() -> Zone {
        Zone::find("europe/berlin").expect("a zone")
    }

    #[test]
    fn zones_are_found_by_name_and_nothing_else_is_one() {
        assert_eq!(berlin().name(), "Europe/Berlin");
        for bad in ["", "Berlin", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe/Berlin\0"] {
            assert!(Zone::find(bad).is_none(), "{bad:?}");
        }
        assert_eq!(Zone::of(Some("Mars/Olympus")).west(0), 0);
        let names = names();
        assert!(names.iter().any(|name| name == "Europe/Berlin") && names.len() > 300);
    }

    #[test]
    fn a_wall_clock_is_put_forward_and_back() {
        let zone = berlin();
        assert_eq!([zone.west(FORWARD - 1), zone.west(FORWARD)], [-60, -120]);
        assert_eq!(zone.wall(FORWARD) - FORWARD, 2 * HOUR);
        assert_eq!(zone.moment(FORWARD + 2 * HOUR), FORWARD, "three");
        assert_eq!(zone.moment(FORWARD + HOUR + HOUR / 2), FORWARD + HOUR / 2, "half past two, which is left out");
        assert_eq!(zone.moment(BACK + HOUR + HOUR / 2), BACK - HOUR / 2, "half past two, which is shown twice");
    }

    #[test]
    fn times_beyond_all_calendars_do_no_harm() {
        for at in [i64::MIN, i64::MAX] {
            let _ = berlin().moment(at);
        }
    }
}
