//! Nothing: a search without rows says why, and what may help.

use leptos::prelude::*;

use crate::app::live::Live;

/// The empty state of a search: nothing is found, or what was typed is no query.
#[component]
pub fn Nothing(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let found = move || live.with(|inbox| inbox.found().cloned()).unwrap_or_default();
    let problem = move || found().problem;
    let state = move || if problem().is_some() { "no-query" } else { "not-found" };
    view! {
        <section class="state" data-testid="empty" data-state=state>
            <i class="icon i-search" aria-hidden="true"></i>
            <h2>{move || if problem().is_some() { "That search does not work" } else { "Nothing found" }}</h2>
            <p role="alert" data-testid="query-problem" hidden=move || problem().is_none()>{problem}</p>
            <p hidden=move || problem().is_some()>
                "No message of yours matches "<b>{move || found().query}</b>". Fewer words find more; "
                <code>"is:unread"</code>", "<code>"from:ci"</code>" and "<code>"after:7d"</code>" narrow a search."
            </p>
        </section>
    }
}
