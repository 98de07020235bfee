//! Going: from page to page, and reading a list anew when numbers are missing.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::feed::noted_place;
use super::{Call, Live, Pane};
use crate::api::ApiError;
use crate::api::find::Around;
use crate::api::session::Me;
use crate::app::ask::ask;
use crate::app::focus;
use crate::app::inbox::{Inbox, Loaded};
use crate::app::layout::name;
use crate::app::place::{Address, Place, escape};
use crate::domain::item::{Opened, PAGE, PAGE_MAX};
use crate::domain::{Item, MessageId, Page};

/// Pause before a list that could not be read is asked for again.
const RELOAD_PAUSE: Duration = Duration::from_secs(2);

/// Pause before a list that is older than what was heard meanwhile is asked for again.
pub(super) const BEHIND_PAUSE: Duration = Duration::from_millis(200);

/// A search that is open is asked anew no sooner than this after a change: a burst costs one look.
const LOOK_PAUSE: Duration = Duration::from_secs(1);

/// What stands around the list is read anew no sooner than this after a change.
const COUNT_PAUSE: Duration = Duration::from_secs(3);

fn called(address: &Address) -> &'static str {
    name(address, address.place().view)
}

/// Going from page to page.
impl Live {
    /// Shows the page of the address.
    pub fn go(self, address: Address) {
        let (was, now) = (self.address.with_untracked(called), called(&address));
        if now != was {
            // A page that is loaded is told by its title.
            self.say(now.into());
        }
        let before = self.place.get_untracked();
        before.message.into_iter().for_each(|id| focus::at_row(self, id));
        if !address.place().same_list(&before) {
            focus::leave_rows();
        }
        self.address.set(address.clone());
        self.notice.set(None);
        match address {
            Address::Inbox(place) => {
                let message = place.message;
                if !self.peek(|inbox| inbox.is_at(&place)) {
                    self.look_around(true);
                    self.fetch(place);
                }
                self.read(message);
            }
            Address::Desk(path) => spawn_local(async move {
                let html = ask("desk", &["path=", &path].concat()).await;
                if self.address.get_untracked() != Address::Desk(path.clone()) {
                    return;
                }
                match html {
                    // The server has a page that says so.
                    Err(ApiError::Forbidden | ApiError::NotFound) => drop(window().location().set_href(&path)),
                    html => self.desk.set(html),
                }
            }),
        }
    }

    /// Reads the open message anew.
    pub fn read_again(self) {
        let message = self.place.read_untracked().message;
        message.into_iter().for_each(|id| self.open(id, false));
    }

    /// Opens a message. That it was read is told here and not by the server, where a GET changes nothing.
    fn read(self, id: Option<MessageId>) {
        let Some(id) = id else { return self.pane.set(Pane::Empty) };
        self.mark_read(id);
        self.open(id, true);
    }

    /// Reads the open message anew when another one took its row, or the reader took note of it elsewhere. It stays unread while
    /// nobody has the page before them.
    pub(super) fn reopen(self) {
        let open = self.pane.with_untracked(|pane| match pane {
            Pane::Message(opened) => Some((opened.item.id, opened.item.times, opened.item.acknowledge)),
            Pane::Empty | Pane::Failed(_) => None,
        });
        let changed = |item: &Item, times, note| item.times != times || item.acknowledge != note;
        let stale = |(id, times, note)| {
            self.peek(|inbox| inbox.item(id)).is_some_and(|item| changed(&item, times, note)).then_some(id)
        };
        open.and_then(stale).into_iter().for_each(|id| self.open(id, false));
    }

    fn open(self, id: MessageId, came: bool) {
        spawn_local(async move {
            let opened = self.ask_mine::<Opened>("open", &["id=", &id.0.to_string()].concat()).await;
            if self.place.get_untracked().message != Some(id) {
                return;
            }
            match opened {
                Ok(opened) => {
                    self.inbox.update(|inbox| inbox.open(&opened));
                    let same = self.pane.with_untracked(Pane::id) == Some(id);
                    if came {
                        focus::read();
                    }
                    self.pane.set(Pane::Message(Box::new(opened)));
                    if let Ok(Some(pane)) = document().query_selector(".pane")
                        && !same
                    {
                        pane.set_scroll_top(0);
                    }
                    self.look();
                }
                Err(ApiError::SignedOut) => self.call(Call::Doubt),
                Err(error) => self.pane.set(Pane::Failed(error)),
            }
        });
    }

