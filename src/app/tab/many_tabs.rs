//! Many tabs of one browser, with a lock, channels and a server that are played: whatever closes, crashes, freezes or comes
//! late, in the end one tab has the one stream, and every list is what the server has.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;

use super::super::channel::Message;
use super::super::inbox::{Applied, Inbox, Loaded};
use super::super::link::Link;
use super::*;
use crate::domain::event::{Beat, CaughtUp, Changed, Drain, DrainWhy, Hello};
use crate::domain::{Counts, Cursor, Event, Item, MessageId, Page, Priority, Seq, State, Verdict, View};

const BEAT: u64 = 20_000;

/// What a test does to the world.
#[derive(Clone, Copy, Debug)]
enum Blow {
    /// A message is sent.
    Send,
    /// One that was sent is read.
    Read(u8),
    /// A tab is opened; whether its reader looks at it.
    Come(bool),
    /// A tab is closed.
    Close(u8),
    /// A tab dies without a word.
    Crash(u8),
    /// A tab stands still, without a word, or goes on.
    Freeze(u8),
    /// A tab is left for another page, or comes back.
    Leave(u8),
    /// The reader looks at a tab.
    Look(u8),
    /// All streams break.
    Cut,
    /// Seconds pass.
    Wait(u8),
    /// Some of what is on the way arrives, in an order that this number chooses.
    Deliver(u16),
}

#[derive(Default)]
struct Server {
    seq: i64,
    items: BTreeMap<i64, (i64, bool)>,
    /// The tabs that have a stream, in the order in which they opened it.
    streams: Vec<usize>,
}

struct Seated {
    tab: Tab,
    inbox: Inbox,
    link: Link,
    frozen: bool,
    away: bool,
    /// On the way to it: from the stream, from polls, from the lock, answers, and from each other tab.
    stream: VecDeque<Input>,
    polls: VecDeque<Input>,
    turns: VecDeque<Input>,
    asked: VecDeque<Input>,
    told: BTreeMap<usize, VecDeque<Message>>,
    fetches: u32,
    pages: VecDeque<Page>,
    arrived: BTreeSet<i64>,
}

#[derive(Default)]
struct World {
    now: f64,
    chance: u64,
    server: Server,
    tabs: BTreeMap<usize, Seated>,
    opened: usize,
    holder: Option<usize>,
    queue: VecDeque<usize>,
}

fn epoch() -> crate::domain::Epoch {
    "e1".parse().expect("an epoch")
}

impl Server {
    fn counts(&self) -> Counts {
        let unread = self.items.values().filter(|(_, read)| !read).count() as i64;
        Counts { unread, unseen: unread, ..Counts::default() }
    }

    fn item(&self, id: i64) -> Item {
        let (seq, read) = self.items[&id];
        Item {
            id: MessageId(id),
            seq: Seq(seq),
            sent_at: id,
            from: "Ana".into(),
            title: id.to_string(),
            preview: String::new(),
            priority: Priority::Normal,
            link: None,
            state: State { seen: read, read, ..State::default() },
            times: 1,
            ..Item::default()
        }
    }

    fn change(&self, id: i64) -> Event {
        Event::Item(Changed { seq: Seq(self.items[&id].0), item: self.item(id), counts: self.counts() })
    }

    fn page(&self) -> Page {
        let items = self.items.keys().rev().map(|id| self.item(*id)).collect();
        let cursor = Cursor { epoch: epoch(), seq: Seq(self.seq) };
        Page { view: View::Inbox, before: None, items, older: false, found: None, cursor, counts: self.counts() }
    }

    fn opening(&self, after: i64) -> Vec<Event> {
        let mut missed: Vec<(i64, i64)> = self.items.iter().map(|(id, (seq, _))| (*seq, *id)).collect();
        missed.retain(|(seq, _)| *seq > after);
        missed.sort_unstable();
        let hello = Hello {
            epoch: epoch(),
            from: Seq(after),
            to: Seq(self.seq),
            verdict: Verdict::Resumed,
            missed: missed.len(),
            beat_ms: BEAT,
            build: "b".into(),
            session_ends: None,
        };
        let caught_up = Event::CaughtUp(CaughtUp { seq: Seq(self.seq), counts: self.counts() });
        let replay = missed.into_iter().map(|(_, id)| self.change(id));
        std::iter::once(Event::Hello(hello)).chain(replay).chain([caught_up]).collect()
    }
}

