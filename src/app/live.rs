//! Live: what the open page shows and what may happen to it. One for the whole page; it outlives navigation.
//!
//! Begins with the answer that came with the page, so the server and the browser render the same. Comes after `line`,
//! which brings events; the components read its signals and call its verbs.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::inbox::{Applied, Inbox, Loaded};
use super::link::Link;
use super::memory;
use super::news::News;
use super::place::{Address, Place};
use super::receipts::Receipts;
use super::toast;
use crate::api::ApiError;
use crate::api::inbox::{act, change, open, page};
use crate::api::send::desk;
use crate::api::session::{First, me};
use crate::domain::item::Opened;
use crate::domain::{Action, Counts, Cursor, Event, Item, MessageId, Page, Priority, View};

/// Most notes for the server that wait; further ones are dropped, as latencies are samples and what is in sight is told again.
const NOTES_MAX: usize = 200;

/// Pause before a list that could not be read is asked for again.
const RELOAD_PAUSE: Duration = Duration::from_secs(2);

/// Arrivals within this time are told in one sentence, so that a screen reader is not flooded.
const NEWS_PAUSE: Duration = Duration::from_secs(3);

/// Pause before a list that is older than what was heard meanwhile is asked for again.
const BEHIND_PAUSE: Duration = Duration::from_millis(200);

/// A line that is shorter down than this is not spoken of.
const DOWN_PAUSE: Duration = Duration::from_secs(3);

/// What arrived longer ago is no news, in milliseconds.
const RECENT: i64 = 10 * 60_000;

/// What the page asks of its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// The reader wants no more waiting.
    TryNow,
    /// The server took an act for a stranger's: is the session over?
    Doubt,
    /// To be handed on to the server by the tab that leads.
    Note(String),
}

/// What stands beside the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// No message was chosen.
    #[default]
    Empty,
    /// A message.
    Message(Opened),
    /// It cannot be shown, because.
    Failed(ApiError),
}

/// The state of the page.
#[derive(Clone, Copy)]
pub struct Live {
    inbox: RwSignal<Inbox>,
    /// Which page is shown.
    pub address: RwSignal<Address>,
    /// Where in the inbox.
    pub place: Memo<Place>,
    /// The rows of the list.
    pub rows: Memo<Vec<MessageId>>,
    /// Which list is shown; while another one is on the way, still the last.
    pub view: Memo<View>,
    /// The open message.
    pub pane: RwSignal<Pane>,
    /// A page of the desk, as HTML.
    pub desk: RwSignal<Result<String, ApiError>>,
    /// How the page is connected.
    pub link: RwSignal<Link>,
    /// Seconds until the next try.
    pub left: RwSignal<u32>,
    /// For `line`, in order.
    pub calls: RwSignal<Vec<Call>>,
    /// What this tab has to acknowledge.
    pub receipts: RwSignal<Receipts>,
    /// What tabs gave to the leading one, which this is, to hand on to the server.
    pub notes: RwSignal<Vec<String>>,
    /// The browser's name for itself, as the server knows its stream by; empty until the page is hydrated.
    pub client: RwSignal<String>,
    /// This tab is the one that tells its reader of arrivals.
    pub tells: RwSignal<bool>,
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
    /// What the reader is told of arrivals, over the page.
    pub toast: RwSignal<Option<String>>,
    /// Of how many, since the last toast went.
    pub toasts: RwSignal<u32>,
    /// Where it leads.
    pub toast_href: RwSignal<String>,
    /// Messages that arrived above what is in sight.
    pub above: RwSignal<u32>,
    /// The list is scrolled away from its top.
    pub scrolled: RwSignal<bool>,
    /// The message that arrived last, to be faded in.
    pub arrived: RwSignal<Option<MessageId>>,
    news: RwSignal<News>,
    username: RwSignal<String>,
}

