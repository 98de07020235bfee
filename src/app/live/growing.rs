//! Growing: a long list is lengthened before its end is in sight, and down to where its reader was. Comes after `scrolling`, which
//! knows how much is left.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Live;
use super::going::BEHIND_PAUSE;
use crate::api::ApiError;
use crate::app::inbox::{Inbox, Loaded};
use crate::app::window::Sheet;
use crate::domain::Page;
use crate::domain::item::PAGE_MAX;

/// Rows that a list is lengthened by.
const ROWS: usize = 100;

/// The list is lengthened when its end is so near, in CSS pixels.
const AHEAD: f64 = 1_600.0;

impl Live {
    pub(super) fn fill(self) {
        let left = self.scroll.sheet.with_value(Sheet::left);
        if left < AHEAD && !self.scroll.stuck.get_untracked() {
            self.lengthen(ROWS);
        }
    }

    fn lengthen(self, rows: usize) {
        let place = self.place.get_untracked();
        let end = self.peek(|inbox| inbox.end().filter(|_| inbox.is_at(&place)));
        let Some(end) = end else { return };
        if self.scroll.lengthening.try_update_value(|on| std::mem::replace(on, true)) != Some(false) {
            return;
        }
        spawn_local(async move {
            let page = self.ask_mine::<Page>("page", &place.clone().older(end).form(rows)).await;
            self.scroll.lengthening.set_value(false);
            match page {
                // The reader may have gone elsewhere meanwhile.
                _ if !self.place.read_untracked().same_list(&place) => {}
                Ok(page) => {
                    if self.inbox.try_update(|inbox| inbox.extend(page)) == Some(Loaded::Behind) {
                        return set_timeout(move || self.lengthen(rows), BEHIND_PAUSE);
                    }
                }
                Err(error) => {
                    self.scroll.stuck.set(true);
                    if error == ApiError::SignedOut {
                        self.fail(error);
                    }
                }
            }
            // It may have to be lengthened once more, also when this page did not fit any more.
            self.settle_soon();
        });
    }

    /// The list does not reach down to the place yet, with as much below it as shows.
    pub fn is_seeking(self) -> bool {
        let Some((rank, _)) = self.kept_place() else { return false };
        let short = |end| end > rank || self.scroll.sheet.with_value(|sheet| sheet.is_short_at(rank.id));
        !self.scroll.stuck.get_untracked() && self.peek(Inbox::end).is_some_and(short)
    }

    /// Lengthens it down to the place.
    pub(super) fn seek(self) {
        if self.is_seeking() {
            self.lengthen(PAGE_MAX);
        }
    }
}