fn said(event: &Event, polled: bool) -> Input {
    let data = serde_json::to_string(event).expect("an event");
    Input::Heard(Heard { polled, name: event.name().into(), data })
}

impl World {
    fn random(&mut self) -> u64 {
        // SplitMix64 (Steele, Lea, Flood 2014).
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.chance ^ (self.chance >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn pick(&self, which: u8) -> Option<usize> {
        self.tabs.keys().nth(which as usize % self.tabs.len().max(1)).copied()
    }

    fn come(&mut self, looked: bool) {
        if self.tabs.len() >= 5 {
            return;
        }
        self.opened += 1;
        let at = self.opened;
        let mut inbox = Inbox::default();
        inbox.load(self.server.page());
        let seated = Seated {
            tab: Tab::new(at as u32, "b".into()),
            inbox,
            link: Link::Connecting,
            frozen: false,
            away: false,
            stream: VecDeque::new(),
            polls: VecDeque::new(),
            turns: VecDeque::new(),
            asked: VecDeque::new(),
            told: BTreeMap::new(),
            fetches: 0,
            pages: VecDeque::new(),
            arrived: BTreeSet::new(),
        };
        self.tabs.insert(at, seated);
        self.step(at, Input::Started { shares: true, looked });
    }

    fn gone(&mut self, at: usize) {
        self.release(at);
        self.server.streams.retain(|open| *open != at);
        self.tabs.remove(&at);
    }

    fn release(&mut self, at: usize) {
        self.queue.retain(|waiting| *waiting != at);
        if let Some(tab) = self.tabs.get_mut(&at) {
            tab.turns.clear();
        }
        if self.holder == Some(at) {
            self.holder = None;
        }
        self.grant();
    }

    fn grant(&mut self) {
        if self.holder.is_none()
            && let Some(next) = self.queue.pop_front()
        {
            self.holder = Some(next);
            self.tabs.get_mut(&next).expect("only open tabs wait").turns.push_back(Input::Granted);
        }
    }

    fn publish(&mut self, id: i64) {
        for at in self.server.streams.clone() {
            let change = said(&self.server.change(id), false);
            self.tabs.get_mut(&at).expect("only open tabs have streams").stream.push_back(change);
        }
    }

    fn step(&mut self, at: usize, input: Input) {
        let random = (self.random() >> 11) as f64 / (1_u64 << 53) as f64;
        let now = self.now;
        let Some(seated) = self.tabs.get_mut(&at) else { return };
        let heard = seated.inbox.heard();
        let acts = seated.tab.step(input, heard, now, random);
        acts.into_iter().for_each(|act| self.act(at, act));
    }

    fn act(&mut self, at: usize, act: Act) {
        match act {
            Act::Queue => {
                self.release(at);
                self.queue.push_back(at);
                self.grant();
            }
            Act::Steal => {
                self.queue.retain(|waiting| *waiting != at);
                if let Some(robbed) = self.holder.replace(at).filter(|robbed| *robbed != at) {
                    self.tabs.get_mut(&robbed).expect("only open tabs hold it").turns.push_back(Input::Robbed);
                }
                self.tabs.get_mut(&at).expect("it acts").turns.push_back(Input::Granted);
            }
            Act::Leave => {
                self.release(at);
                self.tabs.get_mut(&at).expect("it acts").told.clear();
            }
            Act::Tell(message) => {
                for (other, seated) in &mut self.tabs {
                    if *other != at && !seated.away {
                        let told = Message::parse(&message.encode()).expect("it reads back");
                        seated.told.entry(at).or_default().push_back(told);
                    }
                }
            }
            Act::Open => self.open(at),
            Act::Close => {
                self.server.streams.retain(|open| *open != at);
                self.tabs.get_mut(&at).expect("it acts").stream.clear();
            }
            Act::Poll(_) => {
                let after = self.tabs[&at].inbox.cursor().expect("a cursor").seq.0;
                let mut events = self.server.opening(after);
                events.push(Event::Beat(Beat { now: 0, seq: Seq(self.server.seq), preferences: 0 }));
                let polls = &mut self.tabs.get_mut(&at).expect("it acts").polls;
                polls.extend(events.iter().map(|event| said(event, true)));
                polls.push_back(Input::Polled { status: 200, retry_after: None });
            }
            Act::StopPolling => self.tabs.get_mut(&at).expect("it acts").polls.clear(),
            Act::Ask => self.tabs.get_mut(&at).expect("it acts").asked.push_back(Input::Asked(Asked::Same)),
            Act::Show(link) => {
                let seated = self.tabs.get_mut(&at).expect("it acts");
                if link.is_up() && !seated.link.is_up() && seated.inbox.stale() {
                    seated.fetches += 1;
                }
                seated.link = link;
            }
            Act::Apply(event) => self.apply(at, |inbox| inbox.apply(event)),
            Act::Unread => self.apply(at, Inbox::unread),
            Act::Follow { heard, anew } => self.apply(at, |inbox| inbox.follow(&heard, anew)),
            Act::Join | Act::Rename | Act::NewBuild | Act::HandOn(_) => {}
        }
    }

    fn open(&mut self, at: usize) {
        // One client name for the browser: the server ends the stream before.
        let drain = Event::Drain(Drain { reconnect_ms: 30_000, why: DrainWhy::Superseded });
        for before in std::mem::take(&mut self.server.streams) {
            if before != at {
                self.tabs.get_mut(&before).expect("only open tabs have streams").stream.push_back(said(&drain, false));
            }
        }
        let seated = self.tabs.get_mut(&at).expect("it acts");
        let after = seated.inbox.cursor().expect("a cursor").seq.0;
        seated.stream.clear();
        seated.stream.extend(self.server.opening(after).iter().map(|event| said(event, false)));
        self.server.streams.push(at);
    }

    fn apply(&mut self, at: usize, change: impl FnOnce(&mut Inbox) -> Applied) {
        let seated = self.tabs.get_mut(&at).expect("it acts");
        match change(&mut seated.inbox) {
            Applied::Arrived(item) => assert!(seated.arrived.insert(item.id.0), "{} arrived twice in {at}", item.id),
            Applied::Gap | Applied::Reset => seated.fetches += 1,
            Applied::Changed | Applied::Skipped => {}
        }
    }

    /// One thing that is on the way arrives somewhere. `false`: nothing is on the way.
    fn deliver(&mut self) -> bool {
        let mut ways: Vec<(usize, usize)> = Vec::new();
        for (at, tab) in self.tabs.iter().filter(|(_, tab)| !tab.frozen) {
            let ready = [
                !tab.stream.is_empty(),
                !tab.polls.is_empty(),
                !tab.turns.is_empty(),
                !tab.asked.is_empty(),
                tab.fetches > 0,
                !tab.pages.is_empty(),
            ];
            ways.extend(ready.iter().enumerate().filter(|(_, ready)| **ready).map(|(way, _)| (*at, way)));
            let told = tab.told.iter().filter(|(_, told)| !told.is_empty());
            ways.extend(told.map(|(from, _)| (*at, 100 + from)));
        }
        if ways.is_empty() {
            return false;
        }
        let (at, way) = ways[(self.random() % ways.len() as u64) as usize];
        let page = self.server.page();
        let tab = self.tabs.get_mut(&at).expect("it is ready");
        let input = match way {
            0 => tab.stream.pop_front(),
            1 => tab.polls.pop_front(),
            2 => tab.turns.pop_front(),
            3 => tab.asked.pop_front(),
            4 => {
                tab.fetches -= 1;
                tab.pages.push_back(page);
                None
            }
            5 => {
                let page = tab.pages.pop_front().expect("it is ready");
                if tab.inbox.load(page) == Loaded::Behind {
                    tab.fetches += 1;
                }
                None
            }
            from => tab.told.get_mut(&(from - 100)).and_then(VecDeque::pop_front).map(Input::Told),
        };
        if let Some(input) = input {
            self.step(at, input);
        }
        true
    }

    fn wait(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.now += 1000.0;
            let due: Vec<usize> = self.tabs.iter().filter(|(_, tab)| !tab.frozen).map(|(at, _)| *at).collect();
            due.into_iter().for_each(|at| self.step(at, Input::Due));
            if (self.now as u64).is_multiple_of(BEAT - 5000) {
                let beat = said(&Event::Beat(Beat { now: 0, seq: Seq(self.server.seq), preferences: 0 }), false);
                for at in &self.server.streams {
                    self.tabs.get_mut(at).expect("only open tabs have streams").stream.push_back(beat.clone());
                }
            }
        }
    }

    fn take(&mut self, blow: Blow) {
        match blow {
            Blow::Send => {
                self.server.seq += 1;
                let seq = self.server.seq;
                self.server.items.insert(seq, (seq, false));
                self.publish(seq);
            }
            Blow::Read(which) => {
                let count = self.server.items.len().max(1);
                if let Some(id) = self.server.items.keys().nth(which as usize % count).copied() {
                    self.server.seq += 1;
                    self.server.items.insert(id, (self.server.seq, true));
                    self.publish(id);
                }
            }
            Blow::Come(looked) => self.come(looked),
            Blow::Close(which) => {
                if let Some(at) = self.pick(which) {
                    self.step(at, Input::Left);
                    self.gone(at);
                }
            }
            Blow::Crash(which) => self.pick(which).into_iter().for_each(|at| self.gone(at)),
            Blow::Freeze(which) => {
                if let Some(at) = self.pick(which) {
                    let seated = self.tabs.get_mut(&at).expect("picked");
                    seated.frozen = !seated.frozen;
                }
            }
            Blow::Leave(which) => {
                let Some(at) = self.pick(which).filter(|at| !self.tabs[at].frozen) else { return };
                let away = !self.tabs[&at].away;
                if away {
                    self.step(at, Input::Left);
                }
                self.tabs.get_mut(&at).expect("picked").away = away;
                if !away {
                    self.step(at, Input::Returned);
                }
            }
            Blow::Look(which) => {
                let at = self.pick(which).filter(|at| !self.tabs[at].frozen && !self.tabs[at].away);
                at.into_iter().for_each(|at| self.step(at, Input::Looked));
            }
            Blow::Cut => {
                for at in std::mem::take(&mut self.server.streams) {
                    let tab = self.tabs.get_mut(&at).expect("only open tabs have streams");
                    tab.stream.push_back(Input::Lost);
                }
            }
            Blow::Wait(seconds) => self.wait(seconds.into()),
            Blow::Deliver(count) => {
                for _ in 0..count % 24 {
                    self.deliver();
                }
            }
        }
    }

    /// Lets everything come to rest.
    fn rest(&mut self) {
        for at in self.tabs.keys().copied().collect::<Vec<_>>() {
            let tab = self.tabs.get_mut(&at).expect("open");
            tab.frozen = false;
            if std::mem::take(&mut tab.away) {
                self.step(at, Input::Returned);
            }
        }
        for _ in 0..420 {
            let mut steps = 0;
            while self.deliver() {
                steps += 1;
                assert!(steps < 100_000, "it never comes to rest");
            }
            self.wait(1);
        }
        while self.deliver() {}
    }
}

fn blows() -> impl Strategy<Value = Blow> {
    prop_oneof![
        6 => Just(Blow::Send),
        2 => any::<u8>().prop_map(Blow::Read),
        3 => any::<bool>().prop_map(Blow::Come),
        1 => any::<u8>().prop_map(Blow::Close),
        1 => any::<u8>().prop_map(Blow::Crash),
        1 => any::<u8>().prop_map(Blow::Freeze),
        1 => any::<u8>().prop_map(Blow::Leave),
        1 => any::<u8>().prop_map(Blow::Look),
        1 => Just(Blow::Cut),
        2 => (0..70_u8).prop_map(Blow::Wait),
        9 => any::<u16>().prop_map(Blow::Deliver),
    ]
}

proptest! {
    #[test]
    fn in_the_end_one_tab_has_the_stream_and_every_list_is_right(
        blows in proptest::collection::vec(blows(), 1..120),
        chance: u64,
    ) {
        let mut world = World { now: 1_000_000.0, chance, ..World::default() };
        world.come(true);
        blows.into_iter().for_each(|blow| world.take(blow));
        world.come(true);
        world.rest();
        let leaders: Vec<usize> =
            world.tabs.iter().filter(|(_, tab)| tab.tab.seat() == Seat::Leader).map(|(at, _)| *at).collect();
        prop_assert_eq!(leaders.len(), 1, "{:?}", leaders);
        prop_assert_eq!(&world.server.streams, &leaders);
        let rows: Vec<MessageId> = world.server.items.keys().rev().map(|id| MessageId(*id)).collect();
        for (at, tab) in &world.tabs {
            prop_assert_eq!(tab.link, Link::Live, "tab {}: {:?}", at, tab.tab);
            prop_assert_eq!(tab.inbox.rows(None), &rows[..], "tab {}: {:?}", at, tab.tab);
            prop_assert_eq!(tab.inbox.cursor().map(|cursor| cursor.seq.0), Some(world.server.seq), "tab {}", at);
            prop_assert_eq!(tab.inbox.counts(), world.server.counts(), "tab {}", at);
            for id in &rows {
                prop_assert_eq!(tab.inbox.item(*id), Some(world.server.item(id.0)), "tab {}", at);
            }
        }
    }
}
