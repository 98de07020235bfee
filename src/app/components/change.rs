//! Change: a press on a button that changes an item. Without script the form goes to the server; with it the page acts
//! at once.

use web_sys::SubmitEvent;

use crate::app::live::Live;
use crate::domain::Change;
use crate::domain::change::as_seen;

/// Acts on what the pressed button says. Its name says which door is meant: `change` the one of verbs, any other its own.
pub fn on_change(live: Live, event: &SubmitEvent) {
    let Some(button) = event.submitter() else { return };
    let [Some(name), Some(value)] = ["name", "value"].map(|name| button.get_attribute(name)) else { return };
    event.prevent_default();
    let change = as_seen(&value).filter(|_| name == "change").and_then(|(word, _)| Change::parse(word));
    match change {
        Some(Change::Act(action, ids)) => live.act_and_go_on(ids, action),
        Some(Change::Later(_, ids)) => live.snooze(ids),
        Some(Change::ReadAll(_)) => live.read_all(),
        Some(Change::Undo(_)) => live.take_back(value),
        None if name == "change" => live.take_back(value),
        None if name == "unmute" => live.take_back([&name, "=", &value].concat()),
        None => live.knock(name, value),
    }
}
