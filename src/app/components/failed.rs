//! Failed: what could not be shown, why, and how to try again.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::app::pages::{ForbiddenPage, NotFoundPage};
use crate::app::whole::whole;

/// In place of what could not be loaded.
#[component]
pub fn Failed(
    /// The reason.
    error: ApiError,
) -> impl IntoView {
    match error {
        ApiError::Forbidden => whole(view! { <ForbiddenPage/> }),
        ApiError::NotFound => whole(view! { <NotFoundPage/> }),
        error => whole(view! { <Trouble error/> }),
    }
}

/// The server is busy, or failed.
#[component]
pub fn Trouble(
    /// The reason.
    error: ApiError,
) -> impl IntoView {
    view! {
        <main class="card-page" id="main" data-testid="failed">
            <section class="card state">
                <i class="icon i-urgent" aria-hidden="true"></i>
                <h1>"This could not be loaded"</h1>
                <p>{error.sentence()}</p>
                <a class="button" href="" rel="external">"Try again"</a>
            </section>
        </main>
    }
}
