//! State: what a tab knows, and the step from each thing that happens to what is to be done.
//!
//! Time is what the caller says it is, and chance too, so tests have both in hand.

use super::super::channel::TabId;
use super::super::link::Link;
use super::polling::{POLL_WAIT, PROBE_FIRST};
use super::sharing::LEADER_WITHIN;
use super::words::{Act, Input};
use crate::domain::Cursor;

/// Beats that may fail to come before a stream, or a leader, counts as broken.
pub(super) const BEATS_MISSED: f64 = 2.5;

/// The part a tab plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// Tabs cannot share here, so it has a stream of its own.
    Alone,
    /// Another tab has the stream.
    Follower,
    /// It has the lock, and the stream for all.
    Leader,
    /// Frozen, or left for another page: it has nothing open.
    Away,
}

/// Where who connects is in the circle. Moments are in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Phase {
    /// Not this tab's business.
    Idle,
    /// The server is being asked who is signed in.
    Asking,
    /// A stream is open and has not said `hello`; it has until then.
    Opening(f64),
    /// A stream says what happens; it may be silent until then.
    Open(f64),
    /// Polls go out: the last at this moment, the next at that one, unless an answer is awaited.
    Polling { asked: f64, next: Option<f64> },
    /// Until then.
    Waiting(f64),
    /// Until somebody signs in.
    Out,
}

/// One tab.
#[derive(Debug)]
pub struct Tab {
    pub(super) id: TabId,
    pub(super) build: String,
    pub(super) seat: Seat,
    pub(super) shares: bool,
    pub(super) phase: Phase,
    /// The leadership that is followed, or held.
    pub(super) term: i64,
    /// Of the tab that tells its reader of arrivals.
    pub(super) teller: TabId,
    pub(super) link: Link,
    /// Another build of the server is running.
    pub(super) outdated: bool,
    /// How long silence may last, in milliseconds.
    pub(super) patience: f64,
    pub(super) beat_ms: u64,
    /// When a silent leader is robbed.
    pub(super) silent_at: f64,
    /// When this leader shows a sign of life though it heard none.
    pub(super) announce_at: f64,
    /// The reader was seen here.
    pub(super) looked_at: bool,
    pub(super) failures: u32,
    /// Openings in a row without `hello`.
    pub(super) held_back: u32,
    /// Beside polling: when the next stream is tried; while one is, when it has failed.
    pub(super) probe_at: f64,
    pub(super) probe_pause: f64,
    pub(super) probing: bool,
    /// The answer to a poll has said `hello`.
    pub(super) greeted: bool,
    pub(super) asking: bool,
    /// Who is signed in is known from the page itself.
    pub(super) fresh: bool,
    /// What the inbox has heard, as the driver said last.
    pub(super) heard: Option<Cursor>,
    pub(super) now: f64,
    pub(super) random: f64,
    pub(super) acts: Vec<Act>,
}

impl Tab {
    /// A tab that has not started.
    pub fn new(id: TabId, build: String) -> Self {
        Self {
            id,
            build,
            seat: Seat::Away,
            shares: false,
            phase: Phase::Idle,
            term: 0,
            teller: 0,
            link: Link::Connecting,
            outdated: false,
            patience: LEADER_WITHIN,
            beat_ms: (LEADER_WITHIN / BEATS_MISSED) as u64,
            silent_at: f64::INFINITY,
            announce_at: f64::INFINITY,
            looked_at: false,
            failures: 0,
            held_back: 0,
            probe_at: f64::INFINITY,
            probe_pause: PROBE_FIRST,
            probing: false,
            greeted: false,
            asking: false,
            fresh: true,
            heard: None,
            now: 0.0,
            random: 0.0,
            acts: Vec::new(),
        }
    }

    /// The part it plays.
    pub fn seat(&self) -> Seat {
        self.seat
    }

    /// Whether it tells its reader of arrivals.
    pub fn tells(&self) -> bool {
        self.teller == self.id || (self.teller == 0 && self.seat == Seat::Leader)
    }

    /// What to do about `input`. `heard` is the greatest number that the inbox has heard of; `random` is in 0 to 1.
    pub fn step(&mut self, input: Input, heard: Option<Cursor>, now: f64, random: f64) -> Vec<Act> {
        (self.heard, self.now, self.random) = (heard, now, random);
        match input {
            Input::Started { shares, looked } => self.start(shares, looked),
            Input::Granted => self.lead(),
            Input::Robbed => self.step_down(),
            Input::Refused => self.go_alone(),
            Input::Told(message) => self.told(message),
            Input::Heard(heard) => self.hear(heard),
            Input::Lost => self.lost(),
            Input::Polled { status, retry_after } => self.polled(status, retry_after),
            Input::Asked(asked) => self.asked(asked),
            Input::Looked => self.looked(),
            Input::Online => self.online(),
            Input::TryNow => self.nudge(true),
            Input::Doubt => self.doubt(),
            Input::Note(text) => self.note(text),
            Input::Left => self.left(),
            Input::Returned => self.returned(),
            Input::Due => self.due_now(),
        }
        std::mem::take(&mut self.acts)
    }

    /// When [`Input::Due`] is to come at the latest.
    pub fn due(&self) -> Option<f64> {
        let at = match (self.seat, self.phase) {
            (Seat::Away, _) => f64::INFINITY,
            (Seat::Follower, _) => self.silent_at,
            (_, Phase::Opening(until) | Phase::Open(until) | Phase::Waiting(until)) => until,
            (_, Phase::Polling { next, .. }) => next.unwrap_or(f64::INFINITY).min(self.probe_at),
            (_, Phase::Idle | Phase::Asking | Phase::Out) => f64::INFINITY,
        };
        let at = if self.seat == Seat::Leader { at.min(self.announce_at) } else { at };
        at.is_finite().then_some(at)
    }

    pub(super) fn due_now(&mut self) {
        let now = self.now;
        if self.seat == Seat::Leader && now >= self.announce_at {
            self.announce();
        }
        match (self.seat, self.phase) {
            (Seat::Follower, _) if now >= self.silent_at => {
                self.silent_at = now + self.patience;
                self.act(Act::Steal);
            }
            (Seat::Follower | Seat::Away, _) => {}
            (_, Phase::Opening(until)) if now >= until => self.held_back(),
            (_, Phase::Open(until)) if now >= until => self.fail(),
            (_, Phase::Waiting(until)) if now >= until => self.ask(),
            (_, Phase::Polling { next, .. }) => {
                if now >= self.probe_at {
                    if self.probing { self.probe_failed() } else { self.probe() }
                }
                if next.is_some_and(|next| now >= next) {
                    self.poll(POLL_WAIT);
                }
            }
            _ => {}
        }
    }

    pub(super) fn act(&mut self, act: Act) {
        self.acts.push(act);
    }

    pub(super) fn show(&mut self, link: Link) {
        if self.link != link {
            self.link = link;
            self.act(Act::Show(link));
            self.announce();
        }
    }
}
