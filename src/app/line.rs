//! Line: keeps the page connected. Tells `tab` what happens in the browser, and does what it says.
//!
//! Comes after `event_stream`, `long_poll`, `lock` and `channel`, which are the browser's side of it; before `live`, which gets
//! the events. Lives in the browser only.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use leptos::leptos_dom::helpers::{IntervalHandle, TimeoutHandle, WindowListenerHandle};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::ask::ask;
use super::channel::Channel;
use super::event_stream::EventStream;
use super::live::{Call, Live, now_ms};
use super::lock::{Lock, Turn};
use super::long_poll::LongPoll;
use super::memory;
use super::tab::{Act, Asked, Heard, Input, Seat, Tab};
use crate::api::ApiError;
use crate::api::session::Me;
use crate::domain::Event;

/// How often the clock of the page is set; times are shown to the minute.
const CLOCK_EVERY: Duration = Duration::from_secs(15);

/// The longest that a timer of the browser can be set to, in milliseconds, is some days; a day is enough.
const TIMER_MAX: f64 = 86_400_000.0;

/// The page's connection. Dropping it closes the stream and stops everything.
pub struct Line(Rc<Inner>);

struct Inner {
    live: Live,
    /// Whose page this is.
    username: String,
    /// What the lock and the channel are called: tabs of other people, and of other builds, have others.
    name: String,
    tab: RefCell<Tab>,
    stream: RefCell<Option<EventStream>>,
    poll: RefCell<Option<LongPoll>>,
    lock: RefCell<Option<Lock>>,
    channel: RefCell<Option<Channel>>,
    /// The timer to the tab's next moment, and that moment.
    timer: Cell<Option<TimeoutHandle>>,
    timer_at: Cell<f64>,
    clock: Cell<Option<IntervalHandle>>,
    listeners: RefCell<Vec<WindowListenerHandle>>,
    /// How far the server's clock is ahead of ours, as the quickest beat told; milliseconds.
    ahead: Cell<Option<i64>>,
}

impl Line {
    /// Connects at the inbox's cursor and stays connected.
    pub fn start(live: Live, me: &Me) -> Self {
        let build = me.build.rsplit('-').next().unwrap_or_default();
        let inner = Rc::new(Inner {
            live,
            username: me.username.clone(),
            name: ["tidings:", build, ":", &me.username].concat(),
            tab: RefCell::new(Tab::new(memory::random_word(), me.build.clone())),
            stream: RefCell::new(None),
            poll: RefCell::new(None),
            lock: RefCell::new(None),
            channel: RefCell::new(None),
            timer: Cell::new(None),
            timer_at: Cell::new(f64::INFINITY),
            clock: Cell::new(None),
            listeners: RefCell::default(),
            ahead: Cell::new(None),
        });
        inner.furnish();
        let shares = inner.join();
        // A name for the whole browser makes sense only where one tab at a time uses it.
        let client = if shares { memory::client() } else { memory::random_word().to_string() };
        live.client.set([&client, "-", build].concat());
        inner.listen();
        inner.step(Input::Started { shares, looked: looks() });
        Self(inner)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.0.step(Input::Left);
        self.0.stop_timer();
        self.0.clock.take().into_iter().for_each(|clock| clock.clear());
        self.0.listeners.take().into_iter().for_each(WindowListenerHandle::remove);
    }
}

