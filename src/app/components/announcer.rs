//! Announcer: what screen readers are told. The feed itself is not a live region; it would read out every row. Messages and the
//! connection have a region each, so that neither takes the word from the other.

use leptos::prelude::*;

use crate::app::live::Live;

/// Arrivals and what was done when there is time, then how the connection is; urgent messages at once.
#[component]
pub fn Announcer(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    view! {
        <p class="sr" role="status" data-testid="said">{move || live.said.get()}</p>
        <p class="sr" role="status" data-testid="line">{move || live.line.get()}</p>
        <p class="sr" role="alert" data-testid="alarm">{move || live.alarm.get()}</p>
    }
}
