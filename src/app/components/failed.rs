//! Failed: what could not be shown, why, and how to try again.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::app::live::{Link, Live};
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

#[component]
fn Trouble(error: ApiError) -> impl IntoView {
    let live = expect_context::<Live>();
    let signed_out = error == ApiError::SignedOut;
    // The banner says it, with the way back.
    Effect::new(move |_| {
        if signed_out {
            live.link.set(Link::SignedOut);
        }
    });
    view! {
        <section class="state" data-testid="failed">
            <i class="icon i-urgent" aria-hidden="true"></i>
            <h2>"This could not be loaded"</h2>
            <p>{error.sentence()}</p>
            <a class="button" href="" rel="external">"Try again"</a>
        </section>
    }
}
