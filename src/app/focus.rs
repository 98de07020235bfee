//! Focus: is never lost. When what had it goes or is hidden, whoever did that, it goes on to what is nearest: the same control where
//! it was drawn anew, the row or the one that took its place, the open message, the heading of the list, or that of the page.
//!
//! One rule for rows that leave, bars and toasts that close, messages that open over the list, and pages that change; who works
//! with the mouse and has the focus nowhere keeps it there. Lives in the browser only.

use std::cell::RefCell;

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement};

use super::dialog;
use super::live::{Live, row_of};
use crate::domain::{MessageId, Rank};

const MESSAGE: &str = "article.message";

/// What had the focus last.
#[derive(Default)]
struct Last {
    /// The reader works with it.
    used: bool,
    /// The name of the control, outside of rows.
    control: Option<String>,
    /// It was in the open message.
    reading: bool,
    /// The row, and where it stood.
    row: Option<(MessageId, Rank)>,
    /// It was in that row.
    in_row: bool,
    /// It is at a heading because the last row has left.
    waits: bool,
}

thread_local! {
    static LAST: RefCell<Last> = RefCell::default();
}

/// Remembers what has the focus, for as long as the page is open.
pub fn keep(live: Live) {
    let _ = window_event_listener(ev::focusin, move |event| {
        let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let row = row_of(&element);
        LAST.with_borrow_mut(|last| {
            (last.used, last.waits) = (true, false);
            last.reading = element.closest(".pane").is_ok_and(|pane| pane.is_some());
            last.control = element.get_attribute("data-testid").filter(|_| row.is_none());
        });
        row.into_iter().for_each(|id| at_row(live, id));
        LAST.with_borrow_mut(|last| last.in_row = row.is_some());
    });
    // After the press has moved the focus, and before the click does anything.
    let _ = window_event_listener(ev::mouseup, |_| {
        if is_nowhere() {
            LAST.with_borrow_mut(|last| last.used = false);
        }
    });
}

/// The reader works by key, or must go on by it.
pub fn by_key() {
    LAST.with_borrow_mut(|last| last.used = true);
}

/// The reader is at this row now, or will be when the focus is nowhere.
pub fn at_row(live: Live, id: MessageId) {
    if let Some(rank) = live.peek(|inbox| inbox.rank(id)) {
        LAST.with_borrow_mut(|last| (last.row, last.in_row) = (Some((id, rank)), false));
    }
}

/// Another list is about to be shown.
pub fn leave_rows() {
    LAST.with_borrow_mut(|last| last.row = None);
}

/// The open message leaves, and another one is about to be shown, which begins at its beginning.
pub fn lead() {
    LAST.with_borrow_mut(|last| last.control = None);
}

/// A message was opened: who came to it from its row goes on reading there.
pub fn read() {
    let in_row = document().active_element().is_some_and(|element| row_of(&element).is_some());
    if in_row {
        request_animation_frame(|| {
            at(MESSAGE);
        });
    }
}

/// Puts the focus on when it is nowhere. What has changed must be drawn already.
pub fn mend(live: Live) {
    let (row, waits) = LAST.with_borrow(|last| (last.row, last.waits));
    let row_is_there = row.is_some_and(|(id, _)| live.rows.read_untracked().contains(&id));
    let lost = LAST.with_borrow(|last| last.used) && is_nowhere();
    if dialog::any_open() || !(lost || waits && row_is_there) {
        return;
    }
    let (control, reading) = LAST.with_borrow(|last| (last.control.clone(), last.reading));
    let same = control.and_then(|name| find(&["[data-testid=", &name, "]:not(.item *)"].concat()));
    let message = || if reading { find(MESSAGE) } else { None };
    if let Some(control) = same.filter(|_| !waits).or_else(message) {
        let _ = give(&control);
        return;
    }
    // The rows of the last list are about to leave.
    let listed = live.list_shown() && live.peek(|inbox| inbox.is_at(&live.place.read_untracked()));
    // A long list is read again down to where its reader was: the row is about to be there.
    if listed && live.is_seeking() {
        return;
    }
    let next = match row {
        // One that is only drawn anew is not scrolled to: its reader may look at others.
        Some((id, _)) if row_is_there && LAST.with_borrow(|last| last.in_row) && listed => {
            return live.put_focus(id, true);
        }
        Some((id, _)) if row_is_there => Some(id),
        Some((_, rank)) => live.peek(|inbox| inbox.near(rank)),
        None => live.rows.read_untracked().first().copied(),
    };
    if let Some(next) = next.filter(|_| listed) {
        return live.focus_row(Some(next));
    }
    let heading = [MESSAGE, "#heading", "main h1"].into_iter().find_map(find);
    if let Some(heading) = heading {
        let _ = heading.set_attribute("tabindex", "-1");
        let _ = give(&heading);
        LAST.with_borrow_mut(|last| last.waits = last.row.is_some());
    }
}

/// Moves it to what can be seen of that, if anything.
pub fn at(selector: &str) -> bool {
    find(selector).is_some_and(|element| give(&element))
}

/// A message may be taller than its pane: the browser would scroll it, and its beginning out of sight.
fn give(element: &HtmlElement) -> bool {
    let how = FocusOptions::new();
    how.set_prevent_scroll(element.matches(MESSAGE).unwrap_or(false));
    element.focus_with_options(&how).is_ok()
}

/// Nothing has it, or something that cannot be seen; browsers notice that late.
fn is_nowhere() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY" || !is_shown(&element))
}

fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok()?.filter(is_shown)?.dyn_into().ok()
}

fn is_shown(element: &Element) -> bool {
    element.get_bounding_client_rect().height() > 0.0
}
