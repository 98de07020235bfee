//! Live: what the open page shows and what may happen to it. One for the whole page; it outlives navigation.
//!
//! Comes after `line`, which brings events; the components read its signals and call its verbs.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::inbox::{Applied, Inbox, Loaded};
use super::news::News;
use crate::api::ApiError;
use crate::api::inbox::{act, change, page};
use crate::api::session::Me;
use crate::domain::item::Opened;
use crate::domain::{Action, Counts, Event, Item, MessageId, Page, Priority, View};

/// Pause before a list that could not be read is asked for again.
const RELOAD_PAUSE: Duration = Duration::from_secs(2);

/// Arrivals within this time are told in one sentence, so that a screen reader is not flooded.
const NEWS_PAUSE: Duration = Duration::from_secs(3);

/// How the page is connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// On the way, for the first time or after the server asked to come back.
    #[default]
    Connecting,
    /// Connected; what was missed is coming in.
    CatchingUp,
    /// What is shown is what is.
    Live,
    /// Not connected since this moment, in milliseconds since the Unix epoch. Trying again.
    Offline(i64),
    /// The session has ended.
    SignedOut,
}

/// The state of the page.
#[derive(Clone, Copy)]
pub struct Live {
    inbox: RwSignal<Inbox>,
    /// How the page is connected.
    pub link: RwSignal<Link>,
    /// The reader's clock, to the half minute; `None` on the server and until the page is hydrated.
    pub now: RwSignal<Option<i64>>,
    /// A failure that the reader should know of.
    pub notice: RwSignal<Option<String>>,
    /// What a screen reader says when it has time.
    pub said: RwSignal<String>,
    /// What a screen reader says at once.
    pub alarm: RwSignal<String>,
    /// Another build of the server is running.
    pub new_build: RwSignal<bool>,
    /// Messages that arrived above what is in sight.
    pub above: RwSignal<u32>,
    /// The list is scrolled away from its top.
    pub scrolled: RwSignal<bool>,
    /// The message that arrived last, to be faded in.
    pub arrived: RwSignal<Option<MessageId>>,
    news: RwSignal<News>,
    /// The list that the reader went to last; the one that is shown may still be another.
    wanted: StoredValue<Option<(View, Option<MessageId>)>>,
}

impl Live {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self {
            inbox: RwSignal::default(),
            link: RwSignal::default(),
            now: RwSignal::default(),
            notice: RwSignal::default(),
            said: RwSignal::default(),
            alarm: RwSignal::default(),
            new_build: RwSignal::default(),
            above: RwSignal::default(),
            scrolled: RwSignal::default(),
            arrived: RwSignal::default(),
            news: RwSignal::default(),
            wanted: StoredValue::default(),
        }
    }

    /// Reads the inbox, and follows it.
    pub fn with<T>(self, read: impl FnOnce(&Inbox) -> T) -> T {
        self.inbox.with(read)
    }

    /// Reads the inbox as it is now.
    pub fn peek<T>(self, read: impl FnOnce(&Inbox) -> T) -> T {
        self.inbox.with_untracked(read)
    }

    /// Badges.
    pub fn counts(self) -> Counts {
        self.with(Inbox::counts)
    }

    /// What a page without a list begins with.
    pub fn welcome(self, me: &Me) {
        self.inbox.update(|inbox| inbox.welcome(me.cursor.clone(), me.counts));
    }

    /// Shows a page of a list.
    pub fn load(self, page: Page) {
        let loaded = self.inbox.try_update(|inbox| inbox.load(page));
        if loaded == Some(Loaded::Behind) && is_browser() {
            self.reload();
        }
    }

    /// Follows the message that is open.
    pub fn open(self, opened: &Opened) {
        self.inbox.update(|inbox| inbox.open(opened));
    }

    /// Applies an event of the stream.
    pub fn apply(self, event: Event) {
        let mut applied = Applied::Skipped;
        // An event that changes nothing must not wake the whole page.
        self.inbox.maybe_update(|inbox| {
            applied = inbox.apply(event);
            applied != Applied::Skipped
        });
        match applied {
            Applied::Arrived(item) => self.arrive(&item),
            Applied::Gap | Applied::Reset => self.reload(),
            Applied::Changed | Applied::Skipped => {}
        }
        self.refill();
    }

    /// Does the verb: at once on the page, then on the server; a refusal is taken back and told.
    pub fn act(self, id: MessageId, action: Action) {
        let Some(ticket) = self.inbox.try_update(|inbox| inbox.act(id, action)) else { return };
        self.notice.set(None);
        spawn_local(async move {
            let answer = act(change(action, id)).await;
            self.inbox.update(|inbox| inbox.settle(ticket, answer.is_ok()));
            match answer {
                Ok(()) => self.refill(),
                Err(ApiError::SignedOut) => self.link.set(Link::SignedOut),
                Err(error) => self.notice.set(Some(error.sentence())),
            }
        });
    }

    /// Goes to another part of a list, or to another list.
    pub fn go(self, view: View, before: Option<MessageId>) {
        self.wanted.set_value(Some((view, before)));
        self.fetch(view, before);
    }

    /// Reads the list anew.
    pub fn reload(self) {
        if let Some((view, before)) = self.wanted.get_value().or_else(|| self.peek(Inbox::place)) {
            self.fetch(view, before);
        }
    }

    fn fetch(self, view: View, before: Option<MessageId>) {
        spawn_local(async move {
            match page(view, before).await {
                // The reader may have gone elsewhere meanwhile.
                Ok(_) if self.wanted.get_value().is_some_and(|wanted| wanted != (view, before)) => {}
                Ok(page) => {
                    self.above.set(0);
                    self.load(page);
                }
                Err(ApiError::SignedOut) => self.link.set(Link::SignedOut),
                Err(_) if self.link.get_untracked() == Link::Live => set_timeout(move || self.reload(), RELOAD_PAUSE),
                // The next connection makes good what is missing in the list that is shown.
                Err(error) => {
                    if self.peek(Inbox::place) != Some((view, before)) {
                        self.notice.set(Some(error.sentence()));
                    }
                }
            }
        });
    }

    fn refill(self) {
        if self.peek(Inbox::wants_more) {
            self.reload();
        }
    }

    fn arrive(self, item: &Item) {
        self.arrived.set(Some(item.id));
        if self.scrolled.get_untracked() {
            self.above.update(|above| *above += 1);
        }
        if item.priority == Priority::Urgent {
            self.alarm.set(format!("Urgent: {}, from {}.", item.title, item.from));
            return;
        }
        let first = self.news.try_update(|news| news.add(item)).unwrap_or_default();
        if first {
            set_timeout(move || self.tell(), NEWS_PAUSE);
        }
    }

    fn tell(self) {
        if let Some(sentence) = self.news.try_update(News::take).flatten() {
            self.said.set(sentence);
        }
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

/// The reader's clock, in milliseconds since the Unix epoch. In the browser only.
pub fn clock() -> i64 {
    js_sys::Date::now() as i64
}

/// Minutes that the reader's clock is behind UTC at that moment. In the browser only.
pub fn west(at: i64) -> i64 {
    js_sys::Date::new(&(at as f64).into()).get_timezone_offset() as i64
}
