//! Failed: what could not be shown, why, and how to try again.

use leptos::prelude::*;

use super::Icon;
use crate::api::ApiError;
use crate::app::live::{Link, Live};
use crate::app::pages::{ForbiddenPage, NotFoundPage};

/// In place of what could not be loaded.
#[component]
pub fn Failed(
    /// The reason.
    error: ApiError,
) -> impl IntoView {
    match error {
        ApiError::Forbidden => view! { <ForbiddenPage/> }.into_any(),
        ApiError::NotFound => view! { <NotFoundPage/> }.into_any(),
        error => view! { <Trouble error/> }.into_any(),
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
            <Icon name="urgent"/>
            <h2>"This could not be loaded"</h2>
            <p>{error.sentence()}</p>
            <a class="button" href="" rel="external">"Try again"</a>
        </section>
    }
}
