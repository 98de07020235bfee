//! Keys: hears the keyboard for as long as the page is open, and runs the command of `command` that fits. A button with
//! `data-key` does what that key does. In the browser only.

use std::cell::RefCell;

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, MouseEvent};

use super::command::{Command, Keys, Stroke, of_keys};
use super::live::{Live, now_ms};
use super::{dialog, focus};

/// Hears the keyboard.
pub fn hear(live: Live) {
    let _ = window_event_listener(ev::click, move |event| {
        of_button(&event).into_iter().for_each(|command| live.run(command))
    });
    // What opens the palette leaves the focus on the row that a command is for.
    let _ = window_event_listener(ev::mousedown, |event| {
        if of_button(&event) == Some(Command::Palette) {
            event.prevent_default();
        }
    });
    let keys = RefCell::new(Keys::default());
    let _ = window_event_listener(ev::keydown, move |event| {
        let Some(stroke) = stroke(&event) else { return };
        let letters = live.wishes.read_untracked().keys;
        if let Some(command) = keys.borrow_mut().press(&stroke, letters, now_ms())
            && belongs(command, &event)
        {
            event.prevent_default();
            // A key that is held goes on through the list, and does nothing else twice.
            if command.moves() || !event.repeat() {
                focus::by_key();
                live.run(command);
                request_animation_frame(move || focus::mend(live));
            }
        }
    });
}

/// The command of the button that is pressed.
fn of_button(event: &MouseEvent) -> Option<Command> {
    let pressed: Element = event.target()?.dyn_into().ok()?;
    of_keys(&pressed.closest("[data-key]").ok()??.get_attribute("data-key")?)
}

/// The stroke, unless somebody else has it: a dialog, or an input method that is composing.
fn stroke(event: &KeyboardEvent) -> Option<Stroke> {
    if event.default_prevented() || event.is_composing() || dialog::any_open() {
        return None;
    }
    let typing = target(event).is_some_and(|element| {
        element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]").unwrap_or(false)
    });
    Some(Stroke {
        key: event.key(),
        code: event.code(),
        shift: event.shift_key(),
        caps: event.get_modifier_state("CapsLock"),
        modifier: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
        typing,
    })
}

fn target(event: &KeyboardEvent) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// Whether the key means the command here: arrows scroll where there are no rows, and Enter presses what has the focus.
fn belongs(command: Command, event: &KeyboardEvent) -> bool {
    let within =
        |selector: &str| target(event).is_some_and(|element| element.closest(selector).is_ok_and(|at| at.is_some()));
    match event.key().as_str() {
        "Enter" => target(event).is_some_and(|element| element.matches("article.item").unwrap_or(false)),
        "ArrowDown" | "ArrowUp" => within("article.item"),
        _ => command != Command::Close || within("main, body"),
    }
}
