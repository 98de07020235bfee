//! Curtain: what arrives at the top of the list waits behind a button while the reader is busy in it, so that no row moves under
//! their pointer or focus.

use std::time::Duration;

use leptos::prelude::*;

use super::{Live, clock};
use crate::domain::{Item, MessageId, Rank};

/// A pointer that rests so long is not about to press, in milliseconds.
const RESTS: i64 = 3_000;

/// Pause between two looks at whether the reader is busy.
const LOOK_PAUSE: Duration = Duration::from_secs(1);

impl Live {
    /// The pointer moves over the list.
    pub fn stir(self) {
        self.stirred.set_value(clock());
    }

    /// A message came to the top of the list that is shown. It is told by the button, when it is out of sight.
    pub(super) fn let_in(self, item: &Item) {
        let mark = Some(Rank { surfaced: item.surfaced, id: MessageId(0) });
        let (scrolled, busy) = (self.scrolled.get_untracked(), self.is_busy());
        if (scrolled || busy) && self.mark.get_untracked().is_none() {
            self.mark.set(mark);
        }
        if !scrolled && busy && self.curtain.get_untracked().is_none() {
            self.curtain.set(mark);
            self.lift_later();
        }
    }

    /// Shows what waits.
    pub(super) fn lift(self) {
        if self.curtain.get_untracked().is_some() {
            self.curtain.set(None);
        }
        if self.mark.get_untracked().is_some() {
            self.mark.set(None);
        }
    }

    fn lift_later(self) {
        let look = move || match self.curtain.try_get_untracked().flatten() {
            Some(_) if self.is_busy() => self.lift_later(),
            Some(_) => self.lift(),
            None => {}
        };
        set_timeout(look, LOOK_PAUSE);
    }

    /// The focus is in the list, or the pointer moved there just now.
    fn is_busy(self) -> bool {
        let document = document();
        let focused = || document.query_selector("#feed:focus-within").is_ok_and(|feed| feed.is_some());
        document.has_focus().unwrap_or(false) && (focused() || (clock() - self.stirred.get_value()).abs() < RESTS)
    }
}
