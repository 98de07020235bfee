//! Announcer: what screen readers are told. The feed itself is not a live region; it would read out every row.

use leptos::prelude::*;

use crate::app::live::Live;

/// Arrivals when there is time, urgent ones at once.
#[component]
pub fn Announcer(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    view! {
        <p class="sr" role="status" data-testid="said">{move || live.said.get()}</p>
        <p class="sr" role="alert" data-testid="alarm">{move || live.alarm.get()}</p>
    }
}