    /// The line is up again: what is not as the address says, or may be old, is read anew.
    pub(super) fn catch_up(self) {
        let place = self.place.get_untracked();
        self.scroll.stuck.set(false);
        self.settle_soon();
        if self.peek(|inbox| inbox.stale() || inbox.place().is_some() && !inbox.is_at(&place)) {
            self.reload();
        }
        if self.pane.with_untracked(|pane| matches!(pane, Pane::Failed(_))) {
            self.read_again();
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
            match ask::<Me>("me", "").await {
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

    /// Reads a list; the one that is shown as far as it reaches, for rows that are selected or looked at to stay.
    fn fetch(self, place: Place) {
        let shown = self.peek(|inbox| inbox.is_at(&place));
        let rows = if shown { self.rows.read_untracked().len().clamp(PAGE, PAGE_MAX) } else { PAGE };
        spawn_local(async move {
            match self.ask_mine("page", &place.form(rows)).await {
                // The reader may have gone elsewhere meanwhile.
                Ok(_) if !self.place.read_untracked().same_list(&place) => {}
                Ok(page) => self.load(page, &place),
                // A list that is not the one that is shown is asked for when the line is up again.
                Err(error) if !self.peek(|inbox| inbox.is_at(&place)) && !self.link.get_untracked().is_up() => {
                    self.fail(error);
                }
                Err(error) => self.retry_later(error),
            }
        });
    }

    fn load(self, page: Page, place: &Place) {
        if !self.peek(|inbox| inbox.is_at(place)) {
            self.lift();
            self.return_to(noted_place());
        }
        self.scroll.stuck.set(false);
        if self.inbox.try_update(|inbox| inbox.load(page)) == Some(Loaded::Behind) {
            set_timeout(move || self.reload(), BEHIND_PAUSE);
        }
    }

    pub(super) fn refill(self) {
        if self.peek(Inbox::wants_more) {
            self.reload();
        }
        if self.peek(Inbox::doubtful) && !self.looking.get_untracked() {
            self.looking.set(true);
            set_timeout(move || self.look_again(), LOOK_PAUSE);
        }
    }

    /// Searches again, unless the reader went elsewhere meanwhile. A tab that nobody sees waits until it is shown.
    fn look_again(self) {
        if document().hidden() {
            return set_timeout(move || self.look_again(), LOOK_PAUSE);
        }
        self.looking.set(false);
        if self.peek(Inbox::doubtful) {
            self.reload();
        }
    }

    /// Reads what stands around the list anew; `other`: another list is about to be there.
    fn look_around(self, other: bool) {
        spawn_local(async move {
            let query = self.place.get_untracked().query;
            // Numbers that cannot be read now are as they were.
            if let Ok(around) = ask::<Around>("around", &["q=", &escape(&query)].concat()).await
                && self.place.read_untracked().query == query
            {
                // Nobody loses the name that they are typing; the numbers can wait.
                if !other && is_naming() { self.look_around_later() } else { self.around.set(around) }
            }
        });
    }

    /// Unread messages came or went: the numbers may be others. A page in the background waits until it is looked at, and not all
    /// pages of a message to everyone ask in one moment.
    pub(super) fn look_around_later(self) {
        if !self.counting.get_untracked() {
            self.counting.set(true);
            set_timeout(move || self.look_around_now(), COUNT_PAUSE.mul_f64(1.0 + js_sys::Math::random()));
        }
    }

    fn look_around_now(self) {
        self.counting.set(false);
        if document().hidden() || is_naming() { self.look_around_later() } else { self.look_around(false) }
    }
}

/// A name for the open search is being typed.
fn is_naming() -> bool {
    let typed = "#filter-name:is(:focus, :not(:placeholder-shown))";
    document().query_selector(typed).is_ok_and(|field| field.is_some())
}
