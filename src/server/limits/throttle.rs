//! Throttle: failed sign-ins are slowed, per name and per network, more with each failure.
//!
//! A guesser gets a few free tries, then one in a second, two, four, up to one in five minutes. Attempts that are not
//! looked at do not count, so nobody can keep a person out for longer than [`DELAY_MAX`] at a time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use super::address::network;

/// Failures of one name that cost nothing yet.
const NAME_FREE: u32 = 5;

/// Failures from one network that cost nothing yet; many people may share an address.
const NETWORK_FREE: u32 = 20;

/// The longest delay.
const DELAY_MAX: Duration = Duration::from_secs(300);

/// Failures are forgotten after this many milliseconds without another one.
const FORGOTTEN_AFTER: i64 = 15 * 60 * 1000;

/// Most names and networks that are remembered; bounds the memory that a flood of made-up names can take.
const REMEMBERED: usize = 10_000;

/// Counts of failed sign-ins.
#[derive(Debug, Default)]
pub struct Throttle {
    failures: HashMap<Subject, Failures>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Subject {
    Name(String),
    Network(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: i64,
}

impl Throttle {
    /// Counts an attempt as failed before it is looked at, or says how long to wait. `now` is in milliseconds.
    pub fn attempt(&mut self, name: &str, address: IpAddr, now: i64) -> Result<(), Duration> {
        let subjects = [Subject::Name(name.to_owned()), Subject::Network(network(address))];
        let wait = subjects.iter().map(|subject| self.wait(subject, now)).max().unwrap_or_default();
        if !wait.is_zero() {
            return Err(wait);
        }
        for subject in subjects {
            self.count(subject, now);
        }
        Ok(())
    }

    /// The attempt was right after all: the name is clean again, and the network gets its count back.
    pub fn succeeded(&mut self, name: &str, address: IpAddr) {
        self.failures.remove(&Subject::Name(name.to_owned()));
        self.take_back(&Subject::Network(network(address)));
    }

    /// The attempt could not be judged.
    pub fn undo(&mut self, name: &str, address: IpAddr) {
        self.take_back(&Subject::Name(name.to_owned()));
        self.take_back(&Subject::Network(network(address)));
    }

    fn take_back(&mut self, subject: &Subject) {
        if let Some(failures) = self.failures.get_mut(subject) {
            failures.count = failures.count.saturating_sub(1);
            if failures.count == 0 {
                self.failures.remove(subject);
            }
        }
    }

    fn wait(&self, subject: &Subject, now: i64) -> Duration {
        let Some(failures) = self.failures.get(subject).filter(|failures| !failures.forgotten(now)) else {
            return Duration::ZERO;
        };
        let since = Duration::from_millis(u64::try_from(now - failures.last).unwrap_or_default());
        delay(subject, failures.count).saturating_sub(since)
    }

    fn count(&mut self, subject: Subject, now: i64) {
        if !self.failures.contains_key(&subject) {
            self.make_room(now);
        }
        let failures = self.failures.entry(subject).or_insert(Failures { count: 0, last: now });
        if failures.forgotten(now) {
            failures.count = 0;
        }
        failures.count = failures.count.saturating_add(1);
        failures.last = now;
    }

    /// Drops what is forgotten, and the oldest when that is not enough.
    fn make_room(&mut self, now: i64) {
        if self.failures.len() < REMEMBERED {
            return;
        }
        self.failures.retain(|_, failures| !failures.forgotten(now));
        while self.failures.len() >= REMEMBERED {
            let oldest = self.failures.iter().min_by_key(|(_, failures)| failures.last).map(|(subject, _)| subject);
            let Some(oldest) = oldest.cloned() else { return };
            self.failures.remove(&oldest);
        }
    }
}

impl Failures {
    fn forgotten(self, now: i64) -> bool {
        now - self.last >= FORGOTTEN_AFTER
    }
}

fn delay(subject: &Subject, count: u32) -> Duration {
    let free = match subject {
        Subject::Name(_) => NAME_FREE,
        Subject::Network(_) => NETWORK_FREE,
    };
    match count.checked_sub(free) {
        None => Duration::ZERO,
        Some(doublings) => Duration::from_secs(1_u64 << doublings.min(20)).min(DELAY_MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn fail(throttle: &mut Throttle, name: &str, times: u32, from: &str, now: i64) {
        for _ in 0..times {
            throttle.attempt(name, address(from), now).expect("not slowed yet");
        }
    }

    #[test]
    fn after_five_failures_each_next_one_waits_twice_as_long() {
        let mut throttle = Throttle::default();
        let home = address("192.0.2.1");
        fail(&mut throttle, "ana", 5, "192.0.2.1", 0);
        let mut now = 0;
        for seconds in [1, 2, 4, 8, 16] {
            assert_eq!(throttle.attempt("ana", home, now), Err(Duration::from_secs(seconds)));
            now += i64::try_from(seconds).expect("small") * 1000;
            assert_eq!(throttle.attempt("ana", home, now), Ok(()));
        }
        assert_eq!(delay(&Subject::Name(String::new()), 1000), DELAY_MAX);
    }

    #[test]
    fn refused_attempts_do_not_count_and_failures_are_forgotten() {
        let mut throttle = Throttle::default();
        fail(&mut throttle, "ana", 5, "192.0.2.1", 0);
        for _ in 0..100 {
            assert!(throttle.attempt("ana", address("192.0.2.1"), 1).is_err());
        }
        assert_eq!(throttle.attempt("ana", address("192.0.2.1"), 1000), Ok(()));
        fail(&mut throttle, "ana", 5, "192.0.2.1", 1000 + FORGOTTEN_AFTER);
    }

    #[test]
    fn success_clears_the_name_only() {
        let mut throttle = Throttle::default();
        fail(&mut throttle, "ana", 4, "192.0.2.1", 0);
        throttle.attempt("ana", address("192.0.2.1"), 0).expect("the fifth");
        throttle.succeeded("ana", address("192.0.2.1"));
        fail(&mut throttle, "ana", 5, "192.0.2.1", 0);
        assert_eq!(throttle.failures[&Subject::Network(address("192.0.2.1"))].count, 9);
    }

    #[test]
    fn one_network_is_slowed_after_twenty_names() {
        let mut throttle = Throttle::default();
        for n in 0..20 {
            fail(&mut throttle, &format!("u{n}"), 1, &format!("2001:db8::{n:x}"), 0);
        }
        assert_eq!(throttle.attempt("u99", address("2001:db8::ffff"), 0), Err(Duration::from_secs(1)));
        assert_eq!(throttle.attempt("u99", address("2001:db8:0:1::1"), 0), Ok(()), "the next network");
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_goes_first() {
        let mut throttle = Throttle::default();
        fail(&mut throttle, "first", 1, "192.0.2.1", 0);
        for n in 0..REMEMBERED {
            fail(&mut throttle, &format!("u{n}"), 1, &format!("10.{}.{}.{}", n >> 16, (n >> 8) & 255, n & 255), 1);
        }
        assert_eq!(throttle.failures.len(), REMEMBERED);
        assert!(!throttle.failures.contains_key(&Subject::Name("first".into())));
    }

    #[test]
    fn what_could_not_be_judged_leaves_no_trace() {
        let mut throttle = Throttle::default();
        fail(&mut throttle, "ana", 1, "192.0.2.1", 0);
        throttle.undo("ana", address("192.0.2.1"));
        assert!(throttle.failures.is_empty());
    }
}
