//! Swipe: a finger that draws a row aside: to the right it is done, or back in the inbox where it was done, to the left it is
//! snoozed. All are buttons, too.
//!
//! Follows one pointer at a time. The browser keeps scrolling up and down for itself (`touch-action: pan-y`), so what comes here
//! goes sideways.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

use super::command::Command;
use super::live::{Live, row_of};
use crate::domain::{Action, MessageId};

/// How far a row must be drawn, in CSS pixels; less is a slip.
const FAR: i32 = 90;

/// What letting go of a row does that was drawn so far to the right.
pub fn decide(drawn: i32) -> Option<Command> {
    match drawn {
        FAR.. => Some(Command::Done),
        _ if drawn <= -FAR => Some(Command::Snooze),
        _ => None,
    }
}

/// A row under a finger.
struct Drag {
    id: MessageId,
    row: Element,
    from: i32,
}

thread_local! {
    static DRAG: RefCell<Option<Drag>> = const { RefCell::new(None) };
}

/// A finger comes down.
pub fn begin(event: &PointerEvent) {
    let touched = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let drag = touched.filter(|_| event.pointer_type() == "touch" && event.is_primary()).and_then(|element| {
        let row = element.closest("article.item").ok()??;
        Some(Drag { id: row_of(&row)?, row, from: event.client_x() })
    });
    DRAG.set(drag);
}

/// It moves.
pub fn go_on(event: &PointerEvent) {
    DRAG.with_borrow(|drag| {
        if let Some(drag) = drag {
            let drawn = event.client_x() - drag.from;
            let _ = drag.row.set_attribute("data-drawn", if drawn > 0 { "right" } else { "left" });
            // The policy of the page forbids style attributes in HTML, not what a script sets (CSP 3, §6.7.3.3).
            let style = drag.row.unchecked_ref::<web_sys::HtmlElement>().style();
            let _ = style.set_property("--drawn", &[&drawn.to_string(), "px"].concat());
        }
    });
}

/// It is lifted, or the browser took it to scroll.
pub fn end(live: Live, event: &PointerEvent) {
    let Some(drag) = DRAG.take() else { return };
    let _ = drag.row.remove_attribute("data-drawn");
    let drawn = if event.type_() == "pointerup" { event.client_x() - drag.from } else { 0 };
    match decide(drawn) {
        Some(Command::Snooze) => live.snooze(vec![drag.id]),
        Some(_) => live.toggle(vec![drag.id], |state| state.done, Action::Done, Action::Restore),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_does_nothing_and_each_side_has_its_verb() {
        assert_eq!([decide(89), decide(-89), decide(0)], [None; 3]);
        assert_eq!((decide(90), decide(-90)), (Some(Command::Done), Some(Command::Snooze)));
    }
}