impl Live {
    /// A page that shows what came with it.
    pub fn new(address: Address, first: First) -> Self {
        let mut inbox = Inbox::default();
        inbox.welcome(first.me.cursor, first.me.counts);
        if let Some(page) = first.page {
            inbox.load(page);
        }
        let pane = match first.opened {
            None => Pane::Empty,
            Some(Ok(opened)) => {
                inbox.open(&opened);
                Pane::Message(opened)
            }
            Some(Err(error)) => Pane::Failed(error),
        };
        let (inbox, address) = (RwSignal::new(inbox), RwSignal::new(address));
        Self {
            inbox,
            address,
            place: Memo::new(move |_| address.with(Address::place)),
            rows: Memo::new(move |_| inbox.with(Inbox::rows)),
            view: Memo::new(move |_| inbox.with(Inbox::place).map_or(View::Inbox, |(view, _)| view)),
            pane: RwSignal::new(pane),
            desk: RwSignal::new(Ok(first.desk.unwrap_or_default())),
            link: RwSignal::default(),
            left: RwSignal::default(),
            calls: RwSignal::default(),
            receipts: RwSignal::default(),
            notes: RwSignal::default(),
            client: RwSignal::default(),
            tells: RwSignal::default(),
            toast: RwSignal::default(),
            toasts: RwSignal::default(),
            toast_href: RwSignal::default(),
            username: RwSignal::new(first.me.username),
            now: RwSignal::default(),
            notice: RwSignal::new(first.notice),
            said: RwSignal::default(),
            alarm: RwSignal::default(),
            new_build: RwSignal::default(),
            above: RwSignal::default(),
            scrolled: RwSignal::default(),
            arrived: RwSignal::default(),
            news: RwSignal::default(),
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

    /// Applies an event of the stream.
    pub fn apply(self, event: Event) {
        self.change(|inbox| inbox.apply(event));
    }

    /// The tab that has the stream has got to here.
    pub fn follow(self, heard: &Cursor, anew: bool) {
        self.change(|inbox| inbox.follow(heard, anew));
    }

    /// Numbers may be missing.
    pub fn unread(self) {
        self.change(Inbox::unread);
    }

    fn change(self, change: impl FnOnce(&mut Inbox) -> Applied) {
        let mut applied = Applied::Skipped;
        // An event that changes nothing must not wake the whole page.
        self.inbox.maybe_update(|inbox| {
            applied = change(inbox);
            applied != Applied::Skipped
        });
        match applied {
            Applied::Arrived(item) => self.arrive(&item),
            Applied::Gap | Applied::Reset => self.reload(),
            Applied::Changed | Applied::Skipped => {}
        }
        self.refill();
    }

    /// Asks something of the line.
    pub fn call(self, call: Call) {
        self.calls.update(|calls| calls.push(call));
    }

    /// Shows how the page is connected.
    pub fn show(self, link: Link) {
        let before = self.link.get_untracked();
        self.link.set(link);
        if link.is_up() && !before.is_up() && self.peek(Inbox::stale) {
            self.reload();
        }
        if before.is_up() && matches!(link, Link::Offline { .. }) {
            set_timeout(move || self.tell_down(), DOWN_PAUSE);
        }
    }

    /// Says that the line is down, unless it is up again by now.
    fn tell_down(self) {
        if matches!(self.link.get_untracked(), Link::Offline { .. }) && self.tells.get_untracked() {
            self.said.set("The connection is lost. Trying again.".into());
        }
    }

    /// Does the verb: at once on the page, then on the server; a refusal is taken back and told.
    pub fn act(self, id: MessageId, action: Action) {
        if self.link.get_untracked().is_out() {
            return self.notice.set(Some("Nothing was changed: this page is signed out.".into()));
        }
        let Some(ticket) = self.inbox.try_update(|inbox| inbox.act(id, action)) else { return };
        self.notice.set(None);
        spawn_local(async move {
            let answer = self.change_on_server(change(action, id)).await;
            self.inbox.update(|inbox| inbox.settle(ticket, answer.is_ok()));
            match answer {
                Ok(()) => self.refill(),
                Err(error) => self.fail(error),
            }
        });
    }

    async fn change_on_server(self, change: String) -> Result<(), ApiError> {
        self.still_mine().await?;
        act(change).await
    }

    /// Whether the browser's session is still that of this page's reader. While news come in it is: they end with the
    /// session. Else somebody else may have signed in in another tab, and what is asked here would be theirs.
    async fn still_mine(self) -> Result<(), ApiError> {
        if self.link.get_untracked().is_up() || me().await?.username == self.username.get_untracked() {
            return Ok(());
        }
        Err(ApiError::SignedOut)
    }

    /// Tells of a failure; the end of the session has its own place.
    fn fail(self, error: ApiError) {
        match error {
            ApiError::SignedOut => self.call(Call::Doubt),
            error => self.notice.set(Some(error.sentence())),
        }
    }
}

/// Going from page to page.
impl Live {
    /// Shows the page of the address.
    pub fn go(self, address: Address) {
        self.address.set(address.clone());
        self.notice.set(None);
        match address {
            Address::Inbox(place) => {
                if self.peek(Inbox::place) != Some((place.view, place.before)) {
                    self.fetch(place);
                }
                self.read(place.message);
            }
            Address::Desk(path) => spawn_local(async move {
                let html = desk(path.clone()).await;
                if self.address.get_untracked() == Address::Desk(path) {
                    self.desk.set(html);
                }
            }),
        }
    }

    /// Opens a message. That it was read is told here and not by the server, where a GET changes nothing.
    fn read(self, id: Option<MessageId>) {
        let Some(id) = id else { return self.pane.set(Pane::Empty) };
        self.mark_read(id);
        spawn_local(async move {
            let opened = async {
                self.still_mine().await?;
                open(id).await
            };
            let opened = opened.await;
            if self.place.get_untracked().message != Some(id) {
                return;
            }
            match opened {
                Ok(opened) => {
                    self.inbox.update(|inbox| inbox.open(&opened));
                    self.pane.set(Pane::Message(opened));
                    self.opened(id);
                }
                Err(ApiError::SignedOut) => self.call(Call::Doubt),
                Err(error) => self.pane.set(Pane::Failed(error)),
            }
        });
    }

    /// Marks a message read that is known and unread.
    pub fn mark_read(self, id: MessageId) {
        if self.peek(|inbox| inbox.item(id)).is_some_and(|item| !item.state.read) {
            self.act(id, Action::Read);
        }
    }

    /// Marks everything read that the page has. The change comes back as one event.
    pub fn read_all(self, change: String) {
        self.notice.set(None);
        spawn_local(async move {
            if let Err(error) = self.change_on_server(change).await {
                self.fail(error);
            }
        });
    }

    /// What this tab has to acknowledge, as a note; then it has nothing.
    pub fn note(self) -> Option<String> {
        self.receipts.try_maybe_update(|receipts| (false, receipts.note())).flatten()
    }

    /// Takes a note for the server; an empty one says that there may be progress. A page in the background looks at them
    /// once a minute only, so there are so many and no more.
    pub fn hand(self, note: String) {
        self.notes.update(|notes| {
            if notes.is_empty() || (!note.is_empty() && notes.len() < NOTES_MAX) {
                notes.push(note);
            }
        });
    }

    /// What tabs handed to this one to tell the server; `None`: nothing new.
    pub fn handed(self) -> Option<Vec<String>> {
        let notes = self.notes.try_maybe_update(|notes| (false, std::mem::take(notes)))?;
        (!notes.is_empty()).then_some(notes)
    }

    /// The message stands open before the reader.
    pub fn opened(self, id: MessageId) {
        self.receipts.update(|receipts| receipts.opened(id));
        self.mark_read(id);
    }

    /// The row stood before the reader's eyes.
    pub fn saw(self, id: MessageId) {
        if self.peek(|inbox| inbox.item(id)).is_some_and(|item| !item.state.seen) {
            self.receipts.update(|receipts| receipts.saw(id));
        }
    }

    /// Reads the list anew.
    pub fn reload(self) {
        if self.peek(Inbox::place).is_some() {
            self.fetch(self.place.get_untracked());
        } else {
            self.recount();
        }
    }

    /// A page without a list needs its badges only.
    fn recount(self) {
        spawn_local(async move {
            match me().await {
                Ok(me) if me.username != self.username.get_untracked() => self.call(Call::Doubt),
                // A list that came meanwhile knows more.
                Ok(_) if self.peek(Inbox::place).is_some() => {}
                Ok(me) => {
                    if self.inbox.try_update(|inbox| inbox.recount(me.cursor, me.counts)) == Some(Loaded::Behind) {
                        set_timeout(move || self.reload(), BEHIND_PAUSE);
                    }
                }
                Err(error) => self.retry_later(error),
            }
        });
    }

    fn retry_later(self, error: ApiError) {
        match error {
            ApiError::SignedOut => self.fail(error),
            // Else the next connection makes it good.
            _ if self.link.get_untracked().is_up() => set_timeout(move || self.reload(), RELOAD_PAUSE),
            _ => {}
        }
    }

    fn fetch(self, place: Place) {
        spawn_local(async move {
            let read = async {
                self.still_mine().await?;
                page(place.view, place.before).await
            };
            match read.await {
                // The reader may have gone elsewhere meanwhile.
                Ok(_) if self.place.get_untracked().list() != place.list() => {}
                Ok(page) => self.load(page),
                // Nothing will ask for another list than the one that is shown.
                Err(error)
                    if self.peek(Inbox::place) != Some((place.view, place.before))
                        && !self.link.get_untracked().is_up() =>
                {
                    self.fail(error);
                }
                Err(error) => self.retry_later(error),
            }
        });
    }

    fn load(self, page: Page) {
        self.above.set(0);
        if self.inbox.try_update(|inbox| inbox.load(page)) == Some(Loaded::Behind) {
            set_timeout(move || self.reload(), BEHIND_PAUSE);
        }
    }

    fn refill(self) {
        if self.peek(Inbox::wants_more) {
            self.reload();
        }
    }
}

/// What arrives.
impl Live {
    fn arrive(self, item: &Item) {
        self.arrived.set(Some(item.id));
        if self.scrolled.get_untracked() {
            self.above.update(|above| *above += 1);
        }
        if !self.tells.get_untracked() || clock() - item.sent_at > RECENT || !self.is_new(item.id) {
            return;
        }
        if self.scrolled.get_untracked() || !self.in_sight() {
            self.toast_up(item);
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

    fn toast_up(self, item: &Item) {
        let before = if self.toast.read_untracked().is_some() { self.toasts.get_untracked() } else { 0 };
        self.toasts.set(before + 1);
        self.toast.set(Some(toast::sentence(before + 1, item)));
        self.toast_href.set(Place::default().with(item.id).href());
    }

    /// Whether no tab of this browser has told of the message. From now on one has.
    fn is_new(self, id: MessageId) -> bool {
        let name = ["tidings:told:", &self.username.get_untracked()].concat();
        let told = memory::recall(&name).and_then(|told| told.parse().ok()).unwrap_or(0);
        if id.0 > told {
            memory::keep(&name, &id.to_string());
        }
        id.0 > told
    }

    /// Whether a row that comes in at the top of the list fades in before the reader's eyes.
    fn in_sight(self) -> bool {
        let place = self.place.get_untracked();
        let listed = matches!(&*self.address.read_untracked(), Address::Inbox(_));
        let shown = document().get_element_by_id("feed").is_some_and(|feed| feed.client_width() > 0);
        listed && place.view == View::Inbox && place.before.is_none() && shown
    }

    fn tell(self) {
        if let Some(sentence) = self.news.try_update(News::take).flatten() {
            self.said.set(sentence);
        }
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
