//! Arrivals: what the reader is told of what comes, in the one tab that tells.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Live, now_ms};
use crate::api::session::Me;
use crate::app::ask::ask;
use crate::app::attention::{Attention, Held, Scene, attention};
use crate::app::inbox::Inbox;
use crate::app::navigation::go;
use crate::app::news::News;
use crate::app::place::{Address, Place};
use crate::app::{memory, notify, sound, toast};
use crate::domain::event::Beat;
use crate::domain::{Cursor, Item, Priority, View};

/// Arrivals within this time are told in one sentence, so that a screen reader is not flooded.
const NEWS_PAUSE: Duration = Duration::from_secs(3);

/// What arrives.
impl Live {
    pub(super) fn arrive(self, item: &Item) {
        self.arrived.set(Some(item.id));
        if self.comes_in() {
            self.let_in(item);
        }
        if !self.tells.get_untracked() || !self.is_new(item) {
            return;
        }
        let in_sight = self.above.get_untracked() == 0 && self.in_sight();
        let scene = Scene { now: now_ms(), in_sight, here: is_here() };
        let Attention { said, toast, sound, notify, held } =
            self.wishes.with_untracked(|wishes| attention(item, wishes, scene));
        if toast {
            self.toast_up(item);
        }
        if sound {
            sound::play();
        }
        if notify {
            self.notify(&item.title, &item.from, Place::default().with(item.id));
        }
        if let Some(sound) = held {
            let held = self.held().unwrap_or_default();
            memory::keep(&self.held_name(), &held.add(item, sound).encode());
        }
        if said {
            self.tell_of(item);
        }
    }

    fn tell_of(self, item: &Item) {
        if item.priority == Priority::Urgent {
            self.alarm.set(format!("Urgent: {}, from {}.", item.title, item.from));
            return;
        }
        let first = self.news.try_update(|news| news.add(item)).unwrap_or_default();
        if first {
            set_timeout(move || self.tell(), NEWS_PAUSE);
        }
    }

    fn notify(self, title: &str, body: &str, place: Place) {
        notify::show(title, body, move || go(self, Address::Inbox(place)));
    }

    fn toast_up(self, item: &Item) {
        let before = if self.toast.read_untracked().is_some() { self.toasts.get_untracked() } else { 0 };
        self.toasts.set(before + 1);
        self.toast.set(Some(toast::sentence(before + 1, item)));
        self.toast_href.set(Place::default().with(item.id).href());
    }

    /// Whether no tab of this browser has told of it. From now on one has. By its number, as what was snoozed comes again.
    fn is_new(self, item: &Item) -> bool {
        let name = ["tidings:surfaced:", &self.username.get_untracked()].concat();
        // After a restore numbers begin anew, in another life of the database.
        let Some(cursor) = self.peek(|inbox| inbox.cursor().cloned()) else { return true };
        let now = Cursor { seq: item.surfaced, ..cursor };
        let told = memory::recall(&name).and_then(|told| told.parse::<Cursor>().ok());
        let is_new = told.is_none_or(|told| told.epoch != now.epoch || told.seq < now.seq);
        if is_new {
            memory::keep(&name, &now.to_string());
        }
        is_new
    }

    /// Whether what arrives comes in at the top of the list.
    fn comes_in(self) -> bool {
        let place = self.place.get_untracked();
        let listed = matches!(&*self.address.read_untracked(), Address::Inbox(_));
        listed && place.view == View::Inbox && place.query.is_empty() && place.before.is_none()
    }

    /// Whether it fades in there before the reader's eyes.
    fn in_sight(self) -> bool {
        self.comes_in() && self.list_shown()
    }

    fn tell(self) {
        if let Some(sentence) = self.news.try_update(News::take).flatten() {
            self.say(sentence);
        }
    }
}

/// What changes with time and not with messages. Beats are the page's clock for it: no timer is needed, hidden pages hear them
/// too, and they come when the machine wakes.
impl Live {
    pub(super) fn keep_up(self, beat: &Beat) {
        let (changed, quiet) = self.wishes.with_untracked(|wishes| {
            (wishes.version != beat.preferences || wishes.is_stale(now_ms()), wishes.is_quiet(now_ms()))
        });
        if changed {
            spawn_local(async move {
                // When it fails, the next beat asks again.
                if let Ok(me) = ask::<Me>("me", "").await
                    && me.username == self.username.get_untracked()
                {
                    self.wishes.set(me.wishes);
                }
            });
        } else if !quiet && self.tells.get_untracked() {
            self.tell_held();
        }
    }

    /// Tells, once for the browser, of what came while it was quiet.
    fn tell_held(self) {
        let Some(held) = self.held() else { return };
        memory::forget(&self.held_name());
        let Some(sentence) = held.sentence(self.peek(Inbox::counts).unseen) else { return };
        self.toasts.set(1);
        self.toast.set(Some(sentence.clone()));
        self.toast_href.set(Place::default().href());
        if held.sound {
            sound::play();
        }
        if !is_here() {
            self.notify("Tidings", &sentence, Place::default());
        }
        self.say(sentence);
    }

    fn held(self) -> Option<Held> {
        memory::recall(&self.held_name()).and_then(|held| Held::parse(&held))
    }

    fn held_name(self) -> String {
        ["tidings:held:", &self.username.get_untracked()].concat()
    }
}

/// Whether the reader is at this tab: it is before their eyes and has the keyboard.
fn is_here() -> bool {
    document().has_focus().unwrap_or(true) && !document().hidden()
}
