//! Change: a press on a button that changes an item. Without script the form goes to the server; with it the page acts
//! at once.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, SubmitEvent};

use crate::app::live::{Live, clock, west};
use crate::domain::{Action, Change, MessageId};

/// Acts on what the pressed button says. `Some`: what was done.
pub fn on_change(live: Live, event: &SubmitEvent) -> Option<Action> {
    let change = event.submitter()?.get_attribute("value")?;
    event.prevent_default();
    let (action, ids) = match Change::parse(&change)? {
        Change::Act(action, ids) => (action, ids),
        Change::Later(when, ids) => (Action::Snooze(when.until(clock(), west)), ids),
        other => {
            live.ask_server(other);
            return None;
        }
    };
    let id = *ids.first()?;
    let next = live.peek(|inbox| inbox.neighbour(id));
    live.act_on(ids, action);
    // A row that leaves takes the focus with it; whoever works by keyboard goes on at the next one.
    if next.is_some() && !live.peek(|inbox| inbox.rows().contains(&id)) {
        request_animation_frame(move || focus_row(next));
    }
    Some(action)
}

/// Moves the focus to a row.
pub fn focus_row(id: Option<MessageId>) {
    let row = id.and_then(|id| document().get_element_by_id(&format!("item-{id}")));
    if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        let _ = row.focus();
    }
}
