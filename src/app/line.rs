//! Line: keeps the page connected. Decides when the stream is opened, and what the pill says meanwhile.
//!
//! Comes after `event_stream`, which it opens; before `live`, which gets the events. The rules: an error closes the
//! stream and is followed by a try with back-off, for ever; coming online or into sight tries at once; silence for two
//! and a half beats counts as an error; before a try the server is asked who is signed in, so that a page never shows
//! one person's events in another's list. Lives in the browser only.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use leptos::ev;
use leptos::leptos_dom::helpers::{IntervalHandle, TimeoutHandle, WindowListenerHandle};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::backoff::wait_ms;
use super::event_stream::EventStream;
use super::live::{Link, Live, clock};
use crate::api::ApiError;
use crate::api::session::{Me, me};
use crate::domain::Event;

/// Beats that may fail to come before the stream counts as broken.
const BEATS_MISSED: f64 = 2.5;

/// How long a stream may stay silent before `hello` has said how often it beats, in milliseconds.
const HELLO_WITHIN: f64 = 10_000.0;

/// How often the silence is looked at, and the clock of the page is set.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// A line that is shorter down than this is not spoken of.
const TELL_AFTER: Duration = Duration::from_secs(3);

/// The page's connection. Dropping it closes the stream and stops everything.
pub struct Line(Rc<Inner>);

struct Inner {
    live: Live,
    /// Whose page this is.
    username: String,
    /// The build that rendered it.
    build: String,
    stream: RefCell<Option<EventStream>>,
    retry: Cell<Option<TimeoutHandle>>,
    failures: Cell<u32>,
    /// When something was heard last, and how long silence may last; milliseconds.
    heard_at: Cell<f64>,
    patience: Cell<f64>,
    /// The server is being asked who is signed in.
    asking: Cell<bool>,
    look: Cell<Option<IntervalHandle>>,
    listeners: RefCell<Vec<WindowListenerHandle>>,
}

impl Line {
    /// Connects at the inbox's cursor and stays connected.
    pub fn start(live: Live, me: &Me) -> Self {
        let inner = Rc::new(Inner {
            live,
            username: me.username.clone(),
            build: me.build.clone(),
            stream: RefCell::new(None),
            retry: Cell::new(None),
            failures: Cell::new(0),
            heard_at: Cell::new(0.0),
            patience: Cell::new(HELLO_WITHIN),
            asking: Cell::new(false),
            look: Cell::new(None),
            listeners: RefCell::default(),
        });
        let (on_event, on_lost) = (Rc::downgrade(&inner), Rc::downgrade(&inner));
        *inner.stream.borrow_mut() = Some(EventStream::new(
            move |event| on_event.upgrade().into_iter().for_each(|line| line.hear(&event)),
            move || on_lost.upgrade().into_iter().for_each(|line| line.lost()),
        ));
        inner.listen();
        inner.open();
        Self(inner)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.0.end();
        self.0.look.take().into_iter().for_each(|look| look.clear());
        self.0.listeners.take().into_iter().for_each(WindowListenerHandle::remove);
    }
}

impl Inner {
    fn listen(self: &Rc<Self>) {
        let line = || Rc::downgrade(self);
        let (online, offline, shown, returned) = (line(), line(), line(), line());
        let wake = |line: &Weak<Self>| line.upgrade().into_iter().for_each(|line| line.wake());
        *self.listeners.borrow_mut() = vec![
            window_event_listener(ev::online, move |_| wake(&online)),
            // Only a hint: a server on this machine is reached without a network. Opening anew tells.
            window_event_listener(ev::offline, move |_| offline.upgrade().into_iter().for_each(|line| line.lost())),
            window_event_listener(ev::pageshow, move |_| wake(&shown)),
            // `visibilitychange` goes to the document and bubbles up to the window.
            window_event_listener(ev::visibilitychange, move |_| wake(&returned)),
        ];
        let looking = line();
        let look = move || looking.upgrade().into_iter().for_each(|line| line.look());
        self.look.set(set_interval_with_handle(look, LOOK_EVERY).ok());
    }

    /// Opens the stream where the page has got to.
    fn open(&self) {
        self.clear_retry();
        self.heard_at.set(js_sys::Date::now());
        self.patience.set(HELLO_WITHIN);
        let url = self.live.peek(|inbox| {
            inbox.cursor().map_or_else(|| "/events".to_owned(), |cursor| format!("/events?after={cursor}"))
        });
        let opened = self.stream.borrow_mut().as_mut().is_some_and(|stream| stream.open(&url));
        if !opened {
            self.live.link.set(Link::Offline(clock()));
        }
    }

