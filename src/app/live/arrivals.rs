//! Arrivals: what the reader is told of what comes, in the one tab that tells.

use std::time::Duration;

use leptos::prelude::*;

use super::{Live, clock};
use crate::app::news::News;
use crate::app::place::{Address, Place};
use crate::app::{memory, toast};
use crate::domain::{Item, Priority, View};

/// Arrivals within this time are told in one sentence, so that a screen reader is not flooded.
const NEWS_PAUSE: Duration = Duration::from_secs(3);

/// What arrived longer ago is no news, in milliseconds.
const RECENT: i64 = 10 * 60_000;

/// What arrives.
impl Live {
    pub(super) fn arrive(self, item: &Item) {
        self.arrived.set(Some(item.id));
        if self.scrolled.get_untracked() {
            self.above.update(|above| *above += 1);
        }
        if !self.tells.get_untracked() || clock() - item.surfaced_at > RECENT || !self.is_new(item) {
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

    /// Whether no tab of this browser has told of it. From now on one has. By its number, as what was snoozed comes again.
    fn is_new(self, item: &Item) -> bool {
        let name = ["tidings:surfaced:", &self.username.get_untracked()].concat();
        let told = memory::recall(&name).and_then(|told| told.parse().ok()).unwrap_or(0);
        if item.surfaced.0 > told {
            memory::keep(&name, &item.surfaced.to_string());
        }
        item.surfaced.0 > told
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
