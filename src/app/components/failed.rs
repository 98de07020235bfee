//! Failed: what could not be shown, why, and how to try again.

use leptos::prelude::*;

use crate::api::ApiError;

/// In place of a page that could not be loaded.
#[component]
pub fn Failed(
    /// The reason.
    error: ApiError,
    /// Its address.
    #[prop(optional)]
    href: String,
) -> impl IntoView {
    view! {
        <main class="card-page" id="main">
            <h1 class="sr">"Tidings"</h1>
            <Trouble error href/>
        </main>
    }
}

/// The server is busy, failed, or cannot be reached. Where the page is alive, its link asks again in place; so what else is on
/// the page stays.
#[component]
pub fn Trouble(
    /// The reason.
    error: ApiError,
    /// What could not be loaded.
    href: String,
) -> impl IntoView {
    let (icon, title) = match &error {
        ApiError::Offline => ("icon i-offline", "The server cannot be reached"),
        _ => ("icon i-urgent", "This could not be loaded"),
    };
    let told = match &error {
        ApiError::Offline => {
            "It is not you: the network is down, or the server is. What you have on this page stays.".into()
        }
        error => error.sentence(),
    };
    let id = if let ApiError::Unexpected { id } = error { Some(id) } else { None };
    view! {
        <section class="state failed" data-testid="failed">
            <i class=icon aria-hidden="true"></i>
            <h2>{title}</h2>
            <p>{told}</p>
            {id.map(|id| view! { <p class="request">"Request " <code data-testid="request-id">{id}</code></p> })}
            <a class="button" data-testid="retry" href=href>"Try again"</a>
        </section>
    }
}