    fn hear(self: &Rc<Self>, event: &Event) {
        self.heard_at.set(js_sys::Date::now());
        match event {
            Event::Hello(hello) => {
                self.patience.set(hello.beat_ms as f64 * BEATS_MISSED);
                self.failures.set(0);
                self.live.link.set(Link::CatchingUp);
                if hello.build != self.build {
                    self.live.new_build.set(true);
                }
            }
            Event::CaughtUp(_) => self.live.link.set(Link::Live),
            Event::Drain(drain) => {
                self.close();
                self.live.link.set(Link::Connecting);
                self.retry_in(drain.reconnect_ms);
            }
            Event::SignedOut(_) => self.signed_out(),
            Event::Item(_) | Event::Marked(_) | Event::Gone(_) | Event::Beat(_) => {}
        }
        self.live.apply(event.clone());
    }

    /// The stream broke, or could not be opened.
    fn lost(self: &Rc<Self>) {
        if self.live.link.get_untracked() == Link::SignedOut {
            return;
        }
        self.close();
        if !matches!(self.live.link.get_untracked(), Link::Offline(_)) {
            self.live.link.set(Link::Offline(clock()));
            self.tell_later();
        }
        self.retry_in(wait_ms(self.failures.get(), js_sys::Math::random()));
        self.failures.set(self.failures.get().saturating_add(1));
    }

    fn retry_in(self: &Rc<Self>, ms: u64) {
        self.clear_retry();
        let line = Rc::downgrade(self);
        let again = move || line.upgrade().into_iter().for_each(|line| line.ask());
        self.retry.set(set_timeout_with_handle(again, Duration::from_millis(ms)).ok());
    }

    /// Asks who is signed in, then opens.
    fn ask(self: &Rc<Self>) {
        if self.asking.replace(true) {
            return;
        }
        self.clear_retry();
        let line = Rc::downgrade(self);
        spawn_local(async move {
            let answer = me().await;
            let Some(line) = line.upgrade() else { return };
            line.asking.set(false);
            match answer {
                Ok(me) if me.username == line.username => line.reopen(),
                // Somebody else signed in, in another tab. This page is not theirs.
                Ok(_) => drop(window().location().reload()),
                Err(ApiError::SignedOut) => line.signed_out(),
                Err(_) => line.lost(),
            }
        });
    }

    fn reopen(&self) {
        if self.live.link.get_untracked() == Link::SignedOut {
            self.live.link.set(Link::Connecting);
        }
        self.open();
    }

    /// The network or the reader came back: no more waiting.
    fn wake(self: &Rc<Self>) {
        self.live.now.set(Some(clock()));
        if document().hidden() {
            return;
        }
        if !self.is_open() {
            self.failures.set(0);
            self.ask();
        } else if self.silent() {
            self.lost();
        }
    }

    fn look(self: &Rc<Self>) {
        let now = clock();
        // Times are shown to the minute.
        if self.live.now.get_untracked().is_none_or(|shown| now - shown >= 30_000) {
            self.live.now.set(Some(now));
        }
        if self.is_open() && self.silent() {
            self.lost();
        }
    }

    fn silent(&self) -> bool {
        js_sys::Date::now() - self.heard_at.get() > self.patience.get()
    }

    fn is_open(&self) -> bool {
        self.stream.borrow().as_ref().is_some_and(EventStream::is_open)
    }

    fn signed_out(&self) {
        self.end();
        self.live.link.set(Link::SignedOut);
    }

    fn end(&self) {
        self.close();
        self.clear_retry();
    }

    fn close(&self) {
        self.stream.borrow_mut().iter_mut().for_each(EventStream::close);
    }

    fn clear_retry(&self) {
        self.retry.take().into_iter().for_each(|retry| retry.clear());
    }

    /// Says that the line is down, unless it is up again by then.
    fn tell_later(&self) {
        let live = self.live;
        let tell = move || {
            if matches!(live.link.get_untracked(), Link::Offline(_)) {
                live.said.set("The connection is lost. Trying again.".into());
            }
        };
        set_timeout(tell, TELL_AFTER);
    }
}
