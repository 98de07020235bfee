//! Connecting, for the tab that leads or is alone: ask who is signed in → open → hear → lost → wait → ask. It never gives up.

use super::super::backoff::wait_ms;
use super::super::channel::Message;
use super::super::link::Link;
use super::polling::PROBE_FIRST;
use super::state::{BEATS_MISSED, Phase, Seat, Tab};
use super::words::{Act, Asked, Heard};
use crate::domain::event::{Drain, DrainWhy};
use crate::domain::wire::Unreadable;
use crate::domain::{Epoch, Event};

/// How long a stream may take to say `hello`, in milliseconds.
pub(super) const HELLO_WITHIN: f64 = 5_000.0;

/// Openings in a row without `hello` after which streams are taken not to pass.
const HELD_BACK: u32 = 2;

impl Tab {
    pub(super) fn connects(&self) -> bool {
        matches!(self.seat, Seat::Leader | Seat::Alone)
    }

    pub(super) fn connect(&mut self) {
        if self.link.is_out() {
            self.show(Link::Connecting);
        }
        if self.held_back >= HELD_BACK {
            self.probe_at = self.now + self.probe_pause;
            self.poll(0);
        } else {
            self.phase = Phase::Opening(self.now + HELLO_WITHIN);
            self.act(Act::Open);
        }
    }

    pub(super) fn ask(&mut self) {
        if !matches!(self.phase, Phase::Open(_) | Phase::Polling { .. } | Phase::Out) {
            self.phase = Phase::Asking;
        }
        if !std::mem::replace(&mut self.asking, true) {
            self.act(Act::Ask);
        }
    }

    pub(super) fn asked(&mut self, asked: Asked) {
        self.asking = false;
        if !self.connects() {
            return;
        }
        let waited_for = self.phase == Phase::Asking;
        match asked {
            Asked::Same if waited_for || self.phase == Phase::Out => self.connect(),
            Asked::Other => self.out(Link::Other),
            // The stream may have told why.
            Asked::Nobody if matches!(self.link, Link::SignedOut(_)) => self.out(self.link),
            Asked::Nobody => self.out(Link::SignedOut(None)),
            Asked::Busy(seconds) if waited_for => self.busy(seconds),
            Asked::Unreached if waited_for => self.fail(),
            _ => {}
        }
    }

    pub(super) fn hear(&mut self, heard: Heard) {
        let awaited = if heard.polled {
            matches!(self.phase, Phase::Polling { .. })
        } else {
            self.probing || matches!(self.phase, Phase::Opening(_) | Phase::Open(_))
        };
        if !awaited || !self.connects() {
            return;
        }
        if let Phase::Open(until) = &mut self.phase {
            *until = self.now + self.patience;
        }
        let event = Event::parse(&heard.name, &heard.data);
        match &event {
            Some(Ok(Event::Hello(hello))) => {
                self.patience = hello.beat_ms as f64 * BEATS_MISSED;
                self.beat_ms = hello.beat_ms;
                self.failures = 0;
                if heard.polled { self.greeted = true } else { self.opened() }
            }
            Some(Ok(Event::CaughtUp(_))) => self.show(if heard.polled { Link::Polling } else { Link::Live }),
            Some(Ok(Event::Drain(_))) if self.probing && !heard.polled => return self.probe_failed(),
            Some(Ok(Event::Drain(drain))) => return self.drained(drain),
            Some(Ok(Event::SignedOut(ended))) => return self.out(Link::SignedOut(Some(ended.why))),
            _ => {}
        }
        // Events carry no epoch, `hello` does; what follows it is told to the others with it.
        let epoch = match &event {
            Some(Ok(Event::Hello(hello))) => Some(hello.epoch.clone()),
            _ => self.heard.as_ref().map(|heard| heard.epoch.clone()),
        };
        if let Some(epoch) = epoch.filter(|_| self.seat == Seat::Leader) {
            let Heard { name, data, .. } = heard;
            self.announce_at = self.now + self.beat_ms as f64;
            self.act(Act::Tell(Message::Heard { term: self.term, epoch, name, data }));
        }
        self.take(None, event);
    }

