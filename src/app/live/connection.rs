//! Connection: how the page is connected, shown at once and told when it lasts. Comes after `line`, which knows.

use std::cell::Cell;
use std::time::Duration;

use leptos::prelude::*;

use super::{Live, now_ms};
use crate::app::lasting::{LASTS, Lasting};
use crate::app::link::Link;

thread_local! {
    static LASTING: Cell<Lasting> = Cell::default();
}

impl Live {
    /// Shows how the page is connected.
    pub fn show(self, link: Link) {
        let before = self.link.get_untracked();
        self.link.set(link);
        if link.is_up() && !before.is_up() {
            self.catch_up();
        }
        if keep_lasting(|lasting| lasting.turn(link, now_ms())) {
            set_timeout(move || self.tell_line(), Duration::from_millis(LASTS as u64 + 50));
        }
    }

    /// Says how the connection is, if it is so still.
    fn tell_line(self) {
        if self.tells.get_untracked()
            && let Some(words) = keep_lasting(|lasting| lasting.tell(now_ms()))
        {
            self.line.set(words.into());
        }
    }
}

/// Changes what is known of the connection. Nothing is shown of it, so it is no signal.
fn keep_lasting<T>(change: impl FnOnce(&mut Lasting) -> T) -> T {
    let mut lasting = LASTING.get();
    let answer = change(&mut lasting);
    LASTING.set(lasting);
    answer
}
