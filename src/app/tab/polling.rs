//! Polling: where streams do not pass, the tab that connects asks again and again, and now and then tries a stream beside it.

use super::super::backoff::wait_ms;
use super::super::link::Link;
use super::connecting::HELLO_WITHIN;
use super::state::{Phase, Tab};
use super::words::Act;

/// Between two polls at least, in milliseconds: a network that answers at once with nothing is not asked in a circle.
const POLL_EVERY: f64 = 300.0;

/// How long the server may hold a poll without news, in seconds.
pub(super) const POLL_WAIT: u64 = 25;

/// The first pause before a stream is tried again beside polling, and the longest, in milliseconds; it doubles in between.
pub(super) const PROBE_FIRST: f64 = 60_000.0;
const PROBE_LAST: f64 = 960_000.0;

impl Tab {
    pub(super) fn poll(&mut self, wait: u64) {
        self.phase = Phase::Polling { asked: self.now, next: None };
        self.greeted = false;
        self.act(Act::Poll(wait));
    }

    pub(super) fn polled(&mut self, status: u16, retry_after: Option<u64>) {
        let Phase::Polling { asked, .. } = self.phase else { return };
        match status {
            200 if self.greeted => {
                let next = (asked + POLL_EVERY).max(self.now);
                self.phase = Phase::Polling { asked, next: Some(next) };
                self.due_now();
            }
            401 => self.out(Link::SignedOut(None)),
            429 | 503 => self.busy(retry_after.unwrap_or(wait_ms(self.failures, self.random) / 1000)),
            // Also an answer that is somebody else's, such as a hotel's.
            _ => self.fail(),
        }
    }

    /// Tries a stream beside polling.
    pub(super) fn probe(&mut self) {
        self.probing = true;
        self.probe_at = self.now + HELLO_WITHIN;
        self.act(Act::Open);
    }

    pub(super) fn probe_failed(&mut self) {
        self.probing = false;
        self.probe_at = self.now + self.probe_pause;
        self.probe_pause = (self.probe_pause * 2.0).min(PROBE_LAST);
        self.act(Act::Close);
    }
}