    /// What goes to the inbox. Numbers of another life than the inbox's mean nothing to it.
    pub(super) fn take(&mut self, epoch: Option<Epoch>, event: Option<Result<Event, Unreadable>>) {
        let own = self.heard.as_ref().map(|heard| &heard.epoch);
        let foreign = epoch.is_some() && epoch.as_ref() != own;
        match event {
            Some(Ok(Event::Hello(hello))) => {
                if hello.build != self.build {
                    self.outdate();
                }
                self.act(Act::Apply(Event::Hello(hello)));
            }
            Some(Ok(_)) if foreign => self.act(Act::Unread),
            Some(Ok(event)) => self.act(Act::Apply(event)),
            Some(Err(_)) => {
                self.act(Act::Unread);
                self.outdate();
            }
            // Of a later build; its number will be missing.
            None => {}
        }
    }

    /// A stream has said `hello`.
    pub(super) fn opened(&mut self) {
        if matches!(self.phase, Phase::Polling { .. }) {
            self.act(Act::StopPolling);
        }
        self.probing = false;
        self.probe_pause = PROBE_FIRST;
        self.held_back = 0;
        self.phase = Phase::Open(self.now + self.patience);
        if self.link != Link::Polling {
            self.show(Link::CatchingUp);
        }
    }

    pub(super) fn drained(&mut self, drain: &Drain) {
        let wait = drain.reconnect_ms as f64;
        match drain.why {
            // Nobody else of this browser has the name while this tab has the lock: it was copied with a profile.
            DrainWhy::Superseded => {
                self.act(Act::Rename);
                if self.seat == Seat::Leader { self.step_down() } else { self.wait(wait, Link::Connecting) }
            }
            DrainWhy::Replaced => {
                let retry = (self.now + wait) as i64;
                self.wait(wait, Link::Paused { retry });
            }
            DrainWhy::Stopping | DrainWhy::Store => self.wait(wait, Link::Connecting),
        }
    }

    pub(super) fn wait(&mut self, ms: f64, link: Link) {
        self.stop();
        self.phase = Phase::Waiting(self.now + ms);
        self.show(link);
    }

    pub(super) fn lost(&mut self) {
        if !self.connects() {
            return;
        }
        match self.phase {
            Phase::Opening(_) => {
                self.held_back += 1;
                self.fail();
            }
            Phase::Open(_) => self.fail(),
            Phase::Polling { .. } if self.probing => self.probe_failed(),
            _ => {}
        }
    }

    /// No `hello` in time.
    pub(super) fn held_back(&mut self) {
        self.held_back += 1;
        self.stop();
        self.connect();
    }

    pub(super) fn fail(&mut self) {
        let wait = wait_ms(self.failures, self.random) as f64;
        self.failures = self.failures.saturating_add(1);
        let since = if let Link::Offline { since, .. } = self.link { since } else { self.now as i64 };
        self.wait(wait, Link::Offline { since, retry: (self.now + wait) as i64 });
    }

    pub(super) fn busy(&mut self, seconds: u64) {
        // All who were refused in one second do not come back in one second.
        let wait = seconds.clamp(1, 600) as f64 * 1000.0 * (1.0 + 0.5 * self.random);
        // Whether streams pass is found out anew.
        self.held_back = self.held_back.min(HELD_BACK - 1);
        self.wait(wait, Link::Busy { retry: (self.now + wait) as i64 });
    }

    pub(super) fn out(&mut self, link: Link) {
        self.stop();
        self.phase = Phase::Out;
        self.show(link);
    }

    /// Nothing is open after this.
    pub(super) fn stop(&mut self) {
        self.probing = false;
        self.act(Act::Close);
        if matches!(self.phase, Phase::Polling { .. }) {
            self.act(Act::StopPolling);
        }
    }

    /// The network, the reader or another tab came: no more waiting. A server that asked for time gets it, unless the reader
    /// `insists`.
    pub(super) fn nudge(&mut self, insists: bool) {
        match (self.seat, self.phase) {
            (Seat::Follower, _) => self.hi(insists),
            (Seat::Away, _) => {}
            (_, Phase::Waiting(_)) if insists || !matches!(self.link, Link::Busy { .. }) => {
                self.failures = 0;
                self.ask();
            }
            (_, Phase::Out) => self.ask(),
            (_, Phase::Open(until)) if self.now > until => {
                self.failures = 0;
                self.fail();
                self.ask();
            }
            _ => {}
        }
    }

    /// Perhaps another network, where streams pass.
    pub(super) fn online(&mut self) {
        self.nudge(false);
        if matches!(self.phase, Phase::Polling { .. }) && !self.probing {
            self.probe();
        }
    }
}
