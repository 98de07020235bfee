//! Sharing: who leads, who follows, and what they tell each other.

use super::super::channel::{Message, State, TabId};
use super::super::link::Link;
use super::state::{BEATS_MISSED, Phase, Seat, Tab};
use super::words::Act;
use crate::domain::Event;

/// How long a leader that was never heard may stay silent, in milliseconds.
pub(super) const LEADER_WITHIN: f64 = 10_000.0;

/// The same for one that has said that it is not connected.
const LEADER_DOWN_WITHIN: f64 = 150_000.0;

/// The last digits of a leadership's number say which tab's it is.
const TABS: i64 = 1000;

impl Tab {
    pub(super) fn start(&mut self, shares: bool, looked: bool) {
        (self.shares, self.looked_at) = (shares, looked);
        if !shares {
            return self.go_alone();
        }
        self.seat = Seat::Follower;
        self.silent_at = self.now + LEADER_WITHIN * (1.0 + self.random);
        self.act(Act::Queue);
        self.hi(looked);
    }

    pub(super) fn hi(&mut self, looked: bool) {
        self.act(Act::Tell(Message::Hi { tab: self.id, looked, term: self.term }));
    }

    pub(super) fn go_alone(&mut self) {
        self.shares = false;
        self.seat = Seat::Alone;
        self.connect_first();
    }

    pub(super) fn lead(&mut self) {
        if self.seat != Seat::Follower {
            return;
        }
        self.seat = Seat::Leader;
        self.term = self.next_term(self.term);
        if self.teller == 0 && self.looked_at {
            self.tell_by(self.id);
        }
        if !self.link.is_out() {
            self.link = Link::Connecting;
            self.act(Act::Show(self.link));
        }
        self.announce();
        self.connect_first();
    }

    pub(super) fn connect_first(&mut self) {
        if std::mem::take(&mut self.fresh) { self.connect() } else { self.ask() }
    }

    /// Another tab leads now, or should.
    pub(super) fn step_down(&mut self) {
        if self.seat != Seat::Leader {
            return;
        }
        self.stop();
        self.forget_replay();
        self.phase = Phase::Idle;
        self.seat = Seat::Follower;
        self.silent_at = self.now + self.patience * (1.0 + self.random);
        self.act(Act::Queue);
        self.hi(false);
    }

    /// Above every leadership that was heard of, and by the clock above those that were not. The last digits are the tab's own,
    /// so that no two are the same.
    fn next_term(&self, above: i64) -> i64 {
        (above / TABS + 1).max(self.now as i64) * TABS + i64::from(self.id) % TABS
    }

    /// What was being replayed is not finished any more: from here on a number that is missing is a gap.
    fn forget_replay(&mut self) {
        if let Some(heard) = self.heard.clone() {
            self.act(Act::Follow { heard, anew: true });
        }
    }

    pub(super) fn announce(&mut self) {
        if self.seat == Seat::Leader {
            self.announce_at = self.now + self.beat_ms as f64;
            let Self { term, link, beat_ms, teller, outdated, .. } = *self;
            let heard = self.heard.clone();
            self.act(Act::Tell(Message::State(State { term, link, heard, beat_ms, teller, outdated })));
        }
    }

    pub(super) fn told(&mut self, message: Message) {
        match (message, self.seat) {
            (Message::State(state), Seat::Follower | Seat::Leader) => self.follow(state),
            (Message::Heard { term, epoch, name, data }, Seat::Follower) if term >= self.term => {
                if term > self.term {
                    self.term = term;
                    self.forget_replay();
                }
                self.leader_spoke();
                self.take(Some(epoch), Event::parse(&name, &data));
            }
            (Message::Hi { tab, looked, term }, Seat::Leader) => {
                // It would not listen to a lower one.
                if term > self.term {
                    self.term = self.next_term(term);
                }
                if looked {
                    self.tell_by(tab);
                }
                self.announce();
                self.nudge(false);
            }
            (Message::Bye(tab), Seat::Leader) if tab == self.teller => {
                self.tell_by(0);
                self.announce();
            }
            (Message::Doubt, Seat::Leader) => self.ask(),
            (Message::Note(text), Seat::Leader) => self.act(Act::HandOn(text)),
            _ => {}
        }
    }

    pub(super) fn follow(&mut self, state: State) {
        if state.term < self.term && self.seat == Seat::Follower {
            // It has not heard that it was robbed, or it has never heard of the one before it.
            return self.hi(false);
        }
        if state.term < self.term || (state.term == self.term && self.seat == Seat::Leader) {
            return;
        }
        let anew = state.term > self.term;
        self.term = state.term;
        self.step_down();
        self.fresh = false;
        self.patience = state.beat_ms as f64 * BEATS_MISSED;
        self.beat_ms = state.beat_ms;
        self.tell_by(state.teller);
        if state.outdated {
            self.outdate();
        }
        if self.link != state.link {
            self.link = state.link;
            self.act(Act::Show(state.link));
        }
        self.leader_spoke();
        if let Some(heard) = state.heard {
            self.act(Act::Follow { heard, anew });
        }
    }

    /// Offers a reload, once.
    pub(super) fn outdate(&mut self) {
        if !std::mem::replace(&mut self.outdated, true) {
            self.act(Act::NewBuild);
        }
    }

    /// Tabs do not rob a leader all at once. One that is not connected has little to say, and if nobody looks at it the
    /// browser wakes it once a minute only.
    pub(super) fn leader_spoke(&mut self) {
        let patience = if self.link.is_up() { self.patience } else { self.patience.max(LEADER_DOWN_WITHIN) };
        self.silent_at = self.now + patience * (1.0 + 0.2 * self.random);
    }

    pub(super) fn tell_by(&mut self, tab: TabId) {
        self.teller = tab;
    }

    pub(super) fn looked(&mut self) {
        self.looked_at = true;
        match self.seat {
            Seat::Follower => self.hi(true),
            Seat::Leader => {
                self.tell_by(self.id);
                self.announce();
                self.nudge(false);
            }
            Seat::Alone => self.nudge(false),
            Seat::Away => {}
        }
    }

    pub(super) fn doubt(&mut self) {
        match self.seat {
            Seat::Follower => self.act(Act::Tell(Message::Doubt)),
            Seat::Leader | Seat::Alone => self.ask(),
            Seat::Away => {}
        }
    }

    pub(super) fn note(&mut self, text: String) {
        self.act(if self.seat == Seat::Follower { Act::Tell(Message::Note(text)) } else { Act::HandOn(text) });
    }

    pub(super) fn left(&mut self) {
        self.hand_telling_on();
        self.stop();
        self.forget_replay();
        self.phase = Phase::Idle;
        self.seat = Seat::Away;
        self.asking = false;
        self.act(Act::Leave);
    }

    /// The reader may have gone to another site, so that no other tab will be looked at soon.
    fn hand_telling_on(&mut self) {
        match self.seat {
            Seat::Follower if self.teller == self.id => {
                self.act(Act::Tell(Message::Bye(self.id)));
            }
            Seat::Leader if self.tells() => {
                self.tell_by(0);
                self.announce();
            }
            _ => {}
        }
    }

    pub(super) fn returned(&mut self) {
        if self.seat != Seat::Away {
            return;
        }
        self.fresh = false;
        // Whatever was said meanwhile was not heard.
        self.term = 0;
        if self.shares {
            self.act(Act::Join);
        }
        self.start(self.shares, true);
    }
}
