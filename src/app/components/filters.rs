//! Filters: the chips over the inbox, as the server made them.

use leptos::prelude::*;

use crate::app::live::Live;
use crate::domain::View;

/// The chips; other views have none.
#[component]
pub fn Filters(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    view! {
        // Made by our own server from escaped text.
        <nav
            class="chips"
            aria-label="Filters"
            hidden=move || live.view.get() != View::Inbox
            inner_html=move || live.around.read().chips.clone()
        ></nav>
    }
}
