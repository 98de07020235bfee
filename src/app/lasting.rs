//! Lasting: what a screen reader is told of the connection. Only of a change that lasts, as most are over before they are said;
//! and that it is back only to whom it was told lost. Pure.

use super::link::Link;

/// A change that is over sooner than this, in milliseconds, is not spoken of.
pub const LASTS: i64 = 3_000;

/// How the connection is, in the words in which it is told, and since when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lasting {
    now: &'static str,
    since: i64,
    told: &'static str,
}

impl Lasting {
    /// The connection is so from `at` on. `true`: ask [`Self::tell`] when that has lasted.
    pub fn turn(&mut self, link: Link, at: i64) -> bool {
        let Some(words) = words(link).filter(|words| *words != self.now) else { return false };
        (self.now, self.since) = (words, at);
        true
    }

    /// What to say at this moment.
    pub fn tell(&mut self, at: i64) -> Option<&'static str> {
        let news = self.now != self.told && at - self.since >= LASTS;
        let first = self.told.is_empty() && self.now == BACK;
        (news && !first).then(|| {
            self.told = self.now;
            self.now
        })
    }
}

const BACK: &str = "The connection is back.";

/// `None`: on the way from one to the other, or told elsewhere.
fn words(link: Link) -> Option<&'static str> {
    Some(match link {
        Link::Live | Link::Polling => BACK,
        Link::Offline { .. } => "The connection is lost. Trying again.",
        Link::Busy { .. } => "The server is busy. Trying again.",
        Link::Paused { .. } => "This page is paused: too many are open.",
        Link::Connecting | Link::CatchingUp | Link::SignedOut(_) | Link::Other => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFLINE: Link = Link::Offline { since: 0, retry: 0 };
    const LOST: &str = "The connection is lost. Trying again.";

    #[test]
    fn a_page_that_comes_alive_says_nothing_of_it() {
        let mut lasting = Lasting::default();
        assert!(!lasting.turn(Link::Connecting, 0));
        assert!(lasting.turn(Link::Live, 100));
        assert_eq!(lasting.tell(60_000), None);
    }

    #[test]
    fn what_lasts_is_told_once_and_then_that_it_is_back() {
        let mut lasting = Lasting::default();
        lasting.turn(Link::Live, 0);
        assert!(lasting.turn(OFFLINE, 10_000));
        assert_eq!(lasting.tell(10_000 + LASTS - 1), None, "not yet");
        assert_eq!(lasting.tell(10_000 + LASTS), Some(LOST));
        // Each try looks like a change of the link, and is none.
        assert!(!lasting.turn(Link::Connecting, 14_000));
        assert!(!lasting.turn(OFFLINE, 15_000));
        assert_eq!(lasting.tell(20_000), None);
        assert!(lasting.turn(Link::Polling, 21_000));
        assert_eq!(lasting.tell(21_000 + LASTS), Some(BACK));
        assert_eq!(lasting.tell(60_000), None);
    }

    #[test]
    fn what_is_over_before_it_lasted_was_nothing() {
        let mut lasting = Lasting::default();
        lasting.turn(Link::Live, 0);
        lasting.turn(OFFLINE, 10_000);
        lasting.turn(Link::Live, 11_000);
        lasting.turn(OFFLINE, 12_000);
        assert_eq!(lasting.tell(13_000), None, "the first loss did not last, the second has not yet");
        lasting.turn(Link::Live, 13_500);
        assert_eq!(lasting.tell(15_000), None);
        assert_eq!(lasting.tell(60_000), None, "nobody heard that it was lost");
    }

    #[test]
    fn one_trouble_after_another_is_told_as_what_it_is() {
        let mut lasting = Lasting::default();
        lasting.turn(OFFLINE, 0);
        assert_eq!(lasting.tell(3_000), Some(LOST));
        assert!(lasting.turn(Link::Busy { retry: 0 }, 4_000));
        assert_eq!(lasting.tell(7_000), Some("The server is busy. Trying again."));
        assert!(!lasting.turn(Link::SignedOut(None), 8_000), "a banner says so");
    }
}
