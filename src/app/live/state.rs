//! State: everything that the open page shows, as signals, and how events change it.

use leptos::prelude::*;

use super::scrolling::Scroll;
use crate::api::ApiError;
use crate::api::find::Around;
use crate::api::session::First;
use crate::app::clock::Clock;
use crate::app::did::Did;
use crate::app::inbox::{Applied, Inbox};
use crate::app::link::Link;
use crate::app::news::News;
use crate::app::palette::Palette;
use crate::app::place::{Address, Place};
use crate::app::receipts::Receipts;
use crate::app::selection::Selection;
use crate::app::undo::Undos;
use crate::domain::item::Opened;
use crate::domain::{Counts, Cursor, Event, MessageId, Rank, View, Wishes};

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
    Message(Box<Opened>),
    /// It cannot be shown, because.
    Failed(ApiError),
}

impl Pane {
    /// The message that is there.
    pub fn id(&self) -> Option<MessageId> {
        if let Self::Message(opened) = self { Some(opened.item.id) } else { None }
    }
}

/// The state of the page.
#[derive(Clone, Copy)]
pub struct Live {
    pub(super) inbox: RwSignal<Inbox>,
    /// Which page is shown.
    pub address: RwSignal<Address>,
    /// Where in the inbox.
    pub place: Memo<Place>,
    /// The rows of the list.
    pub rows: Memo<Vec<MessageId>>,
    /// Which of them stand in the page.
    pub scroll: Scroll,
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
    /// The reader's clock, to some seconds.
    pub clock: RwSignal<Clock>,
    /// A failure that the reader should know of.
    pub notice: RwSignal<Option<String>>,
    /// What the reader did last, with what takes it back.
    pub did: RwSignal<Option<Did>>,
    /// What a screen reader says when it has time.
    pub said: RwSignal<String>,
    /// What it says of the connection.
    pub line: RwSignal<String>,
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
    /// What is above this place arrived out of sight.
    pub(super) mark: RwSignal<Option<Rank>>,
    /// How many messages that are.
    pub above: Memo<usize>,
    /// What is above this place waits to be shown.
    pub(super) curtain: RwSignal<Option<Rank>>,
    /// It is about to be looked whether the reader is busy still.
    pub(super) lifting: StoredValue<bool>,
    /// When the pointer moved over the list last, on the reader's clock.
    pub(super) stirred: StoredValue<i64>,
    /// The list is scrolled away from its top.
    pub scrolled: RwSignal<bool>,
    /// The message that arrived last, to be faded in.
    pub arrived: RwSignal<Option<MessageId>>,
    /// The rows that the next verb is for.
    pub selection: RwSignal<Selection>,
    /// Messages for which the reader is asked until when.
    pub snoozing: RwSignal<Vec<MessageId>>,
    /// What is typed into the palette.
    pub palette: RwSignal<Palette>,
    pub(super) undos: RwSignal<Undos>,
    /// What stands around the list, as HTML.
    pub around: RwSignal<Around>,
    /// A search that is open is about to be asked anew.
    pub(super) looking: RwSignal<bool>,
    /// What stands around the list is about to be read anew.
    pub(super) counting: RwSignal<bool>,
    pub(super) news: RwSignal<News>,
    /// How the reader wants to be told of what comes.
    pub wishes: RwSignal<Wishes>,
    pub(super) username: RwSignal<String>,
}

impl Live {
    /// A page that shows what came with it.
    pub fn new(address: Address, first: First, clock: Clock) -> Self {
        let mut inbox = Inbox::default();
        inbox.welcome(first.me.cursor, first.me.counts);
        if let Some(page) = first.page {
            inbox.load(page);
        }
        let pane = match first.opened {
            None => Pane::Empty,
            Some(Ok(opened)) => {
                inbox.open(&opened);
                Pane::Message(Box::new(opened))
            }
            Some(Err(error)) => Pane::Failed(error),
        };
        let (inbox, address) = (RwSignal::new(inbox), RwSignal::new(address));
        let curtain = RwSignal::new(None);
        let rows = Memo::new(move |_| inbox.with(|inbox| inbox.rows(curtain.get())));
        let mark = RwSignal::new(None);
        let above = Memo::new(move |_| mark.get().map_or(0, |mark| inbox.with(|inbox| inbox.rows_above(mark, None))));
        Self {
            inbox,
            address,
            place: Memo::new(move |_| address.with(Address::place)),
            rows,
            scroll: Scroll::new(rows.get_untracked()),
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
            wishes: RwSignal::new(first.me.wishes),
            clock: RwSignal::new(clock),
            notice: RwSignal::new(first.notice),
            did: RwSignal::new(first.did),
            said: RwSignal::default(),
            line: RwSignal::default(),
            alarm: RwSignal::default(),
            new_build: RwSignal::default(),
            mark,
            above,
            curtain,
            lifting: StoredValue::default(),
            stirred: StoredValue::default(),
            scrolled: RwSignal::default(),
            arrived: RwSignal::default(),
            selection: RwSignal::default(),
            snoozing: RwSignal::default(),
            palette: RwSignal::default(),
            undos: RwSignal::default(),
            around: RwSignal::new(first.around),
            looking: RwSignal::default(),
            counting: RwSignal::default(),
            news: RwSignal::default(),
        }
    }

    /// Reads the inbox, and follows it.
    pub fn with<T>(self, read: impl FnOnce(&Inbox) -> T) -> T {
        self.inbox.with(read)
    }

    /// Follows every change of it.
    pub fn inbox_changed(self) {
        self.inbox.track();
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
        if let Event::Beat(beat) = &event {
            self.keep_up(beat);
        }
        self.change(|inbox| inbox.apply(event));
        self.reopen();
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
            self.hold(inbox);
            applied = change(inbox);
            applied != Applied::Skipped
        });
        let changed = applied != Applied::Skipped;
        match applied {
            Applied::Arrived(item) => self.arrive(&item),
            Applied::Gap | Applied::Reset => self.reload(),
            Applied::Changed | Applied::Skipped => {}
        }
        if changed {
            self.look_around_later();
        }
        self.refill();
    }

    /// Has a screen reader say it, when it has time. What it said last it takes for nothing new, unless a letter differs.
    pub fn say(self, mut sentence: String) {
        if *self.said.read_untracked() == sentence {
            sentence.push('\u{a0}');
        }
        self.said.set(sentence);
    }

    /// The clock has moved on, or shows another zone.
    pub fn look_at_the_clock(self) {
        self.clock.update(|clock| *clock = clock.clone().at(now_ms()));
    }

    /// Asks something of the line.
    pub fn call(self, call: Call) {
        self.calls.update(|calls| calls.push(call));
    }
}

/// What the browser's clock says, in milliseconds since the Unix epoch. In the browser only.
pub fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}
