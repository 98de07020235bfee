//! Search: the field in which the reader types what to find. A plain form that asks for `/?q=…`; where script runs, it is
//! followed without loading the page anew.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::app::live::Live;
use crate::app::navigation::go;
use crate::app::place::{Address, Place};

/// What opens the palette, where a finger finds it.
const COMMANDS: &str = "<button type=\"button\" class=\"quiet needs-script\" data-key=\"Mod+k\" data-testid=\"commands\" \
    title=\"Find a command: Ctrl+K\" aria-label=\"Find a command\"><i class=\"icon i-command\" aria-hidden=\"true\"></i></button>";

/// The field.
#[component]
pub fn Search(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let query = move || live.place.get().query;
    view! {
        <form class="search" role="search" method="get" action="/" on:submit=move |event| submit(live, &event)>
            <label class="sr" for="search">"Search your messages"</label>
            <input
                id="search"
                type="search"
                name="q"
                maxlength="500"
                autocomplete="off"
                placeholder="Search"
                title="Words, \"quoted words\", -not, is:unread, from:, tag:, category:, priority:, before:, after:"
                data-testid="search"
                value=query
                prop:value=query
            />
            <div class="as-is" inner_html=COMMANDS></div>
        </form>
    }
}

fn submit(live: Live, event: &SubmitEvent) {
    let field = document().get_element_by_id("search").and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
    if let Some(field) = field {
        event.prevent_default();
        go(live, Address::Inbox(Place::search(&field.value())));
    }
}
