//! Refused: a limit was met. A person sees this in place of a page, or after a form without JavaScript.

use leptos::prelude::*;

/// Names the limit and says when to come back.
#[component]
pub fn RefusedPage(
    /// The limit.
    sentence: String,
    /// Seconds after which another try makes sense.
    retry_after: Option<u64>,
) -> impl IntoView {
    let advice = match retry_after {
        Some(1) => "Please wait a second, then go back and try again.".to_owned(),
        Some(seconds) => format!("Please wait {seconds} seconds, then go back and try again."),
        None => "The same request would be refused again.".to_owned(),
    };
    view! {
        <main class="card-page" id="main" data-testid="refused-page">
            <section class="card state">
                <i class="icon i-urgent" aria-hidden="true"></i>
                <h1>"This was refused"</h1>
                <p>{sentence} " Nothing was changed. " {advice}</p>
                <a class="button" href="/" rel="external">"Go to the inbox"</a>
            </section>
        </main>
    }
}
