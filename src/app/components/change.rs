//! Change: a press on a button that changes an item. Without script the form goes to the server; with it the page acts
//! at once.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, SubmitEvent};

use crate::app::live::Live;
use crate::domain::change::as_seen;
use crate::domain::{Change, MessageId};

/// Acts on what the pressed button says. Its name says which door is meant: `change` the one of verbs, any other its own.
pub fn on_change(live: Live, event: &SubmitEvent) {
    let Some(button) = event.submitter() else { return };
    let [Some(name), Some(value)] = ["name", "value"].map(|name| button.get_attribute(name)) else { return };
    event.prevent_default();
    if name != "change" {
        return live.knock(name, value);
    }
    match as_seen(&value).and_then(|(word, _)| Change::parse(word)) {
        Some(Change::Act(action, ids)) => live.act_and_go_on(ids, action),
        Some(Change::Later(_, ids)) => live.snooze(ids),
        Some(Change::ReadAll(_)) => live.read_all(),
        Some(Change::Undo(_)) => live.undo(),
        None => {}
    }
}

/// Moves the focus to a row.
pub fn focus_row(id: Option<MessageId>) {
    let row = id.and_then(|id| document().get_element_by_id(&format!("item-{id}")));
    if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        let _ = row.focus();
    }
}