impl Inner {
    /// What happens becomes a step of `line`, unless it is gone.
    fn on<T>(self: &Rc<Self>, input: impl Fn(T) -> Input + 'static) -> impl Fn(T) + 'static {
        let line = Rc::downgrade(self);
        move |what| {
            if let Some(line) = line.upgrade() {
                line.step(input(what));
            }
        }
    }

    fn furnish(self: &Rc<Self>) {
        let lost = self.on(|()| Input::Lost);
        *self.stream.borrow_mut() = Some(EventStream::new(self.on(Input::Heard), move || lost(())));
        let line = Rc::downgrade(self);
        *self.poll.borrow_mut() =
            Some(LongPoll::new(move || line.upgrade().into_iter().for_each(|line| line.answered())));
    }

    /// Makes what tabs share. `false`: the browser does not have all of it.
    fn join(self: &Rc<Self>) -> bool {
        let lock = Lock::new(
            self.name.clone(),
            self.on(|turn| match turn {
                Turn::Granted => Input::Granted,
                Turn::Robbed => Input::Robbed,
                Turn::Refused => Input::Refused,
            }),
        );
        let channel = Channel::join(&self.name, self.on(Input::Told));
        let shares = lock.is_some() && channel.is_some();
        *self.lock.borrow_mut() = lock.filter(|_| shares);
        *self.channel.borrow_mut() = channel.filter(|_| shares);
        shares
    }

    fn listen(self: &Rc<Self>) {
        let on = |name: &str, input: fn() -> Option<Input>| {
            let line = Rc::downgrade(self);
            window_event_listener_untyped(name, move |_| {
                if let (Some(line), Some(input)) = (line.upgrade(), input()) {
                    line.live.look_at_the_clock();
                    line.step(input);
                }
            })
        };
        let came = || looks().then_some(Input::Looked);
        *self.listeners.borrow_mut() = vec![
            on("online", || Some(Input::Online)),
            // Only a hint: a server on this machine is reached without a network. Opening anew tells.
            on("offline", || Some(Input::Lost)),
            // `visibilitychange`, `freeze` and `resume` go to the document and bubble up to the window.
            on("visibilitychange", came),
            on("focus", came),
            // A page that keeps its stream or its lock is not kept for the back button, and a frozen one serves nobody.
            on("pagehide", || Some(Input::Left)),
            on("freeze", || Some(Input::Left)),
            on("pageshow", || Some(Input::Returned)),
            on("resume", || Some(Input::Returned)),
        ];
        let live = self.live;
        let tick = move || live.look_at_the_clock();
        self.clock.set(set_interval_with_handle(tick, CLOCK_EVERY).ok());
        let called = self.on(|call| match call {
            Call::TryNow => Input::TryNow,
            Call::Doubt => Input::Doubt,
            Call::Note(note) => Input::Note(note),
        });
        Effect::new(move |_| {
            live.calls.track();
            live.calls.update_untracked(std::mem::take).into_iter().for_each(&called);
        });
    }

    fn step(self: &Rc<Self>, input: Input) {
        let heard = self.live.peek(super::inbox::Inbox::heard);
        let acts = self.tab.borrow_mut().step(input, heard, js_sys::Date::now(), js_sys::Math::random());
        acts.into_iter().for_each(|act| self.act(act));
        self.set_timer();
    }

    fn act(self: &Rc<Self>, act: Act) {
        match act {
            Act::Queue | Act::Steal => {
                self.lock.borrow_mut().iter_mut().for_each(|lock| lock.request(act == Act::Steal));
            }
            Act::Leave => {
                self.lock.borrow_mut().iter_mut().for_each(Lock::release);
                self.channel.take();
            }
            Act::Join => drop(self.join()),
            Act::Tell(message) => self.channel.borrow().iter().for_each(|channel| channel.tell(&message)),
            Act::Open => self.open(),
            Act::Close => self.stream.borrow_mut().iter_mut().for_each(EventStream::close),
            Act::Poll(seconds) => {
                let url = self.url("p") + "&poll=" + &seconds.to_string();
                self.poll.borrow_mut().iter_mut().for_each(|poll| poll.ask(&url));
            }
            Act::StopPolling => self.poll.borrow_mut().iter_mut().for_each(LongPoll::stop),
            Act::Rename => self.live.client.set(memory::random_word().to_string()),
            Act::Ask => self.ask(),
            Act::Show(link) => self.live.show(link),
            Act::Apply(event) => {
                self.live.tells.set(self.tells());
                let took = self.measure(&event);
                self.live.apply(event);
                if self.tab.borrow().seat() != Seat::Follower {
                    self.live.hand(took);
                }
            }
            Act::Unread => self.live.unread(),
            Act::Follow { heard, anew } => self.live.follow(&heard, anew),
            Act::NewBuild => self.live.new_build.set(true),
            Act::HandOn(note) => self.live.hand(note),
        }
    }

    /// How long a message took, by the server's clock as far as beats tell it, as a note; else an empty one, which says
    /// no more than that there may be progress.
    fn measure(&self, event: &Event) -> String {
        let now = now_ms();
        match event {
            Event::Beat(beat) => self.ahead.set(self.ahead.get().max(Some(beat.now - now))),
            Event::Item(changed) if !changed.item.state.seen && self.live.link.get_untracked().is_up() => {
                if let Some(ahead) = self.ahead.get() {
                    return ["latency=", &(now + ahead - changed.item.sent_at).max(0).to_string()].concat();
                }
            }
            _ => {}
        }
        String::new()
    }

    /// Whether this is the tab that tells its reader of arrivals.
    fn tells(&self) -> bool {
        let tab = self.tab.borrow();
        if tab.seat() == Seat::Alone { !document().hidden() } else { tab.tells() }
    }

    /// Where the page has got to. A poll has a name of its own, or it would end the stream that is tried beside it.
    fn url(&self, suffix: &str) -> String {
        let after = self.live.peek(|inbox| inbox.cursor().map(ToString::to_string)).unwrap_or_default();
        ["/events?after=", &after, "&client=", &self.live.client.get_untracked(), suffix].concat()
    }

    fn open(self: &Rc<Self>) {
        let url = self.url("");
        let opened = self.stream.borrow_mut().as_mut().is_some_and(|stream| stream.open(&url));
        if !opened {
            self.step(Input::Lost);
        }
    }

    /// A poll has its answer: events, then its end.
    fn answered(self: &Rc<Self>) {
        let answer = self.poll.borrow_mut().as_mut().map(LongPoll::take).unwrap_or_default();
        if answer.status == 200 {
            for (name, data) in Event::split(&answer.text) {
                self.step(Input::Heard(Heard { polled: true, name: name.to_owned(), data: data.to_owned() }));
            }
        }
        self.step(Input::Polled { status: answer.status, retry_after: answer.retry_after });
    }

    fn ask(self: &Rc<Self>) {
        let line = Rc::downgrade(self);
        spawn_local(async move {
            let answer = ask::<Me>("me", "").await;
            let Some(line) = line.upgrade() else { return };
            line.step(Input::Asked(match answer {
                Ok(me) if me.username == line.username => Asked::Same,
                Ok(_) => Asked::Other,
                Err(ApiError::SignedOut) => Asked::Nobody,
                Err(ApiError::Busy { retry_after_s } | ApiError::TooMany { retry_after_s, .. }) => {
                    Asked::Busy(retry_after_s)
                }
                Err(_) => Asked::Unreached,
            }));
        });
    }

    /// One timer for whatever the tab waits for. While the reader sees seconds count down, it comes every second.
    fn set_timer(self: &Rc<Self>) {
        let now = js_sys::Date::now();
        let retry = self.live.link.get_untracked().retry();
        let left = retry.map_or(0.0, |retry| (retry as f64 - now).max(0.0) / 1000.0).ceil() as u32;
        if self.live.left.get_untracked() != left {
            self.live.left.set(left);
        }
        let second = if left > 0 { now + 1000.0 } else { f64::INFINITY };
        let at = self.tab.borrow().due().unwrap_or(f64::INFINITY).min(second);
        // One that comes too early only looks again.
        let runs = self.timer_at.get();
        if at == f64::INFINITY || (now < runs && runs <= at) {
            return;
        }
        self.stop_timer();
        let line: Weak<Self> = Rc::downgrade(self);
        let due = move || {
            if let Some(line) = line.upgrade() {
                line.timer_at.set(f64::INFINITY);
                line.step(Input::Due);
            }
        };
        self.timer_at.set(at);
        let wait = Duration::from_millis((at - now).clamp(0.0, TIMER_MAX).ceil() as u64);
        self.timer.set(set_timeout_with_handle(due, wait).ok());
    }

    fn stop_timer(&self) {
        self.timer_at.set(f64::INFINITY);
        self.timer.take().into_iter().for_each(|timer| timer.clear());
    }
}

/// Whether the reader has this tab before their eyes.
fn looks() -> bool {
    !document().hidden()
}
