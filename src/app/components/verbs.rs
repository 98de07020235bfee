//! Verbs: the buttons that change an item, the same on its row and in its message. Each is the submit button of a form, so it
//! works without script.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use crate::app::html::Html;
use crate::domain::{Item, State};

/// How a verb looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Face {
    /// The verb, as in `domain::Change`.
    pub word: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// Its name in tests.
    pub testid: &'static str,
}

/// A verb and its opposite as one button, so that the focus stays on it.
#[derive(Clone, Copy)]
pub struct Toggle {
    /// How it looks, and how its opposite.
    pub faces: [Face; 2],
    /// Whether it is so already.
    pub is: fn(State) -> bool,
}

const fn face(word: &'static str, icon: &'static str, label: &'static str, testid: &'static str) -> Face {
    Face { word, icon, label, testid }
}

/// Read, and back.
pub const READ: Toggle = Toggle {
    faces: [
        face("read", "icon i-mail", "Mark read", "mark-read"),
        face("unread", "icon i-mail", "Mark unread", "mark-unread"),
    ],
    is: |state| state.read,
};

/// Pinned, and back.
pub const PIN: Toggle = Toggle {
    faces: [face("pin", "icon i-pin", "Pin", "pin"), face("unpin", "icon i-pin", "Unpin", "unpin")],
    is: |state| state.pinned,
};

/// Done, and back.
pub const DONE: Toggle = Toggle {
    faces: [
        face("done", "icon i-check", "Done", "mark-done"),
        face("restore", "icon i-back", "Back to the inbox", "mark-restore"),
    ],
    is: |state| state.done,
};

/// Until tomorrow; with script the page asks until when.
pub const SNOOZE_VERB: Face = face("snooze@tomorrow", "icon i-clock", "Snooze", "mark-snoozed");

/// Back at once.
pub const WAKE: Face = face("wake", "icon i-back", "Back to the inbox now", "wake");

/// For good, but for the undo.
pub const DELETE: Face = face("delete", "icon i-bin", "Delete", "mark-delete");

/// Writes the button of a verb; `named`: with its name beside the icon. Without it a screen reader is told what it is for, too,
/// as it may come there by a list of all buttons of the page.
pub fn once(html: &mut Html, item: &Item, verb: Face, named: bool) {
    button(html, item, verb, named, "");
}

/// Writes the button of a verb that can be turned back.
pub fn toggle(html: &mut Html, item: &Item, verb: Toggle, named: bool) {
    let face = verb.faces[usize::from((verb.is)(item.state))];
    button(html, item, face, named, verb.faces[0].word);
}

/// Its value names the number with which the item came to the top last: what comes there later was not meant.
fn button(html: &mut Html, item: &Item, face: Face, named: bool, toggles: &'static str) {
    html.raw("<button name=\"change\" class=\"quiet\" data-toggle=\"")
        .raw(toggles)
        .raw("\" value=\"")
        .raw(face.word)
        .raw(":")
        .number(item.id.0)
        .raw("~")
        .number(item.surfaced.0);
    html.raw("\" data-testid=\"").raw(face.testid);
    if !named {
        html.raw("\" aria-label=\"").raw(face.label).raw(": ").text(&item.title);
    }
    // The tooltip is the icon's, or it would be said after the name.
    html.raw("\"><i class=\"").raw(face.icon).raw("\" title=\"").raw(face.label).raw("\" aria-hidden=\"true\"></i>");
    if named {
        html.raw("<span class=\"word\">").raw(face.label).raw("</span>");
    }
    html.raw("</button>");
}

/// Makes what was written follow the state: which face each button shows, and whether the box is ticked. In the browser only.
pub fn dress(around: &Element, state: State, selected: bool) {
    for Toggle { faces, is } in [READ, PIN, DONE] {
        let selector = ["[data-toggle=", faces[0].word, "]"].concat();
        if let Ok(Some(button)) = around.query_selector(&selector) {
            put_on(&button, faces[usize::from(is(state))]);
        }
    }
    if let Ok(Some(pick)) = around.query_selector(".pick") {
        pick.unchecked_ref::<HtmlInputElement>().set_checked(selected);
    }
}

fn put_on(button: &Element, face: Face) {
    let set = |name: &str, value: &str| drop(button.set_attribute(name, value));
    let id = button.get_attribute("value").and_then(|value| value.split_once(':').map(|(_, id)| id.to_owned()));
    set("value", &[face.word, ":", &id.unwrap_or_default()].concat());
    set("data-testid", face.testid);
    if let Some(name) = button.get_attribute("aria-label") {
        let of = name.find(':').map_or("", |at| &name[at..]);
        set("aria-label", &[face.label, of].concat());
    }
    if let Ok(Some(icon)) = button.query_selector("i") {
        icon.set_class_name(face.icon);
        let _ = icon.set_attribute("title", face.label);
    }
    if let Ok(Some(word)) = button.query_selector(".word") {
        word.set_text_content(Some(face.label));
    }
}
