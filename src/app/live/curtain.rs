//! Curtain: what arrives at the top of the list waits behind a button while the reader is busy in it, so that no row moves under
//! their pointer or focus.

use std::time::Duration;

use leptos::prelude::*;

use super::{Live, now_ms};
use crate::app::inbox::Inbox;
use crate::domain::{Item, MessageId, Rank};

/// A pointer that rests so long is not about to press, in milliseconds.
const RESTS: i64 = 3_000;

/// Pause between two looks at whether the reader is busy.
const LOOK_PAUSE: Duration = Duration::from_secs(1);

impl Live {
    /// The pointer moves over the list.
    pub fn stir(self) {
        self.stirred.set_value(now_ms());
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
        }
        if busy && self.lifting.try_update_value(|on| std::mem::replace(on, true)) == Some(false) {
            self.lift_later();
        }
    }

    /// Rows that come to the top again stay where they are, while the reader is busy among them.
    pub(super) fn hold(self, inbox: &mut Inbox) {
        inbox.hold(self.is_busy());
    }

    /// Shows what waits.
    pub(super) fn lift(self) {
        if self.curtain.get_untracked().is_some() {
            self.curtain.set(None);
        }
        if self.mark.get_untracked().is_some() {
            self.mark.set(None);
        }
        self.let_go();
    }

    fn lift_later(self) {
        let look = move || {
            if self.is_busy() {
                return self.lift_later();
            }
            self.lifting.set_value(false);
            if self.curtain.get_untracked().is_some() { self.lift() } else { self.let_go() }
        };
        set_timeout(look, LOOK_PAUSE);
    }

    fn let_go(self) {
        if self.peek(Inbox::is_holding) {
            self.inbox.update(Inbox::let_go);
        }
    }

    /// The focus is in the list, or the pointer moved there just now.
    fn is_busy(self) -> bool {
        let document = document();
        let focused = || document.query_selector("#feed:focus-within").is_ok_and(|feed| feed.is_some());
        document.has_focus().unwrap_or(false) && (focused() || (now_ms() - self.stirred.get_value()).abs() < RESTS)
    }
}
