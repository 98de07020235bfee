//! Palette: every command by its name, in a dialog (WAI-ARIA Authoring Practices, «Combobox» with a list box).

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::app::command::{Entry, words};
use crate::app::dialog;
use crate::app::live::Live;

/// Its id.
pub const PALETTE: &str = "palette";

/// The dialog; empty until it is opened.
#[component]
pub fn Palette(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let palette = live.palette;
    let choices = Memo::new(move |_| palette.with(crate::app::palette::Palette::choices));
    let option = move |at: usize, entry: Entry| {
        let keys = entry.keys.first().map(|keys| words(keys));
        view! {
            <li
                id=format!("choice-{at}")
                role="option"
                aria-selected=move || (palette.with(|palette| palette.at()) == at).to_string()
                on:click=move |_| choose(live, entry)
            >
                <span>{entry.label}</span>
                {keys.map(|keys| view! { <kbd>{keys}</kbd> })}
            </li>
        }
    };
    view! {
        <dialog id=PALETTE class="palette" closedby="any" aria-label="Find a command" data-testid="palette">
            <input
                type="text"
                role="combobox"
                aria-label="Command"
                aria-expanded="true"
                aria-autocomplete="list"
                aria-controls="choices"
                aria-activedescendant=move || format!("choice-{}", palette.with(|palette| palette.at()))
                autocomplete="off"
                spellcheck="false"
                placeholder="What do you want to do?"
                prop:value=move || palette.with(|palette| palette.typed().to_owned())
                on:input=move |event| palette.update(|palette| palette.narrow(event_target_value(&event)))
                on:keydown=move |event| walk(live, &event)
            />
            <ul id="choices" role="listbox" aria-label="Commands">
                {move || choices.get().into_iter().enumerate().map(|(at, entry)| option(at, entry)).collect_view()}
            </ul>
            <p class="none" role="status">{move || if choices.read().is_empty() { "No command has this name." } else { "" }}</p>
        </dialog>
    }
}

fn walk(live: Live, event: &KeyboardEvent) {
    match event.key().as_str() {
        "ArrowDown" => live.palette.update(|palette| palette.step(true)),
        "ArrowUp" => live.palette.update(|palette| palette.step(false)),
        "Enter" => {
            let choice = live.palette.with_untracked(|palette| palette.choices().get(palette.at()).copied());
            choice.into_iter().for_each(|entry| choose(live, entry));
        }
        _ => return,
    }
    event.prevent_default();
}

/// The focus goes back to where it was first: that row is what a command is for.
fn choose(live: Live, entry: Entry) {
    dialog::close(PALETTE);
    live.run(entry.command);
}
