//! Clock: the reader's wall clock, and moments as a page writes them by it. The server knows it where the reader's zone is
//! kept; a browser knows it once the page is hydrated, and till then leaves what the server wrote.

use std::sync::Arc;

use super::when;

/// A wall clock, as of one moment.
#[derive(Clone)]
pub struct Clock {
    now: Option<i64>,
    west: Arc<dyn Fn(i64) -> i64 + Send + Sync>,
}

impl Clock {
    /// `west`: how many minutes the clock is behind UTC at a moment, as JavaScript's `getTimezoneOffset` says it. Until it is
    /// said what time it is, UTC is written.
    pub fn new(west: impl Fn(i64) -> i64 + Send + Sync + 'static) -> Self {
        Self { now: None, west: Arc::new(west) }
    }

    /// It is that moment, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn at(mut self, now: i64) -> Self {
        self.now = Some(now);
        self
    }

    /// Minutes behind UTC.
    fn west(&self, at: i64) -> i64 {
        self.now.map_or(0, |_| (self.west)(at))
    }

    /// A moment in words: «short» as a row needs it, «coming» for one that is still to be, else in full.
    pub fn words(&self, at: i64, kind: &str) -> String {
        match (self.now, kind) {
            (None, _) => when::utc(at),
            (Some(now), "short") => when::short(at, now, self.west(at)),
            (Some(now), "coming") => when::coming(at, now, |at| self.west(at)),
            (Some(_), _) => when::full(at, self.west(at)),
        }
    }

    /// The same in full, for the tooltip.
    pub fn full(&self, at: i64) -> String {
        let zone = if self.now.is_some() { "" } else { " UTC" };
        [&when::full(at, self.west(at)), zone].concat()
    }

    /// The heading over the rows of a day.
    pub fn day(&self, at: i64) -> String {
        when::day(at, self.now, self.west(at))
    }

    /// Whether a row begins a day, see [`when::begins_day`].
    pub fn begins_day(&self, at: i64, above: Option<i64>) -> bool {
        when::begins_day(at, above, |at| self.west(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 23 November 2026, 00:45:12 UTC.
    const AT: i64 = 1_795_394_712_000;

    #[test]
    fn until_it_is_known_utc_is_written_and_says_so() {
        let clock = Clock::new(|_| 300);
        assert_eq!(["short", "coming", "full"].map(|kind| clock.words(AT, kind)), ["23 Nov, 00:45 UTC"; 3]);
        assert_eq!(clock.full(AT), "Monday, 23 November 2026, 00:45 UTC");
        assert_eq!(clock.day(AT), "23 November 2026");
        assert!(clock.begins_day(AT - 3_600_000, Some(AT)), "midnight is between them");
    }

    #[test]
    fn then_it_is_the_readers() {
        let clock = Clock::new(|_| 300).at(AT + 7_200_000);
        assert_eq!(
            ["short", "coming", "full"].map(|kind| clock.words(AT, kind)),
            ["19:45", "19:45", "Sunday, 22 November 2026, 19:45"]
        );
        assert_eq!(clock.full(AT), "Sunday, 22 November 2026, 19:45");
        assert_eq!(clock.day(AT), "Today");
        assert!(!clock.begins_day(AT - 3_600_000, Some(AT)), "not in New York");
    }
}
